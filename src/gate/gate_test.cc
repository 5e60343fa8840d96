#include "gate/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "engine/sql_text.h"
#include "gate/test_gate.h"

namespace assay::gate {
namespace {

using testing::HasSubstr;

TEST_F(GateTest, RefusedRowsKeepTheirPlaceAndAllReasons) {
  TakeInput("SELECT * FROM (VALUES (5, 'a'), (-1, NULL), (7, NULL)) t(n, s)");
  Check("range", {{"column", "n"}, {"min", "0"}});
  Check("not_null", {{"column", "s"}});
  const Judgement judged = Judged();
  EXPECT_EQ(judged.verdict.verdict, VerdictKind::kFail);
  EXPECT_EQ(judged.verdict.refused, 2);
  const auto grid = engine->Query(judged.bad_query);
  ASSERT_TRUE(grid.ok()) << grid.error().message;
  ASSERT_EQ(grid->rows.size(), 2U);
  EXPECT_EQ(grid->rows[0][2], "file-sha");
  EXPECT_EQ(grid->rows[0][3], "1");
  EXPECT_EQ(grid->rows[0][4], "[range1, not_null2]");
  EXPECT_EQ(grid->rows[1][3], "2");
  EXPECT_EQ(grid->rows[1][4], "[not_null2]");
  EXPECT_EQ(CountPassed(judged), 1U);
}

TEST_F(GateTest, OfManyFilesABadRowKeepsItsPlace) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < engine::kManyFiles; ++i) names.push_back("sha" + std::to_string(i));
  TakeFiles(names, [](std::size_t i) {
    return "SELECT " + std::to_string(i) + " AS n UNION ALL SELECT " + std::to_string(i);
  });
  Check("rule", {{"predicate", "n <> 700"}});
  gate.fail_above = *contract::ParseThreshold("50 %");
  const Judgement judged = Judged();
  EXPECT_EQ(judged.verdict.refused, 2);
  const auto bad = engine->Query(judged.bad_query + " ORDER BY _assay_file, _assay_row LIMIT 5");
  ASSERT_TRUE(bad.ok()) << bad.error().message;
  ASSERT_EQ(bad->rows.size(), 2U);
  EXPECT_EQ(bad->rows[1][1], "sha700");
  EXPECT_EQ(bad->rows[1][2], "1");
  EXPECT_EQ(CountRows(judged.refused_query), 2U);
}

TEST_F(GateTest, NullIsBadOnlyForNotNull) {
  TakeInput("SELECT NULL::BIGINT AS n, NULL::VARCHAR AS s");
  Check("range", {{"column", "n"}, {"min", "0"}});
  Check("accepted", {{"column", "s"}, {"values", {"a"}}});
  Check("pattern", {{"column", "s"}, {"regex", "x"}});
  Check("rule", {{"predicate", "n > 0"}});
  Check("unique", {{"columns", {"n"}}});
  EXPECT_EQ(Judged().verdict.verdict, VerdictKind::kPass);
  Check("not_null", {{"column", "s"}});
  EXPECT_EQ(Judged().verdict.refused, 1);
}

TEST_F(GateTest, EveryRowOfARepeatedValueIsBad) {
  TakeInput(
      "SELECT * FROM (VALUES (1, 'a'), (1, 'a'), (1, 'b'), (NULL, 'a'), (NULL, 'a')) t(n, s)");
  Check("unique", {{"columns", {"n", "s"}}});
  EXPECT_EQ(Judged().verdict.refused, 2);
}

