#include "step/step.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "base/hash.h"
#include "base/row.h"
#include "base/test_folder.h"
#include "engine/engine.h"
#include "engine/sql_text.h"
#include "step/split.h"

namespace assay::step {
namespace {

using testing::HasSubstr;
using Row = std::vector<std::optional<std::string>>;

class StepTest : public testing::Test {
 protected:
  StepTest() {
    engine::Options options;
    options.threads = 2;
    options.readable = {folder.path()};
    engine = *engine::Open(options);
  }

  void TakeInput(const std::string& query) {
    const std::string path = folder / "rows.parquet";
    ASSERT_TRUE(engine->CopyToParquet(query, path).ok());
    StepInput input{"rows", *engine->Describe(query), engine::ReadParquet({path}, {})};
    inputs = {input};
  }

  // The rows that a kind leaves of its input, in the order of the input.
  std::vector<Row> Left(const std::string& kind, const Json& params) {
    const auto dropped = FindStep(kind)->dropped({params, inputs});
    EXPECT_TRUE(dropped.ok()) << dropped.error().message;
    const auto grid = engine->Query("SELECT " + engine::NameList(FieldNames(inputs[0].schema)) +
                                    " FROM " + inputs[0].table + " ANTI JOIN (" + *dropped +
                                    ") USING (file_index, file_row_number)");
    EXPECT_TRUE(grid.ok()) << grid.error().message;
    return grid->rows;
  }

  std::string Refusal(const std::string& kind, const Json& params) {
    const auto dropped = FindStep(kind)->dropped({params, inputs});
    return dropped.ok() ? "" : dropped.error().message;
  }

