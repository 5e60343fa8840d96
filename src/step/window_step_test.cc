#include <map>
#include <random>
#include <set>
#include <tuple>

#include "step/test_shapes.h"

namespace assay::step {
namespace {

using testing::HasSubstr;

class WindowTest : public ShapeTest {
 protected:
  void Reopen(int threads) {
    engine::Options options;
    options.threads = threads;
    options.readable = {folder.path()};
    engine = *engine::Open(options);
  }
  static Json Params(const std::vector<std::pair<std::string, std::string>>& columns) {
    return {{"input", "flights"},
            {"partition_by", Json::array({"origin"})},
            {"order_by", Json::array({"date"})},
            {"columns", Pairs(columns)}};
  }
};

// Origin, date, delay and the row's number; many rows tie in origin and date.
TEST_F(WindowTest, FollowsATotalOrderAsALoopDoes) {
  struct Flight {
    int origin, date, delay, pos;
  };
  std::mt19937 random(5);
  std::vector<Flight> flights;
  std::vector<std::vector<std::string>> values;
  for (int i = 0; i < 300; ++i) {
    const Flight flight{static_cast<int>(random() % 4), static_cast<int>(random() % 20),
                        static_cast<int>(random() % 50), i};
    flights.push_back(flight);
    values.push_back({std::to_string(flight.origin), std::to_string(flight.date),
                      std::to_string(flight.delay), std::to_string(i)});
  }
  Give("flights", "SELECT * FROM (VALUES " + Values(values) + ") t(origin, date, delay, pos)");
  Json params = Params({{"before", "lag(delay) -- minutes"},
                        {"number", "row_number()"},
                        {"late", "count(*) FILTER (WHERE delay > 25)"}});
  params["descending"] = true;
  params["frame"] = "rows between 2 preceding and current row";
  std::map<int, std::vector<Flight>> groups;
  for (const Flight& flight : flights) groups[flight.origin].push_back(flight);
  std::vector<Row> expected;
  for (auto& [origin, group] : groups) {
    std::sort(group.begin(), group.end(), [](const Flight& a, const Flight& b) {
      return std::make_tuple(-a.date, a.delay, a.pos) < std::make_tuple(-b.date, b.delay, b.pos);
    });
    for (std::size_t i = 0; i < group.size(); ++i) {
      int late = 0;
      for (std::size_t j = i < 2 ? 0 : i - 2; j <= i; ++j) late += group[j].delay > 25 ? 1 : 0;
      expected.push_back({std::to_string(origin), std::to_string(group[i].date),
                          std::to_string(group[i].delay), std::to_string(group[i].pos),
                          i == 0 ? std::nullopt : std::optional(std::to_string(group[i - 1].delay)),
                          std::to_string(i + 1), std::to_string(late)});
    }
  }
  EXPECT_EQ(Sorted(Rows("window", params)), Sorted(expected));
  const auto trace = Traced("window", params);
  EXPECT_EQ(trace.kind, engine::Trace::Kind::kRowLocal) << trace.reason;
  EXPECT_EQ(Misled(trace, 0, "pos"), "0 of 300");
}

TEST_F(WindowTest, WithoutAnOrderACallSeesItsWholeGroup) {
  Give("flights",
       "SELECT * FROM (VALUES ('a', 1), ('a', 5), ('b', 7), (NULL, 2), (NULL, 2)) "
       "t(origin, delay)");
  Json params = Params({{"sum", "sum(delay)"}});
  params.erase("order_by");
  EXPECT_EQ(Columns("window", params), "origin string, delay int32, sum int128");
  EXPECT_THAT(
      Rows("window", params),
      testing::UnorderedElementsAre(Row{"a", "1", "6"}, Row{"a", "5", "6"}, Row{"b", "7", "7"},
                                    Row{std::nullopt, "2", "4"}, Row{std::nullopt, "2", "4"}));
}

TEST_F(WindowTest, AnAggregateRunsUpToTheRow) {
  Give("flights",
       "SELECT * FROM (VALUES ('a', 3, 1), ('a', 1, 2), ('a', NULL, 4)) t(origin, date, "
       "delay)");
  EXPECT_THAT(Rows("window", Params({{"sum", "sum(delay)"}})),
              testing::UnorderedElementsAre(Row{"a", "1", "2", "2"}, Row{"a", "3", "1", "3"},
                                            Row{"a", std::nullopt, "4", "7"}))
      << "nulls come last";
}

// Sums of floating-point numbers of very different size change with the order of adding.
TEST_F(WindowTest, NeitherThreadsNorTheOrderOfRowsChangeFloatingSums) {
  const std::string rows =
      "SELECT i AS date, hash(i * 3) % 3 AS origin, (hash(i) % 1000)::DOUBLE / 7 * "
      "pow(10, (hash(i * 5) % 12)::INTEGER) AS x FROM range(60000) t(i)";
  for (const char* frame :
       {"", "ROWS 1000 PRECEDING", "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"}) {
    for (const bool one_group : {false, true}) {
      Json params = Params({{"sum", "sum(x)"}, {"mean", "avg(x)"}, {"sd", "stddev(x)"}});
      if (*frame != '\0') params["frame"] = frame;
      if (one_group) params.erase("partition_by");
      std::set<std::string> answers;
      for (const int threads : {1, 2, 4}) {
        for (const int shuffle : {1, 2}) {
          Reopen(threads);
          Give("flights", rows + " ORDER BY hash(i + " + std::to_string(shuffle) + ")");
          const auto sql = StepSql(*FindStep("window"), {params, inputs});
          const auto grid = engine->Query(
              "SELECT assay_wrapping_sum(assay_row_hash(*COLUMNS(*))) FROM (" + *sql + ")");
          ASSERT_TRUE(grid.ok()) << grid.error().message;
          answers.insert(*grid->rows[0][0]);
        }
      }
      EXPECT_EQ(answers.size(), 1U) << frame << one_group;
    }
  }
}

TEST_F(WindowTest, ColumnsMustBeThereAndNewOnesNew) {
  Give("flights", "SELECT 1 AS origin, 2 AS date, 3 AS delay");
  EXPECT_EQ(Mistake("window", Params({{"Delay", "lag(delay)"}})),
            "`flights` has a column already: Delay (give the new one another name)");
  Json params = Params({{"x", "lag(delay)"}});
  params["partition_by"] = Json::array({"orign"});
  EXPECT_EQ(Mistake("window", params), "`flights` has no column: orign (did you mean origin?)");
  params = Params({{"x", "lag(delay)"}});
  params["order_by"] = Json::array({"dat"});
  EXPECT_EQ(Mistake("window", params), "`flights` has no column: dat (did you mean date?)");
}

TEST_F(WindowTest, EachColumnIsOneCall) {
  for (const char* call :
       {"row_number()", "lag(delay, 2, 0)", " Avg (delay) ", "lag(delay IGNORE NULLS)",
        "count(*) FILTER (WHERE name = ') over ''(')", "sum(/* ( /* */ over */ x) -- (",
        "lag(\"a\"\"(\")", "lag(E'\\'(')", "max(CASE WHEN a THEN (b) END)\n-- select"}) {
    EXPECT_EQ(Misdeclared("window", Params({{"x", call}})), "") << call;
  }
  for (const char* other :
       {"delay - lag(delay)", "lag(delay) - delay", "delay", "(lag(delay))", "lag(delay", "lag(a))",
        "sum(a) OVER ()", "sum(a) FILTER", "sum(a) FILTER (", "sum(a), 1", "sum(a);", "lag('a)",
        "lag(/* a)", "sum($$a$$)", "\"sum\"(a", "", "  -- lag(a)"}) {
    EXPECT_THAT(Misdeclared("window", Params({{"x", other}})),
                HasSubstr("`x` is not one call of a function"))
        << other;
  }
  EXPECT_EQ(Misdeclared("window", Params({{"x", "sum(lag(a) OVER (w))"}})),
            "`x` has a word that a window step does not take: over");
  EXPECT_EQ(Misdeclared("window", Params({{"x", "sum((SELECT first(a) FROM t))"}})),
            "`x` has a word that a window step does not take: select");
  EXPECT_EQ(Misdeclared("window", Params({{"x", "sum(overdue + selected)"}})), "");
}

TEST_F(WindowTest, FramesAreOfRows) {
  const auto misdeclared = [](const char* frame) {
    Json params = Params({{"x", "sum(delay)"}});
    params["frame"] = frame;
    return Misdeclared("window", params);
  };
  for (const char* frame :
       {"ROWS 6 PRECEDING", "rows current row", "ROWS UNBOUNDED PRECEDING",
        "ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING", "ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING",
        "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"}) {
    EXPECT_EQ(misdeclared(frame), "") << frame;
  }
  for (const char* frame :
       {"", "ROWS", "6 PRECEDING", "ROWS 6 FOLLOWING", "ROWS -1 PRECEDING", "ROWS x PRECEDING",
        "ROWS BETWEEN 3 PRECEDING", "ROWS BETWEEN UNBOUNDED FOLLOWING AND CURRENT ROW",
        "ROWS BETWEEN 3 PRECEDING AND UNBOUNDED PRECEDING", "ROWS 6 PRECEDING)",
        "RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW", "GROUPS 1 PRECEDING"}) {
    EXPECT_EQ(misdeclared(frame), std::string("not a frame of rows: ") + frame);
  }
}

TEST_F(WindowTest, ParametersMustGoTogether) {
  Json params = Params({{"x", "sum(delay)"}});
  params.erase("order_by");
  EXPECT_EQ(Misdeclared("window", params), "");
  params["descending"] = true;
  EXPECT_EQ(Misdeclared("window", params), "`descending` says nothing without `order_by`");
  params.erase("descending");
  params["frame"] = "ROWS 6 PRECEDING";
  EXPECT_EQ(Misdeclared("window", params), "`frame` says nothing without `order_by`");
  EXPECT_EQ(Misdeclared("window", Params({{"x", "sum(a)"}, {"X", "sum(b)"}})),
            "`columns` names a column twice: X");
  EXPECT_EQ(Misdeclared("window", Params({{"file_index", "sum(a)"}})),
            "Assay keeps this name for itself: file_index");
  params = Params({{"x", "sum(a)"}});
  params["order_by"] = {"a", "A"};
  EXPECT_EQ(Misdeclared("window", params), "`order_by` names a column twice: A");
}

}  // namespace
}  // namespace assay::step
