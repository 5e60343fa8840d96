#include "source/delimited_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "source/test_packing.h"
#include "source/test_sources.h"

namespace assay::source {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class DelimitedText : public SourceFiles {
 protected:
  Outcome Csv(const std::string& bytes, Json params = Json::object()) {
    files.clear();
    Add("a.csv", bytes);
    return ReadAll("csv", std::move(params));
  }
  // The rows; nothing may be refused.
  std::string CsvRows(const std::string& bytes, Json params = Json::object()) {
    const Outcome outcome = Csv(bytes, std::move(params));
    EXPECT_EQ(outcome.error, "");
    EXPECT_EQ(outcome.refused, "");
    return outcome.rows;
  }
  std::string CsvError(const std::string& bytes, Json params = Json::object()) {
    const Outcome outcome = Csv(bytes, std::move(params));
    EXPECT_NE(outcome.error, "") << outcome.rows;
    EXPECT_NE(outcome.hint, "") << outcome.error;
    return outcome.error;
  }
  static Json List(std::initializer_list<const char*> words) {
    Json list = Json::array();
    for (const char* word : words) list.push_back(word);
    return list;
  }
  static Json Column(const char* name, const char* type, const Json& reading) {
    return Json::array({Json::array({name, type, reading})});
  }
};

// Nothing begins with this: it makes the rows be read by code of ours.
const Json kOwn = {{"comment", "\x01"}};

TEST_F(DelimitedText, OurOwnReaderAndTheEngineReadTheSame) {
  const std::vector<std::string> texts = {
      "id,word\r\n1,\"a, b\"\r\n2,\"say \"\"hi\"\"\"\r\n3,\"two\nlines\"\r\n4,\r\n5,\"\"\r\n6,x",
      "\xef\xbb\xbf"
      "a,b\n1,2.5\n,\n-3,1e5\n",
      "a,b,c,d\ntrue,2001-05-01,2001-05-01 10:00:00,10:30:00\nfalse,2001-05-02,2001-05-02 "
      "11:00:00.5,11:30:00\n",
      "a,a,b\n1,2,3\n",
      "a,,b,\n1,2,3,4\n",
      "id\n12345678901234567890\n1\n",
      "id,x\n001,01/02/2001\n2,x\n",
      "a,b\n\n1,2\n\n3,4\n",
      "a,b\nt,yes\nf,NO\n",
      "a,b\n10:30,2001-01-01T10:00:00\n11:00,2001-01-02\n",
      "a,b\n2001-01-01 10:00:00Z,x\n2001-01-01 10:00:00+02,y\n",
      "a,b,c,d\n+5,01.5,.5,5.\n6,2.5,1e3,-0\n",
      "a,b\r1,2\r3,4\r",
      "a,b\n1,'x\n2,it\"s\n",
      "a,b\n 1, x \n2,y\n",
  };
  for (const std::string& text : texts) {
    const Outcome engines = Csv(text);
    const Outcome own = Csv(text, kOwn);
    EXPECT_EQ(own.error, "") << text;
    EXPECT_EQ(own.types, engines.types) << text;
    EXPECT_EQ(own.rows, engines.rows) << text;
    EXPECT_EQ(own.refused, engines.refused) << text;
  }
}

TEST_F(DelimitedText, AnyQuotedCellsComeBackWithTheirLines) {
  std::mt19937 random(7);
  const std::string letters = "ab,;\"'\n\t |\xc3\xa9";
  for (int round = 0; round < 30; ++round) {
    std::string text = "a,b,line\n";
    std::string expected;
    int line = 2;
    for (int row = 0; row < 200; ++row) {
      std::string cells[2];
      for (std::string& cell : cells) {
        const std::size_t size = 1 + random() % 12;
        for (std::size_t i = 0; i < size; ++i) {
          const std::size_t at = random() % 11;
          cell += at == 10 ? letters.substr(10) : letters.substr(at, 1);
        }
      }
      for (const std::string& cell : cells) {
        text += '"';
        for (const char c : cell) text += c == '"' ? "\"\"" : std::string(1, c);
        text += "\",";
        expected += cell + "|";
      }
      text += std::to_string(line) + "\n";
      expected += std::to_string(line) + "\n";
      line = 1 + static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    }
    Json params = kOwn;
    params["columns"] = Json::array({Json::array({"a", "string"}), Json::array({"b", "string"})});
    EXPECT_EQ(CsvRows(text, params), expected);
  }
}

TEST_F(DelimitedText, RefusedRowsHaveTheirTrueLines) {
  const Outcome outcome =
      Csv("t\na,b\n1,\"x\ny\"\n2\n3,4,5\n\n4,\"x\"y\n5,\xff\n6,z\n", {{"skip", "1"}});
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.rows, "1|x\ny\n6|z\n");
  EXPECT_EQ(outcome.refused,
            "data/a.csv|5|-|1 cell where 2 are named|2\n"
            "data/a.csv|6|-|3 cells where 2 are named|3,4,5\n"
            "data/a.csv|8|-|text behind the quote that closes a cell|4,\"x\"y\n"
            "data/a.csv|9|-|not UTF-8: the byte 255 as character 3|5,\\xff\n");
}

