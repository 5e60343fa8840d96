#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/sheet_rows.h"
#include "source/sheet_table.h"
#include "source/test_sources.h"
#include "source/test_workbook.h"
#include "source/workbook.h"

namespace assay::source {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ExcelSource : public SourceFiles {
 protected:
  void AddSheet(const std::vector<std::string>& rows, const std::string& behind = "") {
    Add("a.xlsx", TestWorkbook{{{"S", SheetData(rows) + behind}}}.Bytes());
  }
  Outcome ReadSheet(const std::vector<std::string>& rows, Json params = Json::object(),
                    const std::string& behind = "") {
    files.clear();
    AddSheet(rows, behind);
    return ReadAll("excel", std::move(params));
  }
};

TEST_F(ExcelSource, TypesAreThoseOfCellsAndFormats) {
  TestWorkbook book;
  book.formats = {"14", "yyyy-mm-dd hh:mm", "h:mm", "0.00%", "[h]:mm"};
  book.shared = {"<t>one</t>",
                 "<r><t>t</t></r><r><t xml:space=\"preserve\">wo </t></r><rPh><t>x</t></rPh>",
                 "<t>a_x000D_b _x0041_ _xD83D__xDE00_ _xD83D_ _x00E9_ _x20AC_</t>"};
  book.sheets = {
      {"S", SheetData({"whole|number|text|truth|day|moment|time|share|elapsed|mixed",
                       "1|0.1|$0|?1|@1:45351|@2:45351.5|@3:0.25|@4:0.175|@5:1.5|1",
                       "-20|1E+20|$1|?0|@1:61|@1:45351|@3:0|@4:2|@5:3|x", "||$2|||||||@1:45351"})}};
  Add("a.xlsx", book.Bytes());
  const Outcome outcome = ReadAll("excel");
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.types,
            "whole int64, number float64, text string, truth bool, day date, moment "
            "timestamp[us], time time, share float64, elapsed float64, mixed string");
  EXPECT_EQ(outcome.rows,
            "1|0.1|one|true|2024-02-29|2024-02-29 12:00:00|06:00:00|0.175|1.5|1\n"
            "-20|1e+20|two |false|1900-03-01|2024-02-29 00:00:00|00:00:00|2.0|3.0|x\n"
            "-|-|a\rb A \xf0\x9f\x98\x80 _xD83D_ \xc3\xa9 \xe2\x82\xac|-|-|-|-|-|-|2024-02-29\n");
  EXPECT_EQ(outcome.refused, "");
}

TEST_F(ExcelSource, DaysOfTheOtherCalendar) {
  TestWorkbook book{{{"S", SheetData({"day", "@1:43889", "@1:0"})}}};
  book.formats = {"14"};
  book.from_1904 = true;
  Add("a.xlsx", book.Bytes());
  EXPECT_EQ(ReadAll("excel").rows, "2024-02-29\n1904-01-01\n");
}

TEST_F(ExcelSource, IdentifiersKeepTheirDigits) {
  EXPECT_EQ(ReadSheet({"a|b|c|d", "9007199254740993|12345678901234567890|9007199254740993|1",
                       "1|1|0.5|2.0"})
                .types,
            "a int64, b string, c string, d int64");
  EXPECT_EQ(ReadSheet({"a|b", "9007199254740993|12345678901234567890", "1|1"}).rows,
            "9007199254740993|12345678901234567890\n1|1\n");
}

TEST_F(ExcelSource, WhatHasNoValueIsRefusedWithItsCell) {
  const std::vector<std::string> rows = {"a|b",     "1|x",  "#N/A|y", "2|#DIV/0!",
                                         "3|=A1+1", "$7|z", "4|w"};
  const Outcome refused = ReadSheet(rows);
  EXPECT_EQ(refused.rows, "1|x\n4|w\n");
  EXPECT_EQ(refused.refused,
            "data/a.xlsx|3|a|sheet S, cell A3: an error cell: #N/A|an error cell: #N/A\ty\n"
            "data/a.xlsx|4|b|sheet S, cell B4: an error cell: #DIV/0!|2\tan error cell: #DIV/0!\n"
            "data/a.xlsx|5|b|sheet S, cell B5: a formula whose value the file does not hold|3\ta "
            "formula whose value the file does not hold\n"
            "data/a.xlsx|6|a|sheet S, cell A6: no text has this number: 7|no text has this number: "
            "7\tz\n");
  const Outcome null = ReadSheet(rows, {{"error_cells", "as_null"}});
  EXPECT_EQ(null.types, "a int64, b string");
  EXPECT_EQ(null.rows, "1|x\n-|y\n2|-\n3|-\n-|z\n4|w\n");
  EXPECT_EQ(null.refused, "");
}

