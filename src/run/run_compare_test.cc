#include "run/run_compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::run {
namespace {

using testing::ElementsAre;

store::NodeRun ComparedNode(const std::string& name, const std::string& status, std::uint64_t rows,
                            double seconds, const std::string& content) {
  store::NodeRun node;
  node.node = name;
  node.status = status;
  node.rows_out = rows;
  node.seconds = seconds;
  node.detail = Json{{"type", "step"}};
  if (!content.empty()) {
    node.detail["outputs"] = {{{"name", ""}, {"content", content}, {"rows", rows}, {"bytes", 1}}};
  }
  return node;
}

RunRecord ARecord(std::vector<store::NodeRun> nodes) {
  RunRecord record;
  record.nodes = std::move(nodes);
  return record;
}

Json AVerdict(const std::string& gate, const std::string& check, const std::string& verdict) {
  return Json{{"gate", gate},
              {"verdict", verdict},
              {"checks", {{{"name", check}, {"verdict", verdict}, {"observed", "3 %"}}}}};
}

TEST(RunCompare, NodesOfOneRunAloneStandWhereTheyStood) {
  const auto names = [](const RunComparison& comparison) {
    std::vector<std::string> list;
    for (const NodePair& pair : comparison.nodes) {
      list.push_back(pair.name + (!pair.a ? " b" : !pair.b ? " a" : ""));
    }
    return list;
  };
  const auto node = [](const std::string& name) { return ComparedNode(name, "ran", 1, 1, ""); };
  EXPECT_THAT(names(CompareRuns(ARecord({node("old"), node("x"), node("gone"), node("y")}),
                                ARecord({node("x"), node("y"), node("new")}))),
              ElementsAre("old a", "x", "gone a", "y", "new b"));
  EXPECT_THAT(names(CompareRuns(ARecord({}), ARecord({}))), ElementsAre());
}

TEST(RunCompare, SaysWhichContentChanged) {
  const RunComparison comparison = CompareRuns(
      ARecord({ComparedNode("same", "ran", 5, 1, "c1"), ComparedNode("other", "ran", 5, 1, "c1"),
               ComparedNode("untold", "ran", 5, 1, ""), ComparedNode("failed", "ran", 5, 1, "c1")}),
      ARecord({ComparedNode("same", "cached", 5, 1, "c1"), ComparedNode("other", "ran", 5, 1, "c2"),
               ComparedNode("untold", "ran", 5, 1, ""),
               ComparedNode("failed", "failed", 0, 1, "")}));
  EXPECT_FALSE(comparison.nodes[0].has_new_content());
  EXPECT_FALSE(comparison.nodes[0].is_alike());  // its status is another one
  EXPECT_TRUE(comparison.nodes[1].has_new_content());
  EXPECT_FALSE(comparison.nodes[1].is_alike());
  EXPECT_TRUE(comparison.nodes[2].outputs.empty());
  EXPECT_TRUE(comparison.nodes[2].is_alike());
  EXPECT_TRUE(comparison.nodes[3].outputs.empty());
  EXPECT_FALSE(comparison.nodes[3].is_alike());
}

TEST(RunCompare, AnOutputThatOneRunAloneMadeIsAChange) {
  store::NodeRun before = ComparedNode("gate", "ran", 5, 1, "c1"), after = before;
  after.detail["outputs"].push_back({{"name", "refused"}, {"content", "c2"}});
  const RunComparison comparison = CompareRuns(ARecord({before}), ARecord({after}));
  ASSERT_EQ(comparison.nodes[0].outputs.size(), 2U);
  EXPECT_FALSE(comparison.nodes[0].outputs[0].is_changed());
  EXPECT_EQ(comparison.nodes[0].outputs[1].name, "refused");
  EXPECT_TRUE(comparison.nodes[0].outputs[1].is_changed());
}

TEST(RunCompare, TimesAreComparedWhereBothRan) {
  const auto slowdown = [](const store::NodeRun& a, const store::NodeRun& b) {
    return CompareRuns(ARecord({a}), ARecord({b})).nodes[0].slowdown();
  };
  EXPECT_EQ(slowdown(ComparedNode("n", "ran", 1, 2, ""), ComparedNode("n", "ran", 1, 3, "")), 1.5);
  EXPECT_EQ(slowdown(ComparedNode("n", "ran", 1, 2, ""), ComparedNode("n", "cached", 1, 3, "")),
            std::nullopt);
  EXPECT_EQ(
      slowdown(ComparedNode("n", "ran", 1, 0.001, ""), ComparedNode("n", "ran", 1, 0.009, "")),
      std::nullopt);
  EXPECT_EQ(slowdown(ComparedNode("n", "ran", 1, 0, ""), ComparedNode("n", "ran", 1, 3, "")),
            std::nullopt);
}

TEST(RunCompare, ChecksAreToldWhereTheirVerdictChanged) {
  RunRecord a = ARecord({}), b = ARecord({});
  a.verdicts = {AVerdict("g", "share", "pass"), AVerdict("g", "rows", "pass"),
                AVerdict("only_a", "x", "pass")};
  b.verdicts = {AVerdict("g", "share", "warn"), AVerdict("g", "rows", "pass"),
                AVerdict("g", "share", "fail"), AVerdict("only_b", "x", "fail")};
  const RunComparison comparison = CompareRuns(std::move(a), std::move(b));
  ASSERT_EQ(comparison.checks.size(), 1U);
  EXPECT_EQ(comparison.checks[0].check, "share");
  EXPECT_EQ(comparison.checks[0].a, "pass");
  EXPECT_EQ(comparison.checks[0].b, "fail");  // the last verdict counts
}

TEST(RunCompare, VersionsAreAlikeByTheirContent) {
  RunRecord a = ARecord({}), b = ARecord({});
  a.versions = {{"one", "v", "commit 1", "v1", true}, {"two", "w", "commit 2", "v1", true}};
  b.versions = {{"one", "v", "commit 3", "v1", false}, {"three", "w", "commit 4", "v1", true}};
  const RunComparison comparison = CompareRuns(std::move(a), std::move(b));
  ASSERT_EQ(comparison.versions.size(), 3U);
  EXPECT_TRUE(comparison.versions[0].is_alike());
  EXPECT_EQ(comparison.versions[1].dataset, "three");
  EXPECT_FALSE(comparison.versions[1].is_alike());
  EXPECT_FALSE(comparison.versions[2].is_alike());
}

TEST(RunCompare, JsonHasNullWhereThereIsNoSide) {
  const Json json = RunComparisonJson(
      CompareRuns(ARecord({ComparedNode("gone", "ran", 1, 1, "c")}), ARecord({})));
  EXPECT_EQ(json["nodes"][0]["a"]["rows_out"], 1);
  EXPECT_TRUE(json["nodes"][0]["b"].is_null());
  EXPECT_TRUE(json["nodes"][0]["slowdown"].is_null());
  EXPECT_FALSE(json["nodes"][0]["alike"].get<bool>());
}

TEST(SecondsOfRun, AreFromBeginningToEnd) {
  store::RunRow run;
  run.started_at = "2026-01-31T09:00:00Z";
  EXPECT_EQ(SecondsOf(run), std::nullopt);
  EXPECT_EQ(SecondsOfText(run), "");
  run.finished_at = "2026-01-31T09:01:05Z";
  EXPECT_EQ(SecondsOf(run), 65);
  EXPECT_EQ(SecondsOfText(run), "65.0 s");
  run.finished_at = run.started_at;
  EXPECT_EQ(SecondsOfText(run), "less than 1 s");
  run.finished_at = "2026-01-31T08:00:00Z";  // the clock was set back
  EXPECT_EQ(SecondsOf(run), std::nullopt);
}

}  // namespace
}  // namespace assay::run
