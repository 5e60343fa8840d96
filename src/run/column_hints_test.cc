#include "run/column_hints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::run {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class ColumnHints : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = engine::Open({});
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    engine_ = std::move(opened).value();
  }

  // One column of text values, as SQL literals.
  std::string TableOf(const std::string& values) {
    return "(SELECT unnest([" + values + "]) AS c)";
  }
  std::vector<NearlyTyped> Nearly(const std::string& values) {
    const Schema schema = {{"c", {TypeKind::kString, 0, 0, {}}}};
    const auto found = FindNearlyTyped(*engine_, TableOf(values), schema);
    EXPECT_TRUE(found.ok()) << found.error().message;
    return found.ok() ? *found : std::vector<NearlyTyped>{};
  }
  // What the cast makes of the values, one after the other; empty without a cast.
  std::string Cast(const std::string& values, bool commas_are_decimal, std::string& why) {
    std::vector<SeenColumn> columns(1);
    columns[0].name = "c";
    EXPECT_TRUE(FindCasts(*engine_, TableOf(values), commas_are_decimal, columns).ok());
    if (!columns[0].cast) return "";
    why = columns[0].cast->why;
    const auto grid = engine_->Query("SELECT string_agg((" + columns[0].cast->expression +
                                     ")::VARCHAR, ' ' ORDER BY c) FROM " + TableOf(values));
    EXPECT_TRUE(grid.ok()) << grid.error().message;
    return grid.ok() ? grid->rows.at(0)[0].value_or("") : "";
  }

  std::unique_ptr<engine::Engine> engine_;
};

TEST_F(ColumnHints, WordsAmongNumbersAreFound) {
  const auto found = Nearly("'1', '2.5', 'NA', '-3e2', 'NA', '?'");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_STREQ(found[0].type, "float64");
  EXPECT_EQ(found[0].values, 6);  // words for null do not count: they may be the most
  EXPECT_THAT(found[0].others, ElementsAre(Pair("NA", 2), Pair("?", 1)));
}

TEST_F(ColumnHints, WordsAmongDaysAreFound) {
  const auto found = Nearly("'2024-01-01', '2024-01-02 10:00:00', 'null'");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_STREQ(found[0].type, "timestamp[us]");
  EXPECT_THAT(found[0].others, ElementsAre(Pair("null", 1)));
}

TEST_F(ColumnHints, TextIsText) {
  EXPECT_TRUE(Nearly("'north', 'south', '1'").empty());
  EXPECT_TRUE(Nearly("'1', 'x'").empty());  // half is not most
  EXPECT_TRUE(Nearly("'1', '2'").empty());  // nothing is in the way
  EXPECT_TRUE(Nearly("NULL::VARCHAR").empty());
}

TEST_F(ColumnHints, NumbersWithCommas) {
  std::string why;
  EXPECT_EQ(Cast("'1,5', '-2,25', '1.000,5'", false, why), "-2.25 1.5 1000.5");
  EXPECT_THAT(why, HasSubstr("decimal comma"));
  EXPECT_EQ(Cast("'1,234', '2,000,000.5', '7'", false, why), "1234.0 2000000.5 7.0");
  EXPECT_THAT(why, HasSubstr("thousands"));
  // Either; where a semicolon cuts the cells, commas are decimal.
  EXPECT_EQ(Cast("'1,234'", false, why), "1234.0");
  EXPECT_EQ(Cast("'1,234'", true, why), "1.234");
  EXPECT_EQ(Cast("'1,5', 'x'", false, why), "");
  EXPECT_EQ(Cast("'x, y'", false, why), "");
}

