#include <gmock/gmock.h>

#include "gate/test_gate.h"

namespace assay::gate {
namespace {

using testing::HasSubstr;

class CoercionCheck : public GateTest {
 protected:
  void SetUp() override { TakeInput("SELECT 1 AS amount, 'x' AS name"); }

  // Of each file, how many of a hundred amounts came with a comma decimal.
  void TakeLoads(const std::vector<int>& decimal_marks) {
    std::string rows;
    for (std::size_t i = 0; i < decimal_marks.size(); ++i) {
      const std::string load = std::to_string(i + 1);
      rows += (i > 0 ? ", (" : "(") + load + ", 'data/" + load + ".csv', 'amount', 100, " +
              std::to_string(decimal_marks[i]) + ", 25)";
    }
    // Written from the last to the first: the number of a load counts.
    TakeTarget("readings.ledger",
               "SELECT * FROM (SELECT load, file, \"column\", cells, decimal_marks, nulls, "
               "NULL::BIGINT AS trimmed FROM (VALUES " +
                   rows +
                   ") t(load, file, \"column\", cells, decimal_marks, nulls)) ORDER BY load "
                   "DESC");
  }

  contract::CheckDecl& Coerced(const std::string& limit, int percent,
                               const std::string& change = "decimal_marks") {
    return Check("coercion", {{"column", "amount"},
                              {"change", change},
                              {limit, percent * 10'000},
                              {"ledger", "readings.ledger"}});
  }
  CheckFinding Found() { return Judged().verdict.checks.at(0); }
};

TEST_F(CoercionCheck, TheWorstFileIsJudgedAndNamed) {
  TakeLoads({0, 12, 3});
  Coerced("max", 5);
  EXPECT_EQ(Found().verdict, VerdictKind::kFail);
  EXPECT_EQ(Found().observed, "12 % in data/2.csv");
  EXPECT_EQ(Found().expected, "decimal_marks, in % of the cells of a file, must be at most 5");
  EXPECT_EQ(Found().column, "amount");
  EXPECT_EQ(Found().bad, 0) << "no row is bad";
}

TEST_F(CoercionCheck, WhatIsAtTheBorderPasses) {
  TakeLoads({0, 5});
  Coerced("max", 5);
  EXPECT_EQ(Found().verdict, VerdictKind::kPass);
  gate.checks[0].params["max"] = 49'999;
  EXPECT_EQ(Found().verdict, VerdictKind::kFail);
}

TEST_F(CoercionCheck, ARiseIsMeasuredFromAllFilesBefore) {
  TakeLoads({10, 20, 15, 40});
  Coerced("rises_by", 24);
  EXPECT_EQ(Found().verdict, VerdictKind::kFail);
  EXPECT_EQ(Found().observed, "40 % in data/4.csv, 15 % before");
  gate.checks[0].params["rises_by"] = 250'000;
  EXPECT_EQ(Found().verdict, VerdictKind::kPass);
}

TEST_F(CoercionCheck, NothingRisesInTheFirstFileNorWhereTheShareFalls) {
  TakeLoads({90, 10});
  Coerced("rises_by", 0);
  EXPECT_EQ(Found().verdict, VerdictKind::kPass);
  EXPECT_EQ(Found().observed, "no rise");
}

TEST_F(CoercionCheck, NullsAreAShareOfValuesAndNulls) {
  TakeLoads({0});
  Coerced("max", 20, "nulls");
  EXPECT_EQ(Found().observed, "20 % in data/1.csv");
  EXPECT_EQ(Found().verdict, VerdictKind::kPass);
}

TEST_F(CoercionCheck, AWarningStaysOne) {
  TakeLoads({0, 12});
  Coerced("max", 5).severity = contract::CheckSeverity::kWarning;
  EXPECT_EQ(Found().verdict, VerdictKind::kWarn);
}

TEST_F(CoercionCheck, OfAStepAllCellsAreOneLoad) {
  TakeTarget("labelled.ledger",
             "SELECT * FROM (VALUES ('label', 'none', 'no', 'no', 80::BIGINT, 100::BIGINT), "
             "('label', 'mapped', 'NO', 'no', 12, 100), ('label', 'mapped', 'No', 'no', 5, 100), "
             "('label', 'unknown', '?', NULL, 3, 100)) t(\"column\", change, spelling, became, "
             "cells, \"of\")");
  const auto check = [&](const char* change, int percent) {
    gate.checks.clear();
    Check("coercion", {{"column", "label"},
                       {"change", change},
                       {"max", percent * 10'000},
                       {"ledger", "labelled.ledger"}});
    return Found();
  };
  EXPECT_EQ(check("mapped", 16).observed, "17 %");
  EXPECT_EQ(check("mapped", 16).verdict, VerdictKind::kFail);
  EXPECT_EQ(check("mapped", 17).verdict, VerdictKind::kPass);
  EXPECT_EQ(check("unknown", 3).verdict, VerdictKind::kPass);
  EXPECT_EQ(check("unknown", 2).verdict, VerdictKind::kFail);
  gate.checks[0].params["change"] = "trimmed";
  EXPECT_THAT(Refusal(), HasSubstr("`labelled.ledger` does not count: trimmed"));
  gate.checks[0].params = {{"column", "label"},
                           {"change", "mapped"},
                           {"rises_by", 10'000},
                           {"ledger", "labelled.ledger"}};
  EXPECT_THAT(Refusal(), HasSubstr("tells no files"));
}

TEST_F(CoercionCheck, RefusesWhatCannotBeJudged) {
  TakeLoads({0});
  Coerced("max", 5).params["column"] = "amuont";
  EXPECT_THAT(Refusal(), HasSubstr("no column of this name: amuont|did you mean amount?"));
  gate.checks.clear();
  Coerced("max", 5, "mapped");
  EXPECT_THAT(Refusal(), HasSubstr("does not count: mapped"));
  gate.checks.clear();
  Coerced("max", 5, "trimmed");
  EXPECT_THAT(Refusal(), HasSubstr("`trimmed` of `amount` is not counted"));
  gate.checks.clear();
  Coerced("max", 5).params["ledger"] = "other.ledger";
  EXPECT_THAT(Refusal(), HasSubstr("only a check of a gate looks at a ledger"));
  TakeTarget("readings.ledger", "SELECT 1 AS amount");
  gate.checks.clear();
  Coerced("max", 5);
  EXPECT_THAT(Refusal(), HasSubstr("is no ledger, which counts: decimal_marks"));
}

TEST(CoercionCheckParams, OneLimitIsSaid) {
  const auto check = FindCheck("coercion")->info.check;
  EXPECT_TRUE(check({{"max", 1}}).ok());
  EXPECT_TRUE(check({{"rises_by", 1}}).ok());
  EXPECT_THAT(check(Json::object()).error().message, HasSubstr("neither"));
  EXPECT_THAT(check({{"max", 1}, {"rises_by", 1}}).error().message, HasSubstr("two checks"));
}

}  // namespace
}  // namespace assay::gate
