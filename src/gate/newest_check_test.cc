#include <gmock/gmock.h>

#include "gate/test_gate.h"

namespace assay::gate {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kMicrosOfDay = 86'400'000'000;
// 2001-07-01T00:00:00Z
constexpr std::int64_t kJuly = 993'945'600'000'000;

class NewestCheck : public GateTest {
 protected:
  NewestCheck() { input.now_micros = kJuly; }
  CheckFinding Found() { return Judged().verdict.checks.at(0); }
  void Age(const std::string& at_most) { Check("newest", {{"column", "d"}, {"at_most", at_most}}); }
};

TEST_F(NewestCheck, JudgesTheAgeOfTheLatestMoment) {
  TakeInput("SELECT TIMESTAMP '2001-06-29 12:00:00' - INTERVAL (i) DAY AS d FROM range(9) t(i)");
  Age("36 hours");
  EXPECT_EQ(Found().verdict, VerdictKind::kPass);
  EXPECT_EQ(Found().observed, "1 day 12 hours old, newest 2001-06-29T12:00:00Z");
  EXPECT_EQ(Found().expected, "newest at most 36 hours old");
  input.now_micros = kJuly + 1;
  EXPECT_EQ(Found().verdict, VerdictKind::kFail);
  gate.checks[0].severity = contract::CheckSeverity::kWarning;
  EXPECT_EQ(Found().verdict, VerdictKind::kWarn);
}

TEST_F(NewestCheck, AMomentThatIsFixedIsNotTheClock) {
  TakeInput("SELECT DATE '2001-06-30' AS d");
  Check("newest", {{"column", "d"}, {"at_most", "1 day"}, {"at", "2001-07-01T00:00:00"}});
  input.now_micros = 100 * kJuly;
  EXPECT_EQ(Found().verdict, VerdictKind::kPass);
  EXPECT_EQ(Found().expected, "newest at most 1 day old at 2001-07-01T00:00:00");
  EXPECT_FALSE(VerdictJson(Judged().verdict).contains("without_age"));
}

TEST_F(NewestCheck, TakesZonesIntoAccount) {
  TakeInput("SELECT TIMESTAMPTZ '2001-07-01 01:00:00+02' AS d");
  Age("1 hour");
  EXPECT_EQ(Found().observed, "1 hour old, newest 2001-06-30T23:00:00Z");
}

TEST_F(NewestCheck, AMomentAheadPassesAndIsSaid) {
  TakeInput("SELECT DATE '2001-07-03' AS d");
  Age("0 days");
  EXPECT_EQ(Found().verdict, VerdictKind::kPass);
  EXPECT_EQ(Found().observed, "newest 2001-07-03T00:00:00Z lies 2 days ahead");
}

TEST_F(NewestCheck, NullsFailAndAnEmptyTableIsNotJudged) {
  TakeInput("SELECT NULL::DATE AS d");
  Age("1 day");
  EXPECT_EQ(Found().verdict, VerdictKind::kFail);
  EXPECT_EQ(Found().observed, "null");
  TakeInput("SELECT NULL::DATE AS d WHERE false");
  EXPECT_EQ(Found().verdict, VerdictKind::kPass);
  TakeInput("SELECT * FROM (VALUES (DATE '2001-06-30'), (NULL)) t(d)");
  EXPECT_EQ(Found().verdict, VerdictKind::kPass);
}

TEST_F(NewestCheck, WrongDeclarationsAreErrors) {
  TakeInput("SELECT TIME '10:00:00' AS d, 1 AS n");
  Age("1 day");
  EXPECT_THAT(Refusal(), HasSubstr("an age is of dates and timestamps; `d` is time"));
  gate.checks[0].params["column"] = "m";
  EXPECT_THAT(Refusal(), HasSubstr("the data has no column: m"));
  const Status status = FindCheck("newest")->info.check({{"at_most", "30"}});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "at_most: not an age: 30");
}

TEST_F(NewestCheck, IsJudgedAgainFromTheKeptVerdict) {
  TakeInput(
      "SELECT CASE WHEN i < 2 THEN 'a' ELSE 'b' END AS s, DATE '2001-06-30' - (i * 10)::INTEGER AS "
      "d FROM range(4) t(i)");
  gate.by = "s";
  gate.min_rows = 1;
  Age("25 days");
  Check("row_count", {{"between", {"1", ""}}});
  for (const auto severity : {contract::CheckSeverity::kError, contract::CheckSeverity::kWarning}) {
    gate.checks[0].severity = severity;
    input.now_micros = kJuly;
    Json kept = VerdictJson(Judged().verdict);
    EXPECT_EQ(kept["verdict"], "pass");
    for (const int days : {0, 3, 4, 5, 24, 25, 200, 1}) {
      input.now_micros = kJuly + days * kMicrosOfDay;
      const Json fresh = VerdictJson(Judged().verdict);
      const bool differs = kept["verdict"] != fresh["verdict"];
      EXPECT_EQ(JudgeAgesAgain(kept, input.now_micros), differs) << days;
      EXPECT_EQ(kept, fresh) << days;
    }
  }
}

TEST_F(NewestCheck, JudgedAgainOtherFaultsStay) {
  TakeInput("SELECT DATE '2001-06-30' AS d, NULL::INTEGER AS n");
  Age("1 day");
  Check("not_null", {{"column", "n"}});
  gate.bad_rows = contract::BadRows::kKeep;
  Json kept = VerdictJson(Judged().verdict);
  EXPECT_EQ(kept["verdict"], "fail");
  EXPECT_EQ(kept["checks"][0]["verdict"], "pass");
  EXPECT_FALSE(JudgeAgesAgain(kept, kJuly + 9 * kMicrosOfDay));
  EXPECT_EQ(kept["checks"][0]["verdict"], "fail");
  EXPECT_EQ(kept["checks"][1]["verdict"], "fail");
}

TEST_F(NewestCheck, AVerdictWithoutAgesIsLeftAlone) {
  TakeInput("SELECT 1 AS n");
  Check("not_null", {{"column", "n"}});
  Json kept = VerdictJson(Judged().verdict);
  const Json before = kept;
  EXPECT_FALSE(JudgeAgesAgain(kept, kJuly));
  EXPECT_EQ(kept, before);
  Json nothing;
  EXPECT_FALSE(JudgeAgesAgain(nothing, kJuly));
}

}  // namespace
}  // namespace assay::gate
