#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/test_sources.h"

namespace assay::source {
namespace {

class TextSource : public SourceFiles {};

TEST_F(TextSource, LinesWithTheirPlaces) {
  Add("one/a.txt",
      "\xef\xbb\xbf"
      "first\r\n\n  third \r\nlast\rone");
  Add("b.txt", "");
  Add("c.txt", "end\n");
  const Outcome outcome = ReadAll("text");
  EXPECT_EQ(outcome.types, "text string, line int64, file string, folder string, name string");
  EXPECT_EQ(outcome.rows,
            "first|1|data/one/a.txt|one|a.txt\n"
            "|2|data/one/a.txt|one|a.txt\n"
            "  third |3|data/one/a.txt|one|a.txt\n"
            "last\rone|4|data/one/a.txt|one|a.txt\n"
            "end|1|data/c.txt|data|c.txt\n");
  EXPECT_EQ(outcome.refused, "");
}

TEST_F(TextSource, FilesAsTheyAre) {
  Add("a.txt", "\xef\xbb\xbfone\r\n\ntwo\n");
  Add("empty", "");
  files.push_back({files[0].object, "top.txt"});
  const Outcome outcome = ReadAll("text", {{"rows", "files"}});
  EXPECT_EQ(outcome.types, "text string, file string, folder string, name string");
  EXPECT_EQ(outcome.rows,
            "one\r\n\ntwo\n|data/a.txt|data|a.txt\n"
            "|data/empty|data|empty\n"
            "one\r\n\ntwo\n|top.txt||top.txt\n");
}

TEST_F(TextSource, WhatIsNotUtf8IsRefusedWithTheByteAndItsPlace) {
  Add("a.txt", "good\ncaf\xc3\xa9 na\xefve\ngood\n");
  Add("b.txt", "\xc3\xa9t\xe9");
  const Outcome lines = ReadAll("text");
  EXPECT_EQ(lines.rows, "good|1|data/a.txt|data|a.txt\ngood|3|data/a.txt|data|a.txt\n");
  EXPECT_EQ(lines.refused,
            "data/a.txt|2|text|not UTF-8: the byte 239 as character 8|caf\xc3\xa9 na\\xefve\n"
            "data/b.txt|1|text|not UTF-8: the byte 233 as character 3|\xc3\xa9t\\xe9\n");
  const Outcome whole = ReadAll("text", {{"rows", "files"}});
  EXPECT_EQ(whole.rows, "");
  EXPECT_THAT(whole.refused,
              testing::StartsWith("data/a.txt|1|text|not UTF-8: the byte 239 in line 2 as "
                                  "character 8|good\\x0a"));
}

TEST_F(TextSource, AZeroByteIsNoText) {
  Add("a.txt", std::string("a\0b\nc\n", 6));
  for (const char* encoding : {"utf-8", "latin-1", "windows-1252", "detect"}) {
    const Outcome outcome = ReadAll("text", {{"encoding", encoding}});
    EXPECT_THAT(outcome.rows, testing::StartsWith("c|2|"));
    EXPECT_EQ(outcome.refused, "data/a.txt|1|text|no text: a zero byte as character 2|a\\x00b\n");
  }
}

// What Python's codecs say: bytes(range(128, 256)).decode("latin-1"), and "cp1252" with the five
// bytes that it does not know as the control characters of the same numbers.
TEST_F(TextSource, EncodingsOfOneByteGiveEachAMeaning) {
  std::string bytes;
  for (int byte = 1; byte < 256; ++byte) {
    if (byte != '\n' && byte != '\r') bytes += static_cast<char>(byte);
  }
  Add("a.txt", bytes);
  const auto codes = [&](const char* encoding) {
    const auto read = Read("text", {{"encoding", encoding}});
    EXPECT_TRUE(read.ok());
    std::vector<int> all;
    const engine::Grid grid =
        Rows("SELECT unnest([ord(c) FOR c IN string_split(text, '')]) FROM (" + read->query + ")");
    for (const auto& row : grid.rows) all.push_back(std::stoi(*row[0]));
    return all;
  };
  std::vector<int> latin;
  for (int byte = 1; byte < 256; ++byte) {
    if (byte != '\n' && byte != '\r') latin.push_back(byte);
  }
  EXPECT_EQ(codes("latin-1"), latin);
  const std::vector<int> other = {8364, 129,  8218, 402,  8222, 8230, 8224, 8225, 710,  8240, 352,
                                  8249, 338,  141,  381,  143,  144,  8216, 8217, 8220, 8221, 8226,
                                  8211, 8212, 732,  8482, 353,  8250, 339,  157,  382,  376};
  std::vector<int> windows = latin;
  std::copy(other.begin(), other.end(), std::find(windows.begin(), windows.end(), 128));
  EXPECT_EQ(codes("windows-1252"), windows);
  EXPECT_EQ(codes("detect"), windows);
}

TEST_F(TextSource, TheEncodingOfAFileIsDetectedOverAllOfIt) {
  Add("a.txt", "caf\xc3\xa9\n");
  Add("b.txt", "plain\ncaf\xe9 \x80\n");
  const Outcome lines = ReadAll("text", {{"encoding", "detect"}});
  EXPECT_EQ(lines.types,
            "text string, line int64, file string, folder string, name string, encoding string");
  EXPECT_EQ(lines.rows,
            "caf\xc3\xa9|1|data/a.txt|data|a.txt|utf-8\n"
            "plain|1|data/b.txt|data|b.txt|windows-1252\n"
            "caf\xc3\xa9 \xe2\x82\xac|2|data/b.txt|data|b.txt|windows-1252\n");
  const Outcome whole = ReadAll("text", {{"encoding", "detect"}, {"rows", "files"}});
  EXPECT_EQ(whole.rows,
            "caf\xc3\xa9\n|data/a.txt|data|a.txt|utf-8\n"
            "plain\ncaf\xc3\xa9 \xe2\x82\xac\n|data/b.txt|data|b.txt|windows-1252\n");
  EXPECT_EQ(lines.refused + whole.refused, "");
}

TEST_F(TextSource, TextsOfManyMegabytes) {
  const std::size_t size = 40 << 20;
  Add("a.txt", std::string(size, 'x') + "\n" + std::string(size, 'y'));
  for (const auto& [rows, expected] : std::vector<std::pair<std::string, std::string>>{
           {"lines", std::to_string(size) + "\n" + std::to_string(size) + "\n"},
           {"files", std::to_string(2 * size + 1) + "\n"}}) {
    const auto read = Read("text", {{"rows", rows}});
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(Text(Rows("SELECT strlen(text) FROM (" + read->query + ")")), expected);
  }
}

TEST_F(TextSource, RowsOfManyFilesAreInTheirOrder) {
  std::string expected;
  for (int i = 0; i < 1500; ++i) {
    const std::string name = std::to_string(10'000 + i);
    Add(name, "text " + name);
    expected += "text " + name + "|data/" + name + "|data|" + name + "\n";
  }
  EXPECT_EQ(ReadAll("text", {{"rows", "files"}}).rows, expected);
}

// ---- records of several lines ----

std::string RowsWithoutPlaces(const std::string& rows) {
  std::string shown;
  std::size_t begin = 0;
  for (std::size_t end = rows.find("|data/"); end != std::string::npos;
       end = rows.find("|data/", begin)) {
    shown += rows.substr(begin, end - begin) + "\n";
    begin = rows.find('\n', end) + 1;
  }
  return shown;
}

TEST_F(TextSource, ARecordBeginsAtEachLineInWhichThePatternIsFound) {
  Add("a.log", "\n2001 one\r\n  more\r\n\r\n  still\n\n \n2002 two\n2003 three");
  Add("b.log", "2004 four\n\n");
  Add("c.log", "\n");
  const Outcome outcome = ReadAll("text", {{"start_pattern", "^[0-9]{4} "}});
  EXPECT_EQ(outcome.types, "text string, line int64, file string, folder string, name string");
  EXPECT_EQ(RowsWithoutPlaces(outcome.rows),
            "2001 one\n  more\n\n  still|2\n2002 two|8\n2003 three|9\n2004 four|1\n");
  EXPECT_EQ(outcome.refused, "");
}

TEST_F(TextSource, LinesBeforeTheFirstRecordAreRefused) {
  Add("a.log", "\nhead\nmore\n\n> one\n");
  const Outcome outcome = ReadAll("text", {{"start_pattern", "^>"}});
  EXPECT_EQ(RowsWithoutPlaces(outcome.rows), "> one|5\n");
  EXPECT_EQ(outcome.refused,
            "data/a.log|2|text|of no record: `start_pattern` is not found in a line before|"
            "head\nmore\n");
}

TEST_F(TextSource, ARecordEndsWithTheLineInWhichThePatternIsFound) {
  Add("a.txt", "one\nmore;\n\ntwo;\n;\nthree\nmore\n\n");
  const Outcome outcome = ReadAll("text", {{"end_pattern", ";$"}});
  EXPECT_EQ(RowsWithoutPlaces(outcome.rows), "one\nmore;|1\ntwo;|4\n;|5\n");
  EXPECT_EQ(outcome.refused,
            "data/a.txt|6|text|a record without an end: `end_pattern` is found in none of its "
            "lines|three\nmore\n");
}

TEST_F(TextSource, WithBothPatternsARecordNeedsBoth) {
  Add("a.txt", "BEGIN a\nx\nEND\nbetween\nEND\nBEGIN b\nx\nBEGIN c\nEND\nBEGIN d END\nrest\n");
  const Outcome outcome = ReadAll("text", {{"start_pattern", "^BEGIN"}, {"end_pattern", "END$"}});
  EXPECT_EQ(RowsWithoutPlaces(outcome.rows), "BEGIN a\nx\nEND|1\nBEGIN c\nEND|8\nBEGIN d END|10\n");
  EXPECT_EQ(outcome.refused,
            "data/a.txt|4|text|of no record: `start_pattern` is not found in a line before|"
            "between\nEND\n"
            "data/a.txt|6|text|a record without an end: `end_pattern` is found in none of its "
            "lines|BEGIN b\nx\n"
            "data/a.txt|11|text|of no record: `start_pattern` is not found in a line before|"
            "rest\n");
}

TEST_F(TextSource, ParagraphsAreDividedByBlankLines) {
  Add("a.txt", "\n\none\nmore\n \t\ntwo\n\n\nthree");
  const Outcome outcome = ReadAll("text", {{"rows", "paragraphs"}});
  EXPECT_EQ(outcome.types, "text string, line int64, file string, folder string, name string");
  EXPECT_EQ(RowsWithoutPlaces(outcome.rows), "one\nmore|3\ntwo|6\nthree|9\n");
}

TEST_F(TextSource, ARecordWithALineThatIsNoTextIsRefusedWithThatLine) {
  Add("a.txt", std::string("> one\nna\xefve\n> two\na\0b\n> three\n", 30));
  const Outcome outcome = ReadAll("text", {{"start_pattern", "^>"}});
  EXPECT_EQ(RowsWithoutPlaces(outcome.rows), "> three|5\n");
  EXPECT_EQ(outcome.refused,
            "data/a.txt|1|text|not UTF-8: the byte 239 in line 2 as character 3|> "
            "one\\x0ana\\xefve\n"
            "data/a.txt|3|text|no text: a zero byte in line 4 as character 2|> two\\x0aa\\x00b\n");
  const Outcome detected = ReadAll("text", {{"start_pattern", "^>"}, {"encoding", "detect"}});
  EXPECT_THAT(detected.rows, testing::StartsWith("> one\nna\xc3\xafve|1|"));
  EXPECT_THAT(detected.rows, testing::HasSubstr("|windows-1252\n"));
}

// ---- the groups of a pattern ----

TEST_F(TextSource, NamedGroupsBecomeColumnsWithTypes) {
  Add("a.log", "1 ok 0.5 2001-02-03 007\n22  -1 2001-02-04 1\n");
  const Outcome outcome = ReadAll(
      "text", {{"pattern",
                "^(?P<id>[0-9]+) (?P<word>[a-z]*) (?P<x>\\S+) (?<day>\\S+) (?P<code>\\S+)(!)?$"}});
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.types,
            "id int64, word string, x float64, day date, code string, line int64, file string, "
            "folder string, name string");
  EXPECT_EQ(outcome.rows,
            "1|ok|0.5|2001-02-03|007|1|data/a.log|data|a.log\n"
            "22|-|-1.0|2001-02-04|1|2|data/a.log|data|a.log\n");
  EXPECT_EQ(outcome.refused, "");
}

TEST_F(TextSource, AGroupThatTakesNoPartIsNullAndSoAreItsNulls) {
  Add("a.log", "a=1\na=\nb\na=-\n");
  Json params = {{"pattern", "^(?:a=(?P<a>.*)|(?P<b>b))$"}};
  EXPECT_EQ(RowsWithoutPlaces(ReadAll("text", params).rows), "1|-|1\n-|-|2\n-|b|3\n-|-|4\n");
  params["nulls"] = Json::array({"-"});
  EXPECT_EQ(RowsWithoutPlaces(ReadAll("text", params).rows), "1|-|1\n|-|2\n-|b|3\n-|-|4\n");
}

TEST_F(TextSource, NullsAreOfGroupsAloneNotOfTheNamesOfFiles) {
  Add("a.log", "a\n");
  files[0].location = "a.log";  // its folder has no name
  const Outcome outcome = ReadAll("text", {{"pattern", "(?P<a>.)"}, {"nulls", {"a", "", "a.log"}}});
  EXPECT_EQ(outcome.rows, "-|1|a.log||a.log\n");
}

TEST_F(TextSource, WhatDoesNotMatchIsRefusedKeptOrDropped) {
  Add("a.log", "# head\nx=1\ny\nx=2\n");
  Json params = {{"pattern", "^x=(?P<x>[0-9])$"}};
  const Outcome refused = ReadAll("text", params);
  EXPECT_EQ(RowsWithoutPlaces(refused.rows), "1|2\n2|4\n");
  EXPECT_EQ(refused.refused,
            "data/a.log|1|-|`pattern` is not found in it|# head\n"
            "data/a.log|3|-|`pattern` is not found in it|y\n");
  params["unmatched"] = "keep";
  const Outcome all = ReadAll("text", params);
  EXPECT_EQ(all.types, "x int64, line int64, file string, folder string, name string, text string");
  EXPECT_EQ(all.rows,
            "-|1|data/a.log|data|a.log|# head\n1|2|data/a.log|data|a.log|x=1\n"
            "-|3|data/a.log|data|a.log|y\n2|4|data/a.log|data|a.log|x=2\n");
  EXPECT_EQ(all.refused, "");
  params["unmatched"] = "drop";
  const Outcome dropped = ReadAll("text", params);
  EXPECT_EQ(dropped.rows, refused.rows);
  EXPECT_EQ(dropped.refused, "");
  EXPECT_THAT(Read("text", params)->told,
              testing::ElementsAre("2 records in which `pattern` is not found are left out"));
}

TEST_F(TextSource, AFileInWhichNothingMatchesIsAnErrorUnlessItIsToBe) {
  Add("a.log", "x\n");
  Json params = {{"pattern", "(?P<n>[0-9])"}};
  EXPECT_EQ(ReadAll("text", params).error,
            "no row of the source could be read; data/a.log:1: `pattern` is not found in it: x");
  params["unmatched"] = "drop";
  EXPECT_EQ(ReadAll("text", params).rows, "");
  EXPECT_THAT(Read("text", params)->told,
              testing::ElementsAre("1 record in which `pattern` is not found is left out"));
}

TEST_F(TextSource, AListHoldsAllPlacesInItsGroup) {
  Add("quiz.txt",
      "#Q Who?\nmore\n^ B\nA one\nB \"two\"\n\n#Q What?\n^ x\n\n#Q Where?\n^ y\nA caf\xe9\n");
  const Outcome outcome = ReadAll(
      "text", {{"start_pattern", "^#Q "},
               {"encoding", "detect"},
               {"pattern",
                "(?s)^#Q (?P<question>.*?)\n\\^ (?P<answer>[^\n]*)(?P<choices>(\n[A-Z] [^\n]*)*)$"},
               {"lists", Json::array({Json::array({"choices", "(?m)^[A-Z] (.*)$"})})}});
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.types,
            "question string, answer string, choices string, line int64, file string, folder "
            "string, name string, encoding string");
  EXPECT_EQ(RowsWithoutPlaces(outcome.rows),
            "Who?\nmore|B|[\"one\",\"\\\"two\\\"\"]|1\nWhat?|x|[]|7\n"
            "Where?|y|[\"caf\xc3\xa9\"]|10\n");
  EXPECT_EQ(outcome.refused, "");
}

TEST_F(TextSource, DeclaredTypesOfGroupsAreKept) {
  Add("a.log", "7\n300\n8\n");
  const Outcome outcome = ReadAll(
      "text",
      {{"pattern", "^(?P<n>[0-9]+)$"}, {"columns", Json::array({Json::array({"n", "uint8"})})}});
  EXPECT_THAT(outcome.types, testing::StartsWith("n uint8, line int64"));
  EXPECT_EQ(RowsWithoutPlaces(outcome.rows), "7|1\n8|3\n");
  EXPECT_EQ(outcome.refused, "data/a.log|2|n|not a value of type uint8: 300|300\n");
}

TEST_F(TextSource, WholeFilesMayMatchToo) {
  Add("a.txt", "Title: one\n\nbody\nmore\n");
  const Outcome outcome = ReadAll(
      "text", {{"rows", "files"}, {"pattern", "(?s)^Title: (?P<title>[^\n]*)\n+(?P<body>.*)$"}});
  EXPECT_EQ(outcome.types, "title string, body string, file string, folder string, name string");
  EXPECT_EQ(RowsWithoutPlaces(outcome.rows), "one|body\nmore\n\n");
}

// ---- mistakes ----

TEST_F(TextSource, MistakesInPatternsAreFoundBeforeAnyFileIsRead) {
  const auto mistake = [](const Json& params) {
    const Status status = FindSource("text")->info.check(params);
    return status.ok() ? "" : status.error().message;
  };
  const Json lists = Json::array({Json::array({"b", "x"})});
  EXPECT_EQ(mistake({{"rows", "lines"}}), "");
  EXPECT_EQ(mistake({{"pattern", "(?P<a>x)"}}), "");
  EXPECT_EQ(mistake({{"pattern", "(?P<text>x)"}}), "");
  EXPECT_EQ(mistake({{"pattern", "(?P<line>x)"}, {"rows", "files"}}), "");
  for (const char* name : {"pattern", "start_pattern", "end_pattern"}) {
    EXPECT_EQ(mistake({{name, "(x"}}),
              std::string(name) + ": not a regular expression: missing ): (x");
  }
  EXPECT_EQ(mistake({{"pattern", "x"}}), "pattern: it names no group, so there are no columns");
  EXPECT_EQ(mistake({{"pattern", "(?P<Name>x)"}}),
            "pattern: a column of this name is there already: Name");
  EXPECT_EQ(mistake({{"pattern", "(?P<a>x)(?P<A>y)"}}),
            "pattern: a column of this name is there already: A");
  EXPECT_EQ(mistake({{"pattern", "(?P<text>x)"}, {"unmatched", "keep"}}),
            "pattern: a column of this name is there already: text");
  EXPECT_EQ(mistake({{"pattern", "(?P<a>x)"}, {"lists", lists}}),
            "lists: `pattern` has no group of this name: b");
  EXPECT_EQ(mistake({{"pattern", "(?P<b>x)"}, {"lists", Json::array({Json::array({"b", "["})})}}),
            "lists: b: not a regular expression: missing ]: [");
  EXPECT_EQ(mistake({{"lists", lists}}), "lists: there is no `pattern` whose groups it means");
  EXPECT_EQ(mistake({{"unmatched", "drop"}}),
            "unmatched: there is no `pattern` that a record could miss");
  EXPECT_EQ(mistake({{"start_pattern", "x"}, {"rows", "paragraphs"}}),
            "start_pattern: it is for lines; rows are paragraphs");
  EXPECT_EQ(mistake({{"end_pattern", "x"}, {"rows", "files"}}),
            "end_pattern: it is for lines; rows are files");
  EXPECT_NE(
      mistake({{"pattern", "(?P<a>x)"}, {"columns", Json::array({Json::array({"a", "wide"})})}}),
      "");
}

}  // namespace
}  // namespace assay::source
