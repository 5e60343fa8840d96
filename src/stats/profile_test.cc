#include "stats/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>
#include <random>
#include <set>

#include "base/test_folder.h"
#include "engine/sql_text.h"

namespace assay::stats {
namespace {

std::unique_ptr<engine::Engine> OpenEngine(int threads) {
  engine::Options options;
  options.threads = threads;
  options.readable = {testing::TempDir()};
  auto engine = engine::Open(options);
  EXPECT_TRUE(engine.ok()) << engine.error().message;
  return std::move(engine).value();
}

std::vector<ColumnProfile> Profile(engine::Engine& engine, const std::string& query) {
  const auto schema = engine.Describe(query);
  EXPECT_TRUE(schema.ok()) << schema.error().message;
  const auto profile = ProfileTable(engine, "(" + query + ")", *schema);
  EXPECT_TRUE(profile.ok()) << profile.error().message;
  return *profile;
}

TEST(Profile, EqualsABruteForceLoop) {
  const auto engine = OpenEngine(2);
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::int64_t> present;
    std::string values;
    const int rows = 1 + static_cast<int>(random() % 300);
    int nulls = 0;
    for (int i = 0; i < rows; ++i) {
      const std::int64_t value = static_cast<std::int64_t>(random() % 50) - 25;
      const bool null = random() % 6 == 0;
      nulls += null ? 1 : 0;
      if (!null) present.push_back(value);
      values += (i > 0 ? ", (" : "(") + (null ? "NULL::BIGINT" : std::to_string(value)) + ")";
    }
    std::sort(present.begin(), present.end());
    const auto profile = Profile(*engine, "SELECT * FROM (VALUES " + values + ") t(n)")[0];
    EXPECT_EQ(profile.rows, rows);
    EXPECT_EQ(profile.nulls, nulls);
    EXPECT_EQ(profile.distinct, static_cast<std::int64_t>(
                                    std::set<std::int64_t>(present.begin(), present.end()).size()));
    if (present.empty()) continue;
    EXPECT_EQ(profile.min->text, std::to_string(present.front()));
    EXPECT_EQ(profile.max->text, std::to_string(present.back()));
    long double sum = 0;
    for (const std::int64_t value : present) sum += static_cast<long double>(value);
    EXPECT_EQ(profile.mean,
              DoubleText(static_cast<double>(sum / static_cast<long double>(present.size()))));
    long double squares = 0;
    const long double mean = sum / static_cast<long double>(present.size());
    for (const std::int64_t value : present) {
      squares +=
          (static_cast<long double>(value) - mean) * (static_cast<long double>(value) - mean);
    }
    EXPECT_NEAR(std::stod(*profile.stddev),
                static_cast<double>(std::sqrt(squares / static_cast<long double>(present.size()))),
                1e-12);
    ASSERT_EQ(profile.quantiles.size(), 103U);
    for (const auto& [share, value] : profile.quantiles) {
      const auto rank = static_cast<std::size_t>(
          std::ceil(std::stold(share) * static_cast<long double>(present.size()) - 1e-12L));
      EXPECT_EQ(value, std::to_string(present[rank - 1])) << share << " of " << present.size();
    }
    std::vector<std::int64_t> bins(20);
    const double low = static_cast<double>(present.front());
    const double width = static_cast<double>(present.back()) - low;
    for (const std::int64_t value : present) {
      const double at = width == 0 ? 0 : (static_cast<double>(value) - low) / width * 20;
      ++bins[std::min<std::size_t>(19, static_cast<std::size_t>(at))];
    }
    EXPECT_EQ(profile.histogram, bins);
  }
}

TEST(Profile, MeanOfDoublesIsTheSameForAnyOrderAndThreads) {
  const std::string query =
      "SELECT CASE WHEN i % 3 = 0 THEN 1e16 WHEN i % 3 = 1 THEN -1e16 ELSE 0.1 END * (1 + i % 7) "
      "AS d FROM range(200000) t(i)";
  const auto one = Profile(*OpenEngine(1), query)[0];
  const auto two = Profile(*OpenEngine(2), query + " ORDER BY hash(i)")[0];
  EXPECT_EQ(one.mean, two.mean);
  EXPECT_EQ(one.stddev, two.stddev);
  EXPECT_EQ(one.quantiles, two.quantiles);
}

// Means by Python's fractions; no sum of these fits into the engine's widest number.
TEST(Profile, MeanOfWideNumbersIsExact) {
  const auto profile =
      Profile(*OpenEngine(2),
              "SELECT m::DECIMAL(38,2) AS m, 0.10::DECIMAL(18,2) AS tenth, i::BIGINT AS i, "
              "(CASE WHEN m IS NULL THEN NULL ELSE 170141183460469231731687303715884105727 "
              "END)::HUGEINT AS h FROM (VALUES "
              "('999999999999999999999999999999999999.99', 9223372036854775807), "
              "('999999999999999999999999999999999999.99', 9223372036854775807), "
              "('-0.01', 9223372036854775807), (NULL, NULL), "
              "('333333333333333333333333333333333333.33', 1)) t(m, i)");
  EXPECT_EQ(profile[0].mean, "5.833333333333333e+35");
  EXPECT_EQ(profile[0].nulls, 1);
  EXPECT_EQ(profile[1].mean, "0.1");
  EXPECT_EQ(profile[2].mean, "6917529027641081856");
  EXPECT_EQ(profile[3].mean, "1.7014118346046923e+38");
}

TEST(Profile, TextHasItsMostFrequentValues) {
  const auto profile = Profile(*OpenEngine(2),
                               "SELECT CASE WHEN i % 4 = 0 THEN 'b' WHEN i % 4 = 1 THEN 'a' ELSE "
                               "'c' END AS s FROM range(400) t(i)")[0];
  ASSERT_EQ(profile.top.size(), 3U);
  EXPECT_EQ(profile.top[0].first.text, "c");
  EXPECT_EQ(profile.top[0].second, 200);
  EXPECT_EQ(profile.top[1].first.text, "a") << "ties stand by value";
}

TEST(Profile, FurtherValuesOfATextNeedTwoRowsAndATenthOfAThousandth) {
  const auto engine = OpenEngine(2);
  // Of 100,000 rows 0.01 % are 10: the first 40 values have more, the rest one each.
  const auto profile =
      Profile(*engine,
              "SELECT CASE WHEN i < 99000 THEN 'common ' || (i % 40) ELSE 'rare ' "
              "|| i END AS s, 'rare ' || i AS r, i % 60000 AS n FROM range(100000) "
              "t(i)");
  EXPECT_EQ(profile[0].top.size(), 40U);
  EXPECT_EQ(profile[1].top.size(), 10U) << "the first ten always";
  EXPECT_TRUE(profile[2].top.empty()) << "too many numbers";
  const auto twos = Profile(*engine, "SELECT 'x' || (i // 2) AS s FROM range(3000) t(i)");
  EXPECT_EQ(twos[0].top.size(), 512U);
}

TEST(Profile, NumbersAndTimesOfFewValuesHaveAllOfThem) {
  const auto profile = Profile(*OpenEngine(2),
                               "SELECT (i % 50)::SMALLINT AS n, i % 51 AS m, DATE '2001-01-01' + "
                               "(i % 3)::INTEGER AS d, CASE i % 2 WHEN 0 THEN 0.5 END::DOUBLE AS h "
                               "FROM range(1000) t(i)");
  EXPECT_EQ(profile[0].top.size(), 50U);
  EXPECT_EQ(profile[0].top[0].first.text, "0");
  EXPECT_EQ(profile[0].top[0].second, 20);
  EXPECT_TRUE(profile[1].top.empty());
  EXPECT_EQ(profile[2].top.size(), 3U);
  ASSERT_EQ(profile[3].top.size(), 1U) << "nulls are no value";
  EXPECT_EQ(profile[3].top[0].second, 500);
}

TEST(Profile, DeviationOfNumbersFarFromZero) {
  const auto profile =
      Profile(*OpenEngine(2),
              "SELECT 1e9 + i % 2 AS d, (1000000000000 + i % 2)::BIGINT AS i, "
              "(12.50 + i % 2)::DECIMAL(10,2) AS m, NULL::INTEGER AS n, 'nan'::DOUBLE "
              "AS x, true AS b FROM range(1000) t(i)");
  EXPECT_EQ(profile[0].stddev, "0.5");
  EXPECT_EQ(profile[1].stddev, "0.5");
  EXPECT_EQ(profile[2].stddev, "0.5");
  EXPECT_FALSE(profile[3].stddev);
  EXPECT_EQ(profile[4].stddev, "nan");
  EXPECT_FALSE(profile[5].stddev);
}

TEST(Profile, ReadsWhatItWroteAndWhatOlderProgramsWrote) {
  const auto profile =
      Profile(*OpenEngine(2),
              "SELECT i AS n, 'x' || i % 7 AS s, repeat('y', 100) AS long, i % 3 = 0 "
              "AS b FROM range(1000) t(i)");
  const Json json = ProfileJson(profile);
  const auto again = ParseProfileJson(json);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(ProfileJson(*again), json);
  EXPECT_EQ((*again)[0].quantiles, profile[0].quantiles);
  const auto old = ParseProfileJson(Json::parse(R"([{"name":"n","type":"int64","rows":3,"nulls":1,
      "distinct":2,"min":"1","max":"2","mean":"1.5","quantiles":{"0.5":"1"},"histogram":[1,1]}])"));
  ASSERT_TRUE(old.ok()) << old.error().message;
  EXPECT_FALSE((*old)[0].stddev);
  EXPECT_EQ((*old)[0].histogram.size(), 2U);
}