TEST_F(ExcelSource, DaysThatAreNoneAreRefused) {
  TestWorkbook book{{{"S", SheetData({"day", "@1:60", "@1:0", "@1:-5", "@1:1"})}}};
  book.formats = {"14"};
  Add("a.xlsx", book.Bytes());
  const Outcome outcome = ReadAll("excel");
  EXPECT_EQ(outcome.rows, "1900-01-01\n");
  EXPECT_THAT(outcome.refused, HasSubstr("cell A2: no day of the calendar: 60|"));
  EXPECT_THAT(outcome.refused, HasSubstr("cell A3: no day of the calendar: 0|"));
  EXPECT_THAT(outcome.refused, HasSubstr("cell A4: no day of the calendar: -5|"));
}

TEST_F(ExcelSource, CellsOfRareForms) {
  const std::string xml =
      "<sheetData><row><c t=\"inlineStr\"><is><t>a</t></is></c><c t=\"str\"><v>b</v></c>"
      "<c t=\"str\"><f>x</f><v>c</v></c><c t=\"str\"><v>d</v></c></row>"
      "<row><c t=\"d\"><v>2024-02-29</v></c><c t=\"str\"><f>\"\"</f><v></v></c>"
      "<c t=\"b\"><v>true</v></c><c><v> 7 </v></c></row>"
      "<row/><row r=\"9\"><c r=\"D9\"><v>8</v></c><c r=\"A9\" t=\"d\"><v>2024-03-01T01:02:03.5Z</v>"
      "</c></row><row><c r=\"B10\" s=\"99\" t=\"n\"><f>x</f><v>5</v></c><c "
      "t=\"z\"><v>1</v></c></row>"
      "<row><c t=\"d\"><v>yesterday</v></c></row><row><c r=\"D12\"><v>nan</v></c></row>"
      "<row><c r=\"D13\"><v>1e999</v></c></row><row><c r=\"C14\" t=\"b\"><v>2</v></c></row>"
      "</sheetData>";
  Add("a.xlsx", TestWorkbook{{{"S", xml}}}.Bytes());
  const Outcome outcome = ReadAll("excel");
  EXPECT_EQ(outcome.types, "a timestamp[us], b int64, c bool, d int64");
  EXPECT_EQ(outcome.rows, "2024-02-29 00:00:00|-|true|7\n2024-03-01 01:02:03.5|-|-|8\n");
  EXPECT_THAT(outcome.refused, HasSubstr("|10|c|sheet S, cell C10: a cell of an unknown type: z|"));
  EXPECT_THAT(outcome.refused, HasSubstr("|11|a|sheet S, cell A11: not a day or time: yesterday|"));
  EXPECT_THAT(outcome.refused, HasSubstr("|12|d|sheet S, cell D12: not a number: nan|"));
  EXPECT_THAT(outcome.refused, HasSubstr("|13|d|sheet S, cell D13: not a number: 1e999|"));
  EXPECT_THAT(outcome.refused, HasSubstr("|14|c|sheet S, cell C14: neither true nor false: 2|"));
}

TEST_F(ExcelSource, NamesAreMadeDistinctAsOfCsv) {
  const std::vector<std::string> rows = {"a||a|A|a_1| two \n words|||||x", "1|2|3|4|5|6|||||7"};
  EXPECT_EQ(ReadSheet(rows).types,
            "a int64, column01 int64, a_1 int64, A_2 int64, a_1_1 int64, two words int64, x int64");
  const Outcome refused = ReadSheet(rows, {{"repeated_names", "refuse"}});
  EXPECT_EQ(refused.error, "data/a.xlsx: sheet S has a name of columns more than once: a");
  const Outcome nameless = ReadSheet({"a||c", "1|2|3"}, {{"repeated_names", "refuse"}});
  EXPECT_EQ(nameless.error, "data/a.xlsx: sheet S has a column without a name: B");
}