TEST_F(ColumnHints, MoneyAndShares) {
  std::string why;
  EXPECT_EQ(Cast("'$1,234.50', '$7', '-$2.25', '$-3'", false, why), "-3.0 1234.5 7.0 -2.25");
  EXPECT_THAT(why, HasSubstr("amounts of money"));
  EXPECT_EQ(Cast("'\u00a3 5', '\u20ac12.5'", false, why), "5.0 12.5");
  EXPECT_EQ(Cast("'1.234,50 \u20ac', '7\u20ac'", true, why), "1234.5 7.0");
  EXPECT_THAT(why, HasSubstr("amounts of money with a decimal comma"));
  EXPECT_EQ(Cast("'50%', '-12.5 %', '7,5%'", false, why), "-0.125 0.5 0.075");
  EXPECT_THAT(why, HasSubstr("percentages, as shares"));
  EXPECT_EQ(Cast("'$5', 'x'", false, why), "");
  EXPECT_EQ(Cast("'$5', '5 \u20ac'", false, why), "");
  EXPECT_EQ(Cast("'50%', '50'", false, why), "");
}

TEST_F(ColumnHints, DaysOfOtherForms) {
  std::string why;
  EXPECT_EQ(Cast("'31.01.2024', '01.02.2024'", false, why), "2024-02-01 2024-01-31");
  EXPECT_EQ(Cast("'01/31/2024'", false, why), "2024-01-31");
  EXPECT_THAT(why, HasSubstr("month/day/year"));
  EXPECT_EQ(Cast("'31/01/2024'", false, why), "2024-01-31");
  EXPECT_EQ(Cast("'01/02/2024'", false, why), "2024-02-01");
  EXPECT_THAT(why, HasSubstr("no value tells which"));
  EXPECT_EQ(Cast("'31.01.2024 10:20'", false, why), "2024-01-31 10:20:00");
  EXPECT_EQ(Cast("'32.01.2024'", false, why), "");
}

TEST_F(ColumnHints, SpellingsOfOneWord) {
  std::vector<SeenColumn> columns(1);
  columns[0].name = "c";
  for (const char* word : {"no", "No", " NO", "yes"}) {
    columns[0].profile.top.push_back({{word, false}, 3});
  }
  const std::string table = TableOf("'no', 'No', ' NO', 'yes'");
  ASSERT_TRUE(FindCasts(*engine_, table, false, columns).ok());
  ASSERT_TRUE(columns[0].cast);
  EXPECT_TRUE(columns[0].has_variants);
  EXPECT_THAT(columns[0].cast->why, HasSubstr("`no`, `No`, ` NO` differ"));
  const auto grid =
      engine_->Query("SELECT count(DISTINCT " + columns[0].cast->expression + ") FROM " + table);
  ASSERT_TRUE(grid.ok()) << grid.error().message;
  EXPECT_EQ(grid->rows.at(0)[0], "2");
  EXPECT_TRUE(columns[0].stays_words);
  columns[0] = {};
  columns[0].name = "c";
  columns[0].profile.top = {{{"no", false}, 3}, {{" yes", false}, 3}};
  ASSERT_TRUE(FindCasts(*engine_, TableOf("'no', ' yes'"), false, columns).ok());
  ASSERT_TRUE(columns[0].cast);
  EXPECT_FALSE(columns[0].has_variants);
  EXPECT_TRUE(columns[0].stays_words);
  EXPECT_EQ(columns[0].cast->expression, "trim(\"c\")");
  columns[0] = {};
  columns[0].name = "c";
  columns[0].profile.top = {{{"no", false}, 3}, {{"yes", false}, 3}};
  ASSERT_TRUE(FindCasts(*engine_, TableOf("'no', 'yes'"), false, columns).ok());
  EXPECT_FALSE(columns[0].cast);
}

TEST(NullWords, AreThoseOfOtherPrograms) {
  for (const char* word : {"NA", "n/a", " null ", "-", "?", "NaN", "#N/A"}) {
    EXPECT_TRUE(IsNullWord(word)) << word;
  }
  for (const char* word : {"", "0", "north", "nano"}) EXPECT_FALSE(IsNullWord(word)) << word;
}

}  // namespace
}  // namespace assay::run
