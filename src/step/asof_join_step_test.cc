#include <cstdlib>
#include <map>
#include <random>
#include <tuple>

#include "step/test_shapes.h"

namespace assay::step {
namespace {

class AsofTest : public ShapeTest {
 protected:
  struct Event {
    Cell group;
    Cell second;
    int value = 0;
    int pos = 0;
  };

  // Many rows tie; some have no group or no time.
  static std::vector<Event> Events(std::uint32_t seed, int count) {
    std::mt19937 random(seed);
    const auto cell = [&](int values) -> Cell {
      const int value = static_cast<int>(random() % static_cast<unsigned>(values + 1));
      return value == values ? Cell() : Cell(value);
    };
    std::vector<Event> events;
    for (int i = 0; i < count; ++i) {
      const Cell group = cell(4);
      const Cell second = cell(60);
      events.push_back({group, second, static_cast<int>(random() % 5), i});
    }
    return events;
  }

  void GiveEvents(const std::string& name, const std::vector<Event>& events,
                  const std::string& columns, const std::string& order = "") {
    std::vector<std::vector<std::string>> values;
    for (const Event& event : events) {
      values.push_back({Literal(event.group), Literal(event.second), std::to_string(event.value),
                        std::to_string(event.pos)});
    }
    Give(name, "SELECT " + columns +
                   " FROM (SELECT g, TIMESTAMP '2001-01-01' + to_seconds(s) AS seen, v, p FROM "
                   "(VALUES " +
                   Values(values) + ") t(g, s, v, p))" + order);
  }

  // Row numbers of the right side, by row number of the left.
  static std::map<int, Cell> Expected(const std::vector<Event>& left,
                                      const std::vector<Event>& right, const Json& params) {
    const std::string direction = params.at("direction");
    const int within = params.contains("within") ? 7 : 1'000'000;
    std::map<int, Cell> expected;
    for (const Event& row : left) {
      const Event* best = nullptr;
      const auto far = [&](const Event& event) { return std::abs(*event.second - *row.second); };
      for (const Event& event : right) {
        if (!row.group || !row.second || !event.group || !event.second) continue;
        if (*row.group != *event.group && params.contains("by")) continue;
        if (direction == "backward" && *event.second > *row.second) continue;
        if (direction == "forward" && *event.second < *row.second) continue;
        if (!params.value("equal_times", true) && *event.second == *row.second) continue;
        if (far(event) > within) continue;
        const auto rank = [&](const Event& each) {
          return std::make_tuple(far(each), *each.second, each.value, each.pos);
        };
        if (best == nullptr || rank(event) < rank(*best)) best = &event;
      }
      expected[row.pos] = best == nullptr ? Cell() : Cell(best->pos);
    }
    return expected;
  }

  std::map<int, Cell> Found(const Json& params) {
    std::map<int, Cell> found;
    const auto grid = Made("asof_join", params);
    for (const Row& row : grid.rows) {
      EXPECT_TRUE(
          found.emplace(std::stoi(*row[2]), row[4] ? Cell(std::stoi(*row[4])) : Cell()).second);
      EXPECT_EQ(row[3].has_value(), row[4].has_value());
    }
    return found;
  }