TEST_F(GateTest, NumbersAreTakenOverRowsThatPass) {
  TakeInput("SELECT i AS n, i < 10 AS late FROM range(1000) t(i)");
  Check("range", {{"column", "n"}, {"max", "99"}});
  Check("share", {{"column", "late"}, {"of", "true"}, {"between", {"10 %", "10 %"}}});
  Check("aggregate", {{"expression", "max(n)"}, {"between", {"99", "99"}}});
  Check("row_count", {{"between", {"100", "100"}}});
  gate.fail_above = *contract::ParseThreshold("95 %");
  const Judgement judged = Judged();
  EXPECT_EQ(judged.verdict.checks[1].verdict, VerdictKind::kPass)
      << judged.verdict.checks[1].observed;
  EXPECT_EQ(judged.verdict.checks[2].observed, "99");
  EXPECT_EQ(judged.verdict.checks[3].observed, "100");
}

TEST_F(GateTest, WithBadRowsKeptNumbersSeeAllRows) {
  TakeInput("SELECT i AS n FROM range(100) t(i)");
  Check("range", {{"column", "n"}, {"max", "9"}});
  Check("row_count", {{"between", {"100", "100"}}});
  gate.bad_rows = contract::BadRows::kKeep;
  gate.fail_above = *contract::ParseThreshold("100 %");
  const Judgement judged = Judged();
  EXPECT_EQ(judged.verdict.refused, 0);
  EXPECT_EQ(judged.verdict.checks[0].bad, 90);
  EXPECT_EQ(judged.verdict.checks[1].verdict, VerdictKind::kPass);
  EXPECT_EQ(CountPassed(judged), 100U);
}

TEST_F(GateTest, ABoundOnARowCheckRefusesNothing) {
  TakeInput("SELECT CASE WHEN i < 3 THEN NULL ELSE i END AS n FROM range(100) t(i)");
  contract::CheckDecl& check = Check("not_null", {{"column", "n"}});
  check.bound = contract::Bound{contract::BoundOp::kLessOrEqual, {"3"}, true};
  const Judgement judged = Judged();
  EXPECT_EQ(judged.verdict.verdict, VerdictKind::kPass) << judged.verdict.checks[0].observed;
  EXPECT_EQ(judged.verdict.refused, 0);
}

TEST_F(GateTest, MonthsAreNamedByYearAndMonth) {
  TakeInput("SELECT TIMESTAMP '2001-05-31 23:00:00' + INTERVAL (i) HOUR AS at FROM range(3) t(i)");
  gate.by = "month(at)";
  gate.min_rows = 1;
  Check("not_null", {{"column", "at"}});
  const auto slices = Judged().verdict.checks[0].slices;
  ASSERT_EQ(slices.size(), 2U);
  EXPECT_EQ(slices[0].slice, "2001-05");
  EXPECT_EQ(slices[1].slice, "2001-06");
  EXPECT_EQ(slices[1].rows, 2);
}

TEST_F(GateTest, ANullSliceIsNotTheTotal) {
  TakeInput("SELECT CASE WHEN i > 1 THEN 'x' END AS s FROM range(5) t(i)");
  gate.by = "s";
  gate.min_rows = 1;
  Check("row_count", {{"between", {"1", ""}}});
  const Judgement judged = Judged();
  EXPECT_EQ(judged.verdict.rows, 5);
  ASSERT_EQ(judged.verdict.checks[0].slices.size(), 2U);
  EXPECT_EQ(judged.verdict.checks[0].slices[0].slice, "null");
  EXPECT_EQ(judged.verdict.checks[0].slices[0].rows, 2);
}

TEST_F(GateTest, AQueryCheckSeesTheWholeInput) {
  TakeInput("SELECT i % 7 AS n FROM range(100) t(i)");
  Check("query", {{"sql", "SELECT count(DISTINCT n) FROM ${object}"}, {"between", {"7", "7"}}});
  EXPECT_EQ(Judged().verdict.verdict, VerdictKind::kPass);
}

