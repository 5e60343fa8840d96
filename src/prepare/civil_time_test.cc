#include "prepare/civil_time.h"

#include <gtest/gtest.h>

#include <ctime>

namespace assay::prepare {
namespace {

// The C library's calendar is the judge.
TEST(CivilTime, EqualsTheLibraryOverFourCenturies) {
  for (std::int64_t day = -150'000; day < 150'000; day += 1) {
    const std::time_t seconds = static_cast<std::time_t>(day) * 86'400;
    std::tm parts{};
    ASSERT_NE(gmtime_r(&seconds, &parts), nullptr);
    const CivilDate date = CivilFromDays(day);
    ASSERT_EQ(date.year, parts.tm_year + 1900) << day;
    ASSERT_EQ(date.month, parts.tm_mon + 1) << day;
    ASSERT_EQ(date.day, parts.tm_mday) << day;
    ASSERT_EQ(DayOfYear(day), parts.tm_yday + 1) << day;
    ASSERT_EQ(WeekdayOf(day), parts.tm_wday == 0 ? 7 : parts.tm_wday) << day;
    char week[8];
    std::strftime(week, sizeof week, "%V", &parts);
    ASSERT_EQ(WeekOf(day), std::atoi(week)) << day;
    ASSERT_EQ(DaysFromCivil(date), day);
  }
}

TEST(CivilTime, ReachesFarDays) {
  for (const std::int64_t day : {-106'751'991'167L, -719'529L, 2'932'896L, 106'751'991'166L}) {
    EXPECT_EQ(DaysFromCivil(CivilFromDays(day)), day);
  }
  EXPECT_EQ(CivilFromDays(-719'529).year, -1);
}

std::int64_t MicrosOf(const std::string& text) {
  const auto moment = ParseMoment(text);
  return moment ? moment->micros : -1;
}

TEST(CivilTime, ReadsMoments) {
  EXPECT_EQ(MicrosOf("1970-01-01"), 0);
  EXPECT_EQ(MicrosOf("1970-01-02T00:00"), kMicrosPerDay);
  EXPECT_EQ(MicrosOf("1970-01-01 00:00:01.5"), 1'500'000);
  EXPECT_EQ(MicrosOf("1970-01-01T00:00:00.000001Z"), 1);
  EXPECT_EQ(MicrosOf("1970-01-01T02:00:00+02:00"), 0);
  EXPECT_EQ(MicrosOf("1969-12-31T22:30:00-01:30"), 0);
  EXPECT_TRUE(ParseMoment("1970-01-01T00:00Z")->has_zone);
  EXPECT_FALSE(ParseMoment("1970-01-01T00:00")->has_zone);
}

TEST(CivilTime, RefusesWhatIsNoMoment) {
  for (const char* text :
       {"", "1970", "1970-13-01", "1970-02-29", "1970-01-01T", "1970-01-01T24:00",
        "1970-01-01T00:60", "1970-01-01T00:00:60", "1970-01-01T00:00:00.", "1970-01-01T00:00ZZ",
        "1970-01-01T00:00+2:00", "1970-01-01T00:00:00.1234567", "1970-1-1", "1970-01-01x"}) {
    EXPECT_FALSE(ParseMoment(text).has_value()) << text;
  }
}

TEST(CivilTime, WritesMoments) {
  EXPECT_EQ(DateText(0), "1970-01-01");
  EXPECT_EQ(MomentText(-1), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(MomentText(951'826'496'000'000), "2000-02-29 12:14:56");
}

}  // namespace
}  // namespace assay::prepare
