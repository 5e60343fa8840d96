#include "contract/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Utf8, FindsTheFirstByteThatIsNoCharacter) {
  EXPECT_EQ(FindInvalidUtf8("aé€😀"), std::nullopt);
  EXPECT_EQ(FindInvalidUtf8("ab\xff"), 2U);
  EXPECT_EQ(FindInvalidUtf8("a\xc0\xaf"), 1U) << "overlong";
  EXPECT_EQ(FindInvalidUtf8("\xe0\x80\xaf"), 0U) << "overlong";
  EXPECT_EQ(FindInvalidUtf8("\xed\xa0\x80"), 0U) << "surrogate";
  EXPECT_EQ(FindInvalidUtf8("\xf0\x80\x80\x80"), 0U) << "overlong";
  EXPECT_EQ(FindInvalidUtf8("\xf4\x90\x80\x80"), 0U) << "above U+10FFFF";
  EXPECT_EQ(FindInvalidUtf8("x\xe2\x82"), 1U) << "cut off";
}

TEST(Utf8, FindsControlCharactersButNotTabsAndLineBreaks) {
  EXPECT_EQ(FindControlCharacter("a\tb\r\n"), std::nullopt);
  EXPECT_EQ(FindControlCharacter(std::string_view("a\0b", 3)), 1U);
  EXPECT_EQ(FindControlCharacter("ab\x7f"), 2U);
}

TEST(Utf8, SplitsLinesAtBothLineBreaks) {
  EXPECT_THAT(SplitLines("a\r\n\nb"), ElementsAre("a", "", "b"));
  EXPECT_THAT(SplitLines("a\n"), ElementsAre("a"));
  EXPECT_THAT(SplitLines(""), IsEmpty());
}

TEST(Utf8, CountsColumnsInCharacters) {
  const LineColumn place = LineColumnOf("a\né€x", 7);
  EXPECT_EQ(place.line, 2);
  EXPECT_EQ(place.column, 3);
}

TEST(Utf8, PrintsWhatATerminalCanShow) {
  EXPECT_EQ(Printable("a\tb\x1b[0m\xff"), "a\tb\xef\xbf\xbd[0m\xef\xbf\xbd");
}

TEST(Utf8, EscapesWhatIsNoUtf8) {
  EXPECT_EQ(Escaped("caf\xe9 caf\xc3\xa9\n"), "caf\\xe9 caf\xc3\xa9\\x0a");
  EXPECT_EQ(Escaped(""), "");
}

TEST(Utf8, TrimsBlanksAndTheByteOrderMark) {
  EXPECT_EQ(Trim(" \ta b\r\n"), "a b");
  EXPECT_EQ(Trim(" "), "");
  EXPECT_EQ(WithoutByteOrderMark("\xef\xbb\xbfx"), "x");
}

}  // namespace
}  // namespace assay::contract