TEST_F(DelimitedText, AQuoteThatIsNeverClosedIsNamedByItsLine) {
  EXPECT_EQ(CsvError("a,b\n1,x\n2,\"y\n3,z\n"), "data/a.csv:3 begins a quote that is never closed");
  EXPECT_EQ(CsvError("a,b\n1,x\n2,\"y\n3,z\n", kOwn),
            "data/a.csv:3 begins a quote that is never closed");
  EXPECT_EQ(CsvError("a,b\n1,\"p\nq\"\n2,\"y\n3,z\n", kOwn),
            "data/a.csv:4 begins a quote that is never closed");
}

TEST_F(DelimitedText, EncodingsAreDeclaredOrDetected) {
  const std::string cp1252 = "a,b\ncaf\xe9,\x93x\x94\n";
  const std::string rows = "caf\xc3\xa9|\xe2\x80\x9cx\xe2\x80\x9d\n";
  EXPECT_EQ(CsvRows(cp1252, {{"encoding", "cp1252"}}), rows);
  EXPECT_EQ(CsvRows(cp1252, {{"encoding", "detect"}}), rows);
  EXPECT_EQ(CsvRows("a,b\ncaf\xc3\xa9,x\n", {{"encoding", "detect"}}), "caf\xc3\xa9|x\n");
  EXPECT_EQ(CsvRows("a,b\ncaf\xc3\xa9,x\n", {{"encoding", "utf-8"}}), "caf\xc3\xa9|x\n");
  const std::string wide(
      "\xff\xfe"
      "a\0,\0b\0\n\0"
      "1\0,\0\xe9\0\n\0",
      18);
  EXPECT_EQ(CsvRows(wide, {{"encoding", "utf-16"}}), "1|\xc3\xa9\n");
  EXPECT_EQ(CsvRows(wide, {{"encoding", "detect"}}), "1|\xc3\xa9\n");
  files.clear();
  Add("a.csv", cp1252);
  Add("b.csv", "a,b\n\xc3\xa9,x\n");
  const auto read = Read("csv", {{"encoding", "detect"}});
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_THAT(read->told, ElementsAre("data/a.csv is taken for windows-1252"));
  EXPECT_EQ(Text(Rows(read->query)), rows + "\xc3\xa9|x\n");
}

