#include "run/init_project.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/test_folder.h"
#include "contract/project.h"
#include "contract/utf8.h"
#include "run/kinds.h"
#include "source/test_packing.h"

namespace assay::run {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

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
  EXPECT_EQ(Types(LookAtCsv("a;b\n1,5;y\n2,5;y\n")), "a float64, b string");
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

// Letters, lines before a header and both: the project says so, and reads the file.
TEST_F(InitProject, HowTextIsToBeReadIsSeen) {
  const auto options_of = [&](const std::string& name, const std::string& bytes) {
    folder_.Write(name, bytes);
    const auto seen = Look({name});
    EXPECT_TRUE(seen.ok()) << seen.error().message;
    fs::remove(folder_ / name);
    std::string text;
    if (!seen.ok()) return text;
    const SeenSource& source = seen->sources.at(0);
    for (const SeenOption& option : source.options) {
      if (option.name != "columns") text += option.name + "=" + option.value.dump() + " ";
    }
    return text + "rows=" + std::to_string(source.rows) + " " + source.columns.at(0).name;
  };
  EXPECT_EQ(options_of("latin.csv", "gr\xf6\xdf\x65,b\nx,1\n"),
            "encoding=\"windows-1252\" rows=1 gr\xc3\xb6\xc3\x9f\x65");
  EXPECT_EQ(options_of("title.csv", "Report\n\na,b\n1,2\n3,4\n"), "skip=2 rows=2 a");
  EXPECT_EQ(options_of("both.csv", "Gr\xfc\xdf\x65\na;b\n1;2\n3;4\n"),
            "delimiter=\";\" encoding=\"windows-1252\" skip=1 rows=2 a");
  const std::string wide(
      "\xff\xfe"
      "a\0,\0b\0\n\0"
      "1\0,\0"
      "2\0\n\0",
      18);
  EXPECT_EQ(options_of("wide.csv", wide), "encoding=\"utf-16\" rows=1 a");
  EXPECT_EQ(options_of("wide.txt", wide + wide.substr(10)), "encoding=\"utf-16\" rows=2 a");
}

TEST_F(InitProject, WhatHindersIsToldWithTheWayOut) {
  EXPECT_THAT(ErrorOf("empty.csv", "").message, HasSubstr("empty.csv has no first line"));
  EXPECT_THAT(ErrorOf("own.csv", "a,file_index\n1,2\n").message, HasSubstr("keeps for itself"));
  EXPECT_THAT(ErrorOf("not.parquet", "PAR").message, HasSubstr("not.parquet is no Parquet file"));
  EXPECT_THAT(ErrorOf("letter.docx", "x").message, HasSubstr("the suffix tells no kind"));
  EXPECT_THAT(ErrorOf("letter.docx", "x").hint, HasSubstr("rename it; else export it"));
  EXPECT_THAT(ErrorOf("none", "x").hint, HasSubstr("which tells the kind: .csv"));
  for (const char* name : {"a.csv.zip", "a.ZIP", "a.tar.gz", "a.7z"}) {
    EXPECT_THAT(ErrorOf(name, "x").hint, HasSubstr("unpack it")) << name;
  }
  EXPECT_THAT(ErrorOf("page.csv", "<!doctype html>\n<p>x\n").message,
              HasSubstr("page.csv is a web page"));
  EXPECT_THAT(ErrorOf("latin.csv.gz", source::Gzipped("a,b\ngr\xf6\xdf,x\n")).hint,
              HasSubstr("iconv -f windows-1252 -t utf-8"));
}

// What keeps a file from being read is told with its name as the person wrote it, not as the
// project will call it.
TEST_F(InitProject, ErrorsNameFilesAsTheyWereWritten) {
  const auto error_of = [&](const std::string& name, const std::string& bytes) {
    folder_.Write(name, bytes);
    LookRequest request;
    request.folder = fs::canonical(folder_.path()) / "new" / "project";
    const fs::path before = fs::current_path();
    fs::current_path(folder_.path());
    request.from = {"./" + name};
    const auto seen = LookAtFiles(request);
    request.from = {"."};
    const auto below = LookAtFiles(request);
    fs::current_path(before);
    EXPECT_FALSE(seen.ok()) << name;
    EXPECT_FALSE(below.ok()) << name;
    fs::remove(folder_ / name);
    if (seen.ok() || below.ok()) return std::string();
    EXPECT_EQ(below.error().message, seen.error().message);
    return seen.error().message + "; " + seen.error().hint;
  };
  EXPECT_THAT(error_of("page.csv", "<!doctype html>\n<p>x\n"),
              StartsWith("page.csv is a web page"));
  EXPECT_THAT(error_of("empty.csv", ""), StartsWith("empty.csv has no first line"));
  EXPECT_THAT(error_of("no.json", "{\"a\":"), StartsWith("no.json:1:"));
  EXPECT_THAT(error_of("not.parquet", "PAR"), StartsWith("not.parquet is no Parquet file"));
}

TEST_F(InitProject, RefusedRowsAreToldWithTheFileAsItWasWritten) {
  folder_.Write("a.csv", "a,b\n1,2\n3,4,5\n6,7\n");
  LookRequest request;
  request.folder = fs::canonical(folder_.path()) / "project";
  const fs::path before = fs::current_path();
  fs::current_path(folder_.path());
  request.from = {"a.csv"};
  const auto seen = LookAtFiles(request);
  fs::current_path(before);
  ASSERT_TRUE(seen.ok()) << seen.error().message;
  EXPECT_THAT(seen->sources.at(0).refused_place, StartsWith("a.csv:3: "));
  EXPECT_THAT(seen->sources.at(0).patterns, ElementsAre("../a.csv"));
}

TEST_F(InitProject, AFolderOfBareFilesSaysWhatIsMissing) {
  folder_.Write("animals", "x");
  fs::create_directory(folder_ / "sub");
  folder_.Write("sub/other", "x");
  const auto bare = Look({""});
  ASSERT_FALSE(bare.ok());
  EXPECT_THAT(bare.error().hint, StartsWith("its files have no suffix, which tells the kind: "));
  folder_.Write("notes.md", "x");
  const auto mixed = Look({""});
  ASSERT_FALSE(mixed.ok());
  EXPECT_EQ(mixed.error().hint,
            "its files end in .md, or have no suffix; `assay kinds` says what is read");
}

TEST_F(InitProject, ATextOfCellsIsReadAsCells) {
  folder_.Write("table.txt", "id;score\n1;2\n2;3\n");
  const auto seen = Look({"table.txt"});
  ASSERT_TRUE(seen.ok()) << seen.error().message;
  EXPECT_EQ(seen->sources[0].kind, "csv");
  EXPECT_EQ(Types(seen->sources[0]), "id int64, score int64");
  EXPECT_THAT(seen->sources[0].notes,
              ElementsAre("its lines are cells with `;` between them, so it is read as `kind: "
                          "csv`, with the names of columns in the first line"));
  const auto project = WriteProject("p", *seen);
  ASSERT_TRUE(project.ok()) << project.error().message;
  EXPECT_THAT(project->files.at("assay.yaml"), HasSubstr("    kind: csv\n    delimiter: \";\""));
  folder_.Write("tabs.txt", "id\tscore\n1\t2\n2\t3\n");
  const auto tabs = Look({"tabs.txt"});
  ASSERT_TRUE(tabs.ok()) << tabs.error().message;
  EXPECT_EQ(tabs->sources[0].kind, "tsv");
  // A folder of texts is one of texts, and prose is no table.
  const auto folder = Look({""});
  ASSERT_TRUE(folder.ok()) << folder.error().message;
  EXPECT_EQ(folder->sources.at(0).kind, "text");
  folder_.Write("prose.txt", "Yes, he said.\nNo, she said.\nWell, then.\n");
  const auto prose = Look({"prose.txt"});
  ASSERT_TRUE(prose.ok()) << prose.error().message;
  EXPECT_EQ(prose->sources[0].kind, "text");
  EXPECT_THAT(prose->sources[0].notes, IsEmpty());
}

TEST_F(InitProject, RowsWithinAJsonDocumentAreFound) {
  folder_.Write("a.json", R"({"total": 2, "data": [{"id": 1}, {"id": 2}]})");
  const auto inner = Look({"a.json"});
  ASSERT_TRUE(inner.ok()) << inner.error().message;
  EXPECT_EQ(inner->sources[0].rows, 2);
  EXPECT_THAT(Options(inner->sources[0]), Contains("records \"/data\""));
  EXPECT_TRUE(WriteProject("p", *inner).ok());
  folder_.Write("lines.json", "{\"id\": 1}\n{\"id\": 2}\n");
  const auto lines = Look({"lines.json"});
  ASSERT_TRUE(lines.ok()) << lines.error().message;
  EXPECT_EQ(lines->sources[0].kind, "jsonl");
  EXPECT_EQ(lines->sources[0].rows, 2);
  EXPECT_THAT(lines->sources[0].notes,
              ElementsAre("an object stands in each line, so it is read as `kind: jsonl`"));
  const auto project = WriteProject("p", *lines);
  ASSERT_TRUE(project.ok()) << project.error().message;
  EXPECT_THAT(project->files.at("assay.yaml"), HasSubstr("    kind: jsonl\n"));
}

TEST_F(InitProject, AJsonObjectWhoseKeysAreRowsIsNoRow) {
  std::string objects, texts;
  for (int i = 0; i < 100; ++i) {
    const std::string key = (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":";
    objects += key + "{\"q\":1}";
    texts += key + "\"yes\"";
  }
  Error error = ErrorOf("keyed.json", "{" + objects + "}");
  EXPECT_EQ(error.code, ErrorCode::kData);
  EXPECT_THAT(error.message, HasSubstr("keyed.json is one object of 100 keys, which would be one "
                                       "row of so many columns"));
  EXPECT_THAT(error.hint, HasSubstr("jq -c 'to_entries[] | {key} + .value' "));
  EXPECT_THAT(error.hint, HasSubstr("keyed.jsonl` makes a row of each key"));
  error = ErrorOf("it is.json.gz", source::Gzipped("{" + texts + "}"));
  EXPECT_THAT(error.hint, HasSubstr("`gzip -dc '"));
  EXPECT_THAT(error.hint, HasSubstr("it is.json.gz' | jq -c 'to_entries[]' > '"));
  EXPECT_THAT(error.hint, HasSubstr("it is.jsonl'` makes"));
}

TEST_F(InitProject, WhatWasDecidedOrStaysToDoIsNoted) {
  EXPECT_THAT(LookAtCsv("id,v,v\n1,2,3\n").notes, ElementsAre(HasSubstr("called v_1")));
  EXPECT_THAT(LookAtCsv("id,x\n").notes, ElementsAre(HasSubstr("there is no row")));
  EXPECT_THAT(LookAtCsv("id;x\n1;31.01.2024\n2;01.02.2024\n").notes,
              ElementsAre(StartsWith("x stays text")));
  EXPECT_THAT(LookAtCsv("id,x\n1,2\n2,3\n").notes, IsEmpty());
}

// What a person writes into the contract when the step in the comments comes into use.
TEST_F(InitProject, TheContractTellsTheTypesBehindTheStep) {
  folder_.Write("a.csv",
                "id;amount;day;at;late\n1;1,5;31.01.2024;31.01.2024 10:20;no\n"
                "2;2,5;01.02.2024;01.02.2024 10:20;NO\n");
  const auto seen = Look({"a.csv"});
  ASSERT_TRUE(seen.ok()) << seen.error().message;
  const auto project = WriteProject("p", *seen);
  ASSERT_TRUE(project.ok()) << project.error().message;
  const std::string& contract = project->files.at("contracts/a.odcs.yaml");
  std::vector<std::string> told;
  std::string name;
  for (const std::string& line : contract::SplitLines(contract)) {
    if (const auto at = line.find("- name: "); at != std::string::npos) {
      name = line.substr(at + 8, line.find(' ', at + 8) - at - 8);
    }
    const auto remark = line.find("# ");
    if (line.find("Type:") != std::string::npos && remark != std::string::npos) {
      told.push_back(name + ": " + line.substr(remark + 2));
    }
  }
  EXPECT_THAT(told,
              ElementsAre("day: date behind a_typed", "day: date behind a_typed",
                          "at: timestamp behind a_typed", "at: timestamp[us] behind a_typed"));
}

TEST_F(InitProject, AFolderIsOneSourceForEachSetOfColumns) {
  folder_.Write("y2023.csv", "a,b\n1,x\n");
  folder_.Write("y2024.csv", "a,b\n2,y\n");
  folder_.Write("shops.csv", "shop\nnorth\n");
  folder_.Write("bad.csv", "<html>\n<p>x\n");
  folder_.Write("readme.md", "no data");
  folder_.Write(".hidden.csv", "a,b\n1,2\n");
  const auto seen = Look({""});
  ASSERT_TRUE(seen.ok()) << seen.error().message;
  ASSERT_EQ(seen->sources.size(), 2U);
  EXPECT_THAT(seen->sources[0].patterns, ElementsAre("shops.csv"));
  EXPECT_EQ(seen->sources[1].files, 2U);
  EXPECT_EQ(seen->sources[1].rows, 2);
  ASSERT_EQ(seen->left_out.size(), 2U);
  EXPECT_EQ(seen->left_out[0].file, (folder_ / "bad.csv").string());
  EXPECT_EQ(seen->left_out[1].file, "1 file ending in .md");
}

TEST_F(InitProject, WhereNoFileOfAFolderCanBeReadTheFirstIsTold) {
  folder_.Write("a.csv", "<html>\n<p>x\n");
  folder_.Write("b.csv", "");
  const auto seen = Look({""});
  ASSERT_FALSE(seen.ok());
  EXPECT_THAT(seen.error().message, HasSubstr("a.csv is a web page"));
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
