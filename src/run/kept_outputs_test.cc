#include "run/kept_outputs.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/test_folder.h"
#include "run/runner.h"
#include "run/test_silent_observer.h"

namespace assay::run {
namespace {

// A project that ran once.
class KeptOutputsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(folder / "rows.csv") << "id,n\n1,2\n2,3\n";
    std::ofstream(folder / "assay.yaml")
        << "format: 1\nproject: kept\nsources:\n  rows: {files: rows.csv}\nsteps:\n"
           "  twice: {sql: 'SELECT id, n * 2 AS n FROM rows'}\n";
    SilentObserver observer;
    contract::Diagnostics diagnostics;
    const auto report = RunProject(session, {}, diagnostics, observer);
    ASSERT_TRUE(report.ok()) << report.error().message;
    const auto nodes = session.catalog().NodeRuns(report->run);
    ASSERT_TRUE(nodes.ok());
    for (const store::NodeRun& node : *nodes) fingerprints.push_back(node.fingerprint);
    ASSERT_EQ(fingerprints.size(), 2u);
  }

  TestFolder folder;
  FakeClock clock{1'000'000};
  Session session{{folder.path(), 1, 0}, clock};
  std::vector<std::string> fingerprints;
};

TEST_F(KeptOutputsTest, ReadAheadTheyAreWhatTheCatalogHas) {
  KeptOutputs ahead(session);
  ahead.ReadAhead();
  KeptOutputs one_by_one(session);
  for (const std::string& fingerprint : fingerprints) {
    const auto here = ahead.Find(fingerprint, 0);
    const auto there = one_by_one.Find(fingerprint, 0);
    ASSERT_TRUE(here.ok() && there.ok());
    ASSERT_NE(*here, nullptr);
    ASSERT_NE(*there, nullptr);
    EXPECT_EQ(NodeOutputJson(**here), NodeOutputJson(**there));
  }
}

TEST_F(KeptOutputsTest, AnOutputIsTakenOnce) {
  KeptOutputs kept(session);
  kept.ReadAhead();
  EXPECT_FALSE(kept.Take(fingerprints[0]).has_value());  // nobody has looked for it yet
  ASSERT_TRUE(kept.Find(fingerprints[0], 0).ok());
  EXPECT_TRUE(kept.Take(fingerprints[0]).has_value());
  EXPECT_FALSE(kept.Take(fingerprints[0]).has_value());
  // Another node may have the same result.
  const auto again = kept.Find(fingerprints[0], 0);
  ASSERT_TRUE(again.ok());
  EXPECT_NE(*again, nullptr);
}

TEST_F(KeptOutputsTest, OneWhoseObjectsAreGoneCountsAsNone) {
  const auto output = FindOutput(session, fingerprints[1], 0);
  ASSERT_TRUE(output.ok() && output->has_value());
  const store::Table& table = (*output)->outputs.at("");
  std::filesystem::remove(session.objects().PathOf(table.files.at(0).sha256));
  KeptOutputs kept(session);
  kept.ReadAhead();
  const auto gone = kept.Find(fingerprints[1], 0);
  ASSERT_TRUE(gone.ok());
  EXPECT_EQ(*gone, nullptr);
  const auto there = kept.Find(fingerprints[0], 0);
  ASSERT_TRUE(there.ok());
  EXPECT_NE(*there, nullptr);
}

}  // namespace
}  // namespace assay::run
