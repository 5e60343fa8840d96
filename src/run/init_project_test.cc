#include "run/init_project.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/test_folder.h"
#include "contract/project.h"
#include "run/kinds.h"

namespace assay::run {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::set<std::string> FilesBelow(const fs::path& folder) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    files.insert(entry.path().lexically_relative(folder).string());
  }
  return files;
}

class InitProject : public testing::Test {
 protected:
  // What is seen of files named in the test's folder, for a project in it.
  Result<Seen> Look(const std::vector<std::string>& names) {
    LookRequest request;
    request.folder = fs::canonical(folder_.path());
    for (const std::string& name : names) request.from.push_back((folder_ / name).string());
    return LookAtFiles(request);
  }
  SeenSource LookAtCsv(const std::string& text) {
    folder_.Write("a.csv", text);
    const auto seen = Look({"a.csv"});
    EXPECT_TRUE(seen.ok()) << seen.error().message;
    return seen.ok() ? seen->sources.at(0) : SeenSource{};
  }
  Error ErrorOf(const std::string& name, const std::string& bytes) {
    folder_.Write(name, bytes);
    const auto seen = Look({name});
    EXPECT_FALSE(seen.ok()) << name;
    return seen.ok() ? Error{} : seen.error();
  }
  static std::vector<std::string> Options(const SeenSource& source) {
    std::vector<std::string> options;
    options.reserve(source.options.size());
    for (const SeenOption& option : source.options) {
      options.push_back(option.name + " " + option.value.dump());
    }
    return options;
  }
  static std::string Types(const SeenSource& source) {
    std::string types;
    for (const SeenColumn& column : source.columns) {
      types += (types.empty() ? "" : ", ") + column.name + " " + TypeText(column.type);
    }
    return types;
  }

  TestFolder folder_;
};

TEST_F(InitProject, PlainFilesNeedNoOptionsButTheirTypes) {
  const SeenSource source = LookAtCsv("id,name,x\n1,a,1.5\n2,b,\n");
  EXPECT_EQ(Types(source), "id int64, name string, x float64");
  EXPECT_THAT(Options(source), ElementsAre(R"(columns [["id","int64"],["x","float64"]])"));
  EXPECT_THAT(source.key, ElementsAre("id"));
  EXPECT_EQ(source.rows, 2);
  EXPECT_EQ(source.columns[2].profile.nulls, 1);
  EXPECT_THAT(source.patterns, ElementsAre("a.csv"));
}

TEST_F(InitProject, TheDelimiterIsSpelledOut) {
  EXPECT_THAT(Options(LookAtCsv("a;b\nx;y\n")), ElementsAre("delimiter \";\""));
  EXPECT_THAT(Options(LookAtCsv("a\tb\nx\ty\n")), ElementsAre("delimiter \"\\t\""));
  EXPECT_EQ(Types(LookAtCsv("a;b\n1,5;y\n2,5;y\n")), "a string, b string");
}

TEST_F(InitProject, WordsForNullAreSpelledOutWhereNumbersNeedThem) {
  const SeenSource source = LookAtCsv("x,region\n1,NA\nNA,EU\n2,EU\n3,AS\n-,NA\n");
  EXPECT_EQ(Types(source), "x int64, region string");
  EXPECT_THAT(Options(source), Contains(R"(nulls ["","-","NA"])"));
  EXPECT_EQ(source.columns[0].profile.nulls, 2);
  EXPECT_THAT(source.options[0].why, HasSubstr("also in region (2 rows)"));
  const SeenSource nan = LookAtCsv("x,y\n1.5,a\nNaN,b\n2.5,c\n");
  EXPECT_THAT(Options(nan), Contains(R"(nulls ["","NaN","nan"])"));
  EXPECT_EQ(nan.columns[0].profile.nulls, 1);
  // Nothing needs them here.
  EXPECT_THAT(Options(LookAtCsv("region\nNA\nEU\n")), IsEmpty());
}

TEST_F(InitProject, AFirstLineOfDataIsNoHeader) {
  const SeenSource source = LookAtCsv("5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,3.2,versicolor\n");
  EXPECT_EQ(source.rows, 3);
  EXPECT_THAT(Options(source), Contains("header false"));
  EXPECT_THAT(Options(LookAtCsv("1,2024-01-01\n2,2024-01-02\n")), Contains("header false"));
  // Years as names of columns are names.
  EXPECT_THAT(Options(LookAtCsv("country,2001,2002\nA,1,2\nB,3,4\n")),
              Not(Contains("header false")));
  EXPECT_THAT(Options(LookAtCsv("2001,2002\n1,2\n3,4\n")), Not(Contains("header false")));
  EXPECT_THAT(Options(LookAtCsv("a,b\n1,2\n3,4\n")), Not(Contains("header false")));
}

