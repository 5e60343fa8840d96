#include "contract/amount_text.h"

#include <gtest/gtest.h>

namespace assay::contract {
namespace {

TEST(AmountText, GroupsThousands) {
  EXPECT_EQ(GroupedText(0), "0");
  EXPECT_EQ(GroupedText(999), "999");
  EXPECT_EQ(GroupedText(1000), "1,000");
  EXPECT_EQ(GroupedText(18446744073709551615U), "18,446,744,073,709,551,615");
  EXPECT_EQ(RowsText(1), "1 row");
  EXPECT_EQ(RowsText(1234), "1,234 rows");
}

TEST(AmountText, TimeIsReadAtAGlance) {
  EXPECT_EQ(SecondsText(0.0351), "35 ms");
  EXPECT_EQ(SecondsText(1.24), "1.2 s");
  EXPECT_EQ(SecondsText(250.2), "4 min 10 s");
}

TEST(AmountText, BytesHaveAUnit) {
  EXPECT_EQ(BytesText(999), "999 B");
  EXPECT_EQ(BytesText(12'300'000), "12.3 MB");
}

TEST(AmountText, IsCutBetweenCharacters) {
  EXPECT_EQ(CutText("abc", 3), "abc");
  EXPECT_EQ(CutText("abcd", 3), "abc…");
  EXPECT_EQ(CutText("äöü", 2), "äö…");
  EXPECT_EQ(CutText("", 0), "");
}

}  // namespace
}  // namespace assay::contract