TEST_F(DelimitedText, AnEncodingThatIsNotUtf8IsNamedInTheHint) {
  const Outcome header = Csv("caf\xe9,b\n1,2\n");
  EXPECT_EQ(header.error, "data/a.csv is not UTF-8: its header has the byte 233 as character 4");
  EXPECT_THAT(header.hint, HasSubstr("`encoding: windows-1252`"));
  const std::string wide(
      "\xff\xfe"
      "a\0,\0b\0\n\0",
      10);
  EXPECT_THAT(Csv(wide).hint, HasSubstr("`encoding: utf-16`"));
  EXPECT_THAT(Csv(Gzipped("a,b\n1,2\n")).hint, HasSubstr("unpack"));
  EXPECT_THAT(CsvError(Gzipped("a,b\n1,2\n"), {{"encoding", "cp1252"}}), HasSubstr("gzip"));
  EXPECT_EQ(CsvError(wide, kOwn), "data/a.csv is UTF-16 text, not plain text in UTF-8");
  EXPECT_EQ(CsvError("caf\xe9,b\n1,2\n", kOwn),
            "data/a.csv:1: the header is not UTF-8: it has the byte 233 as character 4");
}

TEST_F(DelimitedText, DelimitersAreDetectedAndTold) {
  const std::vector<std::pair<std::string, std::string>> delimiters = {
      {",", ","}, {";", ";"}, {"\t", "\\t"}, {"|", "|"}};
  for (const auto& [delimiter, name] : delimiters) {
    files.clear();
    Add("a.csv", "x" + delimiter + "y\n\"1,5\"" + delimiter + "a\n\"2,5\"" + delimiter + "b\n");
    const auto read = Read("csv", {{"delimiter", "detect"}});
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(Text(Rows(read->query)), "1,5|a\n2,5|b\n");
    EXPECT_THAT(read->told, ElementsAre("cells of data/a.csv are cut at `" + name + "`"));
  }
  EXPECT_EQ(CsvRows("x;y\n1,5;2,5\n3,5;4,5\n", {{"delimiter", "detect"}}), "1,5|2,5\n3,5|4,5\n");
  EXPECT_EQ(CsvError("x\n1\n", {{"delimiter", "detect"}}),
            "data/a.csv is cut by no comma, semicolon, tab or bar");
  files.clear();
  Add("a.csv", "x,y\n1,2\n");
  Add("b.csv", "x;y\n1;2\n");
  EXPECT_EQ(ReadAll("csv", {{"delimiter", "detect"}}).error,
            "files of one source are cut by different delimiters: data/a.csv, data/b.csv");
}

TEST_F(DelimitedText, TitlesCommentsAndFooters) {
  const std::string text =
      "The \"title\n,\nYear,n\n# a comment\n2001,5\n2002,6\n,\nMean,5.5\n\"Source: a, b\",\n";
  EXPECT_EQ(CsvRows("a title\n"
                    "x,y\n1,2\n",
                    {{"skip", "1"}}),
            "1|2\n");
  const std::string rows = "2001|5\n2002|6\n";
  EXPECT_EQ(CsvRows(text, {{"skip", "2"}, {"comment", "#"}, {"drop_footer", "blank"}}), rows);
  EXPECT_EQ(CsvRows(text, {{"skip", "Year,*"}, {"comment", "#"}, {"drop_footer", "3"}}), rows);
  EXPECT_EQ(CsvRows(text, {{"skip", "Year"}, {"comment", "#"}, {"drop_footer", ","}}), rows);
  EXPECT_EQ(
      CsvRows(text,
              {{"skip", "2"}, {"comment", "#"}, {"drop_footer", "Mean,*"}, {"blank_rows", "drop"}}),
      rows);
  EXPECT_EQ(CsvRows(text, {{"skip", "2"}, {"comment", "#"}, {"drop_footer", "Source:*"}}),
            "2001|5.0\n2002|6.0\n-|-\nMean|5.5\n");
  EXPECT_EQ(CsvRows("a\n1\n2\n", {{"drop_footer", "5"}}), "");
  EXPECT_EQ(CsvError("a\n1\n", {{"skip", "9"}}),
            "data/a.csv has no more than 2 lines, and `skip` passes over 9");
  EXPECT_EQ(CsvError("a\n1\n", {{"skip", "b*"}}),
            "data/a.csv has no row that `skip` could end at: b*");
  EXPECT_EQ(CsvError("a\n1\n", {{"skip", "2"}}), "data/a.csv ends before its header does");
}