TEST_F(ExcelSource, TheHeaderAndTheRowsAreWhereTheyAreSaidToBe) {
  const std::vector<std::string> rows = {
      "Title",    "", "||unit|(m)", "", "|name|size|long", "|x|1|0.5",
      "|y|2|1.5", "", "|z|3|2.5",   "", "|Total|6|4.5",    "|Source: us"};
  const std::string all = "x|1|0.5\ny|2|1.5\nz|3|2.5\n";
  const std::string total = all + "Total|6|4.5\n";
  for (const Json& params :
       {Json{{"header_row", 5}, {"drop_footer", "2"}},
        Json{{"skip", "4"}, {"drop_footer", "Total"}},
        Json{{"skip", "na*e"}, {"drop_footer", "T*l"}}, Json::object({{"range", "B5:D9"}}),
        Json::object({{"range", "$B$5:$D$9"}}),
        Json{{"range", "b:d"}, {"header_row", 5}, {"drop_footer", "2"}},
        Json::object({{"range", "5:9"}})}) {
    const Outcome outcome = ReadSheet(rows, params);
    EXPECT_EQ(outcome.types, "name string, size int64, long float64") << params;
    EXPECT_EQ(outcome.rows, all) << params;
  }
  EXPECT_EQ(ReadSheet(rows, {{"header_row", 5}, {"drop_footer", "1"}}).rows, total);
  EXPECT_EQ(ReadSheet(rows, {{"header_row", 5}, {"drop_footer", "blank"}}).rows,
            "x|1|0.5\ny|2|1.5\n");
  EXPECT_EQ(ReadSheet(rows, {{"range", "B5:D9"}, {"blank_rows", "keep"}}).rows,
            "x|1|0.5\ny|2|1.5\n-|-|-\nz|3|2.5\n");
  EXPECT_EQ(ReadSheet(rows, {{"header_row", 3}, {"first_row", 6}, {"drop_footer", "2"}}).types,
            "column0 string, unit int64, (m) float64");
  const Outcome none = ReadSheet(rows, {{"range", "B6:D9"}, {"header", false}});
  EXPECT_EQ(none.types, "column0 string, column1 int64, column2 float64");
  EXPECT_EQ(none.rows, all);
  EXPECT_EQ(ReadSheet(rows, {{"header", false}, {"skip", "x"}, {"drop_footer", "blank"}}).rows,
            "x|1|0.5\ny|2|1.5\n");
  const Outcome only_header = ReadSheet({"a|b"});
  EXPECT_EQ(only_header.types, "a string, b string");
  EXPECT_EQ(only_header.rows, "");
}

TEST_F(ExcelSource, HeadersOfSeveralRowsAreJoined) {
  const std::vector<std::string> rows = {"id|2023||2024|", "|low|high|low|high", "a|1|2|3|4"};
  const std::string merged =
      "<mergeCells><mergeCell ref=\"A1:A2\"/><mergeCell ref=\"B1:C1\"/><mergeCell "
      "ref=\"D1:E1\"/></mergeCells>";
  const std::string names =
      "id string, 2023 low int64, 2023 high int64, 2024 low int64, 2024 high int64";
  EXPECT_EQ(ReadSheet(rows, {{"header_rows", 2}}, merged).types, names);
  EXPECT_EQ(ReadSheet(rows, {{"header_rows", 2}}).types,
            "id string, 2023 low int64, high int64, 2024 low int64, high_1 int64");
  EXPECT_EQ(ReadSheet(rows, {{"header_rows", 2}, {"header_fill", "right"}, {"range", "B:E"}}).types,
            names.substr(names.find("2023")));
  EXPECT_THAT(ReadSheet(rows, {{"header_rows", 2}, {"header_separator", "_"}}, merged).types,
              HasSubstr("2023_low int64"));
  EXPECT_EQ(
      ReadSheet({"g||h", "1|2|3"}, {}, "<mergeCells><mergeCell ref=\"A1:B1\"/></mergeCells>").types,
      "g int64, g_1 int64, h int64");
}

TEST_F(ExcelSource, MergedCellsAreFilledWhereAsked) {
  const std::vector<std::string> rows = {
      "state|city|n|m", "MA|Boston|1|x", "|Salem|2|", "|Lynn|3|y", "NH||4|", "", "|"};
  const std::string merged =
      "<mergeCells><mergeCell ref=\"A2:A4\"/><mergeCell ref=\"A5:B9\"/><mergeCell "
      "ref=\"D2:D3\"/><mergeCell ref=\"C4:Z4\"/></mergeCells>";
  EXPECT_EQ(ReadSheet(rows, {}, merged).rows, "MA|Boston|1|x\n-|Salem|2|-\n-|Lynn|3|y\nNH|-|4|-\n");
  EXPECT_EQ(ReadSheet(rows, {{"merged_cells", "fill"}}, merged).rows,
            "MA|Boston|1|x\nMA|Salem|2|x\nMA|Lynn|3|y\nNH|NH|4|-\n");
  // What is filled counts for the type.
  EXPECT_EQ(ReadSheet({"a|b", "x|", "y|1"}, {{"merged_cells", "fill"}},
                      "<mergeCells><mergeCell ref=\"A2:B2\"/></mergeCells>")
                .types,
            "a string, b string");
}

