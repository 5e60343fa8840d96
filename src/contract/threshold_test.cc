#include <gtest/gtest.h>

#include <limits>

#include "contract/check_decl.h"

namespace assay::contract {
namespace {

TEST(Threshold, ReadsRowsAndShares) {
  for (const char* text : {"10 rows", "10rows", "10", " 10 rows "}) {
    const Threshold rows = *ParseThreshold(text);
    EXPECT_FALSE(rows.is_share) << text;
    EXPECT_EQ(rows.amount, 10) << text;
  }
  EXPECT_EQ(ParseThreshold("1 row")->amount, 1);
  const Threshold share = *ParseThreshold("0.1 %");
  EXPECT_TRUE(share.is_share);
  EXPECT_EQ(share.amount, 1000);
  EXPECT_EQ(share.text, "0.1 %");
  EXPECT_EQ(ParseThreshold("0.0001%")->amount, 1);
}

struct WrongThreshold {
  std::string text;
  std::string message;
  std::string hint;
};

TEST(Threshold, RefusesWhatCouldMeanTwoThings) {
  const std::string unit = "a threshold needs a unit: ";
  const std::string form = "write a number of rows such as `10 rows`, or a share such as `0.1 %`";
  const std::vector<WrongThreshold> mistakes = {
      {"0.001", unit + "0.001", "write 0.1 % or a number of rows"},
      {"0.5", unit + "0.5", "write 50 % or a number of rows"},
      {"0.0125", unit + "0.0125", "write 1.25 % or a number of rows"},
      {".05", unit + ".05", "write 5 % or a number of rows"},
      {"1.0", unit + "1.0", "write 100 % or a number of rows"},
      {"2.5", unit + "2.5", "write 0.1 % or a number of rows"},
      {"1e-3", unit + "1e-3", "write 0.1 % or a number of rows"},
      {"101 %", "percentage is above 100 %: 101 %", ""},
      {"0.00001 %", "percentage has more than 4 decimals: 0.00001 %", "round it"},
      {"x %", "not a percentage: x %", "write 80 %"},
      {"-1", "not a threshold: -1", form},
      {"-1 %", "not a threshold: -1 %", form},
      {"ten rows", "not a threshold: ten rows", form},
      {"0.1 percent", "not a threshold: 0.1 percent", form},
      {"1.5 rows", "not a threshold: 1.5 rows", form},
      {"", "not a threshold: ", form},
      {"9007199254740992 rows", "number is too large: 9007199254740992",
       "the largest is 9007199254740991"},
  };
  for (const WrongThreshold& mistake : mistakes) {
    const Result<Threshold> read = ParseThreshold(mistake.text);
    ASSERT_FALSE(read.ok()) << mistake.text;
    EXPECT_EQ(read.error().message, mistake.message);
    EXPECT_EQ(read.error().hint, mistake.hint);
    EXPECT_EQ(read.error().code, ErrorCode::kUser);
  }
}

TEST(Threshold, IsExceededOnlyAboveIt) {
  const Threshold rows = *ParseThreshold("10 rows");
  EXPECT_FALSE(rows.IsExceeded(10, 100));
  EXPECT_TRUE(rows.IsExceeded(11, 1000000));
  const Threshold share = *ParseThreshold("0.1 %");
  EXPECT_FALSE(share.IsExceeded(1, 1000));
  EXPECT_TRUE(share.IsExceeded(1, 999));
  EXPECT_TRUE(share.IsExceeded(2, 1999));
  EXPECT_FALSE(share.IsExceeded(0, 0));
  EXPECT_FALSE(ParseThreshold("100 %")->IsExceeded(5, 5));
  EXPECT_TRUE(Threshold{}.IsExceeded(1, 1));
  EXPECT_FALSE(Threshold{}.IsExceeded(0, 1));
}

TEST(Threshold, IsExactForAnyNumberOfRows) {
  const std::int64_t rows = std::numeric_limits<std::int64_t>::max();
  const Threshold half = *ParseThreshold("50 %");
  EXPECT_FALSE(half.IsExceeded(rows / 2, rows));
  EXPECT_TRUE(half.IsExceeded(rows / 2 + 1, rows));
}

}  // namespace
}  // namespace assay::contract
