#include "base/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace assay {
namespace {

TEST(UtcText, IsIsoWithWholeSeconds) {
  EXPECT_EQ(UtcText(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(UtcText(1'769'850'000'000'000), "2026-01-31T09:00:00Z");
  EXPECT_EQ(UtcText(1'769'850'000'999'999), "2026-01-31T09:00:00Z");
  EXPECT_EQ(UtcText(951'782'400'000'000), "2000-02-29T00:00:00Z");
}

TEST(UtcText, GoesDownBefore1970) {
  EXPECT_EQ(UtcText(-1), "1969-12-31T23:59:59Z");
  EXPECT_EQ(UtcText(-1'000'000), "1969-12-31T23:59:59Z");
  EXPECT_EQ(UtcText(-1'000'001), "1969-12-31T23:59:58Z");
}

TEST(UtcMillisText, HasThreeDigitsAlways) {
  EXPECT_EQ(UtcMillisText(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(UtcMillisText(1'769'850'000'007'999), "2026-01-31T09:00:00.007Z");
  EXPECT_EQ(UtcMillisText(-1), "1969-12-31T23:59:59.999Z");
}

TEST(FakeClock, MovesWhenTold) {
  FakeClock clock(5);
  clock.Advance(7);
  EXPECT_EQ(clock.NowMicros(), 12);
}

TEST(SystemClock, IsInThisCenturyAndDoesNotStandStill) {
  const SystemClock clock;
  const std::int64_t first = clock.NowMicros();
  EXPECT_GT(first, 1'700'000'000'000'000);
  EXPECT_LT(first, 4'102'444'800'000'000);
  EXPECT_GE(clock.NowMicros(), first);
}

TEST(NewRunId, IsAUuidOfVersion7WithTheTimeInFront) {
  const FakeClock clock(0x0123456789ab * 1000LL);
  EXPECT_THAT(NewRunId(clock),
              testing::MatchesRegex("01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

TEST(NewRunId, SortsByTimeAndDoesNotRepeat) {
  FakeClock clock(1'769'850'000'000'000);
  std::set<std::string> ids;
  std::string last;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = NewRunId(clock);
    EXPECT_GT(id, last);
    last = id;
    ids.insert(id);
    clock.Advance(1000);
  }
  for (int i = 0; i < 1000; ++i) ids.insert(NewRunId(clock));
  EXPECT_EQ(ids.size(), 2000U);
}

}  // namespace
}  // namespace assay
