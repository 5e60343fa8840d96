#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/catalog.h"
#include "store/test_folder.h"
#include "store/test_ids.h"

namespace assay::store {
namespace {

using testing::ElementsAre;

const std::string kV1(64, '1');
const std::string kV2(64, '2');

class Refs : public testing::Test {
 protected:
  Refs() : clock_(0), catalog_(Catalog::Open(root_.path(), true, clock_).value()) {
    // Three commits on main; the third has the version of the first again.
    Put(kA, "flights", kV1, "2026-01-01T00:00:00Z");
    Put(kB, "flights", kV2, "2026-01-02T00:00:00Z");
    Put(kC, "flights", kV1, "2026-01-03T00:00:00Z");
    Move("branch", "main", kC);
    Move("version", "v1", kA);
    Move("version", "v2", kB);
    Move("tag", "golden", kB);
    Move("branch", "golden", kA);
    Move("branch", "trial", kA);
  }

  void Put(const std::string& id, const std::string& dataset, const std::string& version,
           const std::string& created_at) {
    ASSERT_TRUE(catalog_.PutCommit({id, dataset, version, "run-1", created_at}).ok());
  }
  void Move(const std::string& kind, const std::string& name, const std::string& commit) {
    const Status moved = catalog_.MoveRef({"flights", kind, name, commit}, std::nullopt);
    ASSERT_TRUE(moved.ok()) << moved.error().message;
  }
  std::string Resolve(const std::string& ref) {
    const auto commit = catalog_.Resolve("flights", ref);
    return commit.ok() ? *commit : commit.error().message + " / " + commit.error().hint;
  }

  TestFolder root_;
  FakeClock clock_;
  Catalog catalog_;
};

TEST_F(Refs, CommitsComeNewestFirst) {
  Put(std::string(64, 'd'), "other", kV1, "2020-01-01T00:00:00Z");
  const auto ids = [](const std::vector<CommitRow>& commits) {
    std::string text;
    for (const CommitRow& commit : commits) text += commit.id[0];
    return text;
  };
  EXPECT_EQ(ids(*catalog_.Commits("flights")), "cba");
  EXPECT_EQ(ids(*catalog_.Commits("")), "dcba");
  EXPECT_EQ(ids(*catalog_.Commits("nobody")), "");
  EXPECT_THAT(*catalog_.Datasets(), ElementsAre("flights", "other"));
  const CommitRow newest = catalog_.Commits("flights").value()[0];
  EXPECT_EQ(newest.dataset, "flights");
  EXPECT_EQ(newest.version, kV1);
  EXPECT_EQ(newest.run, "run-1");
  EXPECT_EQ(newest.created_at, "2026-01-03T00:00:00Z");
}

TEST_F(Refs, ACommitMayBePutTwice) {
  Put(kA, "flights", kV1, "2026-01-01T00:00:00Z");
  EXPECT_EQ(catalog_.Commits("flights")->size(), 3U);
}

TEST_F(Refs, AreListedWithNumbersInOrder) {
  for (int i = 3; i <= 10; ++i) Move("version", "v" + std::to_string(i), kA);
  const auto refs = catalog_.Refs("flights");
  ASSERT_TRUE(refs.ok()) << refs.error().message;
  std::vector<std::string> names;
  for (const RefRow& ref : *refs) names.push_back(ref.kind + " " + ref.name);
  EXPECT_THAT(
      names, ElementsAre("branch golden", "branch main", "branch trial", "tag golden", "version v1",
                         "version v2", "version v3", "version v4", "version v5", "version v6",
                         "version v7", "version v8", "version v9", "version v10"));
  EXPECT_EQ(catalog_.Refs("")->size(), 14U);
  EXPECT_TRUE(catalog_.Refs("nobody")->empty());
}

TEST_F(Refs, MoveFromWhereTheyAreExpected) {
  ASSERT_TRUE(catalog_.MoveRef({"flights", "branch", "trial", kB}, kA).ok());
  EXPECT_EQ(**catalog_.FindRef("flights", "branch", "trial"), kB);
  EXPECT_FALSE(catalog_.FindRef("flights", "branch", "gone")->has_value());
}

TEST_F(Refs, ALostRaceSaysWhoWon) {
  const Status moved = catalog_.MoveRef({"flights", "branch", "main", kA}, kB);
  ASSERT_FALSE(moved.ok());
  EXPECT_EQ(moved.error().code, ErrorCode::kIo);
  EXPECT_EQ(moved.error().message, "branch flights@main was moved meanwhile: it stands at commit " +
                                       kC + " of run run-1, made at 2026-01-03T00:00:00Z");
  EXPECT_EQ(**catalog_.FindRef("flights", "branch", "main"), kC);

  const Status made = catalog_.MoveRef({"flights", "branch", "main", kA}, std::nullopt);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().message, moved.error().message);