const char kStacked[] =
    "Report,,\n,,\nStatus,n,share\nActive,\"17,336\",41%\n,,\n\"Branch, all\",,\nBranch,n,\n"
    "Army,91,\nNavy,40,\n\nRank,n,share\nOfficer,29,5%\n,,\nSource: x,,\n";

TEST_F(DelimitedText, OneOfSeveralTablesIsChosen) {
  EXPECT_EQ(CsvRows(kStacked, {{"table_header", List({"Status", "n"})}}), "Active|17,336|41%\n");
  EXPECT_EQ(CsvRows(kStacked, {{"table_header", List({"Rank"})}}), "Officer|29|5%\n");
  const Outcome branch = Csv(kStacked, {{"table_title", "Branch, all"}});
  EXPECT_EQ(branch.types, "Branch string, n int64") << "what no name stands over is no column";
  EXPECT_EQ(branch.rows, "Army|91\nNavy|40\n");
  EXPECT_EQ(CsvRows(kStacked, {{"table_title", "Branch,*"}}), "Army|91\nNavy|40\n");
  EXPECT_EQ(CsvRows(kStacked, {{"table_title", "Report"}}), "Active|17,336|41%\n");
  EXPECT_EQ(CsvError(kStacked, {{"table_title", "Brunch*"}}),
            "data/a.csv has no table of this title: Brunch*");
  EXPECT_EQ(CsvError(kStacked, {{"table_header", List({"Rank", "m"})}}),
            "data/a.csv has no row that begins with the names of `table_header`: Rank, m");
}

const char kGrouped[] =
    "Title,,,,\n,Bay @ North,,Bay @ South,\nDate,Tag,n,Tag,n\nMay 1,<,10,,20\nMay 2,,5,<,2\n";

TEST_F(DelimitedText, HeadersOfSeveralRows) {
  const Outcome joined = Csv(kGrouped, {{"skip", "1"}, {"header_rows", 2}});
  EXPECT_EQ(joined.types,
            "Date string, Bay @ North Tag string, Bay @ North n int64, Bay @ South Tag string, "
            "Bay @ South n int64");
  EXPECT_EQ(joined.rows, "May 1|<|10|-|20\nMay 2|-|5|<|2\n");
  EXPECT_THAT(Csv(kGrouped, {{"skip", "1"}, {"header_rows", 2}, {"header_separator", "_"}}).types,
              HasSubstr("Bay @ North_Tag"));
  const Outcome unpivoted =
      Csv(kGrouped, {{"skip", "1"}, {"header_rows", 2}, {"unpivot", List({"place"})}});
  EXPECT_EQ(unpivoted.types, "Date string, place string, Tag string, n int64");
  EXPECT_EQ(unpivoted.rows,
            "May 1|Bay @ North|<|10\nMay 1|Bay @ South|-|20\nMay 2|Bay @ North|-|5\n"
            "May 2|Bay @ South|<|2\n");
  EXPECT_EQ(CsvRows(",A,,B\nid,x,y,x\n1,2,3,4\n", {{"header_rows", 2}, {"unpivot", List({"g"})}}),
            "1|A|2|3\n1|B|4|-\n")
      << "what a group lacks is null";
  EXPECT_EQ(CsvError(",A,\nid,x,x\n1,2,3\n", {{"header_rows", 2}, {"unpivot", List({"g"})}}),
            "data/a.csv has a column twice under A: x");
  EXPECT_EQ(CsvError("a,b\n1,2\n", {{"header_rows", 9}}), "data/a.csv ends before its header does");
}

