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

}  // namespace
}  // namespace assay::source
