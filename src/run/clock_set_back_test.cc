// A project that runs on while the clock of the machine is set back: what came later is the newer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/test_folder.h"
#include "run/runner.h"
#include "run/test_silent_observer.h"
#include "store/maintenance.h"

namespace assay::run {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kMinute = 60'000'000;
constexpr std::int64_t kOneDay = 24 * 60 * kMinute;

class ClockSetBack : public testing::Test {
 protected:
  ClockSetBack() : clock_(SystemClock().NowMicros()) {
    std::ofstream(folder_ / "assay.yaml")
        << "format: 1\nproject: p\nsources:\n  rows: {files: rows.csv}\ngates:\n"
           "  good: {input: rows, checks: [{range: n, min: 0}]}\ndatasets:\n"
           "  kept: {input: good}\n";
  }

  void Write(const std::string& rows) { folder_.Write("rows.csv", "n\n" + rows); }

  RunReport Run() {
    Session session({folder_.path(), 1, 0}, clock_);
    contract::Diagnostics diagnostics;
    auto report = RunProject(session, {}, diagnostics, observer_);
    EXPECT_TRUE(report.ok()) << report.error().message;
    if (!report.ok()) return {};
    EXPECT_GE(report->seconds, 0);
    for (const NodeReport& node : report->nodes) EXPECT_GE(node.seconds, 0) << node.name;
    return *report;
  }

  template <typename Look>
  void WithCatalog(Look look) {
    Session session({folder_.path(), 1, 0}, clock_);
    ASSERT_TRUE(session.OpenStore().ok());
    ASSERT_TRUE(session.has_catalog());
    look(session);
  }

  const TestFolder folder_;
  FakeClock clock_;
  SilentObserver observer_;
};

TEST_F(ClockSetBack, TheRunThatCameLaterIsTheNewer) {
  Write("1\n2\n");
  const RunReport first = Run();
  clock_.Advance(-kOneDay);
  Write("1\n2\n3\n");
  const RunReport second = Run();
  ASSERT_EQ(second.status, "done");
  EXPECT_EQ(second.datasets.at(0).ref, "v2");
  WithCatalog([&](Session& session) {
    store::Catalog& catalog = session.catalog();
    const auto runs = catalog.Runs(10).value();
    EXPECT_THAT((std::vector{runs.at(0).id, runs.at(1).id}), ElementsAre(second.run, first.run));
    EXPECT_EQ(catalog.FindRun("last")->id, second.run);
    EXPECT_EQ(catalog.Resolve("kept", "latest").value(), second.datasets[0].commit);
    EXPECT_EQ(catalog.Resolve("kept", "v1").value(), first.datasets.at(0).commit);
    EXPECT_EQ(catalog.Commits("kept")->at(0).id, second.datasets[0].commit);
    EXPECT_EQ((*catalog.NewestNodeResult("rows"))->run, second.run);
    EXPECT_THAT(store::Verify(catalog, session.objects())->problems, IsEmpty());
  });
}

TEST_F(ClockSetBack, NothingIsTakenForUnchangedThatChanged) {
  Write("1\n2\n");
  const std::string one = Run().datasets.at(0).version;
  clock_.Advance(-kOneDay);
  Write("1\n3\n");  // of the same size
  const std::string other = Run().datasets.at(0).version;
  EXPECT_NE(other, one);
  EXPECT_EQ(Run().status, "nothing-to-do");
  clock_.Advance(-kMinute);
  Write("1\n2\n");
  const RunReport again = Run();
  EXPECT_EQ(again.datasets.at(0).version, one);
  EXPECT_EQ(again.datasets.at(0).ref, "v1");
}

TEST_F(ClockSetBack, GcKeepsTheResultOfTheRunThatCameLast) {
  Write("1\n2\n");
  Run();
  clock_.Advance(-kOneDay);
  Write("1\n2\n3\n");
  Run();
  clock_.Advance(3 * kOneDay);
  WithCatalog([&](Session& session) {
    const auto report =
        store::CollectGarbage(session.catalog(), session.objects(), clock_, 0, false);
    ASSERT_TRUE(report.ok()) << report.error().message;
    EXPECT_EQ(report->node_results, 3U) << "those of the first run";
    EXPECT_THAT(store::Verify(session.catalog(), session.objects())->problems, IsEmpty());
  });
  EXPECT_EQ(Run().status, "nothing-to-do");
}

}  // namespace
}  // namespace assay::run
