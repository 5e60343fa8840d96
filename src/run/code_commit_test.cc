#include "run/code_commit.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/test_folder.h"

namespace assay::run {
namespace {

const std::string kOuter(40, '1'), kInner(40, '2'), kPacked(64, '3');

// A repository with a project in it.
class CodeCommitTest : public testing::Test {
 protected:
  CodeCommitTest() {
    Write("repo/.git/HEAD", "ref: refs/heads/main\n");
    Write("repo/.git/refs/heads/main", kOuter + "\n");
    std::filesystem::create_directories(root_ / "repo/deep/project");
  }

  void Write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }
  std::string CommitOf(const std::string& folder) { return CodeCommit(root_ / folder); }

  TestFolder root_;
};

TEST_F(CodeCommitTest, IsTheHeadOfTheRepositoryAround) {
  EXPECT_EQ(CommitOf("repo/deep/project"), kOuter);
  Write("repo/.git/HEAD", kInner + "\n");
  EXPECT_EQ(CommitOf("repo"), kInner);
}

TEST_F(CodeCommitTest, IsFoundAmongPackedRefs) {
  std::filesystem::remove(root_ / "repo/.git/refs/heads/main");
  Write("repo/.git/packed-refs", "# pack-refs with: peeled fully-peeled sorted\n" + kOuter +
                                     " refs/heads/maintenance\n" + kPacked + " refs/heads/main\n^" +
                                     kInner + "\n");
  EXPECT_EQ(CommitOf("repo"), kPacked);
}

TEST_F(CodeCommitTest, FollowsASubmoduleToItsOwnRepository) {
  Write("repo/deep/.git", "gitdir: ../.git/modules/deep\n");
  Write("repo/.git/modules/deep/HEAD", kInner + "\n");
  EXPECT_EQ(CommitOf("repo/deep/project"), kInner);
}

TEST_F(CodeCommitTest, FollowsAWorktreeToTheRepositoryItSharesRefsWith) {
  Write("repo/deep/.git", "gitdir: " + (root_ / "main/.git/worktrees/deep").string() + "\n");
  Write("main/.git/worktrees/deep/HEAD", "ref: refs/heads/side\n");
  Write("main/.git/worktrees/deep/commondir", "../..\n");
  Write("main/.git/refs/heads/side", kInner + "\n");
  EXPECT_EQ(CommitOf("repo/deep/project"), kInner);
  std::filesystem::remove(root_ / "main/.git/refs/heads/side");
  Write("main/.git/packed-refs", kPacked + " refs/heads/side\n");
  EXPECT_EQ(CommitOf("repo/deep/project"), kPacked);
}

TEST_F(CodeCommitTest, FollowsARefToARef) {
  Write("repo/.git/refs/heads/main", "ref: refs/heads/other\n");
  Write("repo/.git/refs/heads/other", kInner + "\n");
  EXPECT_EQ(CommitOf("repo"), kInner);
  Write("repo/.git/refs/heads/other", "ref: refs/heads/main\n");
  EXPECT_EQ(CommitOf("repo"), "") << "a circle";
}

TEST_F(CodeCommitTest, PassesOverAFolderThatIsNoRepository) {
  std::filesystem::create_directories(root_ / "repo/deep/.git");
  EXPECT_EQ(CommitOf("repo/deep/project"), kOuter);
}

TEST_F(CodeCommitTest, IsEmptyWhereNothingSoundIsFound) {
  for (const char* text : {"gitdir: nowhere\n", "gitdir:\n", "something else\n", ""}) {
    Write("repo/deep/.git", text);
    EXPECT_EQ(CommitOf("repo/deep/project"), "") << "not the outer one's: " << text;
  }
  Write("repo/.git/HEAD", "ref: ../../secret\n");
  Write("secret", kInner + "\n");
  EXPECT_EQ(CommitOf("repo"), "");
}

}  // namespace
}  // namespace assay::run