TEST_F(GateTest, AWrongTypeFailsTheGate) {
  TakeInput("SELECT 1::BIGINT AS n");
  Check("type", {{"column", "n"}, {"is", "integer"}});
  EXPECT_EQ(Judged().verdict.verdict, VerdictKind::kPass);
  Check("type", {{"column", "n"}, {"is", "int64"}});
  EXPECT_EQ(Judged().verdict.verdict, VerdictKind::kPass);
  Check("type", {{"column", "n"}, {"is", "string"}});
  const Judgement judged = Judged();
  EXPECT_EQ(judged.verdict.verdict, VerdictKind::kFail);
  EXPECT_EQ(judged.verdict.checks[2].observed, "is int64");
}

TEST_F(GateTest, AnUnknownColumnIsAnErrorWithTheNearest) {
  TakeInput("SELECT 1 AS distance");
  Check("not_null", {{"column", "distanse"}}).place = {"c.odcs.yaml", 4, 7};
  EXPECT_THAT(Refusal(),
              HasSubstr("c.odcs.yaml:4:7: check not_null1: the data has no column: distanse|"
                        "did you mean distance?"));
}

TEST_F(GateTest, WrongDeclarationsAreErrors) {
  TakeInput("SELECT 1 AS n, 'x' AS s");
  Check("pattern", {{"column", "n"}, {"regex", "x"}});
  EXPECT_THAT(Refusal(), HasSubstr("a pattern is for text"));
  gate.checks.clear();
  const Status no_border = FindCheck("range")->info.check({{"column", "n"}});
  ASSERT_FALSE(no_border.ok());
  EXPECT_THAT(no_border.error().message, HasSubstr("needs `min`"));
  Check("rule", {{"predicate", "nothing > 3"}});
  EXPECT_THAT(Refusal(), HasSubstr("nothing"));
  gate.checks.clear();
  Check("query", {{"sql", "SELECT 1, 2"}, {"between", {"1", ""}}});
  EXPECT_THAT(Refusal(), HasSubstr("one row with one number"));
}

TEST_F(GateTest, AnEmptyInputIsAWarningAndRowCountIsJudged) {
  TakeInput("SELECT 1 AS n WHERE false");
  Check("not_null", {{"column", "n"}});
  EXPECT_EQ(Judged().verdict.verdict, VerdictKind::kWarn);
  Check("row_count", {{"between", {"1", ""}}});
  EXPECT_EQ(Judged().verdict.verdict, VerdictKind::kFail);
}

TEST_F(GateTest, AQueryCheckIsNotJudgedBySlice) {
  TakeInput("SELECT i % 2 AS n FROM range(400) t(i)");
  gate.by = "n";
  Check("query", {{"sql", "SELECT count(*) FROM ${object};"}, {"between", {"400", "400"}}});
  const Judgement judged = Judged();
  EXPECT_EQ(judged.verdict.verdict, VerdictKind::kPass);
  EXPECT_TRUE(judged.verdict.checks[0].slices.empty());
}

TEST_F(GateTest, AQueryCheckMayGiveATruth) {
  TakeInput("SELECT 1 AS n");
  contract::CheckDecl& check = Check("query", {{"sql", "SELECT count(*) = 1 FROM ${object}"}});
  check.bound = contract::Bound{contract::BoundOp::kEqual, {"true"}, false};
  EXPECT_EQ(Judged().verdict.verdict, VerdictKind::kPass);
  check.bound->values = {"false"};
  EXPECT_EQ(Judged().verdict.verdict, VerdictKind::kFail);
}

TEST_F(GateTest, AQueryCheckReadsItsInputAndNothingThatChanges) {
  TakeInput("SELECT 1 AS n");
  for (const auto& [sql, why] : std::map<std::string, std::string>{
           {"SELECT count(*) FROM ${object} WHERE n < epoch(now())", "differs from call to call"},
           {"SELECT random()", "differs from call to call"},
           {"SELECT count(*) FROM other", "reads the gate's input alone"},
           {"SELECT count(*) FROM read_csv('x.csv')", "reads the gate's input alone"}}) {
    gate.checks.clear();
    Check("query", {{"sql", sql}, {"between", {"0", ""}}});
    EXPECT_THAT(Refusal(), HasSubstr(why)) << sql;
  }
}