TEST_F(DelimitedText, NamesAreMadeDistinctAndTold) {
  files.clear();
  Add("a.csv", "t\na,,a,a_1\n1,2,3,4\n");
  const auto read = Read("csv", {{"skip", "1"}});
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(Types(*engine->Describe(read->query)),
            "a int64, column1 int64, a_1 int64, a_1_1 int64");
  EXPECT_THAT(read->told, ElementsAre("columns of data/a.csv without a name of their own are "
                                      "called column1, a_1, a_1_1"));
  files.clear();
  Add("a.csv", "a,,a\n1,2,3\n");
  const auto plain = Read("csv");
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(Types(*engine->Describe(plain->query)), "a int64, column1 int64, a_1 int64");
  EXPECT_THAT(plain->told, ElementsAre("columns of data/a.csv without a name of their own are "
                                       "called column1, a_1"));
  EXPECT_EQ(CsvError("a,a\n1,2\n", {{"repeated_names", "refuse"}}),
            "data/a.csv names two columns a");
  EXPECT_EQ(CsvError("a,\n1,2\n", {{"repeated_names", "refuse"}}),
            "data/a.csv has no name for column 2");
  EXPECT_EQ(Csv("a,b\n1,2\n", {{"names", List({"x", "y"})}}).types, "x int64, y int64");
  EXPECT_EQ(Csv("1,2\n", {{"names", List({"x", "y"})}, {"header", false}}).rows, "1|2\n");
  EXPECT_EQ(CsvError("a,b\n1,2\n", {{"names", List({"x"})}}),
            "data/a.csv has 2 columns, and `names` names 1");
}

TEST_F(DelimitedText, RaggedRows) {
  const std::string text = "a,b,c\n1,2\n1,2,3\n1,2,3,4,5\n1,2,3,,\n,,\n";
  Outcome outcome = Csv(text, {{"short_rows", "pad"}, {"long_rows", "join"}});
  EXPECT_EQ(outcome.rows, "1|2|-\n1|2|3\n1|2|3,4,5\n1|2|3,,\n-|-|-\n");
  EXPECT_EQ(outcome.refused, "");
  outcome = Csv(text, {{"long_rows", "drop_empty"}, {"blank_rows", "drop"}});
  EXPECT_EQ(outcome.rows, "1|2|3\n1|2|3\n");
  EXPECT_EQ(outcome.refused,
            "data/a.csv|2|-|2 cells where 3 are named|1,2\n"
            "data/a.csv|4|-|5 cells where 3 are named|1,2,3,4,5\n");
}

TEST_F(DelimitedText, NumbersAsPeopleWriteThem) {
  const std::string text = "what;paid;share\nx;$1,300 ;17.54%\ny;($5.25);N/A\nz;TBD;3%\n";
  Json params = {{"delimiter", ";"}};
  params["columns"] = Json::array(
      {Json::array({"paid", "decimal(12,2)", Json{{"read", "money"}}}),
       Json::array({"share", "", Json{{"read", "percent"}, {"nulls", List({"N/A"})}}})});
  const Outcome outcome = Csv(text, params);
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.types, "what string, paid decimal(12,2), share float64");
  EXPECT_EQ(outcome.rows, "x|1300.00|17.54\ny|-5.25|-\n");
  EXPECT_EQ(outcome.refused, "data/a.csv|4|paid|not read as money: TBD|z;TBD;3%\n");

  const auto read = Read("csv", params);
  ASSERT_TRUE(read.ok());
  Rows(read->query);
  const auto changes = read->changes();
  ASSERT_TRUE(changes.ok());
  // The cells of the refused row count: 3 % of z as well.
  EXPECT_THAT(*changes,
              ElementsAre(CellChanges{.column = "what", .cells = 3},
                          CellChanges{.column = "paid",
                                      .cells = 3,
                                      .trimmed = 1,
                                      .thousands_marks = 1,
                                      .signs = 1,
                                      .units = 2},
                          CellChanges{.column = "share", .cells = 2, .nulls = 1, .units = 2}));
}