TEST(Profile, RefusesWhatIsNone) {
  const auto refused = [](const std::string& json) {
    const auto profile = ParseProfileJson(Json::parse(json));
    return profile.ok() ? "" : profile.error().message;
  };
  EXPECT_EQ(refused("{}"), "the whole is no list");
  EXPECT_EQ(refused(R"([{"name":"n","type":"int64","rows":1,"nulls":2,"distinct":0}])"),
            "/0 has more nulls than rows");
  EXPECT_NE(refused(R"([{"name":"n","type":"int64","rows":1,"nulls":0,"distinct":1,"mean":1}])"),
            "");
  EXPECT_NE(
      refused(
          R"([{"name":"n","type":"int64","rows":1,"nulls":0,"distinct":1,"top":[{"value":1}]}])"),
      "");
}

TEST(Profile, LongTextsAreCutBetweenCharactersAndMarked) {
  const auto engine = OpenEngine(2);
  const auto profile =
      Profile(*engine,
              "SELECT unnest([repeat('a', 3000000), repeat('\u00e9', 65)]) AS s, repeat('\u00e9', "
              "64) AS e, "
              "repeat('\\x00\\x41'::BLOB, 40) AS b, repeat('\\x00'::BLOB, 64) AS c");
  std::string accents;
  for (int i = 0; i < 64; ++i) accents += "\u00e9";
  EXPECT_EQ(profile[0].min->text, std::string(64, 'a'));
  EXPECT_TRUE(profile[0].min->cut);
  EXPECT_EQ(profile[0].max->text, accents);
  EXPECT_TRUE(profile[0].max->cut);
  EXPECT_EQ(profile[1].max->text, accents) << "as long as may be";
  EXPECT_FALSE(profile[1].max->cut);
  std::string bytes;
  for (int i = 0; i < 32; ++i) bytes += "\\x00A";
  EXPECT_EQ(profile[2].min->text, bytes) << "not within \\x00";
  EXPECT_TRUE(profile[2].min->cut);
  EXPECT_FALSE(profile[3].min->cut);
  const Json json = ProfileJson(profile);
  EXPECT_LT(json.dump().size(), 3000U);
  EXPECT_TRUE(json[0]["min_cut"].get<bool>());
  EXPECT_TRUE(json[0]["top"][0]["cut"].get<bool>());
  EXPECT_FALSE(json[1].contains("max_cut"));
  EXPECT_FALSE(json[1]["top"][0].contains("cut"));
}