  static Json Params(const char* direction) {
    return {{"left", "clicks"},
            {"right", "prices"},
            {"time", "seen"},
            {"by", Json::array({"g"})},
            {"direction", direction}};
  }
};

TEST_F(AsofTest, FindsWhatALoopFinds) {
  for (const std::uint32_t seed : {1U, 2U}) {
    const auto left = Events(seed, 200);
    const auto right = Events(seed + 10, 60);
    GiveEvents("clicks", left, "g, seen, p AS pos");
    for (const char* order : {"", " ORDER BY hash(p)"}) {
      GiveEvents("prices", right, "g, seen, v, p AS place", order);
      for (const char* direction : {"backward", "forward", "nearest"}) {
        for (const bool within : {false, true}) {
          for (const bool equal : {true, false}) {
            Json params = Params(direction);
            params["equal_times"] = equal;
            if (within) params["within"] = "7 s";
            EXPECT_EQ(Found(params), Expected(left, right, params)) << params.dump() << order;
          }
        }
      }
    }
  }
}

TEST_F(AsofTest, WithoutByAllRowsOfTheRightAreLookedAt) {
  auto left = Events(5, 100);
  auto right = Events(6, 30);
  for (Event& event : left) event.group = 0;
  for (Event& event : right) event.group = 0;
  GiveEvents("clicks", left, "g, seen, p AS pos");
  GiveEvents("prices", right, "seen, v, p AS place");
  for (const char* direction : {"backward", "forward", "nearest"}) {
    Json params = Params(direction);
    params.erase("by");
    EXPECT_EQ(Found(params), Expected(left, right, params)) << direction;
  }
}

TEST_F(AsofTest, RowsLeadToBothSides) {
  const auto left = Events(1, 200);
  const auto right = Events(2, 60);
  GiveEvents("clicks", left, "g, seen, p AS pos");
  GiveEvents("prices", right, "g, seen, v, p AS place");
  const auto trace = Traced("asof_join", Params("backward"));
  EXPECT_EQ(trace.kind, engine::Trace::Kind::kJoin) << trace.reason;
  EXPECT_EQ(Misled(trace, 0, "pos"), "0 of 200");
  EXPECT_EQ(Misled(trace, 1, "place"), "0 of 200");
  const auto nearest = Traced("asof_join", Params("nearest"));
  EXPECT_EQ(nearest.sources.size(), 3U) << nearest.reason;
  EXPECT_EQ(Misled(nearest, 0, "pos"), "0 of 200");
}

TEST_F(AsofTest, ColumnsHaveOtherNamesOnTheRight) {
  Give("clicks", "SELECT 1 AS user_id, DATE '2001-01-02' AS day, 5 AS v");
  Give("prices", "SELECT 1 AS id, TIMESTAMP '2001-01-01 23:00:00' AS since, 7 AS v, 'x' AS note");
  Json params = {{"left", "clicks"},
                 {"right", "prices"},
                 {"time", "day"},
                 {"right_time", "since"},
                 {"by", Json::array({"user_id"})},
                 {"right_by", Json::array({"id"})},
                 {"within", "1 hour"},
                 {"rename", Pairs({{"v", "price"}})}};
  EXPECT_EQ(Columns("asof_join", params),
            "user_id int32, day date, v int32, price int32, note string");
  EXPECT_THAT(Rows("asof_join", params),
              testing::ElementsAre(Row{"1", "2001-01-02", "5", "7", "x"}));
  params["columns"] = {"since", "v"};
  EXPECT_EQ(Columns("asof_join", params),
            "user_id int32, day date, v int32, since timestamp[us], price int32");
  params.erase("rename");
  EXPECT_EQ(Mistake("asof_join", params),
            "`clicks` and `prices` both have v (write `rename: {v: v_right}`, or name in `columns` "
            "what to take of the right side)");
}

TEST_F(AsofTest, ColumnsAndTypesAreLookedAt) {
  Give("clicks", "SELECT 1 AS g, TIMESTAMP '2001-01-01' AS seen, 1 AS n, 'x' AS s");
  Give("prices",
       "SELECT '1' AS g, TIMESTAMPTZ '2001-01-01' AS seen, 1 AS n, DATE '2001-01-01' AS d, 2 "
       "AS p");
  Json params = Params("backward");
  EXPECT_EQ(Mistake("asof_join", params),
            "`g` of `clicks` is int32, `g` of `prices` is string: these do not compare (bring one "
            "of them to the type of the other first)");
  params.erase("by");
  EXPECT_EQ(
      Mistake("asof_join", params),
      "`seen` of `clicks` is timestamp[us], `seen` of `prices` is timestamp[us,utc]: these do "
      "not compare (bring one of them to the type of the other first)");
  params["right_time"] = "n";
  params["time"] = "n";
  EXPECT_EQ(Mistake("asof_join", params),
            "`n` of `clicks` is int32: it is no time (name a date or a timestamp, or cast it "
            "first)");
  params["time"] = "sen";
  EXPECT_EQ(Mistake("asof_join", params), "`clicks` has no column: sen (did you mean seen?)");
  params["time"] = "seen";
  params["right_time"] = "dd";
  EXPECT_EQ(Mistake("asof_join", params), "`prices` has no column: dd (did you mean d?)");
}

TEST_F(AsofTest, ParametersMustGoTogether) {
  const auto misdeclared = [](const char* param, const Json& value) {
    Json params = Params("backward");
    params[param] = value;
    return Misdeclared("asof_join", params);
  };
  EXPECT_EQ(misdeclared("within", "10 min"), "");
  EXPECT_EQ(misdeclared("within", "soon"), "not a span of time: soon");
  EXPECT_EQ(misdeclared("by", {"g", "G"}), "`by` names a column twice: G");
  EXPECT_EQ(misdeclared("right_by", {"g", "h"}), "`by` names 1 columns, `right_by` names 2");
  EXPECT_EQ(misdeclared("by", Json::array({"SEEN"})), "`by` names a time: SEEN");
  EXPECT_EQ(misdeclared("columns", {"v", "V"}), "`columns` names a column twice: V");
  Json params = Params("backward");
  params.erase("by");
  params["right_by"] = Json::array({"g"});
  EXPECT_EQ(Misdeclared("asof_join", params), "`right_by` says nothing without `by`");
}

}  // namespace
}  // namespace assay::step
