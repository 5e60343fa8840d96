#include <algorithm>
#include <map>

#include "step/test_steps.h"

namespace assay::step {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAreArray;

Json Params(const std::string& with, const Json& more = Json::object()) {
  Json params = {{"input", "t"}, {"columns", Json::array({"v"})}, {"with", with}};
  params.update(more);
  return params;
}

class FillStepTest : public StepKindTest {
 protected:
  /// What `with` puts into the only null of a column of such values.
  std::string Filled(const std::string& values, const std::string& with) {
    Give("t", "SELECT * FROM (VALUES (NULL), " + values + ") t(v)");
    const auto rows = Rows("fill", Params(with));
    const bool left = std::any_of(rows.begin(), rows.end(), [](const Row& row) { return !row[0]; });
    if (left) return "null";
    // The value that comes up once more than before.
    std::map<std::string, int> counts;
    for (const Row& row : rows) ++counts[*row[0]];
    const auto before = engine->Query("SELECT v FROM t WHERE v IS NOT NULL");
    for (const Row& row : before->rows) {
      --counts[*row[0]];
    }
    for (const auto& [value, count] : counts) {
      if (count == 1) return value;
    }
    return "none";
  }
  std::string Type(const std::string& sql, const std::string& value) {
    Give("t", "SELECT CAST(NULL AS " + sql + ") AS v");
    const auto params = Params("constant", {{"value", value}});
    const std::string mistake = Mistake("fill", params);
    if (!mistake.empty()) return mistake.substr(0, mistake.find(" ("));
    return Rows("fill", params)[0][0].value_or("null");
  }
};

TEST_F(FillStepTest, AConstantMustFitTheColumn) {
  EXPECT_EQ(Type("INTEGER", "-7"), "-7");
  EXPECT_EQ(Type("TINYINT", "127"), "127");
  EXPECT_EQ(Type("UBIGINT", "18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(Type("DOUBLE", "1e3"), "1000.0");
  EXPECT_EQ(Type("FLOAT", "0.5"), "0.5");
  EXPECT_EQ(Type("DECIMAL(4,2)", "99.99"), "99.99");
  EXPECT_EQ(Type("VARCHAR", "it's"), "it's");
  EXPECT_EQ(Type("BOOLEAN", "true"), "true");
  EXPECT_EQ(Type("DATE", "2001-02-28"), "2001-02-28");
  EXPECT_EQ(Type("TIME", "10:30:00"), "10:30:00");
  EXPECT_EQ(Type("TIMESTAMP", "2001-02-28T10:00:00"), "2001-02-28 10:00:00");
  EXPECT_EQ(Type("TIMESTAMPTZ", "2001-02-28T10:00:00Z"), "2001-02-28 10:00:00+00");
  const std::pair<const char*, const char*> wrong[] = {
      {"INTEGER", "1.5"},
      {"INTEGER", "x"},
      {"TINYINT", "128"},
      {"SMALLINT", "-32769"},
      {"INTEGER", "1e3"},
      {"BIGINT", "9223372036854775808"},
      {"UTINYINT", "-1"},
      {"USMALLINT", "65536"},
      {"UINTEGER", "4294967296"},
      {"UBIGINT", "-1"},
      {"DOUBLE", "1e309"},
      {"DOUBLE", "nan"},
      {"FLOAT", "1e39"},
      {"DECIMAL(4,2)", "1.255"},
      {"DECIMAL(4,2)", "100"},
      {"DECIMAL(4,2)", "-100"},
      {"BOOLEAN", "yes"},
      {"DATE", "2001-02-30"},
      {"DATE", "2001-02-28T10:00:00"},
      {"TIME", "25:00:00"},
      {"TIMESTAMP", "soon"},
      {"BLOB", "x"},
      {"INTEGER[]", "1"},
  };
  for (const auto& [type, value] : wrong) {
    EXPECT_THAT(Type(type, value), HasSubstr("; no value of that type is: ")) << type << value;
  }
  EXPECT_EQ(Type("INTEGER", "x"), "`v` of `t` is int32; no value of that type is: x");
}

TEST_F(FillStepTest, FillsFiguresOfAColumn) {
  EXPECT_EQ(Filled("(1.0::DOUBLE), (2.0), (6.0)", "mean"), "3.0");
  EXPECT_EQ(Filled("(1.5::FLOAT), (2.0)", "mean"), "1.75");
  EXPECT_EQ(Filled("(1.0::DOUBLE), (2.0), (6.0), (9.0)", "median"), "4.0");
  EXPECT_EQ(Filled("(9), (2), (6), (1)", "median"), "2");
  EXPECT_EQ(Filled("(9), (2), (6)", "median"), "6");
  EXPECT_EQ(Filled("(1.25::DECIMAL(4,2)), (1.50)", "median"), "1.25");
  EXPECT_EQ(Filled("(DATE '2001-01-03'), ('2001-01-01')", "median"), "2001-01-01");
  EXPECT_EQ(Filled("('b'), ('a'), ('c'), ('b'), ('a')", "mode"), "a");
  EXPECT_EQ(Filled("(7), (1), (7)", "mode"), "7");
  EXPECT_EQ(Filled("(NULL::DOUBLE)", "mean"), "null");
  EXPECT_EQ(Filled("(NULL::VARCHAR)", "mode"), "null");
}

TEST_F(FillStepTest, AMeanIsExactInAnyOrder) {
  // 1 and a third of it are lost in an ordinary sum beside 10^16.
  for (const char* values :
       {"(1e16), (1e0), (-1e16)", "(1e0), (1e16), (-1e16)", "(-1e16), (1e16), (1e0)"}) {
    EXPECT_EQ(Filled(values, "mean"), "0.3333333333333333") << values;
  }
}

struct Reading {
  int group = 0, time = 0;
  std::optional<int> value;
};

std::vector<Reading> Readings() {
  std::vector<Reading> readings;
  for (int i = 0; i < 500; ++i) {
    const int mixed = i * 7919 % 500;  // 500 and 7919 have no common divisor: each comes up once
    Reading reading{mixed % 3, mixed, std::nullopt};
    if (mixed * 31 % 10 < 3) reading.value = mixed * 13 % 40;
    readings.push_back(reading);
  }
  return readings;
}

// By a loop over each group in its order.
std::vector<Row> ByNeighbours(std::vector<Reading> readings, bool forward, int limit,
                              bool grouped) {
  std::sort(readings.begin(), readings.end(), [&](const Reading& a, const Reading& b) {
    return forward ? a.time < b.time : a.time > b.time;
  });
  std::map<int, std::pair<std::optional<int>, int>> last;  // value, rows since
  std::vector<Row> rows;
  for (Reading& reading : readings) {
    auto& [value, since] = last[grouped ? reading.group : 0];
    ++since;
    if (reading.value) {
      value = reading.value;
      since = 0;
    } else if (since <= limit) {
      reading.value = value;
    }
    rows.push_back({std::to_string(reading.group), std::to_string(reading.time),
                    reading.value ? std::optional(std::to_string(*reading.value)) : std::nullopt});
  }
  return rows;
}

std::string ReadingValues(const std::vector<Reading>& readings) {
  std::string values = "SELECT * FROM (VALUES ";
  for (const Reading& reading : readings) {
    values += (&reading == &readings[0] ? "(" : ", (") + std::to_string(reading.group) + ", " +
              std::to_string(reading.time) + ", " +
              (reading.value ? std::to_string(*reading.value) : "NULL") + ")";
  }
  return values + ") t(g, time, v)";
}

TEST_F(FillStepTest, NeighboursAreThoseOfALoop) {
  const std::vector<Reading> readings = Readings();
  Give("t", ReadingValues(readings));
  for (const char* with : {"forward", "backward"}) {
    for (const int limit : {1, 3, 1000}) {
      for (const bool grouped : {false, true}) {
        Json params = Params(with, {{"order_by", Json::array({"time"})}});
        if (limit < 1000) params["limit"] = limit;
        if (grouped) params["by"] = Json::array({"g"});
        EXPECT_THAT(Rows("fill", params), UnorderedElementsAreArray(ByNeighbours(
                                              readings, with[0] == 'f', limit, grouped)))
            << with << limit << grouped;
      }
    }
  }
  EXPECT_EQ(Columns("fill", Params("forward", {{"order_by", Json::array({"time"})}})),
            "g int32, time int32, v int32");
}

TEST_F(FillStepTest, RowsThatTieArePutInOrderByAllColumns) {
  const std::string rows[] = {"(1, 'b', NULL)", "(1, 'c', 5)", "(1, 'a', 4)"};
  for (const auto& order : {std::array{0, 1, 2}, std::array{2, 1, 0}, std::array{1, 0, 2}}) {
    std::string values;
    for (const int i : order) values += (values.empty() ? "" : ", ") + rows[i];
    Give("t", "SELECT * FROM (VALUES " + values + ") t(time, name, v)");
    EXPECT_THAT(
        Rows("fill", Params("forward", {{"order_by", Json::array({"time"})}})),
        UnorderedElementsAreArray({Row{"1", "a", "4"}, Row{"1", "b", "4"}, Row{"1", "c", "5"}}));
  }
}

TEST_F(FillStepTest, FiguresOfGroupsAreThoseOfALoop) {
  std::vector<Reading> readings = Readings();
  Give("t", "SELECT CASE WHEN g = 2 THEN NULL ELSE g END AS g, time, v::DOUBLE AS v FROM (" +
                ReadingValues(readings) + ")");
  std::map<int, std::vector<int>> values;
  for (const Reading& reading : readings) {
    if (reading.value) values[reading.group].push_back(*reading.value);
  }
  const auto figure = [&](int group, const std::string& with) -> double {
    std::vector<int>& list = values.at(group);
    std::sort(list.begin(), list.end());
    const std::size_t half = list.size() / 2;
    if (with == "median") {
      return list.size() % 2 == 1 ? list[half] : (list[half - 1] + list[half]) / 2.0;
    }
    if (with == "mean") {
      double sum = 0;
      for (const int value : list) sum += value;
      return sum / static_cast<double>(list.size());
    }
    std::map<int, int> counts;
    for (const int value : list) ++counts[value];
    return std::max_element(counts.begin(), counts.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
  };
  for (const char* with : {"mean", "median", "mode"}) {
    const auto rows = Rows("fill", Params(with, {{"by", Json::array({"g"})}}));
    ASSERT_EQ(rows.size(), readings.size());
    std::map<int, std::optional<double>> found;
    for (const Row& row : rows) found[std::stoi(*row[1])] = std::stod(row[2].value_or("nan"));
    for (const Reading& reading : readings) {
      const double expected = reading.value ? *reading.value : figure(reading.group, with);
      EXPECT_EQ(found.at(reading.time), expected) << with << " " << reading.time;
    }
  }
}

TEST_F(FillStepTest, SeveralColumnsHaveTheirOwnFigures) {
  Give("t",
       "SELECT * FROM (VALUES ('a', 1, NULL), ('a', NULL, 'x'), ('b', 5, 'y'), ('b', NULL, "
       "NULL)) t(g, v, w)");
  Json params = Params("mode", {{"by", Json::array({"g"})}});
  params["columns"] = Json::array({"v", "w"});
  EXPECT_THAT(Rows("fill", params),
              UnorderedElementsAreArray({Row{"a", "1", "x"}, Row{"a", "1", "x"}, Row{"b", "5", "y"},
                                         Row{"b", "5", "y"}}));
  params.erase("by");
  EXPECT_THAT(Rows("fill", params), ElementsAre(Row{"a", "1", "x"}, Row{"a", "1", "x"},
                                                Row{"b", "5", "y"}, Row{"b", "1", "x"}));
}

TEST_F(FillStepTest, NamesWhatItCannotDo) {
  Give("t", "SELECT 1 AS v, 'x' AS name, 1.5::DECIMAL(4,2) AS price, [1] AS many, true AS flag");
  const auto column = [](const std::string& name, const std::string& with) {
    Json params = Params(with);
    params["columns"] = Json::array({name});
    return params;
  };
  EXPECT_EQ(Mistake("fill", column("nam", "mode")), "`t` has no column: nam (did you mean name?)");
  EXPECT_EQ(Mistake("fill", Params("mode", {{"by", Json::array({"nam"})}})),
            "`t` has no column: nam (did you mean name?)");
  EXPECT_EQ(Mistake("fill", Params("forward", {{"order_by", Json::array({"nam"})}})),
            "`t` has no column: nam (did you mean name?)");
  EXPECT_EQ(Mistake("fill", column("v", "mean")),
            "`v` of `t` is int32; a mean would be rounded (cast it in a clean step before, `cast: "
            "{v: float64}`, or fill with the median)");
  EXPECT_THAT(Mistake("fill", column("price", "mean")), HasSubstr("a mean would be rounded"));
  EXPECT_EQ(Mistake("fill", column("name", "mean")),
            "`name` of `t` is string, which has no mean (fill it with its mode or a constant)");
  EXPECT_THAT(Mistake("fill", column("flag", "median")), HasSubstr("is bool, which has no median"));
  EXPECT_THAT(Mistake("fill", column("many", "mode")),
              HasSubstr("is list<int32>, which has no mode"));

  EXPECT_EQ(Misdeclared("fill", Params("constant")), "a fill step with a constant needs `value`");
  EXPECT_EQ(Misdeclared("fill", Params("forward")), "a fill step with neighbours needs `order_by`");
  const Json order = {{"order_by", Json::array({"time"})}};
  EXPECT_EQ(Misdeclared("fill", Params("backward", order)), "");
  EXPECT_EQ(Misdeclared("fill", Params("mean", order)),
            "`order_by` says nothing where columns are filled with: mean");
  EXPECT_EQ(Misdeclared("fill", Params("mode", {{"value", "1"}})),
            "`value` says nothing where columns are filled with: mode");
  EXPECT_EQ(Misdeclared("fill", Params("median", {{"limit", 1}})),
            "`limit` says nothing where columns are filled with: median");
  EXPECT_EQ(Misdeclared("fill", Params("constant", {{"value", "1"}, {"by", Json::array({"g"})}})),
            "`by` says nothing where columns are filled with: constant");
  EXPECT_EQ(
      Misdeclared("fill", Params("forward", {{"order_by", Json::array({"t"})}, {"limit", 0}})),
      "not a number of rows: 0");
  EXPECT_EQ(Misdeclared("fill", Params("mean", {{"by", Json::array({"V"})}})),
            "a column that is filled stands in `by`: V");
  EXPECT_EQ(Misdeclared("fill", Params("forward", {{"order_by", Json::array({"v"})}})),
            "a column that is filled stands in `order_by`: v");
  Json none = Params("mode");
  none["columns"] = Json::array();
  EXPECT_EQ(Misdeclared("fill", none), "a fill step needs a column");
}

TEST_F(FillStepTest, RowsAreTraced) {
  Give("t", "SELECT * FROM (VALUES ('a', 1, 1.0::DOUBLE), ('a', 2, NULL)) t(g, time, v)");
  for (const Json& params :
       {Params("constant", {{"value", "0"}}), Params("mean"), Params("mode"),
        Params("mean", {{"by", Json::array({"g"})}}), Params("mode", {{"by", Json::array({"g"})}}),
        Params("forward", {{"order_by", Json::array({"time"})}})}) {
    const auto sql = StepSql(*FindStep("fill"), {params, inputs});
    const auto trace = engine->TraceRows(*sql, {{"t", inputs[0].table, {"g", "time", "v"}}});
    ASSERT_TRUE(trace.ok());
    EXPECT_EQ(trace->reason, "") << params.dump();
    ASSERT_EQ(trace->sources.size(), 1u) << params.dump();
    const auto traced = engine->Query(trace->query);
    ASSERT_TRUE(traced.ok());
    for (const Row& row : traced->rows) {
      EXPECT_EQ(std::stoi(*row[1]), std::stoi(*row[3]) + 1) << params.dump();
    }
  }
}

}  // namespace
}  // namespace assay::step
