#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include "gate/test_gate.h"

namespace assay::gate {
namespace {

using testing::HasSubstr;

class ImbalanceCheck : public GateTest {
 protected:
  CheckFinding Found() { return Judged().verdict.checks.at(0); }
};

TEST_F(ImbalanceCheck, ComparesTheMostFrequentClassWithTheRarest) {
  TakeInput(
      "SELECT CASE WHEN i < 1 THEN 'c' WHEN i < 4 THEN 'b' ELSE 'a' END AS y FROM range(10) t(i)");
  Check("imbalance", {{"label", "y"}, {"at_most", "6"}});
  EXPECT_EQ(Found().verdict, VerdictKind::kPass);
  EXPECT_EQ(Found().observed, "6 (a 6, c 1)");
  EXPECT_EQ(Found().expected, "ratio of classes must be at most 6");
  gate.checks[0].params["at_most"] = "5.99";
  EXPECT_EQ(Found().verdict, VerdictKind::kFail);
}

TEST_F(ImbalanceCheck, OneClassAloneFails) {
  TakeInput("SELECT true AS y FROM range(200)");
  Check("imbalance", {{"label", "y"}, {"at_most", "1000"}});
  EXPECT_EQ(Found().verdict, VerdictKind::kFail);
  EXPECT_EQ(Found().observed, "only class true occurs");
}

TEST_F(ImbalanceCheck, NamedClassesMustOccur) {
  TakeInput("SELECT i % 2 AS y FROM range(200) t(i)");
  Check("imbalance", {{"label", "y"}, {"at_most", "2"}, {"classes", {"0", "1", "0.5"}}});
  EXPECT_EQ(Found().verdict, VerdictKind::kFail);
  EXPECT_EQ(Found().observed, "class 0.5 does not occur");
  gate.checks[0].params["classes"] = {"0", "1"};
  EXPECT_EQ(Found().verdict, VerdictKind::kPass);
  EXPECT_EQ(Found().expected, "has classes 0, 1; their ratio must be at most 2");
  gate.checks[0].params["classes"] = {"x"};
  EXPECT_THAT(Refusal(), HasSubstr("expected a number to compare with"));
}

TEST_F(ImbalanceCheck, NullIsNoClass) {
  TakeInput("SELECT CASE WHEN i < 2 THEN true WHEN i < 4 THEN false END AS y FROM range(200) t(i)");
  Check("imbalance", {{"label", "y"}, {"at_most", "1"}});
  EXPECT_EQ(Found().observed, "1 (true 2, false 2)");
  TakeInput("SELECT NULL::BOOLEAN AS y FROM range(5)");
  EXPECT_EQ(Found().verdict, VerdictKind::kFail);
  EXPECT_EQ(Found().observed, "null");
}

TEST_F(ImbalanceCheck, NotANumberIsOneClassAndZeroIsOne) {
  TakeInput("SELECT * FROM (VALUES ('nan'::DOUBLE), ('nan'), (0.0), (-0.0), (0.0), (0.0)) t(y)");
  Check("imbalance", {{"label", "y"}, {"at_most", "2"}});
  EXPECT_EQ(Found().observed, "2 (0.0 4, nan 2)");
}

TEST_F(ImbalanceCheck, AnEmptyTableIsNotJudged) {
  TakeInput("SELECT true AS y WHERE false");
  Check("imbalance", {{"label", "y"}, {"at_most", "2"}});
  EXPECT_EQ(Found().verdict, VerdictKind::kPass);
}

TEST_F(ImbalanceCheck, SeesTheRowsThatPass) {
  TakeInput("SELECT i AS n, i % 2 = 0 AS y FROM range(100) t(i) WHERE i % 2 = 0 OR i < 10");
  Check("imbalance", {{"label", "y"}, {"at_most", "1"}});
  Check("range", {{"column", "n"}, {"max", "9"}});
  gate.fail_above = *contract::ParseThreshold("100 %");
  EXPECT_EQ(Found().observed, "1 (true 5, false 5)");
}

TEST_F(ImbalanceCheck, ARatioBelowOneOrAnUnknownLabelIsAnError) {
  TakeInput("SELECT true AS late");
  const auto check = FindCheck("imbalance")->info.check;
  EXPECT_THAT(check({{"at_most", "0.5"}}).error().message,
              HasSubstr("at_most lies below 1, so nothing passes: 0.5"));
  EXPECT_FALSE(check({{"at_most", "-3"}}).ok());
  EXPECT_TRUE(check({{"at_most", "1"}}).ok());
  Check("imbalance", {{"label", "lat"}, {"at_most", "2"}});
  EXPECT_THAT(Refusal(), HasSubstr("no column: lat|did you mean late?"));
}

TEST_F(ImbalanceCheck, EqualsABruteForceLoopBySlice) {
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    std::string values;
    std::map<std::string, std::map<int, int>> counts;
    for (unsigned i = 0; i < 2 + random() % 60; ++i) {
      const std::string slice = random() % 2 == 0 ? "a" : "b";
      const int label = static_cast<int>(random() % 9) / 3;
      const bool is_null = random() % 6 == 0;
      if (!is_null) ++counts[slice][label];
      values += (values.empty() ? "('" : ", ('") + slice + "', " +
                (is_null ? "NULL::INTEGER" : std::to_string(label)) + ")";
    }
    TakeInput("SELECT * FROM (VALUES " + values + ") t(s, y)");
    gate.checks.clear();
    gate.by = "s";
    gate.min_rows = 1;
    Check("imbalance", {{"label", "y"}, {"at_most", "2.5"}});
    for (const SliceFinding& slice : Found().slices) {
      const auto& of = counts[slice.slice];
      int most = 0;
      int least = 1'000'000;
      for (const auto& [label, count] : of) {
        most = std::max(most, count);
        least = std::min(least, count);
      }
      const bool good = of.size() > 1 && 2 * most <= 5 * least;
      EXPECT_EQ(slice.verdict, good ? VerdictKind::kPass : VerdictKind::kFail) << slice.observed;
      if (of.size() > 1) {
        EXPECT_NEAR(std::strtod(slice.observed.c_str(), nullptr), static_cast<double>(most) / least,
                    1e-4);
      }
    }
  }
}

}  // namespace
}  // namespace assay::gate