TEST_F(DelimitedText, MarksOfAllColumns) {
  const std::string text = "a;b;c;d\n1.234,5;1,5;x;1\n2;-3;1,5;2.000\n";
  const Outcome outcome = Csv(text, {{"delimiter", ";"}, {"decimal", ","}});
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.types, "a float64, b float64, c string, d int64");
  EXPECT_EQ(outcome.rows, "1234.5|1.5|x|1\n2.0|-3.0|1,5|2000\n");
  const Json decimal = Column("a", "decimal(10,2)", Json{{"decimal", ","}});
  EXPECT_EQ(CsvRows("a;b\n1.234,50;1.5\n", {{"delimiter", ";"}, {"columns", decimal}}),
            "1234.50|1.5\n");
  EXPECT_EQ(Csv("a;b\n1,5.0;1\n2,5;1\n", {{"delimiter", ";"}, {"columns", decimal}}).refused,
            "data/a.csv|2|a|no number with these marks: 1,5.0|1,5.0;1\n");
}

TEST_F(DelimitedText, NullWordsOfOneColumn) {
  const Json columns = Column("a", "int64", Json{{"nulls", List({"M", "-"})}});
  EXPECT_EQ(CsvRows("a,b\nM,M\n1,-\n-,x\n", {{"columns", columns}}), "-|M\n1|-\n-|x\n");
  EXPECT_EQ(
      Csv("a,b\nM,M\n1,2\n", {{"columns", Column("a", "", Json{{"nulls", List({"M"})}})}}).types,
      "a int64, b string");
}

TEST_F(DelimitedText, DaysInAnyForm) {
  const Json columns = Column("day", "date", Json{{"format", "%B %d, %Y"}});
  const Outcome outcome =
      Csv("day,n\n\"August 7, 2024\",1\n2024-08-07,2\n", {{"columns", columns}});
  EXPECT_EQ(outcome.rows, "2024-08-07|1\n");
  EXPECT_EQ(outcome.refused,
            "data/a.csv|3|day|not a value of type date: 2024-08-07|2024-08-07,2\n");
}

TEST_F(DelimitedText, DeclaredTypesRefuseRowsAndLoseNothing) {
  Json params = kOwn;
  params["columns"] = Json::array({Json::array({"a", "int64"})});
  EXPECT_EQ(Csv("a\n1\nx\n", params).refused, "data/a.csv|3|a|not a value of type int64: x|x\n");
  EXPECT_THAT(CsvError("a\n1\n2.5\n", params),
              HasSubstr("column a of whole numbers has fractions, 2.5"));
  params["columns"] = Json::array({Json::array({"b", "int64"})});
  EXPECT_EQ(CsvError("a\n1\n", params), "no column of this name in data/a.csv: b");
}

TEST_F(DelimitedText, FilesAreAlikeAndKeepTheirNames) {
  Add("a.csv", "t\na,b\n1,2\n");
  Add("b.csv", "t\na,b\n3,x\n");
  Outcome outcome = ReadAll("csv", {{"skip", "1"}, {"file_column", "from"}});
  EXPECT_EQ(outcome.types, "a int64, b string, from string");
  EXPECT_EQ(outcome.rows, "1|2|data/a.csv\n3|x|data/b.csv\n");
  const auto read = Read("csv", {{"skip", "1"}});
  EXPECT_EQ(Text(Rows(read->indexed_query)), "1|2|0\n3|x|1\n");
  Add("c.csv", "t\na,c\n1,2\n");
  EXPECT_EQ(ReadAll("csv", {{"skip", "1"}}).error,
            "data/c.csv has the columns a, c where data/a.csv has a, b");
}