  const Status gone = catalog_.MoveRef({"flights", "branch", "gone", kA}, kB);
  ASSERT_FALSE(gone.ok());
  EXPECT_EQ(gone.error().message, "branch flights@gone was removed meanwhile");
}

TEST_F(Refs, ALostRaceTakesTheRestOfItsTransactionBack) {
  {
    Catalog::Transaction transaction(catalog_);
    ASSERT_TRUE(transaction.Begin().ok());
    Put(std::string(64, 'e'), "flights", kV2, "2026-01-04T00:00:00Z");
    ASSERT_FALSE(catalog_.MoveRef({"flights", "branch", "main", std::string(64, 'e')}, kB).ok());
  }
  EXPECT_EQ(catalog_.Commits("flights")->size(), 3U);
}

TEST_F(Refs, DoNotPointAtNothing) {
  const Status moved = catalog_.MoveRef({"flights", "branch", "new", std::string(64, '9')}, {});
  ASSERT_FALSE(moved.ok());
  EXPECT_EQ(moved.error().code, ErrorCode::kInternal);
}

TEST_F(Refs, AVersionHasTheNumberOfTheRefWithItsId) {
  EXPECT_EQ(*catalog_.VersionNumber("flights", kV1), "v1");
  EXPECT_EQ(*catalog_.VersionNumber("flights", kV2), "v2");
  EXPECT_EQ(*catalog_.VersionNumber("flights", kA), "");
  EXPECT_EQ(*catalog_.VersionNumber("other", kV1), "");
}

TEST_F(Refs, ResolveToCommits) {
  EXPECT_EQ(Resolve(""), kC);
  EXPECT_EQ(Resolve("latest"), kC);
  EXPECT_EQ(Resolve("main"), kC);
  EXPECT_EQ(Resolve("v1"), kA);
  EXPECT_EQ(Resolve("v2"), kB);
  EXPECT_EQ(Resolve("golden"), kB) << "a tag goes before a branch of the same name";
  EXPECT_EQ(Resolve("trial"), kA);
  EXPECT_EQ(Resolve("commit:bbbbbbbb"), kB);
  EXPECT_EQ(Resolve("commit:" + kB), kB);
  EXPECT_EQ(Resolve("version:22222222"), kB);
  EXPECT_EQ(Resolve("version:" + kV1), kA) << "the first commit of a version";
}

TEST_F(Refs, UnknownOnesNameTheNearest) {
  EXPECT_EQ(Resolve("goldne"), "no such ref: flights@goldne / did you mean golden?");
  EXPECT_EQ(Resolve("mian"), "no such ref: flights@mian / did you mean main?");
  EXPECT_EQ(Resolve("v3"), "no such ref: flights@v3 / did you mean v1?");
  EXPECT_EQ(Resolve("zzzzzzzzzzzz"),
            "no such ref: flights@zzzzzzzzzzzz / known are: golden, main, trial, v1, v2");
  const auto dataset = catalog_.Resolve("fligths", "");
  ASSERT_FALSE(dataset.ok());
  EXPECT_EQ(dataset.error().code, ErrorCode::kUser);
  EXPECT_EQ(dataset.error().message, "no such dataset: fligths");
  EXPECT_EQ(dataset.error().hint, "did you mean flights?");
}

TEST_F(Refs, DigitsMustBeEnoughAndMeanOneId) {
  Put("aaaaaaaa" + std::string(56, '0'), "flights", kV2, "2026-01-05T00:00:00Z");
  EXPECT_EQ(Resolve("commit:aaaaaaaa"),
            "2 ids begin like this: flights@commit:aaaaaaaa / give more digits of one of them: "
            "aaaaaaaa" +
                std::string(56, '0') + ", " + kA);
  EXPECT_EQ(Resolve("commit:aaaaaaaaa"), kA);
  EXPECT_EQ(Resolve("commit:aaaaaaa"),
            "not an id: flights@commit:aaaaaaa / give 8 to 64 hex digits in lower case");
  EXPECT_EQ(Resolve("commit:BBBBBBBB"),
            "not an id: flights@commit:BBBBBBBB / give 8 to 64 hex digits in lower case");
  EXPECT_EQ(Resolve("version:aaaaaaaa"),
            "no such version: flights@version:aaaaaaaa / "
            "`assay dataset log flights` lists them");
}

TEST_F(Refs, ACommitOfAnotherDatasetIsNotFound) {
  Put(std::string(64, 'd'), "other", kV2, "2026-01-05T00:00:00Z");
  EXPECT_EQ(Resolve("commit:dddddddd").substr(0, 14), "no such commit");
  EXPECT_EQ(catalog_.Resolve("other", "").error().message, "nothing is on main of dataset: other");
}

TEST(EmptyCatalog, ResolvesNothing) {
  TestFolder root;
  const FakeClock clock(0);
  Catalog catalog = Catalog::Open(root.path(), true, clock).value();
  const auto commit = catalog.Resolve("flights", "");
  EXPECT_EQ(commit.error().message, "no dataset has been committed yet: flights");
  EXPECT_EQ(commit.error().hint, "run `assay run` first");
}

}  // namespace
}  // namespace assay::store
