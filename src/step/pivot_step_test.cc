#include <map>
#include <random>

#include "step/test_shapes.h"

namespace assay::step {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class PivotTest : public ShapeTest {
 protected:
  PivotTest() {
    Give("sales",
         "SELECT * FROM (VALUES ('b', 'q1', 3, 1), ('a', 'q2', 5, 2), ('a', 'q1', NULL, 3), "
         "(NULL, 'q2', 7, 4)) t(store, quarter, amount, day)");
    params = {{"input", "sales"},   {"rows", Json::array({"store"})}, {"columns", "quarter"},
              {"values", "amount"}, {"names", {"q2", "q1"}},          {"aggregate", "none"}};
  }
  Json params;
};

TEST_F(PivotTest, ValuesBecomeColumnsInTheOrderDeclared) {
  EXPECT_EQ(Columns("pivot", params), "store string, q2 int32, q1 int32");
  EXPECT_THAT(Rows("pivot", params),
              UnorderedElementsAre(Row{"b", std::nullopt, "3"}, Row{"a", "5", std::nullopt},
                                   Row{std::nullopt, "7", std::nullopt}));
}

TEST_F(PivotTest, SeveralRowsInACellAreAnErrorUnlessAggregated) {
  Give("sales",
       "SELECT * FROM (VALUES ('a', 'q1', 3, 2), ('a', 'q1', 4, 1), ('a', 'q1', NULL, 3), "
       "('a', 'q2', 9, 1)) t(store, quarter, amount, day)");
  EXPECT_THAT(Failure("pivot", params),
              HasSubstr("several rows meet in one cell (name an `aggregate`): store = a"));
  const auto cell = [&](const char* aggregate) {
    params["aggregate"] = aggregate;
    const auto rows = Rows("pivot", params);
    return rows.size() == 1 ? rows[0][2].value_or("null") : "not one row";
  };
  EXPECT_EQ(cell("sum"), "7");
  EXPECT_EQ(cell("min"), "3");
  EXPECT_EQ(cell("max"), "4");
  EXPECT_EQ(cell("mean"), "3.5");
  EXPECT_EQ(cell("count"), "2");
  params["order_by"] = Json::array({"day"});
  EXPECT_EQ(cell("first"), "4");
  params["order_by"] = Json::array({"quarter"});
  EXPECT_EQ(cell("first"), "3") << "ties by all columns";
}

TEST_F(PivotTest, TheFirstMayBeNull) {
  Give("sales",
       "SELECT * FROM (VALUES ('a', 'q1', NULL, 1), ('a', 'q1', 4, 2)) t(store, quarter, "
       "amount, day)");
  params["aggregate"] = "first";
  params["order_by"] = Json::array({"day"});
  EXPECT_THAT(Rows("pivot", params), ElementsAre(Row{"a", std::nullopt, std::nullopt}));
}

TEST_F(PivotTest, ValuesWithoutANameAreAnErrorUnlessDropped) {
  params["names"] = Json::array({"q2"});
  EXPECT_THAT(Failure("pivot", params), HasSubstr("a value of quarter that `names` does not list"));
  EXPECT_THAT(Failure("pivot", params), HasSubstr("leave such rows out): q1"));
  params["others"] = "drop";
  EXPECT_THAT(Rows("pivot", params),
              UnorderedElementsAre(Row{"b", std::nullopt}, Row{"a", "5"}, Row{std::nullopt, "7"}));
  Give("sales", "SELECT 'a' AS store, NULL::VARCHAR AS quarter, 1 AS amount");
  params["others"] = "error";
  EXPECT_THAT(Failure("pivot", params), HasSubstr("leave such rows out): null"));
}

// Against loops over random rows, with keys of two columns and names that are numbers.
TEST_F(PivotTest, SumsAreThoseOfALoop) {
  std::mt19937 random(3);
  std::map<std::pair<int, int>, std::map<int, int>> sums;
  std::vector<std::vector<std::string>> values;
  for (int i = 0; i < 500; ++i) {
    const int a = static_cast<int>(random() % 5);
    const int b = static_cast<int>(random() % 3);
    const int month = static_cast<int>(random() % 3) - 1;
    const int n = static_cast<int>(random() % 100);
    sums[{a, b}][month] += n;
    values.push_back(
        {std::to_string(a), std::to_string(b), std::to_string(month), std::to_string(n)});
  }
  Give("rows", "SELECT * FROM (VALUES " + Values(values) + ") t(a, b, month, n)");
  std::vector<Row> expected;
  for (const auto& [key, months] : sums) {
    Row row = {std::to_string(key.first), std::to_string(key.second)};
    for (int month = -1; month < 2; ++month) {
      const auto found = months.find(month);
      row.push_back(found == months.end() ? std::nullopt
                                          : std::optional(std::to_string(found->second)));
    }
    expected.push_back(row);
  }
  EXPECT_EQ(Sorted(Rows("pivot", {{"input", "rows"},
                                  {"rows", {"a", "b"}},
                                  {"columns", "month"},
                                  {"values", "n"},
                                  {"names", {"-1", "0", "1"}},
                                  {"aggregate", "sum"}})),
            Sorted(expected));
}

TEST_F(PivotTest, NamesAreValuesOfTheColumn) {
  Give("rows", "SELECT 1 AS a, true AS flag, DATE '2001-02-03' AS day, 1.5::DOUBLE AS x, 7 AS n");
  const auto rows = [&](const char* column, const char* name) {
    return Rows("pivot", {{"input", "rows"},
                          {"rows", Json::array({"a"})},
                          {"columns", column},
                          {"values", "n"},
                          {"names", Json::array({name})}});
  };
  EXPECT_THAT(rows("flag", "true"), ElementsAre(Row{"1", "7"}));
  EXPECT_THAT(rows("day", "2001-02-03"), ElementsAre(Row{"1", "7"}));
  const auto mistake = [&](const char* column, const char* name) {
    return Mistake("pivot", {{"input", "rows"},
                             {"rows", Json::array({"n"})},
                             {"columns", column},
                             {"values", "a"},
                             {"names", Json::array({name})}});
  };
  EXPECT_EQ(mistake("flag", "yes"),
            "no bool, as `flag` has: yes (`names` lists values of that column)");
  EXPECT_EQ(mistake("day", "2001"),
            "no date, as `day` has: 2001 (`names` lists values of that column)");
  EXPECT_EQ(mistake("a", "01"), "no int32, as `a` has: 01 (`names` lists values of that column)");
  EXPECT_EQ(mistake("x", "1.5"),
            "`x` is float64: values of it are no names of columns (they can be text, whole "
            "numbers, truth values or dates; derive one of those first)");
}

TEST_F(PivotTest, ColumnsAndTypesAreLookedAt) {
  const auto mistake = [&](const char* param, const Json& value) {
    Json other = params;
    other[param] = value;
    return Mistake("pivot", other);
  };
  EXPECT_EQ(mistake("rows", Json::array({"stor"})),
            "`sales` has no column: stor (did you mean store?)");
  EXPECT_EQ(mistake("columns", "quart"),
            "`sales` has no column: quart (its columns are store, quarter, amount, day)");
  EXPECT_EQ(mistake("values", "amont"), "`sales` has no column: amont (did you mean amount?)");
  EXPECT_EQ(mistake("order_by", Json::array({"dy"})),
            "`sales` has no column: dy (did you mean day?)");
  params["aggregate"] = "mean";
  EXPECT_EQ(mistake("values", "quarter"),
            "`quarter` of `sales` is string: a mean needs a number (choose another `aggregate`)");
}

TEST_F(PivotTest, ParametersMustGoTogether) {
  const auto misdeclared = [&](const Json& more) {
    Json other = params;
    other.update(more);
    return Misdeclared("pivot", other);
  };
  EXPECT_EQ(misdeclared(Json::object()), "");
  EXPECT_EQ(misdeclared({{"rows", {"a", "A"}}}), "`rows` names a column twice: A");
  EXPECT_EQ(misdeclared({{"names", {"q1", "Q1"}}}), "`names` names a column twice: Q1");
  EXPECT_EQ(misdeclared({{"names", Json::array({"store"})}}),
            "`rows` and `names` would make two columns of one name: store");
  EXPECT_EQ(misdeclared({{"values", "store"}}), "`rows` and `values` name the same column: store");
  EXPECT_EQ(misdeclared({{"aggregate", "first"}}), "`aggregate: first` needs `order_by`");
  EXPECT_EQ(misdeclared({{"order_by", Json::array({"day"})}}),
            "`order_by` says nothing without `aggregate: first`");
}

class UnpivotTest : public ShapeTest {
 protected:
  UnpivotTest() {
    Give("wide",
         "SELECT * FROM (VALUES (0, 'a', 1::SMALLINT, 2::BIGINT), (1, 'b', NULL, 4)) t(pos, store, "
         "q1, q2)");
  }
  Json params = {{"input", "wide"}, {"columns", {"q2", "q1"}}, {"name", "quarter"}};
};

TEST_F(UnpivotTest, ColumnsBecomeRows) {
  EXPECT_EQ(Columns("unpivot", params), "pos int32, store string, quarter string, value int64");
  const std::vector<Row> rows = {{"0", "a", "q1", "1"},
                                 {"0", "a", "q2", "2"},
                                 {"1", "b", "q1", std::nullopt},
                                 {"1", "b", "q2", "4"}};
  EXPECT_EQ(Sorted(Rows("unpivot", params)), Sorted(rows));
  const Json kept = {{"input", "wide"},
                     {"keep", {"store", "pos"}},
                     {"name", "quarter"},
                     {"value", "amount"},
                     {"drop_nulls", true}};
  EXPECT_EQ(Columns("unpivot", kept), "store string, pos int32, quarter string, amount int64");
  EXPECT_THAT(Rows("unpivot", kept),
              UnorderedElementsAre(Row{"a", "0", "q1", "1"}, Row{"a", "0", "q2", "2"},
                                   Row{"b", "1", "q2", "4"}));
}

TEST_F(UnpivotTest, AllColumnsMayBecomeRows) {
  Give("wide", "SELECT 1 AS a, 2 AS b");
  EXPECT_THAT(Rows("unpivot", {{"input", "wide"}, {"columns", {"a", "b"}}}),
              UnorderedElementsAre(Row{"a", "1"}, Row{"b", "2"}));
}

TEST_F(UnpivotTest, RowsLeadToTheirRow) {
  for (const bool drop_nulls : {false, true}) {
    params["drop_nulls"] = drop_nulls;
    const auto trace = Traced("unpivot", params);
    EXPECT_EQ(trace.kind, engine::Trace::Kind::kExpanding) << trace.reason;
    EXPECT_EQ(Misled(trace, 0, "pos"), drop_nulls ? "0 of 3" : "0 of 4");
  }
}

TEST_F(UnpivotTest, MistakesAreNamed) {
  EXPECT_EQ(Mistake("unpivot", {{"input", "wide"}, {"columns", {"q1", "store"}}}),
            "`store` of `wide` is string, the columns before it are int16: no type holds both "
            "without a loss (name columns of one type, or bring them to one first)");
  EXPECT_EQ(Mistake("unpivot", {{"input", "wide"}, {"keep", {"pos", "stor"}}}),
            "`wide` has no column: stor (did you mean store?)");
  EXPECT_EQ(Mistake("unpivot", {{"input", "wide"}, {"keep", {"pos", "store", "q1", "q2"}}}),
            "no column of `wide` is left to become rows (name fewer in `keep`)");
  params["value"] = "Store";
  EXPECT_EQ(Mistake("unpivot", params),
            "`wide` has a column already: Store (choose another with `name` or `value`)");
  EXPECT_EQ(Misdeclared("unpivot", {{"input", "wide"}}),
            "an unpivot step needs either `columns` or `keep`");
  EXPECT_EQ(
      Misdeclared("unpivot", {{"input", "wide"}, {"columns", {"a", "b"}}, {"keep", {"c", "d"}}}),
      "an unpivot step needs either `columns` or `keep`");
  EXPECT_EQ(Misdeclared("unpivot", {{"input", "wide"}, {"keep", {"a", "A"}}}),
            "`keep` names a column twice: A");
  EXPECT_EQ(Misdeclared("unpivot", {{"input", "wide"}, {"keep", {"a", "b"}}, {"name", "Value"}}),
            "`name` and `value` are one column: value");
  EXPECT_EQ(
      Misdeclared("unpivot", {{"input", "wide"}, {"keep", {"a", "b"}}, {"name", "file_index"}}),
      "Assay keeps this name for itself: file_index");
}

}  // namespace
}  // namespace assay::step
