#include "source/guessed_csv.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "source/test_sources.h"

namespace assay::source {
namespace {

// More than the first rows, and of the size from which on one guesses.
constexpr int kRows = 22'000;

// Rows that are alike, the last of which has a cell as given.
std::string LinesOf(const std::string& usual, const std::string& last) {
  std::string text = "id,x,word\n";
  for (int i = 1; i < kRows; ++i)
    text += std::to_string(i) + "," + usual + "," + std::string(50, 'w') + "\n";
  return text + "0," + last + ",end\n";
}

class GuessedCsv : public SourceFiles {
 protected:
  // The types, and rows counted with all their values, of one read.
  struct Seen {
    bool guessed = false;
    bool failed = false;
    Schema schema;
    std::string sums;
    std::string error;
    bool operator==(const Seen& other) const {
      return schema == other.schema && sums == other.sums && error == other.error;
    }
  };

  Seen Look(Json params, bool may_guess) {
    for (const contract::Param& param : FindSource("csv")->info.params) {
      if (param.by_default && !params.contains(param.name)) params[param.name] = *param.by_default;
    }
    kept = params;
    Seen seen;
    auto read = FindSource("csv")->read({*engine, kept, files, {}, false, may_guess});
    if (!read.ok()) {
      seen.error = read.error().message;
      return seen;
    }
    seen.guessed = read->exactly != nullptr;
    auto sum = engine->SumRows(read->query);
    if (!sum.ok() && seen.guessed) {
      seen.failed = true;
      read = read->exactly();
      if (!read.ok()) {
        seen.error = read.error().message;
        return seen;
      }
      sum = engine->SumRows(read->query);
    }
    EXPECT_TRUE(sum.ok()) << sum.error().message;
    seen.schema = *engine->Describe(read->query);
    seen.sums = std::to_string(sum->rows) + " " + sum->sum;
    return seen;
  }

  // One file of these rows.
  Seen LookAt(const std::string& rows, bool may_guess) {
    files.clear();
    Add("a.csv", rows);
    return Look(Json::object(), may_guess);
  }
};

TEST_F(GuessedCsv, ATypeThatHoldsIsTheOneThatALookAtAllRowsFinds) {
  for (const auto& [usual, last] :
       std::vector<std::pair<std::string, std::string>>{{"12", "-7"},
                                                        {"2001-01-01", "1999-12-31"},
                                                        {"2001-01-01 10:20:30", ""},
                                                        {"1.5", "1e5"},
                                                        {"word", ""},
                                                        {"1.25", ""},
                                                        {"7", "9223372036854775807"}}) {
    const Seen exact = LookAt(LinesOf(usual, last), false);
    const Seen seen = LookAt(LinesOf(usual, last), true);
    EXPECT_TRUE(seen.guessed) << usual;
    EXPECT_FALSE(seen.failed) << usual << " " << last;
    EXPECT_TRUE(seen == exact) << usual << " " << last;
  }
}

TEST_F(GuessedCsv, OneCellAtTheEndIsEnoughToLookAtAll) {
  const std::vector<std::string> ends = {"1.5",
                                         "1e3",
                                         " 5",
                                         "+5",
                                         "007",
                                         "1_000",
                                         "0x1f",
                                         "x",
                                         "true",
                                         "2001-01-01",
                                         "2001/01/01",
                                         "epoch",
                                         "infinity",
                                         "2001-1-1",
                                         "2001-01-01 00:00:00",
                                         "nan",
                                         "9223372036854775808",
                                         "12345678901234567",
                                         "2001-01-01T00:00:00",
                                         "2001-01-01 00:00:00.123456789",
                                         "2001-01-01 00:00:00Z",
                                         "2001/01/01 00:00:00",
                                         "12/31/2001"};
  for (const std::string usual : {"12", "1.5", "2001-01-01", "2001-01-01 10:20:30"}) {
    for (const std::string& last : ends) {
      const std::string rows = LinesOf(usual, last);
      const Seen exact = LookAt(rows, false);
      const Seen seen = LookAt(rows, true);
      EXPECT_TRUE(seen.guessed) << usual;
      EXPECT_TRUE(seen == exact) << usual << " " << last;
    }
  }
}

TEST_F(GuessedCsv, WhatCannotBeCheckedIsNotGuessed) {
  const auto guessed = [&](const std::vector<std::string>& texts, const Json& params) {
    files.clear();
    for (const std::string& text : texts) Add("a.csv", text);
    return Look(params, true).guessed;
  };
  EXPECT_TRUE(guessed({LinesOf("1", "2"), LinesOf("3", "4")}, Json::object()));
  EXPECT_FALSE(guessed({"a\n1\n"}, Json::object()));
  EXPECT_FALSE(guessed({LinesOf("true", "false")}, Json::object()));
  // Nothing is known of a column without a value in the first rows.
  EXPECT_FALSE(guessed({LinesOf("", "5")}, Json::object()));
  EXPECT_FALSE(guessed({LinesOf("1", "2"), LinesOf("1.5", "2")}, Json::object()));
  EXPECT_FALSE(
      guessed({LinesOf("1", "2")}, {{"columns", Json::array({Json::array({"x", "VARCHAR"})})}}));
}

}  // namespace
}  // namespace assay::source
