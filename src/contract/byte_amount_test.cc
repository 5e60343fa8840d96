#include "contract/byte_amount.h"

#include <gtest/gtest.h>

namespace assay::contract {
namespace {

TEST(ByteAmount, ReadsWhatPeopleWrite) {
  EXPECT_EQ(*ParseMemory("4GB"), 4'000'000'000U);
  EXPECT_EQ(*ParseMemory("512 mb"), 512'000'000U);
  EXPECT_EQ(*ParseMemory("1.5GB"), 1'500'000'000U);
  EXPECT_EQ(*ParseMemory("64000000"), 64'000'000U);
  for (const char* wrong : {"", "GB", "63MB", "-4GB", "4 bananas", "nan", "inf GB", "1e30GB"}) {
    EXPECT_FALSE(ParseMemory(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace assay::contract
