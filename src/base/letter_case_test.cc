#include "base/letter_case.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Lower, ChangesLettersOfAsciiAlone) {
  EXPECT_EQ(Lower("AZaz09 @[`{"), "azaz09 @[`{");
  EXPECT_EQ(Lower("\xC3\x84 \xC3\xA4\xFF"), "\xC3\x84 \xC3\xA4\xFF");
  EXPECT_EQ(Lower(""), "");
}

}  // namespace
}  // namespace assay
