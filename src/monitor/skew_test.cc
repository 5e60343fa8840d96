#include "monitor/skew.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/test_folder.h"
#include "store/feedback_log.h"
#include "store/staged_file.h"

namespace assay::monitor {
namespace {

class SkewTest : public testing::Test {
 protected:
  SkewTest() : clock_(1'000'000'000'000'000), session_({folder_.path(), 1, 0, nullptr}, clock_) {
    EXPECT_TRUE(session_.objects().Create().ok());
    EXPECT_TRUE(session_.CreateStore().ok());
  }

  // A stored table of these rows.
  store::Table Rows(const std::string& query) {
    const store::StagedFile staged(session_.objects().StagingPath(".parquet"));
    engine::Engine* engine = *session_.Engine();
    const auto rows = engine->CopyToParquet(query, staged.path());
    EXPECT_TRUE(rows.ok()) << rows.error().message;
    store::Table table;
    table.schema = *engine->Describe(query);
    table.rows = *rows;
    table.files = {*session_.objects().Adopt(staged.path(), *rows)};
    return table;
  }

  void Ask(const std::string& id, const Json& row, const std::string& time) {
    store::FeedbackEvent event;
    event.stream = "late";
    event.kind = store::kRequest;
    event.id = id;
    event.at = time;
    event.body = Json{{"id", id}, {"time", time}, {"commit", ""}, {"row", row.dump()}};
    EXPECT_TRUE(store::FeedbackLog(session_.catalog()).PutEvents({event}).ok());
  }

  SkewReport Find(const store::Table& rows, const SkewRequest& request) {
    const auto report = FindSkew(session_, request, rows, "arrived");
    EXPECT_TRUE(report.ok()) << report.error().message;
    return *report;
  }

  const ColumnSkew& Column(const SkewReport& report, const std::string& name) {
    for (const ColumnSkew& column : report.columns) {
      if (column.column == name) return column;
    }
    ADD_FAILURE() << "not compared: " << name;
    return report.columns.front();
  }

  TestFolder folder_;
  FakeClock clock_;
  run::Session session_;
};

constexpr const char* kRows =
    "SELECT * FROM (VALUES (1, 100.5::DOUBLE, 'ORD', TIMESTAMP '2001-06-01 09:00:00'), "
    "(2, 200.5, 'LAX', TIMESTAMP '2001-06-01 10:00:00'), (3, NULL, 'SFO', NULL)) "
    "AS t(id, distance, origin, date)";

TEST_F(SkewTest, EqualValuesAreNoSkew) {
  Ask("1", {{"distance", 100.5}, {"origin", "ORD"}, {"date", "2001-06-01T09:00:00"}}, "a");
  Ask("3", {{"distance", nullptr}, {"origin", "SFO"}, {"date", nullptr}}, "b");
  const SkewReport report = Find(Rows(kRows), {"late", "id", {}});
  EXPECT_EQ(report.requests, 2U);
  EXPECT_EQ(report.joined, 2U);
  EXPECT_FALSE(report.skewed());
  EXPECT_EQ(Column(report, "distance").compared, 2U);
}

TEST_F(SkewTest, OneOtherValueIsFoundWithItsId) {
  Ask("1", {{"distance", 100.5}, {"origin", "ORD"}}, "a");
  Ask("2", {{"distance", 200.6}, {"origin", "LAX"}}, "b");
  Ask("3", {{"distance", 0}, {"origin", nullptr}}, "c");
  const SkewReport report = Find(Rows(kRows), {"late", "id", {}});
  EXPECT_TRUE(report.skewed());
  EXPECT_EQ(Column(report, "distance").different, 2U);
  EXPECT_EQ(Column(report, "distance").example, "id 2: served 200.6, made 200.5");
  EXPECT_EQ(Column(report, "origin").different, 1U);
  EXPECT_EQ(Column(report, "origin").example, "id 3: served null, made SFO");
  EXPECT_EQ(SkewJson(report)["kind"], "train_serve_skew");
}

TEST_F(SkewTest, WhatCannotBeTheColumnsValueDiffers) {
  Ask("2", {{"distance", "far"}}, "a");
  EXPECT_EQ(Column(Find(Rows(kRows), {"late", "id", {}}), "distance").different, 1U);
}

TEST_F(SkewTest, TheLastRequestOfAnIdCounts) {
  Ask("1", {{"distance", 5}}, "a");
  Ask("1", {{"distance", 100.5}}, "b");
  Ask("99", {{"distance", 1}}, "c");
  const SkewReport report = Find(Rows(kRows), {"late", "id", {}});
  EXPECT_EQ(report.requests, 2U);
  EXPECT_EQ(report.joined, 1U);
  EXPECT_FALSE(report.skewed());
}

TEST_F(SkewTest, OnlyNamedColumnsAreCompared) {
  Ask("1", {{"distance", 5}, {"origin", "ORD"}}, "a");
  const SkewReport report = Find(Rows(kRows), {"late", "id", {"origin"}});
  ASSERT_EQ(report.columns.size(), 1U);
  EXPECT_FALSE(report.skewed());
}

TEST_F(SkewTest, AnUnknownColumnOfIdsIsAnError) {
  const auto report = FindSkew(session_, {"late", "flight", {}}, Rows(kRows), "arrived");
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().message, "arrived has no column of ids: flight");
  EXPECT_THAT(report.error().hint, testing::HasSubstr("id, distance, origin, date"));
}

}  // namespace
}  // namespace assay::monitor