TEST_F(InitProject, RowsThatDoNotParseAreCounted) {
  const SeenSource source = LookAtCsv("a,b\n1,2\n3,4,5\n6,7\n");
  EXPECT_EQ(source.rows, 2);
  EXPECT_EQ(source.refused, 1);
  EXPECT_THAT(source.refused_place, HasSubstr("a.csv:3: "));
}

TEST_F(InitProject, AKeyIsUniqueAndNeverNull) {
  std::string two = "shop,day,amount\n", none = "shop,amount\n", few = "amount,name\n";
  for (int i = 0; i < 60; ++i) {
    const std::string shop = std::to_string(i % 6), day = std::to_string(10 + i / 6);
    two += "s" + shop + ",2024-01-" + day + "," + std::to_string(i % 7) + "\n";
    none += "s" + shop + "," + std::to_string(i % 6) + "\n";
    few += std::to_string(i) + ".5,x\n";  // numbers with a fraction are no names of rows
  }
  EXPECT_THAT(LookAtCsv(two).key, testing::UnorderedElementsAre("shop", "day"));
  const SeenSource repeated = LookAtCsv(none);
  EXPECT_THAT(repeated.key, IsEmpty());
  EXPECT_EQ(repeated.repeated, 54);
  EXPECT_THAT(LookAtCsv(few).key, IsEmpty());
  EXPECT_THAT(LookAtCsv("id,x\n1,a\n,b\n").key, Not(ElementsAre("id")));
  // The one that is called so.
  EXPECT_THAT(LookAtCsv("name,ride_id\na,1\nb,2\n").key, ElementsAre("ride_id"));
}

TEST_F(InitProject, WhatHindersIsToldWithTheWayOut) {
  Error error = ErrorOf("latin.csv",
                        "a,b\nx,gr\xf6\xdf"
                        "e\n");
  EXPECT_THAT(error.message, HasSubstr("latin.csv:2: not UTF-8: the byte 246"));
  EXPECT_THAT(error.hint, HasSubstr("iconv -f windows-1252 -t utf-8 latin.csv > latin-utf8.csv"));
  error = ErrorOf("wide.csv", std::string("\xff\xfe"
                                          "a\0,\0b\0\n\0",
                                          10));
  EXPECT_THAT(error.message, HasSubstr("UTF-16"));
  EXPECT_THAT(error.hint, HasSubstr("iconv -f utf-16"));
  error = ErrorOf("title it.csv", "Report\n\na,b\n1,2\n3,4\n");
  EXPECT_THAT(error.message, HasSubstr("has 2 lines before its header"));
  EXPECT_THAT(error.hint, HasSubstr("tail -n +3 'title it.csv' > 'title it-rows.csv'"));
  error = ErrorOf("both.csv",
                  "Gr\xfc\xdf"
                  "e\na,b\n1,2\n3,4\n");
  EXPECT_THAT(error.message, HasSubstr("both.csv:1: not UTF-8: the byte 252; and it has 1 line"));
  EXPECT_THAT(error.hint, HasSubstr("`tail -n +2 both.csv | iconv -f windows-1252 -t utf-8 > "
                                    "both-rows.csv`"));
  EXPECT_THAT(ErrorOf("empty.csv", "").message, HasSubstr("empty.csv has no first line"));
  EXPECT_THAT(ErrorOf("own.csv", "a,file_index\n1,2\n").message, HasSubstr("keeps for itself"));
  EXPECT_THAT(ErrorOf("not.parquet", "PAR").message, HasSubstr("not.parquet is no Parquet file"));
  EXPECT_THAT(ErrorOf("letter.docx", "x").message, HasSubstr("the suffix tells no kind"));
  EXPECT_THAT(ErrorOf("none", "x").hint, HasSubstr(".csv"));
}

TEST_F(InitProject, AFolderIsOneSourceForEachSetOfColumns) {
  folder_.Write("y2023.csv", "a,b\n1,x\n");
  folder_.Write("y2024.csv", "a,b\n2,y\n");
  folder_.Write("shops.csv", "shop\nnorth\n");
  folder_.Write("bad.csv", "a\n\xff\n");
  folder_.Write("readme.md", "no data");
  folder_.Write(".hidden.csv", "a,b\n1,2\n");
  const auto seen = Look({""});
  ASSERT_TRUE(seen.ok()) << seen.error().message;
  ASSERT_EQ(seen->sources.size(), 2U);
  EXPECT_THAT(seen->sources[0].patterns, ElementsAre("shops.csv"));
  EXPECT_EQ(seen->sources[1].files, 2U);
  EXPECT_EQ(seen->sources[1].rows, 2);
  ASSERT_EQ(seen->left_out.size(), 2U);
  EXPECT_EQ(seen->left_out[0].file, "bad.csv");
  EXPECT_EQ(seen->left_out[1].file, "1 file ending in .md");
}

