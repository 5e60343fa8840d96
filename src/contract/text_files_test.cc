#include "contract/text_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace assay::contract {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr const char* kInside = "name a file inside the project folder, relative to it";

class TextFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "assay-text-files-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
    Write("project/sql/joined.sql", "SELECT 1\n");
    Write("project/contracts/flights.odcs.yaml", "x: 1\n");
    Write("secret.txt", "secret\n");
  }
  void TearDown() override { fs::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << text;
  }

  Error Refused(const std::string& path) {
    FolderFiles files(root_ / "project");
    Result<std::string> text = files.Read(path);
    EXPECT_FALSE(text.ok()) << path;
    return text.ok() ? Error{} : text.error();
  }

  fs::path root_;
};

TEST_F(TextFilesTest, ReadsAndRemembers) {
  FolderFiles files(root_ / "project");
  EXPECT_EQ(*files.Read("sql/../sql/./joined.sql"), "SELECT 1\n");
  EXPECT_THAT(files.all_read(), ElementsAre(Pair("sql/joined.sql", "SELECT 1\n")));
}

TEST_F(TextFilesTest, NamesTheNearestFileOfAMissingOne) {
  EXPECT_EQ(Refused("sql/joned.sql").message, "no such file: sql/joned.sql");
  EXPECT_EQ(Refused("sql/joned.sql").hint, "did you mean sql/joined.sql?");
  EXPECT_EQ(Refused("joined.sql").hint, "did you mean sql/joined.sql?");
  EXPECT_EQ(Refused("sql/joined.sql/x").message, "no such file: sql/joined.sql/x");
  EXPECT_EQ(Refused("nothing-like-it").hint, "paths are relative to the project folder");
}

TEST_F(TextFilesTest, StaysInsideTheProject) {
  for (const char* path : {"../secret.txt", "/etc/passwd", "sql/../../secret.txt"}) {
    EXPECT_EQ(Refused(path).message, "path leaves the project folder: " + std::string(path));
    EXPECT_EQ(Refused(path).hint, kInside);
  }
  fs::create_symlink(root_ / "secret.txt", root_ / "project/link.txt");
  fs::create_directory_symlink(root_, root_ / "project/up");
  EXPECT_EQ(Refused("link.txt").message, "link leads out of the project folder: link.txt");
  EXPECT_EQ(Refused("up/secret.txt").message,
            "link leads out of the project folder: up/secret.txt");
  fs::create_symlink("joined.sql", root_ / "project/sql/alias.sql");
  FolderFiles files(root_ / "project");
  EXPECT_EQ(*files.Read("sql/alias.sql"), "SELECT 1\n");
}

TEST_F(TextFilesTest, RefusesWhatIsNoTextFile) {
  EXPECT_EQ(Refused("sql").message, "not a file: sql");
  EXPECT_EQ(Refused("").message, "file name is empty");
  EXPECT_EQ(Refused(".").message, "file name is empty");
  Write("project/big.sql", std::string((4U << 20) + 1, 'x'));
  EXPECT_EQ(Refused("big.sql").message, "file is larger than 4 MB: big.sql");
}

TEST_F(TextFilesTest, MatchesPatternsAsTextsInMemoryDo) {
  Write("project/p/b.yaml", "");
  Write("project/p/a.yaml", "");
  Write("project/p/.c.yaml", "");
  Write("project/p/d.yml", "");
  Write("project/q/a.yaml", "");
  Write("project/q/deep/a.yaml", "");
  fs::create_directories(root_ / "project/p/folder.yaml");
  fs::create_directory_symlink(root_, root_ / "project/up");
  FolderFiles folder(root_ / "project");
  const std::map<std::string, std::string> texts = {{"contracts/flights.odcs.yaml", ""},
                                                    {"p/.c.yaml", ""},
                                                    {"p/a.yaml", ""},
                                                    {"p/b.yaml", ""},
                                                    {"p/d.yml", ""},
                                                    {"p/folder.yaml/x", ""},
                                                    {"q/a.yaml", ""},
                                                    {"q/deep/a.yaml", ""},
                                                    {"sql/joined.sql", ""}};
  MapFiles memory(texts);
  for (TextFiles* files : {static_cast<TextFiles*>(&folder), static_cast<TextFiles*>(&memory)}) {
    EXPECT_THAT(*files->Match("p/*.yaml"), ElementsAre("p/a.yaml", "p/b.yaml"));
    EXPECT_THAT(*files->Match("./?/a.y*l"), ElementsAre("p/a.yaml", "q/a.yaml"));
    EXPECT_THAT(*files->Match("p/[ab].yaml"), ElementsAre("p/a.yaml", "p/b.yaml"));
    EXPECT_THAT(*files->Match("p/.*.yaml"), ElementsAre("p/.c.yaml"));
    EXPECT_THAT(*files->Match("p/none.yaml"), ElementsAre("p/none.yaml")) << "no pattern";
    EXPECT_THAT(*files->Match("../*"), ElementsAre("../*")) << "left to Read, which refuses it";
    EXPECT_THAT(files->FilesOf("p"), ElementsAre(".c.yaml", "a.yaml", "b.yaml", "d.yml"));
    EXPECT_THAT(files->FilesOf("none"), IsEmpty());
    EXPECT_EQ(files->Match("p/*.sql").error().message, "no file matches: p/*.sql");
    EXPECT_EQ(files->Match("sq/joined*.sql").error().hint, "did you mean sql/joined.sql?");
    EXPECT_EQ(files->Match("none/*").error().hint, "paths are relative to the project folder");
  }
  EXPECT_THAT(folder.FilesOf("up"), IsEmpty()) << "a link that leads out";
  EXPECT_FALSE(folder.Match("up/*.txt").ok());
}

TEST_F(TextFilesTest, ReadsTextsInMemoryByTheSameRules) {
  const std::map<std::string, std::string> texts = {{"sql/a.sql", "x"}};
  MapFiles files(texts);
  EXPECT_EQ(*files.Read("./sql/a.sql"), "x");
  EXPECT_EQ(files.Read("../sql/a.sql").error().message,
            "path leaves the project folder: ../sql/a.sql");
  EXPECT_EQ(files.Read("sql/b.sql").error().hint, "did you mean sql/a.sql?");
}

}  // namespace
}  // namespace assay::contract
