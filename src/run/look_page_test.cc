#include "run/look_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::run {
namespace {

using testing::HasSubstr;
using testing::Not;

stats::ColumnProfile AColumn(const std::string& name) {
  stats::ColumnProfile column;
  column.name = name;
  column.type = "int64";
  column.rows = 10;
  column.distinct = 4;
  column.min = stats::ShownValue{"1", false};
  column.max = stats::ShownValue{"4", false};
  column.quantiles = {{"0.5", "2"}};
  column.histogram = std::vector<std::int64_t>(20, 1);
  return column;
}

TEST(LookPage, OfATableWithoutRowsIsStillAPage) {
  Look look;
  look.name = "empty.csv";
  look.what = "file";
  const std::string html = LookPage(look);
  EXPECT_THAT(html, HasSubstr("<title>Profile: empty.csv</title>"));
  EXPECT_THAT(html, HasSubstr("Nothing was found."));
  EXPECT_THAT(html, Not(HasSubstr("Label")));
  EXPECT_THAT(html, Not(HasSubstr("do not parse")));
}

TEST(LookPage, EscapesWhereverATextComesFrom) {
  const std::string evil = "<b onclick='x'>\"&";
  Look look;
  look.name = look.note = look.label = evil;
  look.what = "version";
  look.splits = {{evil, 3}};
  look.classes = {evil, {{evil, {3}}, {std::nullopt, {0}}}};
  look.suspicions.found = {
      {stats::SuspicionKind::kMixed, {evil}, 1, "one `" + evil + "` of them", {evil}}};
  look.refused = 1;
  look.first_refused.rows = {{"3", evil, evil, evil}};
  stats::ColumnProfile column = AColumn(evil);
  column.type = evil;
  column.min = column.max = stats::ShownValue{evil, true};
  column.mean = column.stddev = evil;
  column.quantiles = {{"0.5", evil}};
  column.top = {{stats::ShownValue{evil, false}, 3}};
  look.columns = {column};
  look.all_columns = 2;
  const std::string html = LookPage(look);
  EXPECT_THAT(html, Not(HasSubstr("<b ")));
  EXPECT_THAT(html, Not(HasSubstr("'x'")));
  EXPECT_THAT(html, HasSubstr("one <code>&lt;b onclick=&#39;x&#39;&gt;&quot;&amp;</code> of them"));
  EXPECT_THAT(html, HasSubstr("1 of its 2 columns"));
}

TEST(LookPage, AValueWithABacktickLeavesTheSentencePlain) {
  Look look;
  look.suspicions.found = {{stats::SuspicionKind::kConstant, {"a"}, 1, "value `x`y`", {}}};
  EXPECT_THAT(LookPage(look), HasSubstr("<td>value `x`y`</td>"));
}

TEST(LookPage, SaysWhatItLeavesOut) {
  Look look;
  for (int i = 0; i < 65; ++i) look.columns.push_back(AColumn("c" + std::to_string(i)));
  look.all_columns = 65;
  look.suspicions.pairs_left_out = 1234;
  const std::string html = LookPage(look);
  EXPECT_THAT(html, HasSubstr("1,234 pairs of columns were not compared"));
  EXPECT_THAT(html, HasSubstr("The first 60 columns have a picture"));
  EXPECT_THAT(html, HasSubstr("<code>c64</code>"));  // in the table
  EXPECT_THAT(html, Not(HasSubstr("<figcaption><code>c60</code>")));
  EXPECT_THAT(html, HasSubstr("<figcaption><code>c59</code>"));
}

}  // namespace
}  // namespace assay::run
