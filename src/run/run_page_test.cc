#include "run/run_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/test_text.h"

namespace assay::run {
namespace {

using testing::HasSubstr;
using testing::Not;

Json ACheck(const std::string& name, const std::string& verdict) {
  return Json{{"name", name},          {"verdict", verdict}, {"observed", "3 %"},
              {"expected", "few"},     {"bad", 3},           {"severity", "error"},
              {"place", "a.yaml:1:2"}, {"column", "day"},    {"slices", Json::array()}};
}

TEST(RunPage, OfARunWithoutNodesIsStillAPage) {
  RunPage page;
  page.record.run.id = "the-run";
  page.record.run.status = "interrupted";
  const std::string html = RunPageHtml(page);
  EXPECT_THAT(html, HasSubstr("<title>Run the-run</title>"));
  EXPECT_THAT(html, HasSubstr("■ interrupted"));
  EXPECT_THAT(html, Not(HasSubstr("<table")));
}

TEST(RunPage, EscapesWhereverATextComesFrom) {
  const std::string evil = "<script>'\"&";
  RunPage page;
  page.project = evil;
  page.record.run = {evil, evil, evil, evil, evil, evil, 0, Json{{"message", evil}, {evil, evil}}};
  store::NodeRun node;
  node.node = node.kind = node.status = node.verdict = node.reason = node.error = evil;
  node.detail = Json{{"type", evil},
                     {"hint", evil},
                     {"started_at", "2026-01-31T09:00:00.000Z"},
                     {"inputs", {{{"name", evil}}}},
                     {"warnings", {evil}}};
  page.record.nodes = {node};
  Json check = ACheck(evil, evil);
  for (const char* member : {"observed", "expected", "severity", "place", "column"}) {
    check[member] = evil;
  }
  check["owner"] = {{"name", evil}, {"email", evil}};
  check["slices"] = {{{"slice", evil}, {"verdict", "fail"}, {"observed", evil}}};
  page.record.verdicts = {Json{{"gate", evil}, {"checks", {check}}}};
  page.record.versions = {{evil, evil, evil, evil, true}};
  RefusedSample sample;
  sample.node = evil;
  sample.reasons = {{evil, 1}};
  sample.grid.schema = {{evil, {TypeKind::kString, 0, 0, {}}}};
  sample.grid.rows = {{evil}, {std::nullopt}};
  RefusedSample gone;
  gone.node = gone.note = evil;
  page.refused = {sample, gone};
  MadeVersion made;
  made.version = page.record.versions[0];
  made.label = made.note = evil;
  made.splits = {{evil, 1}};
  stats::ColumnProfile column;
  column.name = column.type = evil;
  column.rows = 2;
  column.distinct = 1;
  column.top = {{{evil, false}, 2}};
  made.profiles = {{evil, {column}}};
  page.made = {made};
  const std::string html = RunPageHtml(page);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("\"&quot;<")));
  EXPECT_GT(Count(html, "&lt;script&gt;&#39;&quot;&amp;"), 40U);
}

TEST(RunPage, TheWorstChecksComeFirstAndVeryManyAreCounted) {
  RunPage page;
  Json verdict{{"gate", "g"}, {"rows", 100}, {"checks", Json::array()}};
  for (int i = 0; i < 3100; ++i) {
    verdict["checks"].push_back(ACheck("check" + std::to_string(i), "pass"));
  }
  verdict["checks"][3050] = ACheck("the_bad_one", "fail");
  page.record.verdicts.push_back(verdict);  // `{verdict}` is a list in it for clang
  const std::string html = RunPageHtml(page);
  const std::size_t bad = html.find("the_<wbr>bad_<wbr>one");
  ASSERT_NE(bad, std::string::npos);
  EXPECT_LT(bad, html.find(">check0<"));
  EXPECT_THAT(html, HasSubstr("100 more checks passed or are less grave"));
}

TEST(RunPage, LongValuesAreCutAndWhatIsLeftOutIsSaid) {
  RunPage page;
  RefusedSample sample;
  sample.node = "g";
  sample.rows = 500;
  sample.left_out = 7;
  sample.grid.schema = {{"text", {TypeKind::kString, 0, 0, {}}}};
  sample.grid.rows = {{std::string(1'000'000, 'x')}};
  page.refused = {sample};
  page.refused_left_out = 2;
  const std::string html = RunPageHtml(page);
  EXPECT_LT(html.size(), 20'000U);
  EXPECT_THAT(html, HasSubstr("500 rows refused; the first is shown; 7 columns are left out"));
  EXPECT_THAT(html, HasSubstr("2 more gates refused rows"));
  EXPECT_THAT(html, HasSubstr(std::string(120, 'x') + "…"));
}

}  // namespace
}  // namespace assay::run
