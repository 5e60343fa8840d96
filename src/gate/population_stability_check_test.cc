#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "engine/sql_text.h"
#include "gate/test_gate.h"

namespace assay::gate {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class PopulationStabilityCheck : public GateTest {
 protected:
  void Stable(const Json& columns, const std::string& at_most = "0.1") {
    Check("population_stability",
          {{"columns", columns}, {"against", "target"}, {"at_most", at_most}});
  }
  CheckFinding Found() { return Judged().verdict.checks.at(0); }
  // The index of the one column that is compared.
  double Index() {
    const std::string text = Found().observed;
    return std::strtod(text.substr(text.find(' ')).c_str(), nullptr);
  }
};

// By the book: counts of each bin on both sides.
double ByHand(const std::map<std::string, std::pair<double, double>>& bins) {
  double actual = 0;
  double expected = 0;
  for (const auto& [name, counts] : bins) {
    actual += counts.first;
    expected += counts.second;
  }
  double index = 0;
  for (const auto& [name, counts] : bins) {
    const double a = counts.first == 0 ? 0.0001 : counts.first / actual;
    const double e = counts.second == 0 ? 0.0001 : counts.second / expected;
    index += (a - e) * std::log(a / e);
  }
  return index;
}

TEST_F(PopulationStabilityCheck, TheSameDistributionHasAnIndexOfZero) {
  TakeTarget("target", "SELECT i AS n, (i % 3)::VARCHAR AS s FROM range(300) t(i)");
  TakeInput("SELECT i AS n, (i % 3)::VARCHAR AS s FROM range(300) t(i) ORDER BY i DESC");
  Stable({"n", "s"}, "0");
  EXPECT_EQ(Found().verdict, VerdictKind::kPass);
  EXPECT_EQ(Found().observed, "n 0, s 0");
  EXPECT_EQ(Found().expected, "like target; the index must be at most 0");
  EXPECT_EQ(Found().column, "n, s");
}

TEST_F(PopulationStabilityCheck, NamesTheWorstColumnFirst) {
  TakeTarget("target", "SELECT i AS n, (i % 3)::VARCHAR AS s FROM range(300) t(i)");
  TakeInput("SELECT i AS n, (i % 2)::VARCHAR AS s FROM range(300) t(i)");
  Stable({"n", "s"});
  EXPECT_EQ(Found().verdict, VerdictKind::kFail);
  EXPECT_THAT(Found().observed, StartsWith("s "));
  EXPECT_THAT(Found().observed, HasSubstr(", n 0"));
  gate.checks[0].severity = contract::CheckSeverity::kWarning;
  EXPECT_EQ(Found().verdict, VerdictKind::kWarn);
}

TEST_F(PopulationStabilityCheck, UnknownValuesAreOneBinAndNullsAreOne) {
  TakeTarget("target", "SELECT * FROM (VALUES ('a'), ('a'), ('b'), ('c')) t(s)");
  TakeInput("SELECT * FROM (VALUES ('a'), ('x'), ('y'), ('z'), (NULL), ('b')) t(s)");
  Stable({"s"});
  EXPECT_NEAR(
      Index(),
      ByHand({{"a", {1, 2}}, {"b", {1, 1}}, {"c", {0, 1}}, {"unknown", {3, 0}}, {"null", {1, 0}}}),
      1e-4);
}

TEST_F(PopulationStabilityCheck, NotANumberIsABinOfItsOwn) {
  TakeTarget("target", "SELECT * FROM (VALUES (1.5::DOUBLE), (2.5), ('nan'), (NULL)) t(x)");
  TakeInput("SELECT * FROM (VALUES ('nan'::DOUBLE), ('nan'), ('inf'), (-7)) t(x)");
  Stable({"x"});
  EXPECT_NEAR(
      Index(),
      ByHand(
          {{"1.5", {1, 1}}, {"2.5", {0, 1}}, {"above", {1, 0}}, {"nan", {2, 1}}, {"null", {0, 1}}}),
      1e-4);
}

TEST_F(PopulationStabilityCheck, AnEmptySideIsNoNumber) {
  TakeTarget("target", "SELECT 1 AS n WHERE false");
  TakeInput("SELECT 1 AS n FROM range(200)");
  Stable({"n"});
  EXPECT_EQ(Found().verdict, VerdictKind::kFail);
  EXPECT_EQ(Found().observed, "no rows to compare with");
  TakeTarget("target", "SELECT 1 AS n");
  TakeInput("SELECT 1 AS n WHERE false");
  EXPECT_EQ(Found().verdict, VerdictKind::kPass);
}

TEST_F(PopulationStabilityCheck, SeesTheRowsThatPass) {
  TakeTarget("target", "SELECT i AS n FROM range(100) t(i)");
  TakeInput("SELECT i AS n FROM range(1000) t(i)");
  Stable({"n"}, "0");
  Check("range", {{"column", "n"}, {"max", "99"}});
  gate.fail_above = *contract::ParseThreshold("100 %");
  EXPECT_EQ(Found().observed, "n 0");
}

TEST_F(PopulationStabilityCheck, SlicesAreNotItsBusiness) {
  TakeTarget("target", "SELECT i AS n FROM range(100) t(i)");
  TakeInput("SELECT i AS n FROM range(100) t(i)");
  gate.by = "n % 2";
  gate.min_rows = 1;
  Stable({"n"}, "0");
  EXPECT_EQ(Found().verdict, VerdictKind::kPass);
  EXPECT_TRUE(Found().slices.empty());
}

TEST_F(PopulationStabilityCheck, OtherColumnsInTheTargetAreErrorsThatNameBothSides) {
  TakeTarget("target", "SELECT 1.5::DOUBLE AS n, 2 AS distance, [1] AS l");
  TakeInput("SELECT 1::BIGINT AS n, 2 AS distanse, [1] AS l");
  const std::map<std::string, std::string> cases = {
      {"n", "`n` is int64 in the gate's input and float64 in `target`"},
      {"distanse",
       "the gate's input has a column `distanse`, `target` has none|did you mean distance?"},
      {"m", "the data has no column: m"},
      {"l", "a stability index is of numbers, times, text and truth; `l` is list<int32>"}};
  for (const auto& [column, why] : cases) {
    gate.checks.clear();
    Stable({column});
    EXPECT_THAT(Refusal(), HasSubstr(why));
  }
  input.targets.clear();
  EXPECT_THAT(Refusal(), HasSubstr("only a check of a gate compares with a node: target"));
  EXPECT_THAT(FindCheck("population_stability")->info.check({{"at_most", "-0.1"}}).error().message,
              HasSubstr("at_most lies below 0"));
}

TEST_F(PopulationStabilityCheck, ThreadsAndOrderChangeNothing) {
  TakeTarget("target", "SELECT (i % 977) * 0.1 AS f, i % 31 AS s FROM range(50000) t(i)");
  std::set<std::string> seen;
  for (const int threads : {1, 2, 8}) {
    engine = OpenEngine(threads, folder.path());
    TakeInput(
        "SELECT (i % 811) * 0.1 AS f, i % 29 AS s FROM range(200000) t(i) ORDER BY hash(i + " +
        std::to_string(threads) + ")");
    gate.checks.clear();
    Stable({"f", "s"});
    seen.insert(Found().observed);
  }
  EXPECT_EQ(seen.size(), 1U) << *seen.begin() << " and " << *seen.rbegin();
}

// Each type against a loop that cuts the target's values at its own deciles.
TEST_F(PopulationStabilityCheck, EqualsABruteForceLoop) {
  std::mt19937 random(17);
  const auto sample = [&](int spread) {
    std::vector<std::optional<int>> values(20 + random() % 200);
    for (auto& value : values) {
      if (random() % 9 != 0) value = static_cast<int>(random() % spread);
    }
    return values;
  };
  const auto table = [](const std::vector<std::optional<int>>& values) {
    std::string text;
    for (const auto& value : values) {
      text +=
          (text.empty() ? "(" : ", (") + (value ? std::to_string(*value) : "NULL::INTEGER") + ")";
    }
    return "(VALUES " + text + ") t(i)";
  };
  for (int round = 0; round < 12; ++round) {
    const auto target = sample(5 + static_cast<int>(random() % 60));
    const auto actual = sample(5 + static_cast<int>(random() % 60));
    std::vector<int> sorted;
    for (const auto& value : target) {
      if (value) sorted.push_back(*value);
    }
    std::sort(sorted.begin(), sorted.end());
    const std::set<int> known(sorted.begin(), sorted.end());
    std::set<int> borders;
    for (int tenth = 1; tenth < 10; ++tenth) {
      const double place = std::ceil(tenth / 10.0 * static_cast<double>(sorted.size())) - 1;
      borders.insert(sorted[static_cast<std::size_t>(std::max(0.0, place))]);
    }
    std::map<std::string, std::pair<double, double>> quantiles;
    std::map<std::string, std::pair<double, double>> categories;
    const auto count = [&](const std::vector<std::optional<int>>& values, auto side) {
      for (const auto& value : values) {
        const auto border = value ? borders.lower_bound(*value) : borders.end();
        const std::string bin = !value                    ? "null"
                                : border == borders.end() ? "above"
                                                          : std::to_string(*border);
        ++(quantiles[bin].*side);
        const std::string category = !value                    ? "null"
                                     : !known.contains(*value) ? "unknown"
                                                               : std::to_string(*value);
        ++(categories[category].*side);
      }
    };
    count(actual, &std::pair<double, double>::first);
    count(target, &std::pair<double, double>::second);
    for (const char* expression :
         {"i", "i::DOUBLE / 4", "i::DECIMAL(9,2)", "i::UTINYINT", "DATE '2001-01-01' + i",
          "TIMESTAMP '2001-01-01 00:00:00.000001' + INTERVAL (i) HOUR",
          "TIMESTAMPTZ '2001-01-01 00:00:00+03' + INTERVAL (i) MINUTE",
          "TIME '00:00:00' + INTERVAL (i) MINUTE", "'v' || i"}) {
      const std::string column = std::string("SELECT ") + expression + " AS x FROM ";
      TakeTarget("target", column + table(target));
      TakeInput(column + table(actual));
      gate.checks.clear();
      Stable({"x"});
      const double want = ByHand(expression[0] == '\'' ? categories : quantiles);
      EXPECT_NEAR(Index(), want, 1e-5 * std::max(1.0, want)) << expression << " round " << round;
    }
  }
}

}  // namespace
}  // namespace assay::gate
