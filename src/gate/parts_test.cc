// A gate judged part by part says the same as one that saw all rows at once.
#include <gtest/gtest.h>

#include <random>

#include "gate/test_gate.h"

namespace assay::gate {
namespace {

class GatePartsTest : public GateTest {
 protected:
  // Rows of so many months; some of them bad, some with the same key or the same inputs.
  static std::string Month(std::size_t month, std::uint64_t seed, int rows) {
    const std::string random = "(hash(i, " + std::to_string(seed) + ") % 1000)::BIGINT";
    return "SELECT TIMESTAMP '2001-01-01' + INTERVAL (" + std::to_string(month) +
           ") MONTH + INTERVAL (" + random + " % 9) DAY AS at, CASE WHEN " + random +
           " % 37 = 0 THEN NULL ELSE " + random + " END AS n, (" + random +
           " % 7)::VARCHAR AS s, hash(i, 1) % 5 = 0 AS late FROM range(" + std::to_string(rows) +
           ") t(i)";
  }

  std::vector<std::string> Files(std::size_t month) const {
    return {(folder / (std::to_string(month) + ".parquet")).string()};
  }

  GateInput PartOf(std::size_t month) {
    GateInput part = input;
    part.table = engine::ReadParquet({Files(month)[0]}, {});
    part.placed = part.table;
    part.files = {std::to_string(month)};
    return part;
  }

  // The verdict of all parts, and how many rows passed.
  Verdict JudgedByParts(std::size_t months, std::size_t& rows_passed) {
    std::vector<std::vector<SliceCounts>> counts;
    std::string passed;
    for (std::size_t month = 0; month < months; ++month) {
      const GateInput part = PartOf(month);
      const auto judged = JudgePart(*engine, gate, part);
      EXPECT_TRUE(judged.ok()) << judged.error().message;
      if (!judged.ok()) return {};
      // As they are kept from one run to the next.
      const auto kept = ParseCounts(CountsJson(judged->counts));
      EXPECT_TRUE(kept.ok());
      counts.push_back(*kept);
      const std::string table = "passed" + std::to_string(month);
      EXPECT_TRUE(engine
                      ->Execute("CREATE OR REPLACE TABLE " + table + " AS SELECT * FROM " +
                                part.placed + " AS rows ANTI JOIN (" + judged->refused_query +
                                ") AS refused USING (file_index, file_row_number)")
                      .ok());
      passed += (passed.empty() ? "(SELECT * FROM " : " UNION ALL SELECT * FROM ") + table;
    }
    GateInput all = input;
    all.table = passed + ")";
    all.placed = "";
    all.files.clear();
    rows_passed = CountRows("SELECT 1 FROM " + all.table);
    const auto verdict = JudgeParts(*engine, gate, all, counts);
    EXPECT_TRUE(verdict.ok()) << verdict.error().message;
    return verdict.ok() ? *verdict : Verdict{};
  }

  void ExpectTheSame(std::size_t months) {
    std::size_t rows_passed = 0;
    const Verdict by_parts = JudgedByParts(months, rows_passed);
    const Judgement whole = Judged();
    EXPECT_EQ(VerdictJson(by_parts).dump(1), VerdictJson(whole.verdict).dump(1));
    EXPECT_EQ(rows_passed, CountPassed(whole));
  }

  void TakeMonths(std::size_t months, std::uint64_t seed, int rows) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < months; ++i) names.push_back(std::to_string(i));
    TakeFiles(names, [&](std::size_t i) { return Month(i, seed + i, rows); });
  }
};

TEST_F(GatePartsTest, ComeToTheVerdictOfTheWhole) {
  TakeTarget("target", Month(0, 99, 500));
  std::mt19937_64 random(20011);
  for (int round = 0; round < 20; ++round) {
    const std::size_t months = 1 + random() % 4;
    TakeMonths(months, random(), round == 0 ? 0 : 10 + static_cast<int>(random() % 400));
    gate = contract::Gate{};
    gate.name = "checked";
    if (random() % 2 == 0) gate.by = "month(at)";
    if (random() % 4 == 0) gate.by = "s";
    gate.min_rows = static_cast<std::int64_t>(random() % 50);
    if (random() % 2 == 0) gate.fail_above = *contract::ParseThreshold("10 %");
    if (random() % 2 == 0) gate.warn_above = *contract::ParseThreshold("3 rows");
    // Each check is in half of the gates.
    const auto maybe = [&](const std::string& kind, const Json& params) {
      if (random() % 2 != 0) return;
      contract::CheckDecl& check = Check(kind, params);
      if (random() % 3 == 0) check.severity = contract::CheckSeverity::kWarning;
      if (random() % 3 == 0) check.fail_above = *contract::ParseThreshold("20 %");
    };
    maybe("not_null", {{"column", "n"}});
    maybe("range", {{"column", "n"}, {"max", "900"}});
    maybe("accepted", {{"column", "s"}, {"values", {"1", "2", "3", "4", "5"}}});
    maybe("pattern", {{"column", "s"}, {"regex", "[0-5]"}});
    maybe("rule", {{"predicate", "n IS NULL OR n % 11 <> 0"}});
    maybe("type", {{"column", "n"}, {"is", "integer"}});
    maybe("unique", {{"columns", {"at", "n"}}});
    maybe("label_conflict", {{"label", "late"}, {"inputs", {"at", "s"}}});
    maybe("share", {{"column", "late"}, {"of", "true"}, {"between", {"10 %", "30 %"}}});
    maybe("imbalance", {{"label", "late"}, {"at_most", "5"}});
    maybe("row_count", {{"between", {"100", "1000"}}});
    maybe("newest", {{"column", "at"}, {"at_most", "30 days"}, {"at", "2001-04-20"}});
    maybe("population_stability",
          {{"columns", {"n", "s"}}, {"against", "target"}, {"at_most", "0.2"}});
    if (random() % 3 == 0) {
      contract::CheckDecl& check = Check("not_null", {{"column", "n"}});
      check.bound = contract::Bound{contract::BoundOp::kLessOrEqual, {"3"}, true};
    }
    if (gate.checks.empty()) continue;
    SCOPED_TRACE(round);
    ExpectTheSame(months);
  }
}

TEST_F(GatePartsTest, InWhichNothingPassesLeaveNumbersOfNoRows) {
  TakeMonths(2, 5, 50);
  gate.by = "month(at)";
  gate.min_rows = 1;
  Check("rule", {{"predicate", "month(\"at\") = 2"}});
  Check("row_count", {{"between", {"1", ""}}});
  Check("share", {{"column", "late"}, {"of", "true"}, {"between", {"0 %", "90 %"}}});
  gate.fail_above = *contract::ParseThreshold("100 %");
  ExpectTheSame(2);
}

TEST_F(GatePartsTest, CountedByOtherChecksAreAnError) {
  TakeMonths(1, 5, 50);
  Check("not_null", {{"column", "n"}});
  const auto judged = JudgePart(*engine, gate, PartOf(0));
  ASSERT_TRUE(judged.ok());
  Check("not_null", {{"column", "s"}});
  EXPECT_FALSE(JudgeParts(*engine, gate, input, {judged->counts}).ok());
  EXPECT_FALSE(ParseCounts(Json::parse(R"([{"slice": 1}])")).ok());
  EXPECT_FALSE(ParseCounts(Json::parse(R"([7])")).ok());
  EXPECT_FALSE(ParseCounts(Json()).ok());
  EXPECT_FALSE(ParseCounts(Json::object()).ok());
}

}  // namespace
}  // namespace assay::gate
