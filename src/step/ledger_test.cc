// What steps count of what they do to values.

#include <algorithm>
#include <map>
#include <random>

#include "step/test_steps.h"

namespace assay::step {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LedgerTest : public StepKindTest {
 protected:
  // `column|change|spelling|became|cells|of`, sorted.
  std::vector<std::string> Counted(const std::string& kind, const Json& params) {
    const auto sql = FindStep(kind)->ledger({params, inputs});
    EXPECT_TRUE(sql.ok()) << (sql.ok() ? "" : sql.error().message);
    if (!sql.ok()) return {};
    const auto grid = engine->Query(
        "SELECT \"column\", change, spelling, became, cells, \"of\" FROM (" + *sql + "\n)");
    EXPECT_TRUE(grid.ok()) << (grid.ok() ? "" : grid.error().message) << "\n" << *sql;
    std::vector<std::string> texts;
    if (!grid.ok()) return texts;
    for (const auto& row : grid->rows) {
      std::string text;
      for (const auto& cell : row) text += (text.empty() ? "" : "|") + cell.value_or("-");
      texts.push_back(text);
    }
    std::ranges::sort(texts);
    return texts;
  }
};

TEST_F(LedgerTest, OfLabelsEachSpellingIsCounted) {
  Give("answers",
       "SELECT * FROM (VALUES ('no'), ('NO'), ('NO'), (' no'), ('maybe'), (NULL), ('yes')) "
       "t(label)");
  Json params = {{"input", "answers"}, {"column", "label"}};
  params["labels"] = Json::array(
      {Json::array({"no", "no"}), Json::array({"NO", "no"}), Json::array({"yes", "yes"})});
  EXPECT_THAT(
      Counted("map_labels", params),
      ElementsAre("label|mapped| no|no|1|6", "label|mapped|NO|no|2|6", "label|none|no|no|1|6",
                  "label|none|yes|yes|1|6", "label|unknown|maybe|-|1|6"));
  Give("answers", "SELECT NULL::VARCHAR AS label");
  EXPECT_THAT(Counted("map_labels", params), IsEmpty());
}

TEST_F(LedgerTest, SpellingsBeyondTheMostFrequentAreCountedTogether) {
  Give("answers",
       "SELECT 'x' || i AS label FROM range(1500) r(i) UNION ALL SELECT 'a' FROM range(3)");
  Json params = {{"input", "answers"}, {"column", "label"}};
  params["labels"] = Json::array({Json::array({"a", "b"}), Json::array({"b", "b"})});
  const auto rows = Counted("map_labels", params);
  ASSERT_EQ(rows.size(), 1001U);
  EXPECT_EQ(std::ranges::count(rows, "label|mapped|a|b|3|1503"), 1);
  EXPECT_EQ(std::ranges::count(rows, "label|unknown|-|-|501|1503"), 1);
}

TEST_F(LedgerTest, OfUnitsEachUnitIsCounted) {
  Give("lengths",
       "SELECT * FROM (VALUES (1.0, 'm'), (2.0, 'km'), (3.0, 'km'), (4.0, 'kg'), (5.0, NULL), "
       "(NULL, 'km')) t(length, unit)");
  EXPECT_THAT(
      Counted("units",
              {{"input", "lengths"}, {"column", "length"}, {"unit_column", "unit"}, {"to", "m"}}),
      ElementsAre("length|converted|km|m|2|5", "length|none|m|m|1|5", "length|unknown|-|-|1|5",
                  "length|unknown|kg|-|1|5"));
  EXPECT_THAT(
      Counted("units", {{"input", "lengths"}, {"column", "length"}, {"from", "km"}, {"to", "m"}}),
      ElementsAre("length|converted|km|m|5|5"));
}

TEST_F(LedgerTest, OfTimeZonesMovedMomentsAreCounted) {
  Give("trips",
       "SELECT * FROM (VALUES (TIMESTAMP '2024-01-01 12:00:00', TIMESTAMP '2024-01-02 12:00:00'), "
       "(TIMESTAMP '2024-01-01 13:00:00', NULL)) t(begin, back)");
  EXPECT_THAT(Counted("time_zone", {{"input", "trips"},
                                    {"columns", Json::array({"begin", "back"})},
                                    {"from", "Europe/Berlin"}}),
              ElementsAre("back|moved|Europe/Berlin|UTC|1|1", "begin|moved|Europe/Berlin|UTC|2|2"));
}

TEST_F(LedgerTest, OfTextsEachChangeIsCounted) {
  Give("sales",
       "SELECT * FROM (VALUES ('a', '1'), (' b', '1.250,5'), ('NA', 'x'), (NULL, '2,5'), ('  ', "
       "NULL), ('c', '3')) t(name, amount)");
  EXPECT_THAT(
      Counted("clean", {{"input", "sales"},
                        {"null_words", Json::array({"NA"})},
                        {"cast", Json::array({Json::array({"amount", "float64"})})},
                        {"decimal", ","},
                        {"thousands", "."}}),
      ElementsAre("amount|casts|-|-|4|5", "amount|decimal_marks|-|-|2|5", "amount|nulls|-|-|0|5",
                  "amount|refused|-|-|1|5", "amount|thousands_marks|-|-|1|5",
                  "amount|tidied|-|-|0|5", "name|nulls|-|-|2|5", "name|tidied|-|-|2|5"));
  Give("sales", "SELECT 1 AS n");
  EXPECT_THAT(Counted("clean", {{"input", "sales"}}), IsEmpty()) << "no column is text";
}

// Random texts, counted as they are made.
TEST_F(LedgerTest, OfTextsAsByHand) {
  std::mt19937 random(11);
  int tidied = 0;
  int nulls = 0;
  int casts = 0;
  int refused = 0;
  int values = 0;
  std::string rows;
  for (int i = 0; i < 500; ++i) {
    std::string text = "NULL";
    const auto form = random() % 6;
    if (form > 0) ++values;
    if (form == 1) text = "'" + std::to_string(random() % 1000) + "'";
    if (form == 2) text = "' " + std::to_string(random() % 1000) + "'";
    if (form == 3) text = "'many'";
    if (form == 4) text = "'none '";
    if (form == 5) text = "''";
    casts += form == 1 || form == 2 ? 1 : 0;
    tidied += form == 2 || form == 4 ? 1 : 0;
    refused += form == 3 ? 1 : 0;
    nulls += form == 4 || form == 5 ? 1 : 0;
    rows += (i > 0 ? ", (" : "(") + text + "::VARCHAR)";
  }
  Give("sales", "SELECT * FROM (VALUES " + rows + ") t(n)");
  const auto row = [&](const char* change, int cells) {
    return std::string("n|") + change + "|-|-|" + std::to_string(cells) + "|" +
           std::to_string(values);
  };
  EXPECT_THAT(Counted("clean", {{"input", "sales"},
                                {"null_words", Json::array({"none"})},
                                {"cast", Json::array({Json::array({"n", "int64"})})}}),
              ElementsAre(row("casts", casts), row("nulls", nulls), row("refused", refused),
                          row("tidied", tidied)));
}

TEST(StepLedger, KindsThatCountHaveAQuery) {
  for (const StepKind& kind : AllSteps()) {
    EXPECT_EQ(kind.info.ledger != contract::Ledger::kNone, kind.ledger != nullptr)
        << kind.info.name;
  }
}

}  // namespace
}  // namespace assay::step
