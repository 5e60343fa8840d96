#include "source/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "base/test_folder.h"
#include "engine/sql_text.h"
#include "source/test_sources.h"

namespace assay::source {
namespace {

using testing::HasSubstr;

// Files with names of their own in place of objects.
class SourceTest : public SourceFiles {
 protected:
  void AddFile(const std::string& name, const std::string& text) {
    const std::filesystem::path path = folder / name;
    std::ofstream(path, std::ios::binary) << text;
    files.push_back({path, "data/" + name});
  }

  void AddParquet(const std::string& name, const std::string& query) {
    const std::filesystem::path path = folder / name;
    const auto rows = engine->CopyToParquet(query, path);
    ASSERT_TRUE(rows.ok()) << rows.error().message;
    files.push_back({path, "data/" + name});
  }
};

TEST_F(SourceTest, CsvTypesAreDetectedOverTheWholeFile) {
  std::string text = "id,name\n";
  for (int i = 0; i < 30000; ++i) text += std::to_string(i) + ",x\n";
  AddFile("late_text.csv", text + "last,y\n");
  const auto read = Read("csv");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(TypeText((*engine->Describe(read->query))[0].type), "string");
}

TEST_F(SourceTest, CsvRowsThatDoNotParseAreRefusedWithTheirLine) {
  AddFile("bad.csv", "id,n\n1,5\n2,five\n3,7\n4,8,9\n");
  const auto read = Read("csv", {{"columns", Json::array({Json::array({"n", "BIGINT"})})}});
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(Rows(read->query).rows.size(), 2U);
  const engine::Grid refused = Rows(*read->refused());
  ASSERT_EQ(refused.rows.size(), 2U);
  EXPECT_EQ(refused.rows[0][0], "data/bad.csv");
  EXPECT_EQ(refused.rows[0][1], "3");
  EXPECT_EQ(refused.rows[0][2], "n");
  EXPECT_EQ(refused.rows[0][4], "2,five");
  EXPECT_EQ(refused.rows[1][1], "5");
}

TEST_F(SourceTest, CsvRejectsOfOneSourceAreNotAnothers) {
  AddFile("one.csv", "n\n1\nx\n");
  const auto one = Read("csv", {{"columns", Json::array({Json::array({"n", "BIGINT"})})}});
  ASSERT_TRUE(one.ok());
  EXPECT_EQ(Rows(one->query).rows.size(), 1U);
  EXPECT_EQ(Rows(*one->refused()).rows.size(), 1U);
  files.clear();
  AddFile("two.csv", "n\n1\n2\n");
  const auto two = Read("csv", {{"columns", Json::array({Json::array({"n", "BIGINT"})})}});
  ASSERT_TRUE(two.ok());
  EXPECT_EQ(Rows(two->query).rows.size(), 2U);
  EXPECT_EQ(Rows(*two->refused()).rows.size(), 0U);
}

TEST_F(SourceTest, CsvLinesAreCountedAsAPersonCountsThem) {
  std::string text = "a,b\n";
  std::vector<std::string> bad;
  std::int64_t line = 2;
  for (int i = 0; i < 20000; ++i) {
    const bool breaks = i % 3 == 0;
    if (i % 1000 == 7) bad.push_back(std::to_string(line));
    text += (i % 1000 == 7 ? "foo" : std::to_string(i)) + (breaks ? ",\"x\ny\"\n" : ",z\n");
    line += breaks ? 2 : 1;
  }
  AddFile("breaks.csv", text);
  const auto read = Read("csv", {{"columns", Json::array({Json::array({"a", "int64"})})}});
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(Rows(read->query).rows.size(), 20000U - bad.size());
  std::vector<std::string> lines;
  for (const auto& row : Rows(*read->refused()).rows) lines.push_back(*row[1]);
  EXPECT_EQ(lines, bad);
}

TEST_F(SourceTest, CsvNumbersThatADoubleBendsAreText) {
  AddFile("ids.csv", "id,n\n12345678901234567890,0.5\n12345678901234567891,2\n");
  const auto read = Read("csv");
  ASSERT_TRUE(read.ok()) << read.error().message;
  const engine::Grid rows = Rows(read->query);
  EXPECT_EQ(TypeText(rows.schema[0].type), "string");
  EXPECT_EQ(TypeText(rows.schema[1].type), "float64");
  EXPECT_EQ(rows.rows[1][0], "12345678901234567891");
}

TEST_F(SourceTest, CsvTypesAreThoseOfAllFilesInAnyOrder) {
  AddFile("a1.csv", "x,y,z,w\n1,1,2001-01-01,\n");
  AddFile("b1.csv", "x,y,z,w\n2.5,abc,2001-01-01 10:00:00,7\n");
  for (int round = 0; round < 2; ++round) {
    const auto read = Read("csv");
    ASSERT_TRUE(read.ok()) << read.error().message;
    std::string types;
    for (const Field& field : *engine->Describe(read->query)) types += TypeText(field.type) + " ";
    EXPECT_EQ(types, "float64 string timestamp[us] int64 ");
    EXPECT_EQ(Rows(read->query).rows.size(), 2U);
    std::swap(files[0], files[1]);
  }
}

TEST_F(SourceTest, CsvCellsThatTheirTypeWouldCutAreErrors) {
  struct Case {
    const char* type;
    const char* cell;
    const char* message;
  };
  for (const Case& each :
       {Case{"decimal(5,2)", "1.239", "has more decimals than its type, 1.239 among them"},
        Case{"date", "2001-01-01 10:00:00", "of days has hours"},
        Case{"timestamp[us]", "2001-01-01 00:00:00.123456789", "has finer ones"},
        Case{"TIMESTAMPTZ", "2020-13-01 00:00:00", "of moments in UTC has what is none"},
        Case{"double", "1e999", "too large"}, Case{"float32", "1e40", "too large"},
        Case{"int32", "1.5", "of whole numbers has fractions"}}) {
    files.clear();
    AddFile("cut.csv", std::string("c\n") + each.cell + "\n");
    const auto read = Read("csv", {{"columns", Json::array({Json::array({"c", each.type})})}});
    ASSERT_FALSE(read.ok()) << each.type;
    EXPECT_THAT(read.error().message, HasSubstr(each.message));
  }
  for (const auto& [type, cell] :
       std::map<std::string, std::string>{{"decimal(5,2)", "1.2300"},
                                          {"date", "2001-01-01 00:00:00"},
                                          {"double", "inf"},
                                          {"timestamp[us]", "2001-01-01 00:00:00.123456000"},
                                          {"TIMESTAMPTZ", "2001-01-01 00:00:00+01"}}) {
    files.clear();
    AddFile("kept.csv", "c\n" + cell + "\n");
    const auto read = Read("csv", {{"columns", Json::array({Json::array({"c", type})})}});
    EXPECT_TRUE(read.ok()) << type << " " << (read.ok() ? "" : read.error().message);
  }
}

TEST_F(SourceTest, CsvFilesThatAreNoTextAreNamed) {
  for (const auto& [bytes, message] :
       std::map<std::string, std::string>{{"", "has no first line"},
                                          {"\n\n", "has no first line"},
                                          {"\x1f\x8b\x08zzz", "is compressed with gzip"},
                                          {"PAR1xxxx", "is a Parquet file"},
                                          {"\n <!DOCTYPE html>\n<html>", "is a web page"},
                                          {"<HTML lang=\"en\">\n", "is a web page"},
                                          {"\xef\xbb\xbf<?xml version='1.0'?>\n", "is XML"},
                                          {std::string("a\0,b\n1,2\n", 8), "zero bytes"},
                                          {"gr\xf6\xdf"
                                           "e,farbe\n1,rot\n",
                                           "its header has the byte 246 as character 3"}}) {
    files.clear();
    AddFile("bytes.csv", bytes);
    const auto read = Read("csv");
    ASSERT_FALSE(read.ok()) << message;
    EXPECT_THAT(read.error().message, HasSubstr(message));
  }
}

TEST_F(SourceTest, AFolderOfKeyAndValueIsNoColumn) {
  const std::filesystem::path below = folder / "x=9";
  std::filesystem::create_directories(below);
  std::ofstream(below / "a.csv") << "x\n1\n";
  ASSERT_TRUE(engine->CopyToParquet("SELECT 1::BIGINT AS x", below / "a.parquet").ok());
  for (const char* kind : {"csv", "parquet"}) {
    files = {{below / (std::string("a.") + kind), "a"}};
    const auto read = Read(kind);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(Rows(read->query).schema.size(), 1U);
    EXPECT_EQ(Rows(read->query).rows[0][0], "1");
  }
}

TEST_F(SourceTest, CsvNullWordsAndFileColumn) {
  AddFile("a.csv", "s,n\nNA,1\nx,\n");
  AddFile("b.csv", "s,n\ny,2\n");
  const auto read = Read("csv", {{"nulls", {"", "NA"}}, {"file_column", "from"}});
  ASSERT_TRUE(read.ok()) << read.error().message;
  const engine::Grid rows = Rows(read->query);
  ASSERT_EQ(rows.rows.size(), 3U);
  EXPECT_EQ(rows.rows[0][0], std::nullopt);
  EXPECT_EQ(rows.rows[1][1], std::nullopt);
  EXPECT_EQ(rows.rows[2][2], "data/b.csv");
}

TEST_F(SourceTest, CsvColumnThatIsNotThereIsAnError) {
  AddFile("c.csv", "a,b\n1,2\n");
  const auto read = Read("csv", {{"columns", Json::array({Json::array({"c", "BIGINT"})})}});
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message, HasSubstr("data/c.csv: c"));
  EXPECT_THAT(read.error().hint, HasSubstr("a, b"));
}

TEST_F(SourceTest, ParquetFilesAreTheTable) {
  AddParquet("one.parquet", "SELECT 1::BIGINT AS n");
  const auto read = Read("parquet");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_TRUE(read->files_are_table);
}

TEST_F(SourceTest, ParquetOfOtherColumnsIsNamed) {
  AddParquet("one.parquet", "SELECT 1::BIGINT AS n, 'x' AS s");
  AddParquet("two.parquet", "SELECT 1.5::DOUBLE AS n, 'x' AS s");
  const auto read = Read("parquet");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().message,
            "data/two.parquet has a column `n` of type float64 where data/one.parquet has int64");
}