TEST_F(GateTest, AnExpressionHasOneValue) {
  TakeInput("SELECT 1 AS x, NULL::INTEGER AS y");
  Check("rule", {{"predicate", "COLUMNS(*) IS NOT NULL"}});
  EXPECT_THAT(Refusal(), HasSubstr("gives 2 values, not one"));
  gate.checks.clear();
  Check("aggregate", {{"expression", "count(COLUMNS(*))"}, {"between", {"1", ""}}});
  EXPECT_THAT(Refusal(), HasSubstr("gives 2 values, not one"));
}

TEST_F(GateTest, AnExpressionMakesNoRows) {
  TakeInput("SELECT 1 AS x");
  for (const char* expression : {"unnest([true, false])", "x > 5 OR unnest([])"}) {
    gate.checks.clear();
    Check("rule", {{"predicate", expression}});
    EXPECT_THAT(Refusal(), HasSubstr("several rows of one"));
  }
}

TEST_F(GateTest, TheUnionOfBadRowsIsJudgedAlsoWhenTheyAreKept) {
  TakeInput("SELECT i AS n FROM range(100) t(i)");
  Check("range", {{"column", "n"}, {"min", "6"}});
  Check("range", {{"column", "n"}, {"max", "93"}});
  gate.fail_above = *contract::ParseThreshold("10 rows");
  for (const auto bad_rows :
       {contract::BadRows::kQuarantine, contract::BadRows::kDrop, contract::BadRows::kKeep}) {
    gate.bad_rows = bad_rows;
    const Judgement judged = Judged();
    EXPECT_EQ(judged.verdict.verdict, VerdictKind::kFail);
    EXPECT_EQ(judged.verdict.faulty, 12);
    EXPECT_EQ(CountRows(judged.bad_query), 12U);
  }
}

TEST_F(GateTest, ACheckWithItsOwnThresholdGoesByThatAlone) {
  TakeInput("SELECT i AS n, CASE WHEN i > 0 THEN i END AS s FROM range(3) t(i)");
  Check("not_null", {{"column", "s"}}).fail_above = *contract::ParseThreshold("50 %");
  const Judgement judged = Judged();
  EXPECT_EQ(judged.verdict.verdict, VerdictKind::kWarn);
  EXPECT_EQ(judged.verdict.refused, 1);
  Check("range", {{"column", "n"}, {"max", "1"}});
  EXPECT_EQ(Judged().verdict.verdict, VerdictKind::kFail);
}

TEST_F(GateTest, TheWordNullIsAnotherSliceThanNoValue) {
  TakeInput("SELECT CASE WHEN i < 150 THEN 'null' END AS g, i AS x FROM range(300) t(i)");
  gate.by = "g";
  Check("aggregate", {{"expression", "max(x)"}, {"between", {"0", "400"}}});
  const auto slices = Judged().verdict.checks[0].slices;
  ASSERT_EQ(slices.size(), 2U);
  EXPECT_EQ(slices[0].slice, "'null'");
  EXPECT_EQ(slices[0].observed, "149");
  EXPECT_EQ(slices[1].slice, "null");
  EXPECT_EQ(slices[1].observed, "299");
}

TEST_F(GateTest, AnAggregateOverNoRowsIsJudgedWhenItHasAValue) {
  TakeInput("SELECT 1 AS n WHERE false");
  Check("aggregate", {{"expression", "count(*)"}, {"between", {"1", ""}}});
  EXPECT_EQ(Judged().verdict.verdict, VerdictKind::kFail);
  gate.checks.clear();
  Check("aggregate", {{"expression", "max(n)"}, {"between", {"1", ""}}});
  EXPECT_EQ(Judged().verdict.verdict, VerdictKind::kWarn);  // no rows to judge
}