// A long table is looked at in another way: its values stay in the engine.
TEST(Profile, OfALongTableIsThatOfAShortOne) {
  const auto engine = OpenEngine(2);
  const std::string values =
      "SELECT CASE WHEN i % 7 > 0 THEN i * 13 % 997 END AS n, (i % 90)::DOUBLE / 8 AS x, i % 3 = 0 "
      "AS b, CASE i % 50 WHEN 3 THEN 'infinity'::TIMESTAMP ELSE make_timestamp(i * 1000000) END AS "
      "t, 'w' || (i % 30) AS s FROM range(1000) r(i)";
  const int times = 300;
  const auto small = Profile(*engine, values);
  const auto large =
      Profile(*engine, "SELECT v.* FROM (" + values + ") v, range(" + std::to_string(times) + ")");
  ASSERT_EQ(small.size(), large.size());
  for (std::size_t i = 0; i < small.size(); ++i) {
    EXPECT_EQ(large[i].rows, small[i].rows * times);
    EXPECT_EQ(large[i].nulls, small[i].nulls * times);
    EXPECT_EQ(large[i].distinct, small[i].distinct);
    ASSERT_TRUE(small[i].min && large[i].min && small[i].max);
    EXPECT_EQ(large[i].min->text, small[i].min->text);
    EXPECT_EQ(large[i].max.has_value(), small[i].max.has_value());
    EXPECT_EQ(large[i].mean, small[i].mean);
    EXPECT_EQ(large[i].quantiles, small[i].quantiles);
    ASSERT_EQ(large[i].top.size(), small[i].top.size());
    for (std::size_t k = 0; k < small[i].top.size(); ++k) {
      EXPECT_EQ(large[i].top[k].first.text, small[i].top[k].first.text);
      EXPECT_EQ(large[i].top[k].second, small[i].top[k].second * times);
    }
    ASSERT_EQ(large[i].histogram.size(), small[i].histogram.size());
    for (std::size_t k = 0; k < small[i].histogram.size(); ++k) {
      EXPECT_EQ(large[i].histogram[k], small[i].histogram[k] * times);
    }
  }
}

