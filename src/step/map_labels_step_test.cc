#include <algorithm>

#include "step/test_steps.h"

namespace assay::step {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAreArray;

class MapLabelsStepTest : public StepKindTest {
 protected:
  static Json Params(const Json& labels, const Json& more = Json::object()) {
    Json params = {{"input", "t"}, {"column", "label"}, {"labels", labels}};
    params.update(more);
    return params;
  }
  const Json kAnswers =
      Pairs({{"YES", "YES"}, {"y", "YES"}, {"1", "YES"}, {"NO", "NO"}, {"n", "NO"}});
};

TEST_F(MapLabelsStepTest, BringsSpellingsToLabelsAndRefusesOthers) {
  Give("t",
       "SELECT * FROM (VALUES (1, 'y'), (2, ' NO '), (3, 'NOO'), (4, NULL), (5, 'maybe'), (6, "
       "'no')) t(id, label)");
  EXPECT_EQ(Columns("map_labels", Params(kAnswers)), "id int32, label string");
  EXPECT_THAT(Rows("map_labels", Params(kAnswers)),
              ElementsAre(Row{"1", "YES"}, Row{"2", "NO"}, Row{"4", std::nullopt}));
  EXPECT_THAT(Refused("map_labels", Params(kAnswers)),
              ElementsAre(Row{"3", "NOO", "label: unknown spelling 'NOO'; nearest: NO"},
                          Row{"5", "maybe", "label: unknown spelling 'maybe'"},
                          Row{"6", "no", "label: unknown spelling 'no'; nearest: NO"}));
}

TEST_F(MapLabelsStepTest, KeepsOrEmptiesWhatIsUnknown) {
  Give("t", "SELECT * FROM (VALUES (1, 'y'), (2, ' x'), (3, NULL)) t(id, label)");
  EXPECT_THAT(Rows("map_labels", Params(kAnswers, {{"unknown", "keep"}})),
              ElementsAre(Row{"1", "YES"}, Row{"2", " x"}, Row{"3", std::nullopt}));
  EXPECT_THAT(Rows("map_labels", Params(kAnswers, {{"unknown", "null"}})),
              ElementsAre(Row{"1", "YES"}, Row{"2", std::nullopt}, Row{"3", std::nullopt}));
  const auto* kind = FindStep("map_labels");
  EXPECT_TRUE(kind->info.refuses(Params(kAnswers)));
  EXPECT_FALSE(kind->info.refuses(Params(kAnswers, {{"unknown", "keep"}})));
}

TEST_F(MapLabelsStepTest, MayWriteANewColumnAndReadOtherTypes) {
  Give("t", "SELECT * FROM (VALUES (1, true), (0, NULL)) t(label, other)");
  const Json params = Params(Pairs({{"good", "good"}, {"1", "good"}, {"bad", "bad"}, {"0", "bad"}}),
                             {{"into", "verdict"}});
  EXPECT_EQ(Columns("map_labels", params), "label int32, other bool, verdict string");
  EXPECT_THAT(Rows("map_labels", params),
              ElementsAre(Row{"1", "true", "good"}, Row{"0", std::nullopt, "bad"}));
}

TEST_F(MapLabelsStepTest, LooksAtCaseAndSpaceAsAsked) {
  Give("t", "SELECT * FROM (VALUES (1, 'Y'), (2, 'ÜBEL '), (3, ' n')) t(id, label)");
  const Json params = Params(Pairs({{"YES", "YES"}, {"y", "YES"}, {"Übel", "NO"}, {"n", "NO"}}),
                             {{"ignore_case", true}, {"unknown", "null"}});
  EXPECT_THAT(Rows("map_labels", params),
              UnorderedElementsAreArray({Row{"1", "YES"}, Row{"2", "NO"}, Row{"3", "NO"}}));
  EXPECT_THAT(Rows("map_labels",
                   Params(kAnswers, {{"ignore_case", true}, {"trim", false}, {"unknown", "null"}})),
              ElementsAre(Row{"1", "YES"}, Row{"2", std::nullopt}, Row{"3", std::nullopt}));
}

TEST_F(MapLabelsStepTest, ManyLabelsAreTheSame) {
  Give("t",
       "SELECT i AS id, CASE WHEN i % 7 = 0 THEN NULL WHEN i % 11 = 0 THEN 'none' ELSE 's' || "
       "(i * 7919 % 10000) END AS label FROM range(20000) t(i)");
  std::vector<std::pair<std::string, std::string>> pairs;
  for (int i = 0; i < 10'000; ++i) {
    pairs.emplace_back("s" + std::to_string(i), "it's " + std::to_string(i % 100));
  }
  std::vector<Row> rows, refused;
  for (int i = 0; i < 20'000; ++i) {
    const std::string id = std::to_string(i);
    if (i % 7 == 0) {
      rows.push_back({id, std::nullopt});
    } else if (i % 11 == 0) {
      refused.push_back({id, "none", "label: unknown spelling 'none'"});
    } else {
      rows.push_back({id, "it's " + std::to_string(i * 7919 % 10'000 % 100)});
    }
  }
  auto sorted = [](std::vector<Row> list) {
    std::sort(list.begin(), list.end());
    return list;
  };
  EXPECT_EQ(sorted(Rows("map_labels", Params(Pairs(pairs)))), sorted(rows));
  EXPECT_EQ(sorted(Refused("map_labels", Params(Pairs(pairs)))), sorted(refused));
}

TEST_F(MapLabelsStepTest, NamesWhatItCannotDo) {
  Give("t", "SELECT 'y' AS label, [1] AS many");
  EXPECT_EQ(Mistake("map_labels", {{"input", "t"}, {"column", "lable"}, {"labels", kAnswers}}),
            "`t` has no column: lable (did you mean label?)");
  EXPECT_EQ(
      Mistake("map_labels", {{"input", "t"}, {"column", "many"}, {"labels", kAnswers}}),
      "`many` of `t` holds no labels: it is list<int32> (make a text of it in a derive step)");
  EXPECT_EQ(Mistake("map_labels", Params(kAnswers, {{"into", "many"}})),
            "`t` has a column already: many (give the new one another name, or leave `into` out to "
            "replace the old one)");
  const Json clash = Pairs({{"Ham", "Ham"}, {"HAM", "Spam"}, {" x", "Ham"}, {"x", "Spam"}});
  EXPECT_EQ(Misdeclared("map_labels", Params(clash)), "one spelling of the labels Ham and Spam: x");
  EXPECT_EQ(Misdeclared("map_labels", Params(clash, {{"trim", false}})), "");
  EXPECT_EQ(Misdeclared("map_labels", Params(clash, {{"trim", false}, {"ignore_case", true}})),
            "one spelling of the labels Ham and Spam: ham");
  // What the engine alone can see to be one spelling is an error of the query.
  const auto sql =
      StepSql(*FindStep("map_labels"),
              {Params(Pairs({{"Ä", "Ham"}, {"ä", "Spam"}}), {{"ignore_case", true}}), inputs});
  const auto grid = engine->Query(*sql);
  ASSERT_FALSE(grid.ok());
  EXPECT_THAT(grid.error().message, HasSubstr("one spelling of the labels Ham and Spam"));
}

TEST_F(MapLabelsStepTest, RowsAreTracedByMapAndByTable) {
  Give("t", "SELECT 's1' AS label UNION ALL SELECT 'x' UNION ALL SELECT 's2'");
  std::vector<std::pair<std::string, std::string>> pairs;
  for (int i = 0; i < 200; ++i)
    pairs.emplace_back("s" + std::to_string(i), "l" + std::to_string(i));
  for (const std::size_t size : {200u, 3u}) {
    pairs.resize(size);
    const auto sql = StepSql(*FindStep("map_labels"), {Params(Pairs(pairs)), inputs});
    const auto trace = engine->TraceRows(*sql, {{"t", inputs[0].table, {"label"}}});
    ASSERT_TRUE(trace.ok());
    EXPECT_EQ(trace->reason, "") << size;
    EXPECT_THAT(engine->Query(trace->query)->rows,
                UnorderedElementsAreArray({Row{"l1", "0"}, Row{"l2", "2"}}))
        << size;
  }
}

}  // namespace
}  // namespace assay::step
