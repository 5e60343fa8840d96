// A gate whose data grows too old while nothing else changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/test_folder.h"
#include "run/prepared.h"
#include "run/runner.h"

namespace assay::run {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kDay = 86'400'000'000;
// 2001-07-01T00:00:00Z
constexpr std::int64_t kJuly = 993'945'600'000'000;

class Silent : public RunObserver {
 public:
  void NodeStarted(const std::string& node, std::size_t, std::size_t) override {
    ran.push_back(node);
  }
  void NodeFinished(const NodeReport&, std::size_t, std::size_t) override {}
  void NodeTold(const std::string&, const std::string&) override {}
  void Working(const std::vector<RunningNode>&, std::size_t, std::size_t) override {}
  std::vector<std::string> ran;  // nodes for which the engine was opened
};

class Ages : public testing::Test {
 protected:
  Ages() { Write("30 days", "error"); }

  void Write(const std::string& at_most, const std::string& severity) {
    std::ofstream(folder / "assay.yaml")
        << "format: 1\nproject: p\nsources:\n"
           "  days: {files: days.csv}\ngates:\n"
           "  fresh:\n    input: days\n    checks:\n"
           "      - {newest: day, at_most: "
        << at_most << ", severity: " << severity << "}\ndatasets:\n  kept: {input: fresh}\n";
    std::ofstream(folder / "days.csv") << "day\n2001-06-29\n2001-06-30\n";
  }

  RunReport Run() {
    Session session({folder.path(), 1, 0}, clock);
    contract::Diagnostics diagnostics;
    observer.ran.clear();
    auto report = RunProject(session, {}, diagnostics, observer);
    EXPECT_TRUE(report.ok()) << report.error().message;
    return report.ok() ? *report : RunReport{};
  }

  std::vector<std::string> Planned() {
    Session session({folder.path(), 1, 0}, clock);
    EXPECT_TRUE(session.OpenStore().ok());
    contract::Diagnostics diagnostics;
    const auto prepared = Prepare(session, diagnostics);
    const Files files = FindFiles(session, **prepared);
    KeptOutputs kept(session);
    const auto plan = plan::MakePlan((*prepared)->graph, files.resolved, engine::kEngineMajor,
                                     CatalogLookups(session, clock.NowMicros(), kept));
    std::vector<std::string> texts;
    for (const plan::Decision& decision : plan->decisions) {
      texts.push_back(ActionText(decision.action) + ", " + decision.reason);
    }
    if (plan->nothing_to_do()) texts.push_back("nothing to do");
    return texts;
  }

  TestFolder folder;
  FakeClock clock{kJuly};
  Silent observer;
};

TEST_F(Ages, AGateThatBecameTooOldFailsWithoutTheEngine) {
  EXPECT_EQ(Run().status, "done");
  EXPECT_THAT(observer.ran, ElementsAre("days", "fresh", "kept"));
  clock.Advance(29 * kDay);
  EXPECT_EQ(Run().status, "nothing-to-do");
  EXPECT_THAT(Planned(), ElementsAre("cached, nothing changed", "cached, nothing changed",
                                     "cached, nothing changed", "nothing to do"));
  clock.Advance(1);
  EXPECT_THAT(Planned(), ElementsAre("cached, nothing changed",
                                     "cached, nothing changed but the time: now fail",
                                     "skip, gate fresh failed"));
  const RunReport late = Run();
  EXPECT_TRUE(observer.ran.empty());
  EXPECT_EQ(late.status, "gate-failed");
  EXPECT_EQ(late.exit, 1);
  EXPECT_EQ(late.nodes[1].status, "cached");
  EXPECT_EQ(late.nodes[1].verdict, "fail");
  EXPECT_EQ(late.nodes[1].verdict_body["checks"][0]["observed"],
            "30 days old, newest 2001-06-30T00:00:00Z");
  EXPECT_EQ(late.nodes[2].status, "skipped");
}

TEST_F(Ages, TheRecordsHaveTheVerdictOfTheirTime) {
  Run();
  clock.Advance(90 * kDay);
  const RunReport late = Run();
  Session session({folder.path(), 1, 0}, clock);
  ASSERT_TRUE(session.OpenStore().ok());
  const auto rows = session.catalog().NodeRuns(late.run);
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 3U);
  EXPECT_EQ((*rows)[1].verdict, "fail");
}

TEST_F(Ages, ALooserLimitPassesAgain) {
  Run();
  clock.Advance(60 * kDay);
  EXPECT_EQ(Run().exit, 1);
  Write("90 days", "error");
  const RunReport report = Run();
  EXPECT_EQ(report.status, "done");
  EXPECT_EQ(report.nodes[1].verdict, "pass");
}

TEST_F(Ages, AWarningDoesNotStopTheDataset) {
  Write("30 days", "warning");
  Run();
  clock.Advance(60 * kDay);
  const RunReport report = Run();
  EXPECT_EQ(report.status, "nothing-to-do");
  EXPECT_EQ(report.nodes[1].verdict, "warn");
}

TEST_F(Ages, AFailureOfAWrongClockIsJudgedAnewFromTheRows) {
  clock.Advance(600 * kDay);
  EXPECT_EQ(Run().exit, 1);
  EXPECT_EQ(Run().exit, 1);
  EXPECT_TRUE(observer.ran.empty());
  clock.Advance(-600 * kDay);
  const RunReport report = Run();
  EXPECT_EQ(report.status, "done");
  EXPECT_THAT(observer.ran, ElementsAre("fresh", "kept"));
}

}  // namespace
}  // namespace assay::run
