#include "contract/duration.h"

#include <gtest/gtest.h>

namespace assay::contract {
namespace {

std::int64_t Seconds(std::string_view text) {
  const auto duration = ParseDuration(text);
  return duration.ok() ? duration->seconds : -1;
}

std::string Message(std::string_view text) {
  const auto duration = ParseDuration(text);
  return duration.ok() ? "" : duration.error().message;
}

TEST(Duration, HasANumberAndAUnit) {
  EXPECT_EQ(Seconds("90 days"), 90 * 86400);
  EXPECT_EQ(Seconds("1 day"), 86400);
  EXPECT_EQ(Seconds("12 hours"), 12 * 3600);
  EXPECT_EQ(Seconds("1 hour"), 3600);
  EXPECT_EQ(Seconds("2h"), 7200);
  EXPECT_EQ(Seconds("10 min"), 600);
  EXPECT_EQ(Seconds("1 minute"), 60);
  EXPECT_EQ(Seconds("3 minutes"), 180);
  EXPECT_EQ(Seconds(" 5 s "), 5);
  EXPECT_EQ(Seconds("2 weeks"), 14 * 86400);
  EXPECT_EQ(Seconds("0 days"), 0);
  EXPECT_EQ(Seconds("36500 days"), 36500LL * 86400);
}

TEST(Duration, KeepsWhatWasWritten) { EXPECT_EQ(ParseDuration(" 90   days")->text, "90 days"); }

TEST(Duration, RefusesWhatIsNone) {
  EXPECT_EQ(Message("days"), "not a span of time: days");
  EXPECT_EQ(Message(""), "not a span of time: ");
  EXPECT_EQ(Message("-3 days"), "not a span of time: -3 days");
  EXPECT_EQ(Message("1.5 days"), "not a span of time: 1.5 days");
  EXPECT_EQ(Message("3 months"), "not a span of time: 3 months");
  EXPECT_EQ(Message("90"), "a span of time needs a unit: 90");
  EXPECT_EQ(Message("36501 days"), "a span of time is too long: 36501 days");
  EXPECT_EQ(Message("99999999999999999999 s"),
            "a span of time is too long: 99999999999999999999 s");
}

TEST(DurationWords, NamesTheTwoLargestUnits) {
  EXPECT_EQ(DurationWords(0), "0 s");
  EXPECT_EQ(DurationWords(59), "59 s");
  EXPECT_EQ(DurationWords(60), "1 min");
  EXPECT_EQ(DurationWords(61), "1 min 1 s");
  EXPECT_EQ(DurationWords(31 * 86400 + 4 * 3600 + 5), "31 days 4 hours");
  EXPECT_EQ(DurationWords(86400), "1 day");
  EXPECT_EQ(DurationWords(86400 + 59), "1 day");
  EXPECT_EQ(DurationWords(-3600), "-1 hour");
}

}  // namespace
}  // namespace assay::contract
