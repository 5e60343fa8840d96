// Whole runs on a disk that fails once, and on one whose power goes, at each operation in turn.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "base/test_folder.h"
#include "run/runner.h"
#include "run/version_ref.h"
#include "store/maintenance.h"
#include "store/test_fault_disk.h"
#include "store/test_fault_sqlite.h"

namespace assay::run {
namespace {

namespace fs = std::filesystem;
using store::Disk;
using store::DiskTree;
using store::FaultDisk;
using store::SystemDisk;
using testing::IsEmpty;
using Act = FaultDisk::Act;
using Loss = FaultDisk::Loss;

constexpr auto kProject = R"(format: 1
project: rides
sources:
  rides: {files: data/*.csv}
steps:
  doubled: {sql: "SELECT id, fare * 2 AS fare FROM rides"}
gates:
  plausible: {input: doubled, bad_rows: quarantine, fail_above: 10 %, checks: [{range: fare, min: 0}]}
datasets:
  train: {input: plausible, split: {hash: [id], train: 80 %, test: 20 %}}
)";

// One of the rides has a fare that the gate refuses.
std::string Rides(int from, int to) {
  std::string text = "id,fare\n";
  for (int i = from; i < to; ++i) {
    text += std::to_string(i) + "," + std::to_string(i == from ? -1 : i % 50) + "\n";
  }
  return text;
}

struct Outcome {
  int exit = 0;
  std::string error;                         // of the run or its first node
  std::string version;                       // of the dataset, empty without
  std::map<std::string, std::string> nodes;  // name -> status
};

class Watcher : public RunObserver {
 public:
  void NodeStarted(const std::string&, std::size_t, std::size_t) override {}
  void NodeTold(const std::string&, const std::string&) override {}
  void Working(const std::vector<RunningNode>&, std::size_t, std::size_t) override {}
  void NodeFinished(const NodeReport& node, std::size_t, std::size_t) override {
    if (node.status == "ran" || node.status == "cached") told.insert(node.name);
  }
  std::set<std::string> told;  // that these are done
};

// As `assay run` in a process of its own, but with one thread, so that operations have an order.
Outcome RunIn(const fs::path& folder, Disk& disk, Watcher& watcher) {
  const SystemClock clock;
  Session session({folder, 1, 0, nullptr, &disk}, clock);
  contract::Diagnostics diagnostics;
  const auto report = RunProject(session, {}, diagnostics, watcher);
  Outcome outcome;
  if (!report.ok()) {
    outcome.exit = ExitStatus(report.error().code);
    outcome.error = report.error().message;
    return outcome;
  }
  outcome.exit = report->exit;
  for (const NodeReport& node : report->nodes) {
    outcome.nodes[node.name] = node.status;
    if (outcome.error.empty()) outcome.error = node.error;
  }
  for (const DatasetReport& dataset : report->datasets) outcome.version = dataset.version;
  return outcome;
}

// On a disk that never fails and does not sync in truth, which would only take time.
Outcome RunIn(const fs::path& folder) {
  FaultDisk disk(SystemDisk(), folder);
  const store::FaultSqlite sqlite(disk);
  Watcher watcher;
  return RunIn(folder, disk, watcher);
}

// A run has hundreds of operations, and each point takes two runs: so many points are taken, unless
// ASSAY_EVERY_FAULT is set; fewer where sanitizers make the code slow.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kPoints = 10;
#else
constexpr std::size_t kPoints = 36;
#endif

// Every n-th of each kind of operation, beginning at another place for each kind.
template <typename Point, typename ActOf>
std::vector<Point> Sample(const std::vector<Point>& points, ActOf act_of) {
  if (std::getenv("ASSAY_EVERY_FAULT") != nullptr || points.size() <= kPoints) return points;
  const std::size_t step = (points.size() + kPoints - 1) / kPoints;
  std::map<Act, std::size_t> counts;
  std::vector<Point> sample;
  for (const Point& point : points) {
    const Act act = act_of(point);
    const std::size_t offset = static_cast<std::size_t>(act) % step;
    if ((counts[act]++ + offset) % step == 0) sample.push_back(point);
  }
  return sample;
}

// What `assay dataset verify` says, and whether the versions are there.
void ExpectSound(const fs::path& folder, const std::map<std::string, std::string>& versions) {
  const SystemClock clock;
  Session session({folder, 1, 0}, clock);
  const Status opened = session.OpenStore();
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  if (!session.has_catalog()) {
    EXPECT_THAT(versions, IsEmpty()) << "the catalog is gone";
    return;
  }
  const auto verified = store::Verify(session.catalog(), session.objects());
  ASSERT_TRUE(verified.ok()) << verified.error().message;
  EXPECT_THAT(verified->problems, IsEmpty());
  for (const auto& [ref, version] : versions) {
    const auto found = FindVersion(session, "train@" + ref);
    ASSERT_TRUE(found.ok()) << found.error().message;
    EXPECT_EQ(found->body.version, version) << ref;
  }
}

// Where a run may begin, and what it should come to.
struct Start {
  DiskTree tree;                                // of the project's folder
  std::map<std::string, std::string> versions;  // that are there: ref -> version id
  std::string ref, version;                     // that a run makes
};

class RunFaults : public testing::Test {
 protected:
  // With `earlier`, a version is there and more rides have come.
  void Begin(bool earlier) {
    const fs::path folder = Fresh("start");
    fs::create_directories(folder / "data");
    std::ofstream(folder / "assay.yaml") << kProject;
    std::ofstream(folder / "data/1.csv") << Rides(0, 100);
    if (earlier) {
      start_.versions["v1"] = RunIn(folder).version;
      std::ofstream(folder / "data/2.csv") << Rides(1000, 1100);
    }
    start_.tree = store::TreeOf(SystemDisk(), folder);
    start_.ref = earlier ? "v2" : "v1";
    start_.version = RunIn(folder).version;
    ASSERT_EQ(start_.version.size(), 64U);
  }

  fs::path Fresh(const std::string& name) {
    const fs::path folder = home_ / name;
    fs::remove_all(folder);
    return folder;
  }

  // The state is sound, keeps what was promised, and the next run comes to the version; what a node
  // was said to have done is not done again.
  void ExpectGoodEnd(const fs::path& folder, Disk& disk, const std::set<std::string>& told) {
    ExpectSound(folder, Promised(told));
    Watcher watcher;
    const Outcome next = RunIn(folder, disk, watcher);
    EXPECT_EQ(next.exit, 0) << next.error;
    EXPECT_EQ(next.version, start_.version);
    for (const std::string& node : told) EXPECT_EQ(next.nodes.at(node), "cached") << node;
    EXPECT_THAT(SystemDisk().List(folder / ".assay/staging").value(), IsEmpty());
    ExpectSound(folder, Promised({"train"}));
  }

  std::map<std::string, std::string> Promised(const std::set<std::string>& told) const {
    auto promised = start_.versions;
    if (told.contains("train")) promised[start_.ref] = start_.version;
    return promised;
  }

  // Operations of an undisturbed run.
  std::vector<FaultDisk::Operation> Operations() {
    const fs::path folder = Fresh("undisturbed");
    LayTree(SystemDisk(), folder, start_.tree);
    FaultDisk disk(SystemDisk(), folder);
    const store::FaultSqlite sqlite(disk);
    Watcher watcher;
    EXPECT_EQ(RunIn(folder, disk, watcher).version, start_.version);
    return disk.operations();
  }

  void ThePowerGoes();
  void OperationsFail();

  const TestFolder root_;
  const fs::path home_ = fs::canonical(root_.path());
  Start start_;
};

struct State {
  FaultDisk::Operation after;
  DiskTree tree;
  std::set<std::string> told;
};

void RunFaults::ThePowerGoes() {
  const fs::path folder = Fresh("run");
  LayTree(SystemDisk(), folder, start_.tree);
  std::vector<State> states;
  Watcher watcher;
  {
    FaultDisk disk(SystemDisk(), folder);
    const store::FaultSqlite sqlite(disk);
    std::size_t version = 0;
    std::set<std::string> told;
    disk.SetObserver([&](const FaultDisk::Operation& operation) {
      // The same lasts as after the operation before, and the same was told.
      if (disk.lasting_version() != version || watcher.told != told) {
        states.push_back({operation, disk.AfterPowerLoss(Loss::kBytesAndNames), watcher.told});
      }
      version = disk.lasting_version();
      told = watcher.told;
      if (operation.act != Act::kWrite) {
        states.push_back({operation, disk.AfterPowerLoss(Loss::kBytes), watcher.told});
      }
    });
    ASSERT_EQ(RunIn(folder, disk, watcher).version, start_.version);
    states.push_back(
        {disk.operations().back(), disk.AfterPowerLoss(Loss::kBytesAndNames), {"train"}});
  }
  const auto sample = Sample(states, [](const State& state) { return state.after.act; });
  for (const State& state : sample) {
    SCOPED_TRACE("power loss after operation " + std::to_string(state.after.number) + ", " +
                 state.after.path.string());
    const fs::path left = Fresh("left");
    LayTree(SystemDisk(), left, state.tree);
    FaultDisk disk(SystemDisk(), left);
    const store::FaultSqlite sqlite(disk);
    ExpectGoodEnd(left, disk, state.told);
    if (HasFatalFailure()) return;
  }
  std::cout << sample.size() << " of " << states.size() << " states of the disk\n";
}

TEST_F(RunFaults, ThePowerGoesInTheFirstRun) {
  Begin(false);
  ThePowerGoes();
}

TEST_F(RunFaults, ThePowerGoesInALaterRun) {
  Begin(true);
  ThePowerGoes();
}

void RunFaults::OperationsFail() {
  const auto operations = Operations();
  const auto sample = Sample(operations, [](const FaultDisk::Operation& each) { return each.act; });
  std::size_t failed = 0, ended_well = 0;
  for (const FaultDisk::Operation& operation : sample) {
    const fs::path folder = Fresh("run");
    LayTree(SystemDisk(), folder, start_.tree);
    FaultDisk disk(SystemDisk(), folder);
    const store::FaultSqlite sqlite(disk);
    disk.FailAt(operation.number, failed % 2 == 0 ? EIO : ENOSPC);
    Watcher watcher;
    const Outcome outcome = RunIn(folder, disk, watcher);
    SCOPED_TRACE("operation " + std::to_string(operation.number) + " failed, " +
                 operation.path.string() + ": " + outcome.error);
    if (disk.failed()) ++failed;
    disk.FailAt(0, 0);  // a run that had fewer operations leaves none to fail for what follows
    // What is tidied up after the last record may fail.
    if (outcome.exit == 0) {
      ++ended_well;
      EXPECT_EQ(outcome.version, start_.version);
    } else {
      EXPECT_EQ(outcome.exit, 3);
    }
    ExpectGoodEnd(folder, disk, watcher.told);
    const fs::path left = Fresh("left");
    LayTree(SystemDisk(), left, disk.AfterPowerLoss(Loss::kBytesAndNames));
    ExpectSound(left, Promised({"train"}));
    if (HasFatalFailure()) return;
  }
  // Threads may come in another order, so that a run has an operation less.
  EXPECT_GE(failed + 2, sample.size());
  EXPECT_LT(ended_well, sample.size() / 2);
  std::cout << failed << " of " << operations.size() << " operations failed, " << ended_well
            << " of these runs came to their end\n";
}

TEST_F(RunFaults, AllThatARunWritesIsSeen) {
  Begin(false);
  std::map<Act, std::size_t> counts;
  std::set<std::string> synced;
  for (const FaultDisk::Operation& operation : Operations()) {
    ++counts[operation.act];
    if (operation.act == Act::kSync) synced.insert(operation.path.string());
  }
  EXPECT_THAT(counts, testing::SizeIs(8)) << "every kind of operation";
  EXPECT_THAT(synced,
              testing::IsSupersetOf({".assay/catalog.sqlite", ".assay/catalog.sqlite-wal"}));
}

TEST_F(RunFaults, OperationsOfTheFirstRunFail) {
  Begin(false);
  OperationsFail();
}

TEST_F(RunFaults, OperationsOfALaterRunFail) {
  Begin(true);
  OperationsFail();
}

}  // namespace
}  // namespace assay::run