TEST_F(DelimitedText, BlanksAndPackedFilesAndTabs) {
  EXPECT_EQ(Csv(" a , b\n x ,y \n", {{"trim", true}}).types, "a string, b string");
  EXPECT_EQ(CsvRows(" a , b\n x ,y \n", {{"trim", true}}), "x|y\n");
  files.clear();
  Add("a.csv.gz", Gzipped("t\na,b\n1,2\n"));
  EXPECT_EQ(ReadAll("csv", {{"skip", "1"}}).rows, "1|2\n");
  files.clear();
  Add("a.tsv", "t\na\tb\n1\t\"2\n3\"\n");
  EXPECT_EQ(ReadAll("tsv", {{"skip", "1"}}).rows, "1|2\n3\n");
}

TEST_F(DelimitedText, MistakesInTheDeclaration) {
  const auto wrong = [](Json params) {
    const Status status = CheckDelimited(params);
    EXPECT_FALSE(status.ok()) << params.dump();
    if (status.ok()) return std::string();
    EXPECT_NE(status.error().hint, "") << status.error().message;
    return status.error().message;
  };
  EXPECT_EQ(wrong({{"delimiter", "auto"}}), "not a delimiter: auto");
  EXPECT_EQ(wrong({{"quote", "<<"}}), "`quote` is not one character: <<");
  EXPECT_EQ(wrong({{"encoding", "utf-9"}}), "no such encoding: utf-9");
  EXPECT_EQ(wrong({{"skip", ""}}), "`skip` is empty");
  EXPECT_EQ(wrong({{"table_title", ""}}), "`table_title` is empty");
  EXPECT_EQ(wrong({{"table_title", "a"}, {"table_header", List({"b"})}}),
            "a table is chosen by `table_title` or by `table_header`");
  EXPECT_EQ(wrong({{"header", false}, {"header_rows", 2}}),
            "`header_rows` needs a header, and `header` is false");
  EXPECT_EQ(wrong({{"header_rows", 0}}), "`header_rows` is not between 1 and 20: 0");
  EXPECT_THAT(wrong({{"unpivot", List({"a"})}}), HasSubstr("0 of them; it names 1"));
  EXPECT_EQ(wrong({{"unpivot", List({"a"})}, {"header_rows", 2}, {"names", List({"x"})}}),
            "`names` takes the place of the header that `unpivot` needs");
  EXPECT_EQ(wrong({{"decimal", "::"}}), "not a mark for `decimal`: ::");
  EXPECT_EQ(wrong({{"thousands", "0"}}), "not a mark for `thousands`: 0");
  EXPECT_EQ(wrong({{"decimal", ","}, {"thousands", ","}}),
            "`decimal` and `thousands` are the same mark: ,");
  EXPECT_EQ(wrong({{"columns", Column("a", "date", Json{{"read", "money"}})}}),
            "columns: a: numbers are read, and its type is none: date");
  EXPECT_EQ(wrong({{"columns", Column("a", "int64", Json{{"format", "%Y"}})}}),
            "columns: a: `format` tells how a day or a moment is written");
  EXPECT_THAT(wrong({{"columns", Column("a", "numbr", Json{{"read", "money"}})}}),
              HasSubstr("no such type: numbr"));
  EXPECT_TRUE(CheckDelimited({{"columns", Column("a", "", Json{{"read", "money"}})}}).ok());
}

TEST_F(DelimitedText, PatternsStandForAnyCharacters) {
  EXPECT_TRUE(MatchesPattern("Table 2: x", "Table 2*"));
  EXPECT_TRUE(MatchesPattern("abcabd", "*abd"));
  EXPECT_TRUE(MatchesPattern("", "*"));
  EXPECT_TRUE(MatchesPattern("a.b", "a.b"));
  EXPECT_FALSE(MatchesPattern("axb", "a.b"));
  EXPECT_FALSE(MatchesPattern("Table 2", "Table"));
  EXPECT_FALSE(MatchesPattern("", "a*"));
}

}  // namespace
}  // namespace assay::source