TEST_F(SourceTest, ABrokenParquetFileIsNamedWithWhatIsWrong) {
  const auto message = [&](const std::string& text) {
    files.clear();
    AddParquet("one.parquet", "SELECT 1::BIGINT AS n");
    AddFile("broken.parquet", text);
    const auto read = Read("parquet");
    EXPECT_FALSE(read.ok());
    if (read.ok()) return std::string();
    EXPECT_EQ(read.error().code, ErrorCode::kData);
    EXPECT_NE(read.error().hint, "");
    return read.error().message;
  };
  EXPECT_EQ(message(""), "data/broken.parquet is empty, so it is no Parquet file");
  EXPECT_EQ(message("PAR"), "data/broken.parquet is no Parquet file: it does not begin with PAR1");
  EXPECT_EQ(message("id,name\n1,one\n"),
            "data/broken.parquet is no Parquet file: it does not begin with PAR1");
  const std::string cut = "data/broken.parquet is cut short: it does not end as Parquet files do";
  EXPECT_EQ(message("PAR1"), cut);
  EXPECT_EQ(message("PAR1PAR1"), cut);
  EXPECT_EQ(message("PAR1 this is no parquet file"), cut);
  const std::string damaged = "data/broken.parquet is damaged: its columns cannot be read";
  EXPECT_EQ(message(std::string("PAR1\0\0\0\0PAR1", 12)), damaged);
  EXPECT_EQ(message("PAR1 this is no footer \xff\xff\xff\x7fPAR1"), damaged);
}