TEST_F(ExcelSource, SheetsAreChosenAndUnited) {
  TestWorkbook book;
  book.sheets = {{"README", SheetData({"about this"})},
                 {"2001", SheetData({"a|b", "1|x"})},
                 {"2002", SheetData({"", "b|a", "y|0.5"})},
                 {"empty", SheetData({})},
                 {"200 hidden", SheetData({"a|b", "9|h"}), " state=\"hidden\""}};
  Add("a.xlsx", book.Bytes());
  const Outcome none = ReadAll("excel");
  EXPECT_EQ(none.error,
            "data/a.xlsx has several sheets: README, 2001, 2002, empty, 200 hidden (hidden)");
  EXPECT_EQ(none.hint, "say which, as `sheets: [README]`; several are united, `\"*\"` names all");
  for (const Json& sheets : {Json::array({"2*"}), Json::array({"2001", "2002"}),
                             Json::array({"!README"}), Json::array({"*", "!R*"})}) {
    const Outcome outcome = ReadAll("excel", {{"sheets", sheets}, {"sheet_column", "year"}});
    EXPECT_EQ(outcome.types, "a float64, b string, year string") << sheets;
    EXPECT_EQ(outcome.rows, "1.0|x|2001\n0.5|y|2002\n") << sheets;
  }
  EXPECT_EQ(ReadAll("excel", {{"sheets", Json::array({"200 hidden"})}}).rows, "9|h\n");
  const Outcome wrong = ReadAll("excel", {{"sheets", Json::array({"2003"})}});
  EXPECT_EQ(wrong.error, "data/a.xlsx has no sheet of this name: 2003");
  EXPECT_THAT(wrong.hint, StartsWith("did you mean 2001? its sheets are README, 2001,"));
  EXPECT_EQ(ReadAll("excel", {{"sheets", Json::array({"x*"})}}).error,
            "data/a.xlsx has no sheet that `sheets` names");
  EXPECT_EQ(ReadAll("excel", {{"sheets", Json::array({"empty"})}}).error,
            "data/a.xlsx holds no cell with a value");
}

TEST_F(ExcelSource, UnlikeSheetsAreRefusedOrUnited) {
  TestWorkbook book;
  book.sheets = {{"A", SheetData({"x|y", "1|2"})}, {"B", SheetData({"y|z", "3|w"})}};
  Add("a.xlsx", book.Bytes());
  Add("b.xlsx", TestWorkbook{{{"A", SheetData({"x|y", "5|6"})}}}.Bytes());
  const Outcome refused = ReadAll("excel", {{"sheets", Json::array({"*"})}});
  EXPECT_EQ(refused.error,
            "data/a.xlsx, sheet B has a column z, which data/a.xlsx, sheet A has not");
  const Outcome united = ReadAll("excel", {{"sheets", Json::array({"*"})},
                                           {"unlike_sheets", "unite"},
                                           {"sheet_column", "s"},
                                           {"file_column", "f"}});
  EXPECT_EQ(united.types, "x int64, y int64, z string, s string, f string");
  EXPECT_EQ(united.rows, "1|2|-|A|data/a.xlsx\n-|3|w|B|data/a.xlsx\n5|6|-|A|data/b.xlsx\n");
  EXPECT_EQ(ReadAll("excel", {{"sheets", Json::array({"A"})}, {"sheet_column", "X"}}).error,
            "the sheet has a column of this name already: X");
  files.clear();
  book.sheets[1].content = SheetData({"x", "1"});
  Add("a.xlsx", book.Bytes());
  EXPECT_EQ(ReadAll("excel", {{"sheets", Json::array({"*"})}}).error,
            "data/a.xlsx, sheet B has no column y, which data/a.xlsx, sheet A has");
  files.clear();
  book.sheets[1].content = SheetData({"X|y", "1|2"});
  Add("a.xlsx", book.Bytes());
  EXPECT_THAT(ReadAll("excel", {{"sheets", Json::array({"*"})}, {"unlike_sheets", "unite"}}).error,
              StartsWith("names that differ in case alone cannot be two columns: x "));
}