  TestFolder folder;
  std::unique_ptr<engine::Engine> engine;
  std::vector<StepInput> inputs;
};

TEST_F(StepTest, WholeRowsKeepsTheFirstOfEachGroupInInputOrder) {
  TakeInput("SELECT * FROM (VALUES (2, 'b'), (1, NULL), (2, 'b'), (1, NULL), (2, 'a')) t(n, s)");
  EXPECT_THAT(Left("dedup", {{"input", "rows"}, {"rows", "whole"}}),
              testing::ElementsAre(Row{"2", "b"}, Row{"1", std::nullopt}, Row{"2", "a"}));
}

TEST_F(StepTest, ByKeyTheFirstOrLastByOrderStays) {
  TakeInput("SELECT * FROM (VALUES (1, 5, 'x'), (1, 3, 'z'), (1, 3, 'y'), (2, 1, 'w')) t(k, n, s)");
  const Json params = {{"input", "rows"}, {"key", {"k"}}, {"order_by", {"n"}}, {"keep", "first"}};
  EXPECT_THAT(Left("dedup", params),
              testing::UnorderedElementsAre(Row{"1", "3", "y"}, Row{"2", "1", "w"}))
      << "ties are decided by all columns";
  Json last = params;
  last["keep"] = "last";
  EXPECT_THAT(Left("dedup", last),
              testing::UnorderedElementsAre(Row{"1", "5", "x"}, Row{"2", "1", "w"}));
}

TEST_F(StepTest, DedupRefusesWhatIsNotClear) {
  TakeInput("SELECT 1 AS k");
  const auto mistake = [](const Json& params) {
    const Status status = FindStep("dedup")->info.check(params);
    return status.ok() ? "" : status.error().message;
  };
  EXPECT_THAT(mistake({{"input", "rows"}}), HasSubstr("either `rows: whole` or `key"));
  EXPECT_THAT(mistake({{"input", "rows"}, {"key", Json::array({"k"})}}),
              HasSubstr("needs `order_by`"));
  EXPECT_THAT(mistake({{"input", "rows"}, {"rows", "whole"}, {"order_by", Json::array({"k"})}}),
              HasSubstr("`order_by` says nothing"));
  EXPECT_EQ(mistake({{"input", "rows"}, {"rows", "whole"}, {"keep", "first"}}), "");
  EXPECT_THAT(
      Refusal("dedup",
              {{"input", "rows"}, {"key", Json::array({"q"})}, {"order_by", Json::array({"k"})}}),
      HasSubstr("has no column: q"));
}

class SplitTest : public StepTest {
 protected:
  std::map<std::string, int> Counts(const SplitSql& split, const std::string& query) {
    const auto grid =
        engine->Query("SELECT " + split.expression + ", count(*) FROM (" + query + ") GROUP BY 1");
    EXPECT_TRUE(grid.ok()) << grid.error().message;
    std::map<std::string, int> counts;
    for (const auto& row : grid->rows) counts[row[0].value_or("null")] = std::stoi(*row[1]);
    return counts;
  }
};

TEST_F(SplitTest, TimeBordersAreHalfOpen) {
  const std::string query =
      "SELECT TIMESTAMP '2001-05-31 23:59:59' + INTERVAL (i) SECOND AS date FROM range(3) t(i) "
      "UNION ALL SELECT NULL";
  const auto split = FindSplit("time")->to_sql(
      {{"time", "date"}, {"validation_from", "2001-06-01"}, {"test_from", "2001-06-01 00:00:01"}},
      *engine->Describe(query));
  ASSERT_TRUE(split.ok()) << split.error().message;
  EXPECT_THAT(split->names, testing::ElementsAre("train", "validation", "test"));
  EXPECT_EQ(Counts(*split, query), (std::map<std::string, int>{
                                       {"train", 1}, {"validation", 1}, {"test", 1}, {"null", 1}}));
}

TEST_F(SplitTest, TimeNeedsATimeAndOrderedBorders) {
  const Schema schema = {{"n", {TypeKind::kInt64, 0, 0, {}}}, {"d", {TypeKind::kDate, 0, 0, {}}}};
  const SplitKind* time = FindSplit("time");
  EXPECT_FALSE(time->to_sql({{"time", "n"}, {"test_from", "2001-01-01"}}, schema).ok());
  EXPECT_FALSE(time->to_sql({{"time", "x"}, {"test_from", "2001-01-01"}}, schema).ok());
  const auto is_fine = [&](const char* validation_from, const char* test_from) {
    return time->info
        .check({{"time", "d"}, {"validation_from", validation_from}, {"test_from", test_from}})
        .ok();
  };
  EXPECT_FALSE(is_fine("2001-02-01", "2001-01-01"));
  EXPECT_TRUE(is_fine("2001-02-01", "2001-02-01T00:00:00"));
  EXPECT_TRUE(is_fine("2001-02-01T10:00:00+05:00", "2001-02-01T09:00:00Z"));
  EXPECT_FALSE(is_fine("2001-02-01T10:00:00-05:00", "2001-02-01T14:00:00Z"));
}

// docs/design/0001, section 8, worked by hand for each row.
TEST_F(SplitTest, HashFollowsTheFormat) {
  const std::string query = "SELECT i::BIGINT AS i, 'k' || i AS s FROM range(1000) t(i)";
  const auto split = FindSplit("hash")->to_sql({{"hash", {"s", "i"}},
                                                {"train", 700000},
                                                {"validation", 100000},
                                                {"test", 200000},
                                                {"seed", 42}},
                                               *engine->Describe(query));
  ASSERT_TRUE(split.ok()) << split.error().message;
  std::map<std::string, int> expected;
  for (int i = 0; i < 1000; ++i) {
    std::string bytes;
    row::AppendPresent(bytes);
    row::AppendBytes(bytes, "k" + std::to_string(i));
    row::AppendPresent(bytes);
    row::AppendInt(bytes, i);
    const auto bucket =
        static_cast<std::uint64_t>((static_cast<Uint128>(Xxh3(bytes, 42)) * 1'000'000) >> 64);
    ++expected[bucket < 700000 ? "train" : bucket < 800000 ? "validation" : "test"];
  }
  EXPECT_EQ(Counts(*split, query), expected);
}

TEST_F(SplitTest, HashSharesAddUpToAll) {
  const auto check = FindSplit("hash")->info.check;
  const Status status = check({{"hash", {"n"}}, {"train", 800000}, {"test", 100500}});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "shares of a hash split must add up to 100 %, not 90.05 %");
  EXPECT_TRUE(check({{"hash", {"n"}}, {"train", 900000}, {"test", 100000}}).ok());
  EXPECT_FALSE(check({{"hash", {"n"}}, {"train", 1000000}, {"seed", -1}}).ok());
}

}  // namespace
}  // namespace assay::step
