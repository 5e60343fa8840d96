#include "run/run_charts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/profile_figures.h"
#include "run/test_text.h"

namespace assay::run {
namespace {

using testing::HasSubstr;
using testing::Not;

store::NodeRun DrawnNode(const std::string& name, const std::string& status,
                         const std::vector<std::string>& inputs, const std::string& started = "",
                         double seconds = 0) {
  store::NodeRun node;
  node.node = name;
  node.kind = "sql";
  node.status = status;
  node.seconds = seconds;
  node.detail = Json{{"type", "step"}, {"started_at", started}};
  for (const std::string& input : inputs) node.detail["inputs"].push_back({{"name", input}});
  return node;
}

TEST(GraphChart, HasABoxForEachNodeAndAnEdgeForEachInput) {
  RunRecord record;
  record.nodes = {DrawnNode("a", "ran", {}), DrawnNode("b", "skipped", {"a"}),
                  DrawnNode("c", "ran", {"a", "b.refused"})};
  const std::string chart = GraphChart(record);
  EXPECT_EQ(Count(chart, "<g class=\"node"), 3U);
  EXPECT_EQ(Count(chart, "class=\"edge"), 3U);
  EXPECT_EQ(Count(chart, "class=\"edge refused\""), 1U);
  EXPECT_THAT(chart, HasSubstr("– skipped"));
  EXPECT_EQ(GraphChart(RunRecord()), "");
}

TEST(GraphChart, AnInputThatWasNotPartOfTheRunIsThere) {
  RunRecord record;
  record.nodes = {DrawnNode("b", "ran", {"a", "a.refused"})};
  const std::string chart = GraphChart(record);
  EXPECT_EQ(Count(chart, "<g class=\"node"), 2U);
  EXPECT_THAT(chart, HasSubstr("a: not part of this run"));
}

TEST(GraphChart, NamesOfADamagedCatalogAreEscaped) {
  RunRecord record;
  record.nodes = {DrawnNode("<b>\"x", "<i>", {"\"><script>"})};
  record.nodes[0].reason = "<u>";
  const std::string chart = GraphChart(record);
  for (const char* tag : {"<b>", "<i>", "<u>", "<script>"}) EXPECT_THAT(chart, Not(HasSubstr(tag)));
}

TEST(GraphChart, ManyNodesAreSmall) {
  RunRecord record;
  for (int i = 0; i < 1000; ++i) {
    record.nodes.push_back(DrawnNode("n" + std::to_string(i), "ran", {i > 0 ? "n0" : ""}));
  }
  const std::string chart = GraphChart(record);
  EXPECT_EQ(Count(chart, "<g class=\"node"), 1001U);
  EXPECT_LT(chart.size(), 1'200'000U);
}

TEST(TimelineChart, HasABarForWhatRanAndWordsForTheRest) {
  RunRecord record;
  record.nodes = {DrawnNode("a", "ran", {}, "2026-01-31T09:00:00.000Z", 2),
                  DrawnNode("b", "ran", {}, "2026-01-31T09:00:01.000Z", 2),
                  DrawnNode("c", "cached", {})};
  const std::string chart = TimelineChart(record);
  EXPECT_EQ(Count(chart, "<rect class=\"bar"), 2U);
  EXPECT_THAT(chart, HasSubstr("= cached"));
  EXPECT_EQ(MostAtOnce(record), 2U);
}

TEST(TimelineChart, IsNotThereWhereNothingRan) {
  RunRecord record;
  record.nodes = {DrawnNode("c", "cached", {})};
  EXPECT_EQ(TimelineChart(record), "");
  EXPECT_EQ(MostAtOnce(record), 0U);
}

TEST(TimelineChart, OfVeryManyTheLongestAreShown) {
  RunRecord record;
  for (int i = 0; i < 1000; ++i) {
    record.nodes.push_back(DrawnNode("n" + std::to_string(i), "ran", {}, "2026-01-31T09:00:00.000Z",
                                     i == 700 ? 9 : 1));
  }
  const std::string chart = TimelineChart(record);
  EXPECT_EQ(Count(chart, "<rect class=\"bar"), 120U);
  EXPECT_THAT(chart, HasSubstr(">n700<"));
  EXPECT_THAT(chart, HasSubstr("the 120 that took longest of 1,000 nodes"));
}

TEST(MostAtOnce, OneThatBeginsWhenAnotherEndsIsNotBesideIt) {
  RunRecord record;
  record.nodes = {DrawnNode("a", "ran", {}, "2026-01-31T09:00:00.000Z", 1),
                  DrawnNode("b", "ran", {}, "2026-01-31T09:00:01.000Z", 1)};
  EXPECT_EQ(MostAtOnce(record), 1U);
}

TEST(Standing, EveryStatusHasItsWord) {
  for (const char* status : {"ran", "cached", "fused", "failed", "skipped", "cancelled", "odd"}) {
    const Standing standing = StandingOf(DrawnNode("n", status, {}));
    EXPECT_EQ(standing.word, status);
    EXPECT_FALSE(standing.sign.empty());
  }
  store::NodeRun gate = DrawnNode("g", "cached", {});
  gate.verdict = "fail";
  EXPECT_EQ(StandingOf(gate).word, "cached, fail");
  EXPECT_EQ(StandingOf(gate).style, "bad");
}

TEST(ProfileFigures, NumbersAreBarsAndTextsAreTopValues) {
  stats::ColumnProfile number, text;
  number.name = "<n>";
  number.rows = 30;
  number.distinct = 30;
  number.min = stats::ShownValue{"0", false};
  number.max = stats::ShownValue{"10", false};
  number.histogram = {10, 0, 20};
  text.name = "t";
  text.rows = 10;
  text.nulls = 2;
  text.distinct = 3;
  text.top = {{{"<b>", false}, 4}, {{"long", true}, 2}};
  const std::string html = ProfileFigures({number, text}, "t");
  EXPECT_EQ(Count(html, "<figure>"), 2U);
  EXPECT_EQ(Count(html, "<rect"), 5U);
  EXPECT_THAT(html, HasSubstr("3.3333 to 6.6667: 0 rows"));
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;: 4 rows"));
  EXPECT_THAT(html, HasSubstr("long…: 2 rows"));
  EXPECT_THAT(html, HasSubstr("all others"));
  EXPECT_THAT(html, HasSubstr("3 distinct, 20 % null"));
  EXPECT_THAT(html, HasSubstr("(label)"));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
}

TEST(ProfileFigures, VeryManyColumnsAreCounted) {
  const std::string html = ProfileFigures(std::vector<stats::ColumnProfile>(2000), "");
  EXPECT_EQ(Count(html, "<figure>"), 60U);
  EXPECT_THAT(html, HasSubstr("1,940 more columns"));
}

}  // namespace
}  // namespace assay::run