TEST_F(ExcelSource, DeclaredTypesRefuseWhatDoesNotFit) {
  const Outcome outcome = ReadSheet(
      {"id|n", "1|1", "2|x", "3|2.5", "4|NA", "5|-999"},
      {{"columns", Json::array({Json::array({"n", "INTEGER"}), Json::array({"id", "VARCHAR"})})},
       {"nulls", Json::array({"NA", "-999"})}});
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.types, "id string, n int32");
  EXPECT_EQ(outcome.rows, "1|1\n4|-\n5|-\n");
  EXPECT_EQ(outcome.refused,
            "data/a.xlsx|3|n|sheet S: not a value of type int32: x|2\tx\n"
            "data/a.xlsx|4|n|sheet S: not a value of type int32: 2.5|3\t2.5\n");
  const Outcome unknown =
      ReadSheet({"a", "1"}, {{"columns", Json::array({Json::array({"b", "INTEGER"})})}});
  EXPECT_EQ(unknown.error, "no sheet has a column of this name: b");
  EXPECT_EQ(unknown.hint, "the columns are a");
}

TEST_F(ExcelSource, WhatIsNoWorkbookSaysWhatItIs) {
  const auto error_of = [&](const std::string& bytes) {
    files.clear();
    Add("a.xlsx", bytes);
    return ReadAll("excel").error;
  };
  const std::string good = TestWorkbook{{{"S", SheetData({"a", "1"})}}}.Bytes();
  EXPECT_EQ(error_of(""), "data/a.xlsx is empty, so it is no zip archive");
  EXPECT_EQ(error_of("a,b\n1,2\n"), "data/a.xlsx is no zip archive: it does not begin with PK");
  EXPECT_EQ(error_of("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on"),
            "data/a.xlsx is an old .xls file, or is encrypted with a password");
  EXPECT_EQ(error_of(good.substr(0, good.size() / 2)),
            "data/a.xlsx is a damaged zip archive, or one that is cut short");
  EXPECT_EQ(error_of(Zipped({{"x", "y"}})),
            "data/a.xlsx is no Excel workbook (.xlsx): the archive holds no workbook");
  EXPECT_EQ(error_of(Zipped({{"xl/workbook.bin", "y"}})),
            "data/a.xlsx is no Excel workbook (.xlsx): it is of the binary form .xlsb");
  EXPECT_EQ(error_of(Zipped({{"content.xml", "y"}})),
            "data/a.xlsx is no Excel workbook (.xlsx): it is of the form .ods");
  EXPECT_EQ(error_of(TestWorkbook{{{"S", "<sheetData><row>"}}}.Bytes()),
            "data/a.xlsx: its part xl/worksheets/sheet1.xml has in line 1 no well-formed XML: "
            "mismatched tag");
  EXPECT_EQ(
      error_of(
          TestWorkbook{{{"S", "<sheetData><row r=\"2\"/><row r=\"1\"/></sheetData>"}}}.Bytes()),
      "data/a.xlsx: its part xl/worksheets/sheet1.xml has in line 1 rows that are not in "
      "their order");
  EXPECT_THAT(
      error_of(TestWorkbook{{{"S", "<sheetData><row r=\"1048577\"/></sheetData>"}}}.Bytes()),
      HasSubstr("a row beyond 1048576"));
  EXPECT_THAT(
      error_of(TestWorkbook{{{"S", "<sheetData><row><c r=\"XFE1\"><v>1</v></c></row></sheetData>"}}}
                   .Bytes()),
      HasSubstr("a cell without a place"));
  EXPECT_THAT(
      error_of(TestWorkbook{
          {{"S",
            "<sheetData><row><c r=\"B1\"><v>1</v></c><c r=\"B1\"><v>1</v></c></row></sheetData>"}}}
                   .Bytes()),
      HasSubstr("a cell that comes twice: B1"));
  EXPECT_EQ(ReadSheet({"a|#REF!", "1|2"}).error,
            "data/a.xlsx: sheet S: the header has in cell B1 an error cell: #REF!");
  EXPECT_EQ(ReadSheet({"a", "1"}, {{"header_row", 7}}).error,
            "data/a.xlsx: sheet S has no table: row 7 holds nothing");
  EXPECT_EQ(ReadSheet({"a", "1"}, {{"skip", "Year*"}}).error,
            "data/a.xlsx: sheet S has no table: no row begins with Year*");
}

