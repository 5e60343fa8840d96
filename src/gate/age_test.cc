#include "gate/age.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace assay::gate {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kDay = 86'400'000'000;

TEST(Age, IsWrittenInDaysHoursOrMinutes) {
  EXPECT_EQ(*ParseAge("30 days"), 30 * kDay);
  EXPECT_EQ(*ParseAge("1 day"), kDay);
  EXPECT_EQ(*ParseAge("36hours"), 36 * kDay / 24);
  EXPECT_EQ(*ParseAge("90 minutes"), 90 * 60'000'000LL);
  EXPECT_EQ(*ParseAge("0 days"), 0);
  EXPECT_EQ(*ParseAge("9999999 days"), 9'999'999 * kDay);
}

TEST(Age, RefusesWhatIsNone) {
  for (const char* text : {"", "30", "days", "-3 days", "3 weeks", "1.5 days", "30 %", "3 dayss",
                           "10000000 days", "3 days ago"}) {
    const auto age = ParseAge(text);
    ASSERT_FALSE(age.ok()) << text;
    EXPECT_THAT(age.error().message, HasSubstr("not an age: ")) << text;
    EXPECT_THAT(age.error().hint, HasSubstr("30 days"));
  }
}

TEST(Age, IsTooOldOnlyAboveTheLimit) {
  const AgeLimit limit{kDay, "1 day", 10 * kDay, false};
  EXPECT_FALSE(IsTooOld(limit, 9 * kDay));
  EXPECT_TRUE(IsTooOld(limit, 9 * kDay - 1));
  EXPECT_FALSE(IsTooOld(limit, 20 * kDay));
  EXPECT_TRUE(IsTooOld(limit, std::numeric_limits<std::int64_t>::min()));
  EXPECT_FALSE(IsTooOld(limit, std::numeric_limits<std::int64_t>::max()));
}

TEST(Age, SaysTheTwoLargestUnits) {
  const AgeLimit limit{kDay, "1 day", 10 * kDay, false};
  EXPECT_EQ(AgeWords(limit, 8 * kDay), "2 days old, newest 1970-01-09T00:00:00Z");
  EXPECT_EQ(AgeWords(limit, 9 * kDay - kDay / 8 - 60'000'000),
            "1 day 3 hours old, newest 1970-01-09T20:59:00Z");
  EXPECT_EQ(AgeWords(limit, 10 * kDay - 3'660'000'000),
            "1 hour 1 minute old, newest 1970-01-10T22:59:00Z");
  EXPECT_EQ(AgeWords(limit, 10 * kDay), "less than a minute old, newest 1970-01-11T00:00:00Z");
  EXPECT_EQ(AgeWords(limit, 12 * kDay), "newest 1970-01-13T00:00:00Z lies 2 days ahead");
}

}  // namespace
}  // namespace assay::gate
