#include <gmock/gmock.h>

#include <map>
#include <optional>
#include <random>
#include <set>

#include "engine/sql_text.h"
#include "gate/test_gate.h"

namespace assay::gate {
namespace {

using testing::HasSubstr;

class LabelConflictCheck : public GateTest {};

TEST_F(LabelConflictCheck, EveryRowOfTheGroupIsBad) {
  TakeInput("SELECT * FROM (VALUES (1, 'a'), (1, 'b'), (1, 'b'), (2, 'a'), (2, 'a')) t(n, label)");
  Check("label_conflict", {{"label", "label"}});
  const Judgement judged = Judged();
  EXPECT_EQ(judged.verdict.refused, 3);
  EXPECT_EQ(judged.verdict.checks[0].column, "label");
  EXPECT_EQ(judged.verdict.checks[0].expected, "the same for equal n");
}

TEST_F(LabelConflictCheck, NullInputsAreEqualAndNullLabelsAreInNoConflict) {
  TakeInput(
      "SELECT * FROM (VALUES (NULL, true), (NULL, false), (NULL, NULL), (7, true), (7, NULL)) "
      "t(n, label)");
  Check("label_conflict", {{"label", "label"}});
  const Judgement judged = Judged();
  EXPECT_EQ(judged.verdict.refused, 2);
  EXPECT_EQ(CountPassed(judged, "rows.label IS NULL"), 2U);
}

TEST_F(LabelConflictCheck, NotANumberIsEqualToItself) {
  TakeInput(
      "SELECT * FROM (VALUES ('nan'::DOUBLE, 'nan'::DOUBLE), ('nan', 'nan'), (0.0, 1), (-0.0, 2)) "
      "t(x, label)");
  Check("label_conflict", {{"label", "label"}, {"inputs", {"x"}}});
  EXPECT_EQ(Judged().verdict.refused, 2);
}

TEST_F(LabelConflictCheck, AnEmptyTableHasNone) {
  TakeInput("SELECT 1 AS n, 2 AS label WHERE false");
  Check("label_conflict", {{"label", "label"}});
  EXPECT_EQ(Judged().verdict.verdict, VerdictKind::kWarn);  // no rows to judge
}

TEST_F(LabelConflictCheck, WrongColumnsAreErrors) {
  TakeInput("SELECT 1 AS n, 2 AS label");
  const std::vector<std::pair<Json, std::string>> cases = {
      {{{"label", "lable"}}, "the data has no column: lable|did you mean label?"},
      {{{"label", "label"}, {"inputs", {"m"}}}, "the data has no column: m"},
      {{{"label", "label"}, {"inputs", {"n", "label"}}}, "the label is no input of itself: label"}};
  for (const auto& [params, why] : cases) {
    gate.checks.clear();
    Check("label_conflict", params);
    EXPECT_THAT(Refusal(), HasSubstr(why));
  }
  TakeInput("SELECT 2 AS label");
  gate.checks.clear();
  Check("label_conflict", {{"label", "label"}});
  EXPECT_THAT(Refusal(), HasSubstr("no column beside the label: label"));
}

TEST_F(LabelConflictCheck, EqualsABruteForceLoop) {
  using Key = std::pair<std::optional<int>, std::optional<std::string>>;
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::pair<Key, std::optional<int>>> rows(1 + random() % 80);
    std::string values;
    for (auto& [key, label] : rows) {
      if (random() % 4 != 0) key.first = static_cast<int>(random() % 3);
      if (random() % 4 != 0) key.second = random() % 2 == 0 ? "x" : "";
      if (random() % 5 != 0) label = static_cast<int>(random() % (1 + random() % 3));
      values += (values.empty() ? "(" : ", (") +
                (key.first ? std::to_string(*key.first) : "NULL::INTEGER") + ", " +
                (key.second ? engine::QuoteText(*key.second) : "NULL") + ", " +
                (label ? std::to_string(*label) : "NULL::INTEGER") + ")";
    }
    TakeInput("SELECT * FROM (VALUES " + values + ") t(n, s, label)");
    gate.checks.clear();
    Check("label_conflict", {{"label", "label"}, {"inputs", {"n", "s"}}});
    std::map<Key, std::set<int>> labels;
    for (const auto& [key, label] : rows) {
      if (label) labels[key].insert(*label);
    }
    std::int64_t bad = 0;
    for (const auto& [key, label] : rows) bad += label && labels[key].size() > 1 ? 1 : 0;
    EXPECT_EQ(Judged().verdict.checks[0].bad, bad);
  }
}

}  // namespace
}  // namespace assay::gate
