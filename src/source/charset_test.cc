#include "source/charset.h"

#include <gtest/gtest.h>

#include <vector>

#include "contract/utf8.h"

namespace assay::source {
namespace {

std::string Decoded(const std::string& bytes, const std::string& label) {
  std::string text;
  const auto charset = CharsetOf(label);
  if (!charset) return "unknown";
  if (const auto fault = AppendDecodedText(bytes, *charset, text)) {
    return "fault at " + std::to_string(*fault);
  }
  return text;
}

// The bytes are what Python's codecs write: "…".encode(name).
TEST(Charset, TextsOfTheWorld) {
  EXPECT_EQ(Decoded("caf\xe9 \x80", "ISO-8859-1"), "café €");
  EXPECT_EQ(Decoded("\xdd\xee\xe4", "windows-1251"), "Эод");
  EXPECT_EQ(Decoded("\xf0\xd2\xc9\xd7\xc5\xd4", "koi8-r"), "Привет");
  EXPECT_EQ(Decoded("\x93\xfa\x96\x7b", "Shift_JIS"), "日本");
  EXPECT_EQ(Decoded("\xc6\xfc\xcb\xdc", "euc-jp"), "日本");
  EXPECT_EQ(Decoded("\x1b$BF|K\\\x1b(B", "iso-2022-jp"), "日本");
  EXPECT_EQ(Decoded("\xd6\xd0\xce\xc4", "gb2312"), "中文");
  EXPECT_EQ(Decoded("\xa4\xa4\xa4\xe5", "big5"), "中文");
  EXPECT_EQ(Decoded("\xc7\xd1\xb1\xb9", "ks_c_5601-1987"), "한국");
  EXPECT_EQ(Decoded("\xa3\xb1", "iso-8859-2"), "Łą");
  EXPECT_EQ(Decoded(std::string("\xff\xfe\x61\0\xac\x20", 6), "utf-16"), "a€");
  EXPECT_EQ(Decoded(std::string("\0a\x20\xac", 4), "utf-16be"), "a€");
  EXPECT_EQ(Decoded("\xef\xbb\xbfx\xc3\xa9", "UTF8"), "xé");
}

TEST(Charset, WhatIsNoTextOfItIsTold) {
  EXPECT_EQ(Decoded("ab\xff", "utf-8"), "fault at 2");
  EXPECT_EQ(Decoded("ab\xc3", "utf-8"), "fault at 2");
  EXPECT_EQ(Decoded("a\x93", "shift_jis"), "fault at 1");
  EXPECT_EQ(Decoded("abc", "utf-16be"), "fault at 2");
  EXPECT_EQ(Decoded("a", "utf-7"), "unknown");
  EXPECT_EQ(Decoded("a", ""), "unknown");
  EXPECT_EQ(Decoded("a", "utf-8//TRANSLIT"), "unknown");
  EXPECT_EQ(Decoded("a", "latin1 l1"), "unknown");
}

TEST(Charset, EachNameIsKnownToTheSystem) {
  for (const char* name :
       {"utf-8",        "windows-1252", "utf-16le",     "utf-16be",     "iso-8859-2",
        "iso-8859-3",   "iso-8859-4",   "iso-8859-5",   "iso-8859-6",   "iso-8859-7",
        "iso-8859-8",   "iso-8859-10",  "iso-8859-13",  "iso-8859-14",  "iso-8859-15",
        "iso-8859-16",  "windows-874",  "windows-1250", "windows-1251", "windows-1253",
        "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258",
        "ibm866",       "koi8-r",       "koi8-u",       "macintosh",    "x-mac-cyrillic",
        "gb18030",      "big5",         "euc-jp",       "iso-2022-jp",  "shift_jis",
        "euc-kr"}) {
    ASSERT_EQ(CharsetOf(name), name);
    EXPECT_TRUE(CharsetDecoder(name).is_known()) << name;
  }
}

TEST(Charset, PartsGiveWhatTheWholeGives) {
  const std::vector<std::pair<std::string, std::string>> texts = {
      {"\xef\xbb\xbf"
       "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z",
       "utf-8"},
      {"\x1b$BF|K\\\x1b(Bx", "iso-2022-jp"},
      {std::string("\xff\xfe\x61\0\x3d\xd8\0\xde", 8), "utf-16le"},
      {"\x93\xfa\x96\x7bx", "shift_jis"}};
  for (const auto& [bytes, charset] : texts) {
    std::string whole;
    ASSERT_FALSE(AppendDecodedText(bytes, charset, whole)) << charset;
    ASSERT_FALSE(contract::FindInvalidUtf8(whole));
    CharsetDecoder decoder(charset);
    std::string parts;
    for (const char& byte : bytes) {
      ASSERT_FALSE(decoder.Append({&byte, 1}, false, parts)) << charset;
    }
    ASSERT_FALSE(decoder.Append("", true, parts));
    EXPECT_EQ(parts, whole) << charset;
  }
}

TEST(Charset, TheMarkOfAText) {
  EXPECT_EQ(CharsetOfMark("\xef\xbb\xbfx"), "utf-8");
  EXPECT_EQ(CharsetOfMark("\xff\xfex"), "utf-16le");
  EXPECT_EQ(CharsetOfMark("\xfe\xffx"), "utf-16be");
  EXPECT_EQ(CharsetOfMark(std::string("<\0?\0", 4)), "utf-16le");
  EXPECT_EQ(CharsetOfMark(std::string("\0<\0?", 4)), "utf-16be");
  EXPECT_EQ(CharsetOfMark("<?xml"), std::nullopt);
  EXPECT_EQ(CharsetOfMark(""), std::nullopt);
}

}  // namespace
}  // namespace assay::source
