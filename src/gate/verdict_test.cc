#include "gate/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::gate {
namespace {

using contract::Bound;
using contract::BoundOp;

JudgedCheck RowCheck(const std::string& name) {
  JudgedCheck check;
  check.decl.name = name;
  check.decl.kind = "range";
  return check;
}

JudgedCheck Share(const std::string& low, const std::string& high) {
  JudgedCheck check;
  check.decl.name = "share";
  check.decl.kind = "share";
  check.is_number = check.is_share = true;
  check.bound = Bound{BoundOp::kBetween, {low, high}, false};
  return check;
}

SliceCounts Total(std::int64_t rows, std::int64_t bad) {
  SliceCounts counts;
  counts.is_total = true;
  counts.rows = rows;
  counts.refused = counts.faulty = counts.fail_union = counts.warn_union = bad;
  counts.passed = rows - bad;
  counts.bad = {bad};
  counts.numbers = {std::nullopt};
  return counts;
}

SliceCounts Slice(const std::string& name, std::int64_t rows, std::int64_t bad) {
  SliceCounts counts = Total(rows, bad);
  counts.is_total = false;
  counts.slice = name;
  return counts;
}

Thresholds Limits(const std::string& warn, const std::string& fail) {
  return {*contract::ParseThreshold(warn), *contract::ParseThreshold(fail), 100};
}

VerdictKind Judge(std::int64_t rows, std::int64_t bad, const std::string& warn,
                  const std::string& fail) {
  return JudgeCounts({RowCheck("r")}, Limits(warn, fail), {Total(rows, bad)})->verdict;
}

TEST(Verdict, ThresholdsAreExceededNotReached) {
  EXPECT_EQ(Judge(1000, 0, "0", "0"), VerdictKind::kPass);
  EXPECT_EQ(Judge(1000, 1, "0", "0"), VerdictKind::kFail);
  EXPECT_EQ(Judge(1000, 1, "0", "0.1 %"), VerdictKind::kWarn);
  EXPECT_EQ(Judge(1000, 2, "0", "0.1 %"), VerdictKind::kFail);
  EXPECT_EQ(Judge(1000, 10, "10 rows", "10 rows"), VerdictKind::kPass);
  EXPECT_EQ(Judge(1000, 11, "10 rows", "20 rows"), VerdictKind::kWarn);
}

TEST(Verdict, ABadSliceFailsThoughTheWholeWouldPass) {
  const auto verdict =
      JudgeCounts({RowCheck("r")}, Limits("0", "1 %"),
                  {Total(100000, 60), Slice("2001-05", 99000, 0), Slice("2001-06", 1000, 60)});
  EXPECT_EQ(verdict->verdict, VerdictKind::kFail);
  ASSERT_EQ(verdict->checks[0].slices.size(), 2U);
  EXPECT_EQ(verdict->checks[0].slices[0].verdict, VerdictKind::kPass);
  EXPECT_EQ(verdict->checks[0].slices[1].verdict, VerdictKind::kFail);
}

TEST(Verdict, ASmallSliceIsReportedNotJudged) {
  const auto verdict = JudgeCounts({RowCheck("r")}, Limits("50 %", "50 %"),
                                   {Total(100006, 6), Slice("2001-07", 6, 6)});
  EXPECT_EQ(verdict->verdict, VerdictKind::kPass);
  EXPECT_FALSE(verdict->checks[0].slices[0].judged);
}

TEST(Verdict, TheUnionOfBadRowsIsJudgedToo) {
  // Two checks that each stay below the threshold, on different rows.
  SliceCounts counts = Total(1000, 12);
  counts.bad = {6, 6};
  counts.numbers = {std::nullopt, std::nullopt};
  const auto verdict = JudgeCounts({RowCheck("a"), RowCheck("b")}, Limits("1 %", "1 %"), {counts});
  EXPECT_EQ(verdict->checks[0].verdict, VerdictKind::kPass);
  EXPECT_EQ(verdict->checks[1].verdict, VerdictKind::kPass);
  EXPECT_EQ(verdict->verdict, VerdictKind::kFail);
}

TEST(Verdict, WarningSeverityNeverFails) {
  JudgedCheck check = RowCheck("r");
  check.decl.severity = contract::CheckSeverity::kWarning;
  SliceCounts counts = Total(1000, 0);
  counts.bad = {900};
  EXPECT_EQ(JudgeCounts({check}, Limits("0", "0"), {counts})->verdict, VerdictKind::kWarn);
}

TEST(Verdict, ACheckMayHaveItsOwnThresholds) {
  JudgedCheck check = RowCheck("r");
  check.decl.fail_above = *contract::ParseThreshold("50 %");
  check.decl.warn_above = *contract::ParseThreshold("40 %");
  SliceCounts counts = Total(1000, 300);
  counts.fail_union = counts.warn_union = 0;  // no row is bad by another check
  EXPECT_EQ(JudgeCounts({check}, Limits("0", "0"), {counts})->verdict, VerdictKind::kPass);
}

TEST(Verdict, SharesAreTakenOverTheRowsThatPass) {
  SliceCounts counts = Total(1000, 500);
  counts.bad = {0};
  counts.numbers = {"100"};
  EXPECT_EQ(JudgeCounts({Share("20 %", "20 %")}, Limits("99 %", "99 %"), {counts})->verdict,
            VerdictKind::kPass);
  EXPECT_EQ(JudgeCounts({Share("21 %", "")}, Limits("99 %", "99 %"), {counts})->verdict,
            VerdictKind::kFail);
  EXPECT_EQ(JudgeCounts({Share("", "0.199")}, Limits("99 %", "99 %"), {counts})->verdict,
            VerdictKind::kFail);
}

TEST(Verdict, EveryBorderInPercentCanBeMet) {
  // 0.1 % to 100.0 %, each met exactly, one row below and one row above.
  for (std::int64_t tenths = 1; tenths <= 1000; ++tenths) {
    const std::string border =
        std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
    SliceCounts counts = Total(1'000'000, 0);
    const auto judged = [&](std::int64_t count) {
      counts.numbers = {std::to_string(count)};
      return JudgeCounts({Share(border, border)}, Limits("0", "0"), {counts})->verdict;
    };
    EXPECT_EQ(judged(tenths * 1000), VerdictKind::kPass) << border;
    EXPECT_EQ(judged(tenths * 1000 - 1), VerdictKind::kFail) << border;
    EXPECT_EQ(judged(tenths * 1000 + 1), VerdictKind::kFail) << border;
  }
}

TEST(Verdict, BordersOfASharesAreExact) {
  SliceCounts counts = Total(500, 0);
  counts.numbers = {"50"};
  EXPECT_EQ(JudgeCounts({Share("10 %", "10 %")}, Limits("0", "0"), {counts})->verdict,
            VerdictKind::kPass);
  counts.numbers = {"49"};
  EXPECT_EQ(JudgeCounts({Share("10 %", "30 %")}, Limits("0", "0"), {counts})->verdict,
            VerdictKind::kFail);
}

TEST(Verdict, ANumberThatIsNullFails) {
  SliceCounts counts = Total(500, 0);
  JudgedCheck check = Share("0", "1");
  check.is_share = false;
  EXPECT_EQ(JudgeCounts({check}, Limits("0", "0"), {counts})->verdict, VerdictKind::kFail);
}

TEST(Verdict, NoRowsAtAllIsAWarning) {
  const auto verdict = JudgeCounts({RowCheck("r")}, Limits("0", "0"), {Total(0, 0)});
  EXPECT_EQ(verdict->verdict, VerdictKind::kWarn);
  EXPECT_EQ(verdict->note, "no rows to judge");
}

TEST(Verdict, BadNumbersInABoundAreErrors) {
  SliceCounts counts = Total(500, 0);
  counts.numbers = {"5"};
  EXPECT_FALSE(JudgeCounts({Share("a lot", "")}, Limits("0", "0"), {counts}).ok());
  JudgedCheck number = Share("10 %", "");
  number.is_share = false;
  EXPECT_FALSE(JudgeCounts({number}, Limits("0", "0"), {counts}).ok());
}

TEST(Holds, ComparesAsOdcsSays) {
  struct Case {
    BoundOp op;
    std::vector<std::string> values;
    std::string number;
    bool holds;
  };
  const Case cases[] = {
      {BoundOp::kEqual, {"5"}, "5", true},
      {BoundOp::kEqual, {"5"}, "6", false},
      {BoundOp::kNotEqual, {"5"}, "5", false},
      {BoundOp::kNotEqual, {"5"}, "6", true},
      {BoundOp::kGreater, {"5"}, "5", false},
      {BoundOp::kGreater, {"5"}, "6", true},
      {BoundOp::kGreaterOrEqual, {"5"}, "5", true},
      {BoundOp::kGreaterOrEqual, {"5"}, "4", false},
      {BoundOp::kLess, {"5"}, "5", false},
      {BoundOp::kLess, {"5"}, "4", true},
      {BoundOp::kLessOrEqual, {"5"}, "5", true},
      {BoundOp::kLessOrEqual, {"5"}, "6", false},
      {BoundOp::kBetween, {"1", "5"}, "5", true},
      {BoundOp::kBetween, {"1", "5"}, "0", false},
      {BoundOp::kBetween, {"", "5"}, "-9", true},
      {BoundOp::kBetween, {"1", ""}, "99", true},
      {BoundOp::kNotBetween, {"1", "5"}, "3", false},
      {BoundOp::kNotBetween, {"1", "5"}, "6", true},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(*Holds({each.op, each.values, false}, each.number, std::nullopt), each.holds)
        << static_cast<int>(each.op) << " " << each.number;
  }
}

}  // namespace
}  // namespace assay::gate
