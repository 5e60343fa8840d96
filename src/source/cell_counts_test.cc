#include "source/cell_counts.h"

#include <gmock/gmock.h>

#include <map>
#include <random>

#include "source/test_sources.h"

namespace assay::source {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class CellCountsTest : public SourceFiles {
 protected:
  // What reading all rows counts.
  std::vector<CellChanges> Changes(const std::string& kind, Json params = Json::object()) {
    const auto read = Read(kind, std::move(params));
    EXPECT_TRUE(read.ok()) << read.error().message;
    if (!read.ok()) return {};
    Rows(read->query);
    const auto changes = read->changes();
    EXPECT_TRUE(changes.ok()) << changes.error().message;
    return changes.ok() ? *changes : std::vector<CellChanges>();
  }
};

CellChanges Uncounted(std::size_t file, const std::string& column) {
  return {.file = file, .column = column, .cells = std::nullopt, .trimmed = std::nullopt};
}

TEST_F(CellCountsTest, EachFileIsCountedForItself) {
  Add("a.csv", "id;amount\n1;1.5\n2;2\n");
  Add("b.csv", "id;amount\n3;\n");
  Add("c.csv", "id;amount\n4; 1.234,5\n5;N/A\n6;1,5\n");
  const Json columns = Json::array({Json::array(
      {"amount", "float64", Json{{"decimal", ","}, {"nulls", Json::array({"N/A"})}}})});
  EXPECT_THAT(Changes("csv", {{"delimiter", ";"}, {"decimal", ","}, {"columns", columns}}),
              testing::SizeIs(6));
  // With a comma for decimals 1.5 is no number: its row is refused, and its cell has a value.
  EXPECT_THAT(Changes("csv", {{"delimiter", ";"}, {"columns", columns}}),
              ElementsAre(CellChanges{.file = 0, .column = "id", .cells = 2},
                          CellChanges{.file = 0, .column = "amount", .cells = 2},
                          CellChanges{.file = 1, .column = "id", .cells = 1},
                          CellChanges{.file = 1, .column = "amount"},
                          CellChanges{.file = 2, .column = "id", .cells = 3},
                          CellChanges{.file = 2,
                                      .column = "amount",
                                      .cells = 2,
                                      .nulls = 1,
                                      .trimmed = 1,
                                      .thousands_marks = 1,
                                      .decimal_marks = 2}));
}

// Cells of known making, counted as they are made.
TEST_F(CellCountsTest, AreThoseOfACountByHand) {
  std::mt19937 random(7);
  const auto one_in = [&](unsigned n) { return random() % n == 0; };
  std::vector<CellChanges> expected;
  for (std::size_t file = 0; file < 3; ++file) {
    CellChanges id{.file = file, .column = "id"};
    CellChanges paid{.file = file, .column = "paid"};
    std::string text = "id;paid\n";
    for (int row = 0; row < 200; ++row) {
      text += std::to_string(row) + ";";
      ++*id.cells;
      if (one_in(8)) {
        const bool is_word = one_in(2);
        text += is_word ? "none" : "";
        paid.nulls += is_word ? 1U : 0U;
        text += "\n";
        continue;
      }
      ++*paid.cells;
      std::string number = std::to_string(100 + random() % 900);
      if (one_in(3)) {
        number = "7." + number;
        ++paid.thousands_marks;
      }
      if (one_in(4)) {
        number += ",25";
        ++paid.decimal_marks;
      }
      if (one_in(5)) {
        number = "$" + number;
        ++paid.units;
      }
      if (one_in(6)) {
        number = "*" + number;
        ++paid.signs;
      }
      if (one_in(7)) {
        number = " " + number;
        ++*paid.trimmed;
      }
      text += number + "\n";
    }
    Add(std::to_string(file) + ".csv", text);
    expected.push_back(id);
    expected.push_back(paid);
  }
  const Json columns = Json::array(
      {Json::array({"paid", "decimal(12,2)",
                    Json{{"read", "money"}, {"decimal", ","}, {"nulls", Json::array({"none"})}}})});
  EXPECT_EQ(Changes("csv", {{"delimiter", ";"}, {"columns", columns}}), expected);
}

TEST_F(CellCountsTest, OfWhatTheEngineReadsOnlyWordsForNullAndMomentsNeedAPass) {
  Add("a.csv", "id,at,word\n1,2024-01-01T00:00:00Z,x\n2,2024-01-01T00:00:00+02:00,NA\n");
  Add("b.csv", "id,at,word\nNA,2024-01-01T00:00:00+00:00,NA\n");
  EXPECT_EQ(Read("csv")->changes()->at(0), Uncounted(0, "id"));
  const auto changes = Changes("csv", {{"nulls", Json::array({"", "NA"})}});
  ASSERT_EQ(changes.size(), 6U);
  const auto nulls = [&](std::size_t i) { return changes[i].nulls; };
  EXPECT_THAT((std::vector{nulls(0), nulls(1), nulls(2), nulls(3), nulls(4), nulls(5)}),
              ElementsAre(0, 0, 1, 1, 0, 1));
  EXPECT_EQ(changes[1].in_utc, 1U) << changes[1].column;
  EXPECT_EQ(changes[4].in_utc, 1U);
  for (const CellChanges& one : changes) EXPECT_FALSE(one.cells || one.trimmed);
}

TEST_F(CellCountsTest, FilesOfTheSameBytesAreCountedEach) {
  const std::string text = "id,word\n1,NA\n2,x\n";
  Add("a.csv", text);
  files.push_back({files[0].object, "data/b.csv"});
  const auto changes = Changes("csv", {{"nulls", Json::array({"", "NA"})}});
  ASSERT_EQ(changes.size(), 4U);
  EXPECT_EQ(changes[1].nulls, 1U);
  EXPECT_EQ(changes[3].nulls, 1U);
}

TEST_F(CellCountsTest, OfFixedPlaces) {
  Add("a.txt", "AB  -99.9\nCD   12.5\n");
  const Json columns =
      Json::array({Json::array({"column1", "float64", Json{{"nulls", Json::array({"-99.9"})}}})});
  EXPECT_THAT(Changes("fixed_width", {{"widths", Json::array({"4", "5"})}, {"columns", columns}}),
              ElementsAre(CellChanges{.column = "column0", .cells = 2},
                          CellChanges{.column = "column1", .cells = 1, .nulls = 1}));
}

TEST_F(CellCountsTest, OfRowsWithNames) {
  Add("a.html",
      "<table><tr><th>a<th>b</tr><tr><td>1<td>n/a</tr><tr><td>2<td>2024-01-01T00:00:00Z</tr>"
      "</table>");
  EXPECT_THAT(
      Changes("html", {{"nulls", Json::array({"", "n/a"})}}),
      ElementsAre(
          CellChanges{.column = "a", .cells = 2, .trimmed = std::nullopt},
          CellChanges{
              .column = "b", .cells = 1, .nulls = 1, .trimmed = std::nullopt, .in_utc = 1}));
}

TEST(KeptChanges, AreThereOnlyBehindAReading) {
  KeptChanges kept;
  EXPECT_EQ(kept.Get().error().code, ErrorCode::kInternal);
  kept.Keep({});
  EXPECT_THAT(*kept.Get(), IsEmpty());
}

TEST(EndsInUtc, TellsZeroOffsets) {
  for (const char* text : {"2024-01-01T00:00:00Z", "2024-01-01 00:00+00", "x-00:00", "x+0000"}) {
    EXPECT_TRUE(EndsInUtc(text)) << text;
  }
  for (const char* text : {"", "2024-01-01T00:00:00", "2024-01-01 00:00+02", "x+02:00", "x+0200"}) {
    EXPECT_FALSE(EndsInUtc(text)) << text;
  }
}

TEST(Sources, KindsThatReadTextCountWhatTheyDo) {
  std::vector<std::string> kinds;
  for (const SourceKind& kind : AllSources()) {
    if (kind.info.ledger == contract::Ledger::kAlways) kinds.push_back(kind.info.name);
  }
  EXPECT_THAT(kinds, testing::UnorderedElementsAre("csv", "tsv", "fixed_width", "html", "xml",
                                                   "email", "excel"));
}

}  // namespace
}  // namespace assay::source