TEST_F(SourceTest, AnErrorOverAnObjectIsToldOfTheFile) {
  AddFile("a.parquet", "");
  const std::string object = files[0].object.string();
  const Error named = NameSourceFile(
      {ErrorCode::kData, "Invalid Input Error: no way into \"" + object + "\": it is odd", ""},
      files);
  EXPECT_EQ(named.message, "data/a.parquet cannot be read: it is odd");
  EXPECT_EQ(NameSourceFile({ErrorCode::kData, "not a Parquet file: " + object, ""}, files).message,
            "data/a.parquet cannot be read: not a Parquet file");
  const Error other = NameSourceFile({ErrorCode::kIo, "IO Error: the disk: " + object, ""}, files);
  EXPECT_EQ(other.message, "IO Error: the disk: " + object);
}

TEST_F(SourceTest, ParquetFileColumnAndTypesThatNeedACast) {
  AddParquet("one.parquet", "SELECT '0190a5e2-0000-7000-8000-000000000000'::UUID AS u");
  AddParquet("two.parquet", "SELECT '0190a5e2-0000-7000-8000-000000000001'::UUID AS u");
  const auto read = Read("parquet", {{"file_column", "from"}});
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_FALSE(read->files_are_table);
  const engine::Grid rows = Rows(read->query);
  EXPECT_EQ(rows.rows[1][1], "data/two.parquet");
  EXPECT_EQ(TypeText(rows.schema[0].type), "string");
}