// More values than are kept in memory.
TEST(Profile, OfValuesThatAreAllDifferent) {
  const std::int64_t rows = 400'000;
  const auto profile =
      Profile(*OpenEngine(2), "SELECT i * 2 AS n FROM range(" + std::to_string(rows) + ") r(i)")[0];
  EXPECT_EQ(profile.distinct, rows);
  EXPECT_EQ(profile.min->text, "0");
  EXPECT_EQ(profile.max->text, "799998");
  EXPECT_EQ(profile.mean, "399999");
  // Of 0 to n-1 the variance is (n^2 - 1) / 12.
  const double n = static_cast<double>(rows);
  EXPECT_NEAR(std::stod(*profile.stddev), 2 * std::sqrt((n * n - 1) / 12), 1e-6);
  EXPECT_THAT(profile.histogram, testing::Each(rows / 20));
  EXPECT_EQ(profile.quantiles.at(0), (std::pair<std::string, std::string>("0.0001", "78")));
  EXPECT_TRUE(profile.top.empty());
}

// The time of the CPU grows with the columns, not with their square.
TEST(Profile, ManyColumnsCostInProportion) {
  const TestFolder folder;
  engine::Options options;
  options.threads = 1;
  options.readable = {folder.path()};
  const auto engine = std::move(engine::Open(options)).value();
  const auto seconds = [&](int columns) {
    std::string select;
    for (int i = 0; i < columns; ++i) {
      select +=
          (i > 0 ? ", i % " : "SELECT i % ") + std::to_string(i + 2) + " AS c" + std::to_string(i);
    }
    const auto file = folder / (std::to_string(columns) + ".parquet");
    EXPECT_TRUE(engine->CopyToParquet(select + " FROM range(20) r(i)", file).ok());
    const std::clock_t start = std::clock();
    const auto profile = Profile(*engine, "SELECT * FROM " + engine::ReadParquet({file}, {}));
    const double used = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    EXPECT_EQ(profile.size(), static_cast<std::size_t>(columns));
    EXPECT_EQ(profile.back().distinct, std::min(columns + 1, 20));
    return used;
  };
  (void)seconds(100);  // the first time is slower
  EXPECT_LT(seconds(1200), 8 * seconds(300));
}

TEST(Profile, NoRowsAndOnlyNulls) {
  const auto engine = OpenEngine(2);
  const auto empty = Profile(*engine, "SELECT 1::BIGINT AS n, 'x' AS s WHERE false");
  EXPECT_EQ(empty[0].rows, 0);
  EXPECT_FALSE(empty[0].min);
  EXPECT_TRUE(empty[0].histogram.empty());
  const auto nulls = Profile(*engine, "SELECT NULL::DOUBLE AS d FROM range(5)");
  EXPECT_EQ(nulls[0].nulls, 5);
  EXPECT_FALSE(nulls[0].mean);
}

TEST(Profile, NestedAndUnusualTypes) {
  const auto profile =
      Profile(*OpenEngine(2),
              "SELECT [1, 2] AS l, {'a': 1} AS s, '\\xAA'::BLOB AS b, TIMESTAMP '1969-12-31 "
              "23:59:59' AS t, "
              "DATE '1900-01-01' AS d, TIME '12:00:00' AS c, 1.5::DECIMAL(10,2) AS m, true AS f, "
              "'nan'::DOUBLE AS n, TIMESTAMPTZ '2001-01-01 00:00:00+00' AS z");
  EXPECT_EQ(profile[0].distinct, 1);
  EXPECT_EQ(profile[3].min->text, "1969-12-31 23:59:59");
  EXPECT_EQ(profile[6].mean, "1.5");
  EXPECT_EQ(profile[7].mean, "1");
  EXPECT_EQ(profile[8].max->text, "nan");
  EXPECT_EQ(profile[9].quantiles.size(), 103U);
}

}  // namespace
}  // namespace assay::stats
