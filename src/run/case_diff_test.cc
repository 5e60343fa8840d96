#include "run/case_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/cases.h"

namespace assay::run {
namespace {

using ::testing::ElementsAre;

Type TypeOf(TypeKind kind) { return Type{kind, 0, 0, {}}; }

contract::YamlNode Value(const std::string& yaml) {
  contract::Diagnostics diagnostics;
  const auto list = contract::ParseYaml("t.yaml", "[" + yaml + "]", diagnostics);
  EXPECT_TRUE(list && list->items.size() == 1) << yaml;
  return list->items.at(0);
}

bool IsSame(const std::string& yaml, const std::optional<std::string>& got, const Type& type,
            const std::string& tolerance = "") {
  return IsExpected(Value(yaml), got, type, tolerance);
}

// Rows as lists of values.
class Table {
 public:
  Table(Schema schema, const std::vector<std::string>& expected,
        std::vector<std::vector<std::optional<std::string>>> got) {
    grid_.schema = std::move(schema);
    grid_.rows = std::move(got);
    for (const std::string& row : expected) rows_.push_back(Value("[" + row + "]"));
  }

  RowDiff Compare(const Comparison& comparison = {}) const {
    std::vector<ExpectedRow> expected;
    for (const contract::YamlNode& row : rows_) {
      ExpectedRow& cells = expected.emplace_back();
      for (const contract::YamlNode& cell : row.items) {
        cells.push_back(cell.text == "any" ? nullptr : &cell);
      }
    }
    return CompareRows(expected, grid_, comparison);
  }