// A byte that is flipped anywhere is told, or changes nothing that is read.
TEST_F(ExcelSource, DamageIsTold) {
  std::vector<std::string> rows = {"a|b"};
  for (int i = 0; i < 300; ++i)
    rows.push_back(std::to_string(i * i) + "|text " + std::to_string(i * 7919 % 1000));
  AddSheet(rows);
  const Outcome whole = ReadAll("excel");
  const std::string bytes = TestWorkbook{{{"S", SheetData(rows)}}}.Bytes();
  int told = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 97) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    files.clear();
    Add("a.xlsx", damaged);
    const Outcome outcome = ReadAll("excel");
    if (outcome.error.empty()) {
      EXPECT_EQ(outcome.rows, whole.rows) << at;
    } else {
      EXPECT_THAT(outcome.error, HasSubstr("data/a.xlsx"));
      ++told;
    }
  }
  EXPECT_GT(told, 10);
}

TEST_F(ExcelSource, BombsEndInAMessage) {
  const auto error_of = [&](const std::string& sheet) {
    files.clear();
    Add("a.xlsx", TestWorkbook{{{"S", sheet}}}.Bytes());
    return ReadAll("excel").error;
  };
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<a>";
  EXPECT_THAT(error_of(deep), HasSubstr("elements nested too deep"));
  EXPECT_THAT(error_of("<a b=\"" + std::string(9 << 20, 'x') + "\"/>"),
              HasSubstr("a tag of more than 4 MiB"));
  const std::string long_text(3 << 20, 'x');
  const Outcome outcome = ReadSheet({"a", long_text, "b"});
  EXPECT_EQ(outcome.rows, "b\n");
  EXPECT_THAT(outcome.refused, HasSubstr("cell A2: text of more than 1 MiB"));
  files.clear();
  Add("a.xlsx", Zipped({{"xl/workbook.xml",
                         "<!DOCTYPE w [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><w>&b;</w>"}}));
  EXPECT_THAT(ReadAll("excel").error, HasSubstr("a document type, which has no place there"));
}

TEST_F(ExcelSource, MistakesInTheDeclaration) {
  const auto check = [](const Json& params) {
    const Status status = FindSource("excel")->info.check(params);
    return status.ok() ? "" : status.error().message;
  };
  EXPECT_EQ(check(Json::object()), "");
  EXPECT_EQ(check({{"range", "A1:F200"}, {"header_row", 3}, {"header_rows", 2}, {"first_row", 5}}),
            "");
  for (const char* range :
       {"A0", "1:A", "B2:A3", "A3:B2", "XFE1", "A1048577", "A:", "", "A1:B2:C3", "A:2"}) {
    EXPECT_EQ(check({{"range", range}}),
              *range == 0 ? "" : std::string("not a range of cells: ") + range);
  }
  EXPECT_EQ(check({{"header_row", 0}}), "header_row is not a number of rows: 0");
  EXPECT_EQ(check({{"header_rows", 101}}), "a header of more than 100 rows");
  EXPECT_EQ(check({{"skip", "-1"}}), "not a number of rows: -1");
  EXPECT_EQ(check({{"skip", "2"}, {"header_row", 3}}),
            "`skip` and `header_row` both say where the header is");
  EXPECT_EQ(check({{"header", false}, {"header_row", 3}}), "`header_row` where there is no header");
  EXPECT_EQ(check({{"header_row", 3}, {"header_rows", 2}, {"first_row", 4}}),
            "`first_row` is within the header");
  EXPECT_NE(check({{"columns", Json::array({Json::array({"a", "NO_TYPE"})})}}), "");
}

TEST(SheetTable, PatternsStandForAnyCharacters) {
  EXPECT_TRUE(IsLike("Total 2023", "Total*"));
  EXPECT_TRUE(IsLike("", "*"));
  EXPECT_TRUE(IsLike("abcabd", "*ab*d"));
  EXPECT_TRUE(IsLike("a", "a"));
  EXPECT_FALSE(IsLike("a", "A"));
  EXPECT_FALSE(IsLike("ab", "a"));
  EXPECT_FALSE(IsLike("a", "ab*"));
  EXPECT_FALSE(IsLike("abc", "*b"));
}

TEST(SheetRows, CellsHaveTheNamesThatTheProgramShows) {
  EXPECT_EQ(CellName(0, 1), "A1");
  EXPECT_EQ(CellName(25, 7), "Z7");
  EXPECT_EQ(CellName(26, 7), "AA7");
  EXPECT_EQ(CellName(701, 1), "ZZ1");
  EXPECT_EQ(CellName(16383, 1048576), "XFD1048576");
}

}  // namespace
}  // namespace assay::source
