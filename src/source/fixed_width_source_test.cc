#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/test_sources.h"

namespace assay::source {
namespace {

class FixedWidthSource : public SourceFiles {
 protected:
  Outcome Fixed(const std::string& bytes, Json params) {
    files.clear();
    Add("a.txt", bytes);
    return ReadAll("fixed_width", std::move(params));
  }
};

const Json kWidths = Json::array({"4", "6", "3"});

TEST_F(FixedWidthSource, CutsByWidths) {
  const Outcome outcome = Fixed(
      "id  name   n\n1   Ann   10\n2   Bo     \n\n3   \n22  C\xc3\xa9"
      "cile7\n",
      {{"widths", kWidths}, {"header", true}});
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.types, "id int64, name string, n int64");
  EXPECT_EQ(outcome.rows,
            "1|Ann|10\n2|Bo|-\n3|-|-\n22|C\xc3\xa9"
            "cile|7\n");
  EXPECT_EQ(outcome.refused, "");
}

TEST_F(FixedWidthSource, CutsByStartsToTheLinesEnd) {
  const Outcome outcome = Fixed("# x\n  1Ann  and all that is left\n  2Bo\n",
                                {{"starts", Json::array({"3", "4", "9"})},
                                 {"comment", "#"},
                                 {"names", Json::array({"id", "name", "rest"})}});
  EXPECT_EQ(outcome.types, "id int64, name string, rest string");
  EXPECT_EQ(outcome.rows, "1|Ann|and all that is left\n2|Bo|-\n");
}

TEST_F(FixedWidthSource, RefusesWhatStandsOutsideOfTheColumns) {
  Outcome outcome = Fixed("1   Ann   10 x\n2   Bo    20\n", {{"widths", kWidths}});
  EXPECT_EQ(outcome.types, "column0 int64, column1 string, column2 int64");
  EXPECT_EQ(outcome.rows, "2|Bo|20\n");
  EXPECT_EQ(outcome.refused, "data/a.txt|1|-|text behind the last column|1   Ann   10 x\n");
  outcome = Fixed("x 1\n  2\n", {{"starts", Json::array({"3"})}});
  EXPECT_EQ(outcome.rows, "2\n");
  EXPECT_EQ(outcome.refused, "data/a.txt|1|-|text before the first column|x 1\n");
  outcome = Fixed("1   Ann   10\n2   \n", {{"widths", kWidths}, {"short_rows", "refuse"}});
  EXPECT_EQ(outcome.rows, "1|Ann|10\n");
  EXPECT_EQ(outcome.refused, "data/a.txt|2|-|1 cell where 3 are named|2   \n");
}

TEST_F(FixedWidthSource, CountsCharactersInAnyEncoding) {
  const Outcome outcome =
      Fixed("\xe9\xe9  1\nab  2\n", {{"widths", Json::array({"4", "1"})}, {"encoding", "detect"}});
  EXPECT_EQ(outcome.rows, "\xc3\xa9\xc3\xa9|1\nab|2\n");
}

TEST_F(FixedWidthSource, FindsATableAndReadsItsNumbers) {
  const std::string text =
      ":Product: x\n\nKp forecast 10 Mar\n             Mar 10    Mar 11\n"
      "00-03UT        4.00      3.67\n03-06UT       (5.00)     -\n\nKp other\n";
  const Json reading = Json{{"read", "number"}, {"nulls", Json::array({"-"})}};
  const Outcome outcome =
      Fixed(text, {{"starts", Json::array({"1", "11", "21"})},
                   {"header", true},
                   {"table_title", "Kp forecast*"},
                   {"names", Json::array({"hours", "day1", "day2"})},
                   {"columns", Json::array({Json::array({"day1", "", reading}),
                                            Json::array({"day2", "float64", reading})})}});
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.rows, "00-03UT|4.0|3.67\n03-06UT|-5.0|-\n");
  EXPECT_EQ(outcome.refused, "");
}

TEST_F(FixedWidthSource, MistakesInTheDeclaration) {
  const auto wrong = [](const Json& params) {
    const Status status = FindSource("fixed_width")->info.check(params);
    EXPECT_FALSE(status.ok()) << params.dump();
    return status.ok() ? "" : status.error().message;
  };
  EXPECT_EQ(wrong(Json::object()),
            "columns stand at fixed places, told by `widths` or by `starts`");
  EXPECT_EQ(wrong({{"widths", kWidths}, {"starts", kWidths}}),
            "columns stand at fixed places, told by `widths` or by `starts`");
  EXPECT_EQ(wrong({{"widths", Json::array({"4", "x"})}}),
            "`widths` holds what is no width or place: x");
  EXPECT_EQ(wrong({{"widths", Json::array({"0", "1"})}}),
            "`widths` holds what is no width or place: 0");
  EXPECT_EQ(wrong({{"starts", Json::array({"4", "4"})}}), "`starts` do not ascend: 4");
  EXPECT_EQ(wrong({{"widths", kWidths}, {"names", Json::array({"a", "b"})}}),
            "`names` and columns are not as many: 2 and 3");
}

}  // namespace
}  // namespace assay::source
