#include "source/highest_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::source {
namespace {

std::string Highest(const std::vector<std::string>& texts, bool are_numbers = false) {
  HighestValue highest;
  for (const std::string& text : texts) highest.Note(text, are_numbers);
  const auto value = highest.Get();
  return value.ok() ? value->value_or("-") : "error: " + value.error().message;
}

TEST(HighestValue, ComparesNumbersAsNumbers) {
  EXPECT_EQ(Highest({"9", "10", "1e1", "9.99"}, true), "10");
  EXPECT_EQ(Highest({"9007199254740993", "9007199254740992"}, true), "9007199254740993");
  EXPECT_EQ(Highest({"-2", "-10"}, true), "-2");
  EXPECT_EQ(Highest({"9", "10"}), "10");
}

TEST(HighestValue, ComparesMomentsAsMoments) {
  // As texts the first would be higher, since `Z` is behind `.`.
  EXPECT_EQ(Highest({"2026-05-01T09:00:00Z", "2026-05-01T09:00:00.5Z"}), "2026-05-01T09:00:00.5Z");
  EXPECT_EQ(Highest({"2026-05-01T09:00:00Z", "2026-05-01T10:00:00+02:00"}), "2026-05-01T09:00:00Z");
  EXPECT_EQ(Highest({"2026-05-01", "2026-04-30 23:59"}), "2026-05-01");
}

TEST(HighestValue, ComparesAllElseAsText) {
  EXPECT_EQ(Highest({"b", "a", "B"}), "b");
  EXPECT_EQ(Highest({"01A", "019", "7"}), "7");
  EXPECT_EQ(Highest({"2026-05-01", "2026-05"}), "2026-05-01");
  EXPECT_EQ(Highest({"alpha.3", "x"}), "x");
  EXPECT_EQ(Highest({}), "-");
}

TEST(HighestValue, RefusesWhatHasNoOrder) {
  HighestValue mixed;
  mixed.Note("10", true);
  mixed.Note("b", false);
  ASSERT_FALSE(mixed.Get().ok());
  EXPECT_EQ(mixed.Get().error().message, "it holds numbers and texts: 10, b");
  for (const char* date :
       {"31/12/2026", "1.2.2026", "12/31/26 10:00", "Thu, 31 Dec 2026 10:00:00 GMT"}) {
    EXPECT_EQ(Highest({date, "x"}),
              std::string("error: it holds dates whose order as text is another: ") + date);
  }
}

TEST(HighestValue, GoesOnFromAnEarlierLoad) {
  HighestValue first;
  first.Note("9", true);
  HighestValue second;
  ASSERT_TRUE(second.NoteBefore(*first.AsJson()).ok());
  EXPECT_EQ(**second.Get(), "9");
  second.Note("8", true);
  EXPECT_EQ(**second.Get(), "9");
  second.Note("10", true);
  EXPECT_EQ(second.AsJson()->dump(), R"({"is_number":true,"value":"10"})");
  EXPECT_TRUE(HighestValue().AsJson()->is_null());
  EXPECT_TRUE(HighestValue().NoteBefore(Json()).ok());
  for (const char* damaged : {"5", "{}", R"({"value":5,"is_number":true})", R"({"value":"5"})"}) {
    EXPECT_FALSE(HighestValue().NoteBefore(Json::parse(damaged)).ok()) << damaged;
  }
}

}  // namespace
}  // namespace assay::source