TEST_F(GateTest, FloatingPointSumsAreTheSameForAnyOrderOfRows) {
  std::set<std::string> seen;
  for (const char* order : {"i", "i DESC", "hash(i)"}) {
    TakeInput("SELECT (i * 0.1 + 1e10 * (i % 7))::DOUBLE AS f FROM range(200000) t(i) ORDER BY " +
              std::string(order));
    gate.checks.clear();
    Check("aggregate", {{"expression", "sum(f)"}, {"between", {"0", ""}}});
    Check("query", {{"sql", "SELECT stddev(f) FROM ${object}"}, {"between", {"0", ""}}});
    const Verdict verdict = Judged().verdict;
    seen.insert(verdict.checks[0].observed + " " + verdict.checks[1].observed);
  }
  EXPECT_EQ(seen.size(), 1U) << *seen.begin() << " and " << *seen.rbegin();
}

TEST_F(GateTest, AFailureInTheScanNamesItsCheck) {
  TakeInput("SELECT 'a' AS s, 'b' AS w");
  Check("not_null", {{"column", "s"}});
  Check("pattern", {{"column", "s"}, {"regex", "("}}).place = {"assay.yaml", 3, 5};
  EXPECT_THAT(Refusal(), HasSubstr("assay.yaml:3:5: check pattern2: "));
  gate.checks.pop_back();
  Check("rule", {{"predicate", "CAST(w AS INTEGER) > 0"}}).place = {"assay.yaml", 4, 5};
  EXPECT_THAT(Refusal(), HasSubstr("assay.yaml:4:5: check rule2: "));
  gate.checks.pop_back();
  gate.by = "CAST(w AS INTEGER)";
  EXPECT_THAT(Refusal(), HasSubstr("by: CAST(w AS INTEGER)"));
}

TEST_F(GateTest, ValuesAreReadAsTheColumnHasThem) {
  TakeInput("SELECT 'True' AS s, true AS b, 9223372036854775807 AS i");
  Check("accepted", {{"column", "s"}, {"values", {"True", "False"}}});
  Check("accepted", {{"column", "b"}, {"values", {"True", "False"}}});
  EXPECT_EQ(Judged().verdict.verdict, VerdictKind::kPass);
  Check("accepted", {{"column", "i"}, {"values", {"9223372036854775806", "5e0"}}});
  EXPECT_EQ(Judged().verdict.checks[2].bad, 1);
}

// A list is compared in groups of four, and as a whole from 200 values on.
TEST_F(GateTest, ListsOfAnyLengthTakeTheirValuesAlone) {
  TakeInput(
      "SELECT 'v' || i AS s, i AS n FROM range(300) t(i) UNION ALL SELECT NULL, NULL UNION ALL "
      "SELECT '', -1");
  const std::vector<int> lengths = {1, 3, 4, 5, 8, 9, 199, 200, 201, 203};
  for (const int length : lengths) {
    Json words = Json::array(), numbers = Json::array();
    for (int i = 0; i < length; ++i) {
      words.push_back("v" + std::to_string(i));
      numbers.push_back(std::to_string(i));
    }
    Check("accepted", {{"column", "s"}, {"values", words}});
    Check("accepted", {{"column", "n"}, {"values", numbers}});
  }
  gate.fail_above = *contract::ParseThreshold("100 %");
  const Judgement judged = Judged();
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    EXPECT_EQ(judged.verdict.checks[2 * i].bad, 301 - lengths[i]) << lengths[i];
    EXPECT_EQ(judged.verdict.checks[2 * i + 1].bad, 301 - lengths[i]) << lengths[i];
  }
}

TEST_F(GateTest, MoreChecksThanBitsInAMask) {
  TakeInput("SELECT i AS n FROM range(200) t(i)");
  for (int i = 0; i < 130; ++i) Check("rule", {{"predicate", "n <> " + std::to_string(i)}});
  gate.fail_above = *contract::ParseThreshold("100 %");
  const Judgement judged = Judged();
  EXPECT_EQ(judged.verdict.refused, 130);
  for (const CheckFinding& check : judged.verdict.checks) EXPECT_EQ(check.bad, 1) << check.name;
}

