#include "stats/sketch.h"

#include <gtest/gtest.h>

#include <cmath>

#include "stats/kolmogorov.h"
#include "stats/wasserstein.h"

namespace assay::stats {
namespace {

std::unique_ptr<engine::Engine> OpenEngine() {
  engine::Options options;
  options.threads = 2;
  auto engine = engine::Open(options);
  EXPECT_TRUE(engine.ok()) << engine.error().message;
  return std::move(engine).value();
}

// A column `v` of a query: its profile, and its values.
struct Column {
  ColumnProfile profile;
  ValueCounts values;
};

Column Read(engine::Engine& engine, const std::string& query) {
  Column column;
  const auto schema = engine.Describe(query);
  EXPECT_TRUE(schema.ok()) << schema.error().message;
  const auto profile = ProfileTable(engine, "(" + query + ")", *schema);
  EXPECT_TRUE(profile.ok()) << profile.error().message;
  column.profile = profile->at(0);
  const auto grid = engine.Query("SELECT v, count(*) FROM (" + query + ") GROUP BY 1 ORDER BY 1");
  for (const auto& row : grid->rows) {
    column.values.push_back({std::stod(*row[0]), std::stoull(*row[1])});
  }
  return column;
}

// Shapes that a profile could get wrong: ties, gaps, far outliers, long tails, whole numbers.
const std::vector<std::string>& Queries() {
  static const std::vector<std::string> kQueries = {
      "SELECT (hash(i) % 100003) / 1000.0::DOUBLE AS v FROM range(20000) t(i)",
      "SELECT (hash(i + 7) % 100003) / 950.0::DOUBLE AS v FROM range(30000) t(i)",
      "SELECT -ln((hash(i) % 1000003 + 1) / 1000004.0) AS v FROM range(20000) t(i)",
      "SELECT CASE WHEN i % 3 = 0 THEN 0 ELSE hash(i) % 1000 END::INTEGER AS v FROM range(9000) "
      "t(i)",
      "SELECT CASE WHEN i = 5 THEN 1e6 ELSE (hash(i) % 100) / 7.0 + 1 END::DOUBLE AS v FROM "
      "range(20000) t(i)",
      "SELECT CASE WHEN i % 2 = 0 THEN -500 ELSE 500 END + (hash(i) % 61)::INTEGER AS v FROM "
      "range(5000) t(i)",
      "SELECT (hash(i) % 90)::INTEGER AS v FROM range(700) t(i)",
  };
  return kQueries;
}

TEST(Sketch, DistancesAreNearThoseOfTheRows) {
  const auto engine = OpenEngine();
  std::vector<Column> columns;
  for (const std::string& query : Queries()) columns.push_back(Read(*engine, query));
  for (std::size_t a = 0; a < columns.size(); ++a) {
    for (std::size_t b = 0; b < columns.size(); ++b) {
      const auto one = Sketch::FromProfile(columns[a].profile);
      const auto other = Sketch::FromProfile(columns[b].profile);
      ASSERT_TRUE(one && other);
      const double unit = StandardDeviation(columns[a].values);
      const double exact = Wasserstein(columns[a].values, columns[b].values) / unit;
      EXPECT_NEAR(WassersteinDistance(*one, *other) / unit, exact, 0.01 + 0.03 * exact)
          << a << ", " << b;
      EXPECT_NEAR(KolmogorovDistance(*one, *other),
                  TestKolmogorov(columns[a].values, columns[b].values).statistic, 0.015)
          << a << ", " << b;
    }
  }
}

TEST(Sketch, KnowsEveryValueWithinOnePercentOfTheRows) {
  const auto engine = OpenEngine();
  for (const std::string& query : Queries()) {
    const Column column = Read(*engine, query);
    const auto sketch = Sketch::FromProfile(column.profile);
    ASSERT_TRUE(sketch);
    const double rows = sketch->rows();
    EXPECT_EQ(rows, static_cast<double>(TotalRows(column.values)));
    double up_to = 0;
    for (const ValueCount& one : column.values) {
      EXPECT_NEAR(sketch->Below(one.value), up_to, 0.01 * rows + 1) << query;
      up_to += static_cast<double>(one.rows);
      EXPECT_NEAR(sketch->UpTo(one.value), up_to, 0.01 * rows + 1) << query;
    }
    EXPECT_EQ(sketch->Below(-1e9), 0);
    EXPECT_EQ(sketch->UpTo(1e9), rows);
  }
}

TEST(Sketch, PartsMakeTheWhole) {
  const auto engine = OpenEngine();
  const Column a = Read(*engine, Queries()[0]), b = Read(*engine, Queries()[3]);
  const Column both = Read(*engine, "SELECT v::DOUBLE AS v FROM (" + Queries()[0] +
                                        ") UNION ALL SELECT v FROM (" + Queries()[3] + ")");
  const Sketch merged =
      Sketch::Merged({*Sketch::FromProfile(a.profile), *Sketch::FromProfile(b.profile)});
  const auto whole = Sketch::FromProfile(both.profile);
  EXPECT_EQ(merged.rows(), whole->rows());
  EXPECT_LT(KolmogorovDistance(merged, *whole), 0.015);
  EXPECT_NEAR(merged.Quantile(0.5), whole->Quantile(0.5), 2);
}

TEST(Sketch, OneValueIsAStep) {
  const auto engine = OpenEngine();
  const auto sketch = Sketch::FromProfile(Read(*engine, "SELECT 7 AS v FROM range(9)").profile);
  ASSERT_TRUE(sketch);
  EXPECT_EQ(sketch->Below(7), 0);
  EXPECT_EQ(sketch->UpTo(7), 9);
  EXPECT_EQ(sketch->Quantile(0.3), 7);
  EXPECT_EQ(WassersteinDistance(*sketch, *sketch), 0);
}

TEST(Sketch, NeedsPercentilesAndFiniteValues) {
  const auto engine = OpenEngine();
  ColumnProfile profile = Read(*engine, "SELECT i::DOUBLE AS v FROM range(500) t(i)").profile;
  EXPECT_TRUE(Sketch::FromProfile(profile));
  ColumnProfile older = profile;
  older.quantiles.resize(9);
  EXPECT_FALSE(Sketch::FromProfile(older));
  older = profile;
  older.stddev.reset();
  EXPECT_FALSE(Sketch::FromProfile(older));
  profile.max->text = "nan";
  EXPECT_FALSE(Sketch::FromProfile(profile));
  EXPECT_FALSE(Sketch::FromProfile(ColumnProfile()));
}

}  // namespace
}  // namespace assay::stats
