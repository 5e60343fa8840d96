#include "monitor/drift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "monitor/drift_page.h"

namespace assay::monitor {
namespace {

using testing::HasSubstr;

std::unique_ptr<engine::Engine> OpenEngine(int threads = 2) {
  engine::Options options;
  options.threads = threads;
  auto engine = engine::Open(options);
  EXPECT_TRUE(engine.ok()) << engine.error().message;
  return std::move(engine).value();
}

// A query as one side, with its profile.
DriftSide Side(engine::Engine& engine, const std::string& name, const std::string& query) {
  DriftSide side;
  side.name = name;
  side.sql = "(" + query + ")";
  const auto schema = engine.Describe(query);
  EXPECT_TRUE(schema.ok()) << schema.error().message;
  side.schema = *schema;
  const auto count = engine.Query("SELECT count(*) FROM " + side.sql);
  side.rows = std::stoull(*count->rows[0][0]);
  const auto profile = stats::ProfileTable(engine, side.sql, side.schema);
  EXPECT_TRUE(profile.ok()) << profile.error().message;
  if (side.rows > 0) side.profiles = {*profile};
  return side;
}

DriftReport Compare(engine::Engine& engine, const std::string& reference,
                    const std::string& current, const DriftOptions& options = {}) {
  const auto report = FindDrift(Side(engine, "before", reference), Side(engine, "after", current),
                                options, [&] { return Result<engine::Engine*>(&engine); });
  EXPECT_TRUE(report.ok()) << report.error().message;
  return report.ok() ? *report : DriftReport();
}

ColumnDrift CompareColumn(engine::Engine& engine, const std::string& reference,
                          const std::string& current, DriftFrom from = DriftFrom::kData) {
  DriftOptions options;
  options.from = from;
  return Compare(engine, reference, current, options).columns.at(0);
}

TEST(Drift, NaNAndInfinitiesAreLeftOutAndCounted) {
  const auto engine = OpenEngine();
  const std::string odd =
      "SELECT CASE i % 5 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN 'inf'::DOUBLE WHEN 2 THEN NULL ELSE "
      "i "
      "END AS v FROM range(100) t(i)";
  const ColumnDrift column = CompareColumn(*engine, odd, odd);
  EXPECT_EQ(column.reference.rows, 100U);
  EXPECT_EQ(column.reference.nulls, 20U);
  EXPECT_EQ(column.reference.not_finite, 40U);
  EXPECT_EQ(column.statistic, 1);
  EXPECT_EQ(column.note, "NaN and infinities left out");
  const ColumnDrift profiled = CompareColumn(*engine, odd, odd, DriftFrom::kProfile);
  EXPECT_FALSE(profiled.judged());
  EXPECT_EQ(profiled.note, "the profiles have too little of it; --from data compares it");
  EXPECT_EQ(CompareColumn(*engine, odd, odd, DriftFrom::kAuto).from, "data");
}

TEST(Drift, OnlyNaNIsNoValue) {
  const auto engine = OpenEngine();
  const ColumnDrift column = CompareColumn(*engine, "SELECT i::DOUBLE AS v FROM range(30) t(i)",
                                           "SELECT 'nan'::DOUBLE AS v FROM range(30) t(i)");
  EXPECT_TRUE(column.drifted);
  EXPECT_EQ(column.note, "no value is left on the current side");
}

TEST(Drift, ConstantsAreTheSameOrAnother) {
  const auto engine = OpenEngine();
  for (const DriftFrom from : {DriftFrom::kData, DriftFrom::kProfile}) {
    for (const char* rows : {"100", "2000"}) {
      const std::string range = " AS v FROM range(" + std::string(rows) + ") t(i)";
      EXPECT_FALSE(
          CompareColumn(*engine, "SELECT 7.5::DOUBLE" + range, "SELECT 7.5::DOUBLE" + range, from)
              .drifted);
      EXPECT_TRUE(
          CompareColumn(*engine, "SELECT 7.5::DOUBLE" + range, "SELECT 8.5::DOUBLE" + range, from)
              .drifted);
      EXPECT_FALSE(
          CompareColumn(*engine, "SELECT 'a'" + range, "SELECT 'a'" + range, from).drifted);
    }
  }
}

TEST(Drift, EmptySidesAreNotJudged) {
  const auto engine = OpenEngine();
  const std::string rows = "SELECT i AS n, 'x' AS s, true AS b FROM range(10) t(i)";
  for (const DriftFrom from : {DriftFrom::kAuto, DriftFrom::kData, DriftFrom::kProfile}) {
    DriftOptions options;
    options.from = from;
    for (const bool first : {true, false}) {
      const std::string none = rows + " WHERE false";
      const DriftReport report =
          Compare(*engine, first ? none : rows, first ? rows : none, options);
      EXPECT_FALSE(report.drifted());
      ASSERT_EQ(report.columns.size(), 3U);
      for (const ColumnDrift& column : report.columns) {
        EXPECT_FALSE(column.judged());
        EXPECT_THAT(column.note, HasSubstr("has no rows"));
      }
    }
  }
}

TEST(Drift, AllNullOnBothSidesIsNotJudged) {
  const auto engine = OpenEngine();
  const std::string nulls = "SELECT NULL::INTEGER AS v FROM range(9)";
  EXPECT_EQ(CompareColumn(*engine, nulls, nulls).note, "no value on either side");
  EXPECT_FALSE(CompareColumn(*engine, nulls, nulls).judged());
}

TEST(Drift, SchemaAndLabelAreApart) {
  const auto engine = OpenEngine();
  DriftSide before =
      Side(*engine, "before",
           "SELECT i AS kept, i AS retyped, i AS gone, i % 2 AS y FROM range(99) t(i)");
  DriftSide after = Side(*engine, "after",
                         "SELECT i AS kept, i::VARCHAR AS retyped, 1 AS fresh, 1::BIGINT AS y FROM "
                         "range(99) t(i)");
  before.label = after.label = "y";
  const auto report =
      FindDrift(before, after, {}, [&] { return Result<engine::Engine*>(engine.get()); });
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(report->schema, testing::ElementsAre(SchemaChange{"retyped", "int64", "string"},
                                                   SchemaChange{"gone", "int64", ""},
                                                   SchemaChange{"fresh", "", "int32"}));
  ASSERT_EQ(report->columns.size(), 1U);
  EXPECT_EQ(report->columns[0].column, "kept");
  EXPECT_FALSE(report->data_drift());
  EXPECT_TRUE(report->label_drift());
  EXPECT_TRUE(report->schema_drift());
}

TEST(Drift, ShareOfDriftedColumnsDecides) {
  DriftReport report;
  for (const bool drifted : {true, false, false}) {
    ColumnDrift column;
    column.statistic = 1;
    column.drifted = drifted;
    report.columns.push_back(column);
  }
  report.columns.emplace_back();  // not judged: does not count
  EXPECT_FALSE(report.data_drift());
  report.drift_share = 1.0 / 3;
  EXPECT_TRUE(report.data_drift());
  report.columns.clear();
  EXPECT_FALSE(report.data_drift()) << "nothing judged";
}

TEST(Drift, NestedAndBytesAreNotCompared) {
  const auto engine = OpenEngine();
  const DriftReport report = Compare(*engine, "SELECT [1] AS l, '\\x00'::BLOB AS b",
                                     "SELECT [2] AS l, '\\x01'::BLOB AS b");
  EXPECT_EQ(report.columns.at(0).note, "columns of type list<int32> are not compared");
  EXPECT_EQ(report.columns[1].note, "columns of type bytes are not compared");
  EXPECT_EQ(report.judged_columns(), 0U);
}

TEST(Drift, TimesAreComparedWhenAskedFor) {
  const auto engine = OpenEngine();
  DriftOptions options;
  for (const std::string& type : std::vector<std::string>{"DATE", "TIMESTAMP", "TIMESTAMPTZ"}) {
    const std::string moment =
        "SELECT (TIMESTAMP '2001-01-01' + INTERVAL (i) DAY)::" + type + " AS v FROM range(50) t(i)";
    const std::string later = "SELECT (TIMESTAMP '2001-03-01' + INTERVAL (i) DAY)::" + type +
                              " AS v FROM range(50) t(i) UNION ALL SELECT 'infinity'::" + type;
    options.methods.clear();
    EXPECT_FALSE(Compare(*engine, moment, later, options).columns.at(0).judged());
    options.methods["v"] = DriftMethod::kKolmogorov;
    const ColumnDrift column = Compare(*engine, moment, later, options).columns.at(0);
    EXPECT_TRUE(column.drifted) << type;
    EXPECT_EQ(column.current.not_finite, 1U);
    EXPECT_EQ(column.from, "data");
  }
}

TEST(Drift, PartsOfAVersionAreMerged) {
  const auto engine = OpenEngine();
  const std::string first =
      "SELECT (hash(i) % 1000) / 7.0::DOUBLE AS x, 'k' || i % 5 AS k, i % 3 = 0 AS b FROM "
      "range(4000) t(i)";
  const std::string second =
      "SELECT 90 + (hash(i) % 500) / 9.0::DOUBLE AS x, 'k' || i % 7 AS k, true AS b FROM "
      "range(1500) t(i)";
  const DriftSide whole = Side(*engine, "whole", first + " UNION ALL " + second);
  DriftSide parts = whole;
  parts.profiles = {Side(*engine, "a", first).profiles[0], Side(*engine, "b", second).profiles[0]};
  DriftOptions options;
  options.from = DriftFrom::kProfile;
  const auto report = FindDrift(whole, parts, options, [&]() -> Result<engine::Engine*> {
    return Error{ErrorCode::kInternal, "profiles need no engine", ""};
  });
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_LT(*report->columns[0].statistic, 0.01);
  EXPECT_EQ(report->columns[1].statistic, 0);
  EXPECT_EQ(report->columns[2].statistic, 0);
}

TEST(Drift, OlderProfilesAreNotEnough) {
  const auto engine = OpenEngine();
  DriftSide side = Side(*engine, "old", "SELECT i::DOUBLE AS x FROM range(3000) t(i)");
  side.profiles[0][0].stddev.reset();
  side.profiles[0][0].quantiles.resize(9);
  const auto report =
      FindDrift(side, side, {}, [&] { return Result<engine::Engine*>(engine.get()); });
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->columns[0].from, "data");
}

TEST(Drift, ManyValuesOfAProfileAreSaidToBeMissing) {
  const auto engine = OpenEngine();
  const std::string many = "SELECT 'v' || (hash(i) % 3000) AS s FROM range(20000) t(i)";
  const ColumnDrift column = CompareColumn(*engine, many, many, DriftFrom::kProfile);
  EXPECT_THAT(column.note, HasSubstr("values that a profile does not name"));
  EXPECT_EQ(CompareColumn(*engine, many, many, DriftFrom::kAuto).from, "data");
}

TEST(Drift, ReportReadsBack) {
  const auto engine = OpenEngine();
  DriftReport report =
      Compare(*engine, "SELECT i AS a, 'x' || i % 3 AS k, [i] AS l FROM range(90) t(i)",
              "SELECT i * 3 AS a, 'x' || i % 2 AS k, [i] AS l, 1 AS n FROM range(90) t(i)");
  report.split = "train";
  report.reference_version = "ab";
  report.label = report.columns[1];
  const auto again = ParseDriftJson(DriftJson(report));
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(*again, report);
  EXPECT_TRUE(HashedText("assay.drift/1", DriftJson(report)).ok());
}

TEST(Drift, RefusesAReportThatIsNone) {
  const auto engine = OpenEngine();
  const Json good = DriftJson(Compare(*engine, "SELECT 1 AS a", "SELECT 2 AS a"));
  const auto refused = [&](const std::string& pointer, const Json& value) {
    Json bad = good;
    bad[Json::json_pointer(pointer)] = value;
    const auto report = ParseDriftJson(bad);
    return report.ok() ? "" : report.error().message;
  };
  EXPECT_EQ(refused("/data_drift/columns/0/kind", "round"),
            "/data_drift/columns/0 has no known kind");
  EXPECT_EQ(refused("/data_drift/columns/0/method", "guess"),
            "/data_drift/columns/0 has no known method");
  EXPECT_EQ(refused("/data_drift/columns/0/drifted", 1),
            "/data_drift/columns/0/drifted is neither true nor false");
  EXPECT_EQ(refused("/data_drift/drift_share", "much"), "/data_drift drift_share is no number");
  EXPECT_FALSE(ParseDriftJson(Json::array()).ok());
}

TEST(DriftPage, ComesInTheOrderOfImportance) {
  std::vector<ColumnDrift> columns(4);
  columns[0].column = "not judged";
  columns[1].column = "near";
  columns[1].method = DriftMethod::kWasserstein;
  columns[1].statistic = 0.05;
  columns[2].column = "test";
  columns[2].method = DriftMethod::kKolmogorov;
  columns[2].statistic = 0.001;
  columns[2].drifted = true;
  columns[3].column = "far";
  columns[3].method = DriftMethod::kStability;
  columns[3].statistic = 90;
  columns[3].drifted = true;
  for (ColumnDrift& column : columns) column.threshold = 0.1;
  std::string order;
  for (const ColumnDrift* column : ByImportance(columns)) order += column->column + ",";
  EXPECT_EQ(order, "far,test,near,not judged,");
  EXPECT_EQ(StatisticText(columns[2]), "p 0.001, at most 0.1");
  EXPECT_EQ(StatisticText(columns[1]), "0.05, below 0.1");
  EXPECT_EQ(VerdictText(columns[0]), "not judged");
}

TEST(DriftPage, EscapesWhatComesFromTheData) {
  DriftReport report;
  report.reference = "<a>";
  ColumnDrift column;
  column.column = "\"x\" & 'y'";
  column.kind = ColumnKind::kCategorical;
  column.bins = {{"<script>\x01", 3, 4}};
  report.columns = {column};
  report.schema = {{"<i>", "", "t"}};
  const std::string page = DriftPage(report);
  EXPECT_THAT(page, testing::Not(HasSubstr("<script")));
  EXPECT_THAT(page, testing::Not(HasSubstr("<i>")));
  EXPECT_THAT(page, testing::Not(HasSubstr("\x01")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(page, HasSubstr("&quot;x&quot; &amp; &#39;y&#39;"));
}

}  // namespace
}  // namespace assay::monitor