// The scan against a loop over rows that knows nothing of SQL.
TEST_F(GateTest, EqualsABruteForceLoopOverRandomTables) {
  struct Row {
    std::optional<int> number;
    std::optional<std::string> word;
    std::string slice;
  };
  std::mt19937 random(11);
  const std::vector<std::string> words = {"red", "green", "blue", "Red", ""};
  for (int round = 0; round < 25; ++round) {
    std::vector<Row> rows(1 + random() % 60);
    std::string values;
    for (Row& row : rows) {
      if (random() % 5 != 0) row.number = static_cast<int>(random() % 40) - 20;
      if (random() % 5 != 0) row.word = words[random() % words.size()];
      row.slice = random() % 2 == 0 ? "a" : "b";
      values += (values.empty() ? "" : ", ") + std::string("(") +
                (row.number ? std::to_string(*row.number) : "NULL::INTEGER") + ", " +
                (row.word ? engine::QuoteText(*row.word) : "NULL") + ", '" + row.slice + "')";
    }
    TakeInput("SELECT * FROM (VALUES " + values + ") t(number, word, slice)");
    gate.checks.clear();
    gate.by = "slice";
    gate.min_rows = 1;
    gate.fail_above = *contract::ParseThreshold("100 %");
    Check("not_null", {{"column", "word"}});
    Check("range", {{"column", "number"}, {"min", "-10"}, {"below", "15"}});
    Check("accepted", {{"column", "word"}, {"values", {"red", "green", ""}}});
    Check("pattern", {{"column", "word"}, {"regex", "[a-z]*"}});
    Check("unique", {{"columns", {"number", "word"}}});
    Check("rule", {{"predicate", "number % 3 <> 0 OR word = 'blue'"}});

    std::map<std::pair<int, std::string>, int> seen;
    for (const Row& row : rows) {
      if (row.number && row.word) ++seen[{*row.number, *row.word}];
    }
    std::vector<std::int64_t> bad(6);
    std::map<std::string, std::vector<std::int64_t>> bad_in;
    std::set<std::size_t> refused;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Row& row = rows[i];
      std::vector<bool> is_bad(6);
      is_bad[0] = !row.word;
      is_bad[1] = row.number && (*row.number < -10 || *row.number >= 15);
      is_bad[2] = row.word && *row.word != "red" && *row.word != "green" && !row.word->empty();
      is_bad[3] = row.word && *row.word == "Red";
      is_bad[4] = row.number && row.word && seen[{*row.number, *row.word}] > 1;
      is_bad[5] = row.number && *row.number % 3 == 0 && row.word && *row.word != "blue";
      bad_in[row.slice].resize(6);
      for (std::size_t k = 0; k < 6; ++k) {
        if (!is_bad[k]) continue;
        ++bad[k];
        ++bad_in[row.slice][k];
        refused.insert(i);
      }
    }

    const Judgement judged = Judged();
    EXPECT_EQ(judged.verdict.refused, static_cast<std::int64_t>(refused.size()));
    for (std::size_t k = 0; k < 6; ++k) {
      EXPECT_EQ(judged.verdict.checks[k].bad, bad[k]) << judged.verdict.checks[k].name;
      for (const SliceFinding& slice : judged.verdict.checks[k].slices) {
        EXPECT_EQ(slice.bad, bad_in[slice.slice][k]) << slice.slice;
      }
    }
    const auto grid = engine->Query("SELECT _assay_row FROM (" + judged.bad_query + ")");
    ASSERT_TRUE(grid.ok()) << grid.error().message;
    std::set<std::size_t> places;
    for (const auto& row : grid->rows) places.insert(std::stoul(*row[0]));
    EXPECT_EQ(places, refused);
    EXPECT_EQ(CountPassed(judged), rows.size() - refused.size());
  }
}

}  // namespace
}  // namespace assay::gate
