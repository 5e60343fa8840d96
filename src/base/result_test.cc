#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace assay {
namespace {

Result<int> Half(int number) {
  if (number % 2 == 0) return number / 2;
  return Error{ErrorCode::kUser, "number is odd: " + std::to_string(number), "add one"};
}

Result<int> Quarter(int number) {
  TRY_ASSIGN(const int half, Half(number));
  TRY_ASSIGN(const int quarter, Half(half));
  return quarter;
}

Status MustBeEven(int number) {
  TRY(Half(number));
  return {};
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_TRUE(Half(4).ok());
  EXPECT_EQ(*Half(4), 2);
  const Result<int> odd = Half(3);
  ASSERT_FALSE(odd.ok());
  EXPECT_FALSE(static_cast<bool>(odd));
  EXPECT_EQ(odd.error().code, ErrorCode::kUser);
  EXPECT_EQ(odd.error().message, "number is odd: 3");
  EXPECT_EQ(odd.error().hint, "add one");
}

TEST(Result, TryHandsTheFirstErrorOn) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).error().message, "number is odd: 3");
  EXPECT_TRUE(MustBeEven(2).ok());
  EXPECT_EQ(MustBeEven(1).error().hint, "add one");
}

TEST(Result, CarriesWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  ASSERT_TRUE(result.ok());
  const std::unique_ptr<int> value = std::move(result).value();
  EXPECT_EQ(*value, 7);
}

TEST(Result, ContextGrowsOutwardAndKeepsCodeAndHint) {
  const Result<int> result = Half(3).While("reading `a`").While("loading");
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message, "loading: reading `a`: number is odd: 3");
  EXPECT_EQ(result.error().code, ErrorCode::kUser);
  EXPECT_EQ(result.error().hint, "add one");
  EXPECT_EQ(Half(4).While("loading").value(), 2);

  EXPECT_TRUE(MustBeEven(2).While("checking").ok());
  EXPECT_EQ(MustBeEven(1).While("checking").error().message, "checking: number is odd: 1");
}

TEST(Result, CodesHaveTheExitStatusOfTheProgram) {
  EXPECT_EQ(ExitStatus(ErrorCode::kUser), 2);
  EXPECT_EQ(ExitStatus(ErrorCode::kData), 2);
  EXPECT_EQ(ExitStatus(ErrorCode::kIo), 3);
  EXPECT_EQ(ExitStatus(ErrorCode::kInternal), 70);
  EXPECT_EQ(ExitStatus(ErrorCode::kCancelled), 130);
}

}  // namespace
}  // namespace assay