 private:
  engine::Grid grid_;
  std::vector<contract::YamlNode> rows_;
};

const Schema kTwo = {{"a", TypeOf(TypeKind::kInt64)}, {"b", TypeOf(TypeKind::kString)}};

// `-a b` and `+a b`, and behind a pair which columns differ.
std::vector<std::string> Told(const RowDiff& diff) {
  std::vector<std::string> told;
  for (const RowPair& pair : diff.pairs) {
    std::string line;
    const auto add = [&](const char* sign, const std::vector<std::string>& cells) {
      line += (line.empty() ? "" : " ") + std::string(sign);
      for (std::size_t i = 0; i < cells.size(); ++i) line += (i > 0 ? "," : "") + cells[i];
    };
    if (pair.expected) add("-", *pair.expected);
    if (pair.got) add("+", *pair.got);
    for (std::size_t i = 0; i < pair.differs.size(); ++i) {
      if (pair.differs[i]) line += " ^" + diff.columns[i];
    }
    told.push_back(line);
  }
  return told;
}

TEST(CaseDiff, ComparesNumbersByValue) {
  const Type whole = TypeOf(TypeKind::kInt64), real = TypeOf(TypeKind::kFloat64);
  EXPECT_TRUE(IsSame("61", "61", whole));
  EXPECT_TRUE(IsSame("61.0", "61", whole));
  EXPECT_FALSE(IsSame("61.5", "61", whole));  // a cast would round it
  EXPECT_FALSE(IsSame("61.5", "62", whole));
  EXPECT_FALSE(IsSame("9007199254740993", "9007199254740992", whole));
  EXPECT_TRUE(IsSame("2", "2.0", real));
  EXPECT_TRUE(IsSame("0.1", "0.1", real));
  EXPECT_TRUE(IsSame("0.10000000000000000555", "0.1", real));
  EXPECT_FALSE(IsSame("0.3", "0.30000000000000004", real));
  EXPECT_TRUE(IsSame("0.1", "0.1", TypeOf(TypeKind::kFloat32)));
  EXPECT_TRUE(IsSame("1.50", "1.5", Type{TypeKind::kDecimal, 10, 2, {}}));
  EXPECT_FALSE(IsSame("1.505", "1.50", Type{TypeKind::kDecimal, 10, 2, {}}));
  EXPECT_TRUE(IsSame(".nan", "nan", real));
  EXPECT_TRUE(IsSame("nan", "nan", real));
  EXPECT_TRUE(IsSame("-.inf", "-inf", real));
  EXPECT_FALSE(IsSame(".inf", "-inf", real));
  EXPECT_FALSE(IsSame("ten", "10", whole));
}

TEST(CaseDiff, ComparesNumbersWithinATolerance) {
  const Type real = TypeOf(TypeKind::kFloat64);
  EXPECT_TRUE(IsSame("0.3", "0.30000000000000004", real, "0.001"));
  EXPECT_TRUE(IsSame("1", "1.1", real, "0.1"));
  EXPECT_FALSE(IsSame("1", "1.11", real, "0.1"));
  EXPECT_TRUE(IsSame("10", "12", TypeOf(TypeKind::kInt64), "2"));
  EXPECT_FALSE(IsSame("10", "13", TypeOf(TypeKind::kInt64), "2"));
  EXPECT_FALSE(IsSame("1", "nan", real, "5"));
}

TEST(CaseDiff, KeepsTextAndOtherValuesApart) {
  const Type text = TypeOf(TypeKind::kString);
  EXPECT_TRUE(IsSame("SFO", "SFO", text));
  EXPECT_FALSE(IsSame("SFO", "sfo", text));
  EXPECT_FALSE(IsSame("SFO", "SFO ", text));
  EXPECT_TRUE(IsSame("'61'", "61", text));
  EXPECT_TRUE(IsSame("007", "007", text));
  EXPECT_FALSE(IsSame("61", "61", text));
  EXPECT_FALSE(IsSame("true", "true", text));
  EXPECT_FALSE(IsSame("2001-01-01", "2001-01-01", text));
  EXPECT_FALSE(IsSame("'61'", "61", TypeOf(TypeKind::kInt64)));
  EXPECT_FALSE(IsSame("'true'", "true", TypeOf(TypeKind::kBool)));
  EXPECT_TRUE(IsSame("TRUE", "true", TypeOf(TypeKind::kBool)));
  EXPECT_FALSE(IsSame("1", "true", TypeOf(TypeKind::kBool)));
}

TEST(CaseDiff, KnowsNull) {
  const Type text = TypeOf(TypeKind::kString);
  EXPECT_TRUE(IsSame("null", std::nullopt, text));
  EXPECT_FALSE(IsSame("null", "null", text));
  EXPECT_TRUE(IsSame("'null'", "null", text));
  EXPECT_FALSE(IsSame("''", std::nullopt, text));
  EXPECT_FALSE(IsSame("null", "", text));
}

TEST(CaseDiff, ComparesMoments) {
  const Type moment = TypeOf(TypeKind::kTimestamp);
  EXPECT_TRUE(IsSame("2001-01-01 06:30:00", "2001-01-01 06:30:00", moment));
  EXPECT_TRUE(IsSame("2001-01-01T06:30", "2001-01-01 06:30:00", moment));
  EXPECT_TRUE(IsSame("'2001-01-01 06:30:00'", "2001-01-01 06:30:00", moment));
  EXPECT_FALSE(IsSame("2001-01-01", "2001-01-01 06:30:00", moment));
  EXPECT_FALSE(IsSame("2001-01-01 06:30:00.5", "2001-01-01 06:30:00", moment));
  EXPECT_TRUE(IsSame("2001-01-01T08:30:00+02:00", "2001-01-01 06:30:00+00",
                     TypeOf(TypeKind::kTimestampUtc)));
  EXPECT_TRUE(IsSame("2001-01-01", "2001-01-01", TypeOf(TypeKind::kDate)));
  EXPECT_FALSE(IsSame("2001-01-01 06:30:00", "2001-01-01", TypeOf(TypeKind::kDate)));
  EXPECT_TRUE(IsSame("'06:30'", "06:30:00", TypeOf(TypeKind::kTime)));
}

TEST(CaseDiff, LooksIntoNestedValues) {
  const Type list{TypeKind::kList, 0, 0, {{"", TypeOf(TypeKind::kInt64)}}};
  EXPECT_TRUE(IsSame("[1, null]", "[1,null]", list));
  EXPECT_FALSE(IsSame("[1, 2]", "[2,1]", list));
  EXPECT_FALSE(IsSame("[1]", "[1,2]", list));
  EXPECT_FALSE(IsSame("[1.5]", "[1]", list));
  EXPECT_FALSE(IsSame("x", "[1]", list));
  const Type record{
      TypeKind::kStruct, 0, 0, {{"n", TypeOf(TypeKind::kInt64)}, {"s", TypeOf(TypeKind::kString)}}};
  EXPECT_TRUE(IsSame("{s: x, n: 1}", R"({"n":1,"s":"x"})", record));
  EXPECT_FALSE(IsSame("{s: 1, n: 1}", R"({"n":1,"s":"1"})", record));
  EXPECT_FALSE(IsSame("{n: 1}", R"({"n":1,"s":null})", record));
  EXPECT_FALSE(IsSame("{n: 1, t: x}", R"({"n":1,"s":"x"})", record));
  const Type map{TypeKind::kMap,
                 0,
                 0,
                 {{"key", TypeOf(TypeKind::kString)}, {"value", TypeOf(TypeKind::kInt64)}}};
  EXPECT_TRUE(IsSame("{k: 1}", R"({"k":1})", map));
  EXPECT_FALSE(IsSame("{k: 2}", R"({"k":1})", map));
}

TEST(CaseDiff, TakesRowsInAnyOrder) {
  const Table table(kTwo, {"1, x", "2, y", "2, y"}, {{"2", "y"}, {"1", "x"}, {"2", "y"}});
  EXPECT_TRUE(table.Compare().empty());
  const RowDiff diff = table.Compare({.ordered = true, .tolerance = ""});
  EXPECT_TRUE(diff.order_alone);
  EXPECT_THAT(Told(diff), ElementsAre("-1,x +2,y ^a ^b", "-2,y +1,x ^a ^b"));
}

TEST(CaseDiff, CountsRepeatedRows) {
  const Table table(kTwo, {"1, x", "1, x"}, {{"1", "x"}});
  EXPECT_THAT(Told(table.Compare()), ElementsAre("-1,x"));
  EXPECT_EQ(table.Compare().expected_rows, 2U);
  EXPECT_EQ(table.Compare().got_rows, 1U);
  EXPECT_THAT(Told(Table(kTwo, {"1, x"}, {{"1", "x"}, {"1", "x"}}).Compare()), ElementsAre("+1,x"));
}

TEST(CaseDiff, PutsTheMostAlikeSideBySide) {
  const Table table(kTwo, {"1, x", "2, y", "3, z"}, {{"2", "Y"}, {"3", "z"}, {"4", "x"}});
  EXPECT_THAT(Told(table.Compare()), ElementsAre("-1,x +4,x ^a", "-2,y +2,Y ^b"));
  EXPECT_THAT(Told(Table(kTwo, {"1, x"}, {{"2", "y"}, {"3", "z"}}).Compare()),
              ElementsAre("-1,x", "+2,y", "+3,z"));
}

// 1.0 is near both, 1.4 near the second alone: the first row must leave it to the other.
TEST(CaseDiff, FindsTheRightPartnersWithinATolerance) {
  const Schema one = {{"a", TypeOf(TypeKind::kFloat64)}};
  const Table table(one, {"1.2", "1.6"}, {{"1.4"}, {"1.0"}});
  EXPECT_TRUE(table.Compare({.ordered = false, .tolerance = "0.2"}).empty());
  EXPECT_FALSE(table.Compare({.ordered = false, .tolerance = "0.1"}).empty());
  EXPECT_FALSE(table.Compare({.ordered = true, .tolerance = "0.2"}).empty());
}

TEST(CaseDiff, LeavesOutWhatDoesNotMatter) {
  EXPECT_TRUE(Table(kTwo, {"1, any", "1, x"}, {{"1", "x"}, {"1", "y"}}).Compare().empty());
  EXPECT_THAT(Told(Table(kTwo, {"2, any"}, {{"1", "x"}}).Compare()),
              ElementsAre("-2,(any) +1,x ^a"));
}

TEST(CaseDiff, ShowsTextThatLooksLikeSomethingElseInQuotes) {
  EXPECT_THAT(Told(Table(kTwo, {"1, 12"}, {{"1", "12"}}).Compare()),
              ElementsAre("-1,12 +1,\"12\" ^b"));
  EXPECT_THAT(Told(Table(kTwo, {"1, null"}, {{"1", "null"}}).Compare()),
              ElementsAre("-1,null +1,\"null\" ^b"));
  EXPECT_THAT(Told(Table(kTwo, {"1, x"}, {{"1", "x "}}).Compare()),
              ElementsAre("-1,x +1,\"x \" ^b"));
  EXPECT_THAT(Told(Table(kTwo, {"1, x"}, {{"1", "x\ny"}}).Compare()),
              ElementsAre("-1,x +1,x\\x0ay ^b"));
}

TEST(CaseDiff, ShowsWhereLongTextsDiffer) {
  const std::string same(200, 'a');
  const RowDiff diff = Table(kTwo, {"1, " + same + "x"}, {{"1", same + "y" + same}}).Compare();
  ASSERT_EQ(diff.pairs.size(), 1U);
  EXPECT_EQ((*diff.pairs[0].expected)[1], "..." + std::string(20, 'a') + "x");
  EXPECT_EQ((*diff.pairs[0].got)[1],
            "..." + std::string(20, 'a') + "y" + std::string(39, 'a') + "...");
}

}  // namespace
}  // namespace assay::run
