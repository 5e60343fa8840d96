#include "base/white_space.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace assay {
namespace {

std::string Utf8(int point) {
  const auto byte = [](int bits) { return static_cast<char>(bits); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xc0 | point >> 6), byte(0x80 | (point & 0x3f))};
  return {byte(0xe0 | point >> 12), byte(0x80 | (point >> 6 & 0x3f)), byte(0x80 | (point & 0x3f))};
}

TEST(WhiteSpace, IsWhatUnicodeCallsSoAndNothingElse) {
  // White_Space in PropList.txt of the Unicode Character Database.
  const std::set<int> spaces = {0x9,    0xa,    0xb,    0xc,    0xd,    0x20,   0x85,
                                0xa0,   0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004,
                                0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x2028,
                                0x2029, 0x202f, 0x205f, 0x3000};
  for (int point = 1; point < 0x10000; ++point) {
    if (point >= 0xd800 && point < 0xe000) continue;  // no characters
    const std::string one = Utf8(point);
    const bool is_space = spaces.count(point) > 0;
    EXPECT_EQ(TrimWhiteSpace(one + "a" + one), is_space ? "a" : one + "a" + one) << point;
    EXPECT_EQ(CollapseWhiteSpace("a" + one + one + "b"), is_space ? "a b" : "a" + one + one + "b")
        << point;
  }
}

TEST(WhiteSpace, OfEveryLengthGoes) {
  EXPECT_EQ(TrimWhiteSpace(""), "");
  EXPECT_EQ(TrimWhiteSpace(" \u3000\u00a0\t"), "");
  EXPECT_EQ(TrimWhiteSpace(" \u3000a b\u00a0\u2003\n"), "a b");
  EXPECT_EQ(CollapseWhiteSpace(""), "");
  EXPECT_EQ(CollapseWhiteSpace(" \u3000a \n b\u00a0"), " a b ");
}

}  // namespace
}  // namespace assay