std::string Padded(int number) { return std::to_string(100'000 + number).substr(1); }

// More files than are read in parallel.
constexpr int kMany = static_cast<int>(engine::kManyFiles) + 100;

TEST_F(SourceTest, CsvOfManyFilesIsInTheirOrderWithTheTypesOfAll) {
  for (int i = 0; i < kMany; ++i) {
    const std::string half = i == kMany - 1 ? ".5" : "";
    AddFile("f" + Padded(i) + ".csv", "id,x,late,day\n" + std::to_string(i) + "," +
                                          std::to_string(i) + half + "," + (i < 40 ? "" : "7") +
                                          ",2024-01-02\n");
  }
  const auto read = Read("csv", {{"file_column", "file"}});
  ASSERT_TRUE(read.ok()) << read.error().message;
  const engine::Grid rows = Rows(read->query);
  std::string types;
  for (const Field& field : rows.schema) types += TypeText(field.type) + " ";
  EXPECT_EQ(types, "int64 float64 int64 date string ");
  ASSERT_EQ(rows.rows.size(), static_cast<std::size_t>(kMany));
  for (int i = 0; i < kMany; ++i) {
    const auto& row = rows.rows[static_cast<std::size_t>(i)];
    EXPECT_EQ(row[0], std::to_string(i));
    EXPECT_EQ(row[4], "data/f" + Padded(i) + ".csv");
  }
}

TEST_F(SourceTest, TheOneOfManyCsvFilesThatIsWrongIsNamed) {
  for (int i = 0; i < 100; ++i) AddFile("f" + Padded(i) + ".csv", "id,x\n1,2\n");
  const std::string wrong = "f" + Padded(77) + ".csv";
  AddFile(wrong, "id,y\n1,2\n");
  std::swap(files[77], files.back());
  const auto other = Read("csv");
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().message,
            "data/" + wrong + " has the columns id, y where data/f00000.csv has id, x");
  std::ofstream(folder / wrong, std::ios::binary) << "id,x\n\"1,2\n3,4\n";
  const auto broken = Read("csv");
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().message, "data/" + wrong + ":2 begins a quote that is never closed");
}

TEST_F(SourceTest, TheOneOfManyParquetFilesThatIsOtherIsNamed) {
  for (int i = 0; i < 300; ++i) {
    AddParquet("f" + Padded(i) + ".parquet", "SELECT " + std::to_string(i) + "::BIGINT AS n");
  }
  const auto alike = Read("parquet");
  ASSERT_TRUE(alike.ok()) << alike.error().message;
  EXPECT_TRUE(alike->files_are_table);
  AddParquet("g.parquet", "SELECT 1.5::DOUBLE AS n");
  const auto other = Read("parquet");
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().message,
            "data/g.parquet has a column `n` of type float64 where data/f00000.parquet has int64");
  files.pop_back();
  AddFile("h.parquet", "PAR1");
  const auto broken = Read("parquet");
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().message,
            "data/h.parquet is cut short: it does not end as Parquet files do");
}

TEST_F(SourceTest, ACellOfAMegabyte) {
  const std::size_t size = 1'000'000;
  AddFile("long.csv",
          "id,text\n1," + std::string(size, 'a') + "\n2,\"" + std::string(size, 'b') + "\"\n");
  const auto read = Read("csv");
  ASSERT_TRUE(read.ok()) << read.error().message;
  const engine::Grid rows = Rows("SELECT id, length(text) FROM (" + read->query + ")");
  ASSERT_EQ(rows.rows.size(), 2U);
  EXPECT_EQ(rows.rows[0][1], std::to_string(size));
  EXPECT_EQ(rows.rows[1][1], std::to_string(size));
  files.clear();
  AddParquet("long.parquet", "SELECT repeat('x', 1000000) AS text");
  const auto parquet = Read("parquet");
  ASSERT_TRUE(parquet.ok()) << parquet.error().message;
  EXPECT_EQ(Rows(parquet->query).rows[0][0]->size(), size);
}

}  // namespace
}  // namespace assay::source
