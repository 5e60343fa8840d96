#include <cstdio>
#include <map>
#include <random>

#include "step/test_shapes.h"

namespace assay::step {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class ResampleTest : public ShapeTest {
 protected:
  static Json Params(const char* every, const char* empty = "leave") {
    return {{"input", "flights"},
            {"time", "seen"},
            {"every", every},
            {"by", Json::array({"origin"})},
            {"columns", Pairs({{"sum", "sum(delay) -- minutes"}, {"rows", "count(*)"}})},
            {"empty", empty}};
  }
};

// Minutes after 2001-05-07 00:00, a Monday, cut by loops.
TEST_F(ResampleTest, SumsAreThoseOfALoop) {
  std::mt19937 random(11);
  std::map<std::pair<int, int>, std::pair<int, int>> buckets;
  std::vector<std::vector<std::string>> values;
  for (int i = 0; i < 400; ++i) {
    const int origin = static_cast<int>(random() % 3);
    const int minute = static_cast<int>(random() % 3000);
    const int delay = static_cast<int>(random() % 90);
    auto& [sum, rows] = buckets[{origin, minute / 15}];
    sum += delay;
    ++rows;
    values.push_back({std::to_string(origin), std::to_string(minute), std::to_string(delay)});
  }
  Give("flights",
       "SELECT origin, TIMESTAMP '2001-05-07' + to_minutes(minute) AS seen, delay FROM "
       "(VALUES " +
           Values(values) + ") t(origin, minute, delay)");
  const auto time_of = [](int bucket) {
    char text[32];
    const int minute = bucket * 15;
    std::snprintf(text, sizeof text, "2001-05-%02d %02d:%02d:00", 7 + minute / 1440,
                  minute / 60 % 24, minute % 60);
    return std::string(text);
  };
  std::vector<Row> expected;
  std::vector<Row> filled;
  std::map<int, int> last;
  for (const auto& [key, cell] : buckets) {
    const Row row = {std::to_string(key.first), time_of(key.second), std::to_string(cell.first),
                     std::to_string(cell.second)};
    if (last.contains(key.first)) {
      for (int empty = last[key.first] + 1; empty < key.second; ++empty) {
        filled.push_back({row[0], time_of(empty), std::nullopt, std::nullopt});
      }
    }
    last[key.first] = key.second;
    expected.push_back(row);
    filled.push_back(row);
  }
  EXPECT_EQ(Columns("resample", Params("15 min")),
            "origin int32, seen timestamp[us], sum int128, rows int64");
  EXPECT_EQ(Sorted(Rows("resample", Params("15 min"))), Sorted(expected));
  ASSERT_GT(filled.size(), expected.size());
  EXPECT_EQ(Columns("resample", Params("15 min", "nulls")),
            "origin int32, seen timestamp[us], sum int128, rows int64");
  EXPECT_EQ(Sorted(Rows("resample", Params("15 min", "nulls"))), Sorted(filled));
}

TEST_F(ResampleTest, MonthsAndWeeksFollowTheCalendar) {
  Give("flights",
       "SELECT * FROM (VALUES ('a', DATE '2001-01-31', 1), ('a', DATE '2001-02-28', 2), "
       "('a', DATE '2001-04-01', 4), (NULL, DATE '2001-04-30', 8)) t(origin, seen, delay)");
  EXPECT_EQ(Columns("resample", Params("1 month", "nulls")),
            "origin string, seen date, sum int128, rows int64");
  EXPECT_THAT(Rows("resample", Params("1 month", "nulls")),
              UnorderedElementsAre(
                  Row{"a", "2001-01-01", "1", "1"}, Row{"a", "2001-02-01", "2", "1"},
                  Row{"a", "2001-03-01", std::nullopt, std::nullopt},
                  Row{"a", "2001-04-01", "4", "1"}, Row{std::nullopt, "2001-04-01", "8", "1"}));
  EXPECT_THAT(Rows("resample", Params("1 year")),
              UnorderedElementsAre(Row{"a", "2001-01-01", "7", "3"},
                                   Row{std::nullopt, "2001-01-01", "8", "1"}));
  Json weeks = Params("1 week");
  weeks.erase("by");
  EXPECT_EQ(Columns("resample", weeks), "seen date, sum int128, rows int64");
  EXPECT_THAT(Rows("resample", weeks),
              UnorderedElementsAre(Row{"2001-01-29", "1", "1"}, Row{"2001-02-26", "2", "1"},
                                   Row{"2001-03-26", "4", "1"}, Row{"2001-04-30", "8", "1"}));
  weeks["empty"] = "nulls";
  EXPECT_EQ(Rows("resample", weeks).size(), 14U);
}

TEST_F(ResampleTest, TimestampsWithAZoneAreCutInUtc) {
  Give("flights", "SELECT 'a' AS origin, TIMESTAMPTZ '2001-05-01 23:30:00+05' AS seen, 1 AS delay");
  EXPECT_EQ(Columns("resample", Params("1 day", "nulls")),
            "origin string, seen timestamp[us,utc], sum int128, rows int64");
  EXPECT_THAT(Rows("resample", Params("1 day", "nulls")),
              ElementsAre(Row{"a", "2001-05-01 00:00:00+00", "1", "1"}));
}

TEST_F(ResampleTest, RowsWithoutATimeAreRefused) {
  Give("flights",
       "SELECT * FROM (VALUES ('a', NULL, 1), ('b', TIMESTAMP '2001-01-01 10:59:59', "
       "2)) t(origin, seen, delay)");
  EXPECT_THAT(Rows("resample", Params("1 hour")),
              ElementsAre(Row{"b", "2001-01-01 10:00:00", "2", "1"}));
  EXPECT_THAT(Refused("resample", Params("1 hour")),
              ElementsAre(Row{"a", std::nullopt, "1", "seen: null"}));
  EXPECT_TRUE(FindStep("resample")->info.refuses(Json::object()));
}

TEST_F(ResampleTest, ColumnsAndTypesAreLookedAt) {
  Give("flights", "SELECT 'a' AS origin, DATE '2001-01-31' AS seen, 1 AS delay");
  Json params = Params("1 day");
  params["time"] = "sen";
  EXPECT_EQ(Mistake("resample", params), "`flights` has no column: sen (did you mean seen?)");
  params["time"] = "delay";
  EXPECT_EQ(Mistake("resample", params),
            "`delay` of `flights` is int32: buckets of time need a date or a timestamp (cast it "
            "first)");
  EXPECT_EQ(
      Mistake("resample", Params("36 hours")),
      "`seen` of `flights` is date: its buckets are whole days, not 36 hours (write `every: 1 "
      "day` or more, or cast it to a timestamp first)");
  EXPECT_EQ(Mistake("resample", Params("48 hours")), "");
  params = Params("1 day");
  params["by"] = Json::array({"orign"});
  EXPECT_EQ(Mistake("resample", params), "`flights` has no column: orign (did you mean origin?)");
}

TEST_F(ResampleTest, ParametersMustMakeSense) {
  for (const char* every : {"1 s", "90 min", "2 weeks", "1 month", "3 months", "1 year"}) {
    EXPECT_EQ(Misdeclared("resample", Params(every)), "") << every;
  }
  EXPECT_EQ(Misdeclared("resample", Params("0 s")), "`every` must be longer than nothing: 0 s");
  EXPECT_EQ(Misdeclared("resample", Params("0 months")),
            "`every` must be longer than nothing: 0 months");
  EXPECT_EQ(Misdeclared("resample", Params("hourly")), "`every`: not a span of time: hourly");
  EXPECT_EQ(Misdeclared("resample", Params("99999 months")),
            "`every`: not a span of time: 99999 months");
  EXPECT_EQ(Misdeclared("resample", Params("15")), "`every`: a span of time needs a unit: 15");
  const auto misdeclared = [](const char* param, const Json& value) {
    Json params = Params("1 day");
    params[param] = value;
    return Misdeclared("resample", params);
  };
  EXPECT_EQ(misdeclared("by", {"a", "A"}), "`by` names a column twice: A");
  EXPECT_EQ(misdeclared("by", {"origin", "Seen"}), "`time` and `by` name the same column: seen");
  EXPECT_EQ(misdeclared("columns", Pairs({{"seen", "count(*)"}})),
            "two columns would have one name: seen");
  EXPECT_EQ(misdeclared("columns", Pairs({{"n", "count(*)"}, {"N", "count(*)"}})),
            "two columns would have one name: N");
  EXPECT_EQ(misdeclared("columns", Pairs({{"file_index", "count(*)"}})),
            "Assay keeps this name for itself: file_index");
}

}  // namespace
}  // namespace assay::step
