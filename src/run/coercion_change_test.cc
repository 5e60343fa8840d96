#include "run/coercion_change.h"

#include <gmock/gmock.h>

namespace assay::run {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A row of `LoadsSql`: of `of` cells, `decimal` came with a comma.
std::vector<std::optional<std::string>> Load(const std::string& file, const std::string& column,
                                             int decimal, int of) {
  std::vector<std::optional<std::string>> row = {file, column};
  for (const std::string& name : CoercionNames()) {
    row.emplace_back(std::to_string(name == "decimal_marks" ? decimal : 0));
    row.emplace_back(std::to_string(of));
  }
  return row;
}

engine::Grid Loads(std::vector<std::vector<std::optional<std::string>>> rows) {
  engine::Grid grid;
  grid.rows = std::move(rows);
  return grid;
}

TEST(CoercionChange, AFileThatIsNotLikeThoseBeforeIsTold) {
  const auto before = Loads({Load("a.csv", "amount", 0, 50), Load("b.csv", "amount", 0, 50)});
  const auto now = Loads({Load("a.csv", "amount", 0, 50), Load("b.csv", "amount", 0, 50),
                          Load("c.csv", "amount", 12, 100)});
  const auto changes = CoercionChanges(now, before);
  EXPECT_THAT(changes,
              ElementsAre(CoercionChange{"amount", "decimal_marks", "c.csv", 12, 100, 0, 100}));
  EXPECT_THAT(CoercionTexts(changes),
              ElementsAre("amount: 12 % of cells came with a comma decimal (c.csv), 0 % before"));
  EXPECT_EQ(CoercionsJson(changes).dump(),
            R"([{"cells":12,"cells_before":0,"change":"decimal_marks","column":"amount",)"
            R"("file":"c.csv","of":100,"of_before":100}])");
}

TEST(CoercionChange, FilesThatWereThereAreNotToldAgain) {
  const auto now = Loads({Load("a.csv", "amount", 0, 50), Load("b.csv", "amount", 30, 50)});
  EXPECT_EQ(CoercionChanges(now, {}).size(), 1U) << "all files are new";
  EXPECT_THAT(CoercionChanges(now, now), IsEmpty());
  const auto other = Loads({Load("a.csv", "amount", 0, 50), Load("b.csv", "amount", 0, 50)});
  EXPECT_EQ(CoercionChanges(now, other).size(), 1U) << "the file is another than it was";
}

TEST(CoercionChange, WhatStopsIsToldToo) {
  const auto now = Loads({Load("a.csv", "amount", 50, 50), Load("b.csv", "amount", 0, 50)});
  EXPECT_THAT(CoercionChanges(now, {}),
              ElementsAre(CoercionChange{"amount", "decimal_marks", "b.csv", 0, 50, 50, 50}));
}

TEST(CoercionChange, TheBordersAreOneAndFivePercent) {
  const auto found = [](int before, int now) {
    return CoercionChanges(
               Loads({Load("a", "amount", before, 1000), Load("b", "amount", now, 1000)}), {})
        .size();
  };
  EXPECT_EQ(found(10, 50), 1U);
  EXPECT_EQ(found(11, 50), 0U);
  EXPECT_EQ(found(10, 49), 0U);
  EXPECT_EQ(found(50, 10), 1U);
  EXPECT_EQ(found(300, 600), 0U) << "neither is few";
}

TEST(CoercionChange, ColumnsAreComparedWithThemselves) {
  const auto now = Loads({Load("a", "x", 0, 10), Load("a", "y", 10, 10), Load("b", "x", 0, 10),
                          Load("b", "y", 10, 10)});
  EXPECT_THAT(CoercionChanges(now, {}), IsEmpty());
  const auto empty = Loads({Load("a", "x", 0, 0), Load("b", "x", 10, 10)});
  EXPECT_THAT(CoercionChanges(empty, {}), IsEmpty()) << "nothing to compare with";
}

TEST(CoercionChange, OfManyTenAreTold) {
  std::vector<std::vector<std::optional<std::string>>> rows;
  for (int i = 0; i < 12; ++i) rows.push_back(Load("a", "c" + std::to_string(i), 0, 10));
  for (int i = 0; i < 12; ++i) rows.push_back(Load("b", "c" + std::to_string(i), 10, 10));
  const auto texts = CoercionTexts(CoercionChanges(Loads(rows), {}));
  ASSERT_EQ(texts.size(), 11U);
  EXPECT_EQ(texts.back(), "2 more changes of this kind");
}

TEST(CoercionChange, SpellingsThatWereNotThereAreTold) {
  const auto before = Loads({{"v", "no", "none", "no", "90"}, {"v", "yes", "none", "yes", "10"}});
  const auto now = Loads({{"v", "no", "none", "no", "90"},
                          {"v", "NO", "mapped", "no", "1200"},
                          {"v", "n/a", "unknown", std::nullopt, "1"}});
  const auto spellings = NewSpellings(now, before);
  EXPECT_THAT(spellings, ElementsAre(NewSpelling{"v", "NO", "mapped", "no", 1200},
                                     NewSpelling{"v", "n/a", "unknown", "", 1}));
  EXPECT_THAT(
      SpellingTexts(spellings),
      ElementsAre("v: the load before did not have the spelling NO (1,200 cells, mapped to no)",
                  "v: the load before did not have the spelling n/a (1 cell, unknown)"));
  EXPECT_EQ(SpellingsJson(spellings)[1].dump(),
            R"({"became":null,"cells":1,"change":"unknown","column":"v","spelling":"n/a"})");
  EXPECT_THAT(NewSpellings(now, now), IsEmpty());
}

}  // namespace
}  // namespace assay::run