TEST_F(InitProject, WhereNoFileOfAFolderCanBeReadTheFirstIsTold) {
  folder_.Write("a.csv", "Report\na,b\n1,2\n3,4\n");
  folder_.Write("b.csv", "Report\na,b\n5,6\n7,8\n");
  const auto seen = Look({""});
  ASSERT_FALSE(seen.ok());
  EXPECT_THAT(seen.error().message, HasSubstr("a.csv has 1 line before its header"));
  EXPECT_THAT(seen.error().message, HasSubstr("(and 1 more file cannot be read)"));
}

TEST_F(InitProject, OddNamesOfFilesMeanThemselves) {
  folder_.Write("a[1] {x}*.csv", "a\n1\n");
  folder_.Write("a1 x.csv", "b\n2\n");
  const auto seen = Look({"a[1] {x}*.csv"});
  ASSERT_TRUE(seen.ok()) << seen.error().message;
  EXPECT_EQ(Types(seen->sources.at(0)), "a int64");
  EXPECT_THAT(seen->sources[0].patterns, ElementsAre("a\\[1\\] \\{x\\}\\*.csv"));
}

TEST_F(InitProject, BeginsAProjectAndReplacesNothing) {
  LookRequest request;
  request.folder = fs::canonical(folder_.path()) / "new" / "project";
  folder_.Write("a.csv", "a\n1\n");
  request.from = {(folder_ / "a.csv").string()};
  ASSERT_TRUE(BeginProject(request).ok());
  const auto files = FilesBelow(request.folder);
  EXPECT_THAT(files, ElementsAre(".gitignore", "assay.yaml", "contracts", "contracts/a.odcs.yaml"));
  const auto again = BeginProject(request);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::kUser);
  EXPECT_THAT(again.error().message, HasSubstr("there is a project already"));
  // A contract that is there stays, and nothing stands beside it.
  fs::remove(request.folder / "assay.yaml");
  const auto half = BeginProject(request);
  ASSERT_FALSE(half.ok());
  EXPECT_THAT(half.error().message, HasSubstr("there is such a file already"));
  EXPECT_THAT(FilesBelow(request.folder),
              ElementsAre(".gitignore", "contracts", "contracts/a.odcs.yaml"));
}

TEST_F(InitProject, WithoutFilesItHasASample) {
  LookRequest request;
  request.folder = fs::canonical(folder_.path()) / "sample";
  const auto begun = BeginProject(request);
  ASSERT_TRUE(begun.ok()) << begun.error().message;
  EXPECT_THAT(FilesBelow(request.folder),
              ElementsAre(".gitignore", "assay.yaml", "contracts", "contracts/rides.odcs.yaml",
                          "data", "data/rides.csv"));
  EXPECT_THAT(begun->seen.sources.at(0).key, ElementsAre("ride"));
  EXPECT_EQ(begun->project.sources.at(0).label, "member");
}

TEST_F(InitProject, ASampleIsNotPutBesideData) {
  folder_.Write("notes.txt", "no data");
  folder_.Write("loans.csv", "a\n1\n");
  LookRequest request;
  request.folder = fs::canonical(folder_.path());
  const auto begun = BeginProject(request);
  ASSERT_FALSE(begun.ok());
  EXPECT_EQ(begun.error().code, ErrorCode::kUser);
  EXPECT_THAT(begun.error().message, HasSubstr("there is data here: loans.csv"));
  fs::remove(folder_ / "loans.csv");
  EXPECT_TRUE(BeginProject(request).ok());
}

TEST_F(InitProject, WritesAllOrNothing) {
  folder_.Write("c", "a file where a folder would be");
  const Status status = WriteNewFiles(folder_.path(), {{"a", "1"}, {"b/x/y", "2"}, {"c/z", "3"}});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
  EXPECT_THAT(FilesBelow(folder_.path()), ElementsAre("c"));
  ASSERT_TRUE(WriteNewFiles(folder_.path(), {{"a", "1"}, {"b/x/y", "2"}}).ok());
  EXPECT_THAT(FilesBelow(folder_.path()), ElementsAre("a", "b", "b/x", "b/x/y", "c"));
}

}  // namespace
}  // namespace assay::run
