#include "run/coercion_change.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>

#include "contract/amount_text.h"

namespace assay::run {
namespace {

struct Coercion {
  const char* name;
  const char* words;  // behind `12 % of cells`
};
constexpr std::array kCoercions = {
    Coercion{"nulls", "were words for null"},
    Coercion{"trimmed", "had blanks around them"},
    Coercion{"thousands_marks", "came with thousands marks"},
    Coercion{"decimal_marks", "came with a comma decimal"},
    Coercion{"signs", "came with footnote signs or in parentheses"},
    Coercion{"units", "came with a currency, a percent sign or a power of ten"},
    Coercion{"time_zones", "came with an offset from UTC, or none"}};

constexpr std::size_t kMostTold = 10;

std::uint64_t CountOfCell(const std::optional<std::string>& cell) {
  return std::strtoull(cell.value_or("0").c_str(), nullptr, 10);
}

struct CellShare {
  std::uint64_t cells = 0, of = 0;

  double value() const {
    return of == 0 ? 0 : static_cast<double>(cells) / static_cast<double>(of);
  }
};

bool IsNotable(const CellShare& before, const CellShare& now) {
  constexpr double kFew = 0.01;
  constexpr double kMany = 0.05;
  if (before.of == 0 || now.of == 0) return false;
  const auto rises = [&](const CellShare& from, const CellShare& to) {
    return from.value() <= kFew && to.value() >= kMany;
  };
  return rises(before, now) || rises(now, before);
}

// Rows of a ledger as texts: a file that is there again with the same counts is not new.
using RowTexts = std::set<std::vector<std::string>>;

std::vector<std::string> TextsOfRow(const std::vector<std::optional<std::string>>& row) {
  std::vector<std::string> texts;
  texts.reserve(row.size());
  for (const auto& cell : row) texts.push_back(cell.value_or(""));
  return texts;
}

std::string ShareText(std::uint64_t cells, std::uint64_t of) {
  const double percent = 100 * CellShare{cells, of}.value();
  char text[32];
  std::snprintf(text, sizeof text, "%.3g %%", percent);
  return text;
}

const char* WordsOf(const std::string& change) {
  const auto found = std::ranges::find(kCoercions, change,
                                       [](const Coercion& one) { return std::string(one.name); });
  return found == kCoercions.end() ? "were changed" : found->words;
}

void TellRest(std::size_t all, std::vector<std::string>& texts) {
  if (all <= kMostTold) return;
  texts.push_back(contract::GroupedText(all - kMostTold) + " more changes of this kind");
}

}  // namespace

std::vector<std::string> CoercionNames() {
  std::vector<std::string> names;
  names.reserve(kCoercions.size());
  for (const Coercion& one : kCoercions) names.emplace_back(one.name);
  return names;
}

std::string LoadsSql(const std::string& ledger) {
  std::string counts;
  for (const Coercion& one : kCoercions) {
    const std::string name = one.name;
    // A word for null has no value.
    counts += ", coalesce(" + name + ", 0), " +
              (name == "nulls" ? "cells + nulls"
                               : "CASE WHEN " + name + " IS NULL THEN 0 ELSE cells END");
  }
  return "SELECT file, \"column\"" + counts + " FROM " + ledger + " ORDER BY load";
}

std::string SpellingsSql(const std::string& ledger) {
  return "SELECT \"column\", spelling, change, became, cells FROM " + ledger +
         " WHERE spelling IS NOT NULL ORDER BY cells DESC, spelling";
}

std::vector<CoercionChange> CoercionChanges(const engine::Grid& now, const engine::Grid& before) {
  RowTexts known;
  for (const auto& row : before.rows) known.insert(TextsOfRow(row));
  std::vector<CoercionChange> changes;
  std::map<std::string, std::array<CellShare, kCoercions.size()>>
      sums;  // by column, of files before
  for (const auto& row : now.rows) {
    const std::string column = row.at(1).value_or("");
    const bool is_new = !known.contains(TextsOfRow(row));
    auto& sum = sums[column];
    for (std::size_t i = 0; i < kCoercions.size(); ++i) {
      const CellShare share{CountOfCell(row.at(2 + 2 * i)), CountOfCell(row.at(3 + 2 * i))};
      if (is_new && IsNotable(sum[i], share)) {
        changes.push_back({column, kCoercions[i].name, row.at(0).value_or(""), share.cells,
                           share.of, sum[i].cells, sum[i].of});
      }
      sum[i].cells += share.cells;
      sum[i].of += share.of;
    }
  }
  return changes;
}

std::vector<NewSpelling> NewSpellings(const engine::Grid& now, const engine::Grid& before) {
  std::set<std::pair<std::string, std::string>> known;
  for (const auto& row : before.rows) known.emplace(row.at(0).value_or(""), row.at(1).value_or(""));
  std::vector<NewSpelling> spellings;
  for (const auto& row : now.rows) {
    NewSpelling spelling{row.at(0).value_or(""), row.at(1).value_or(""), row.at(2).value_or(""),
                         row.at(3).value_or(""), CountOfCell(row.at(4))};
    if (!known.contains({spelling.column, spelling.spelling})) {
      spellings.push_back(std::move(spelling));
    }
  }
  return spellings;
}

std::vector<std::string> CoercionTexts(const std::vector<CoercionChange>& changes) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < std::min(changes.size(), kMostTold); ++i) {
    const CoercionChange& one = changes[i];
    texts.push_back(one.column + ": " + ShareText(one.cells, one.of) + " of cells " +
                    WordsOf(one.change) + " (" + one.file + "), " +
                    ShareText(one.cells_before, one.of_before) + " before");
  }
  TellRest(changes.size(), texts);
  return texts;
}

std::vector<std::string> SpellingTexts(const std::vector<NewSpelling>& spellings) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < std::min(spellings.size(), kMostTold); ++i) {
    const NewSpelling& one = spellings[i];
    texts.push_back(one.column + ": the load before did not have the spelling " + one.spelling +
                    " (" + contract::GroupedText(one.cells) +
                    (one.cells == 1 ? " cell" : " cells") +
                    (one.became.empty()     ? ", " + one.change
                     : one.change == "none" ? ""
                                            : ", " + one.change + " to " + one.became) +
                    ")");
  }
  TellRest(spellings.size(), texts);
  return texts;
}

Json CoercionsJson(const std::vector<CoercionChange>& changes) {
  Json list = Json::array();
  for (const CoercionChange& one : changes) {
    list.push_back(Json{{"column", one.column},
                        {"change", one.change},
                        {"file", one.file},
                        {"cells", one.cells},
                        {"of", one.of},
                        {"cells_before", one.cells_before},
                        {"of_before", one.of_before}});
  }
  return list;
}

Json SpellingsJson(const std::vector<NewSpelling>& spellings) {
  Json list = Json::array();
  for (const NewSpelling& one : spellings) {
    list.push_back(Json{{"column", one.column},
                        {"change", one.change},
                        {"spelling", one.spelling},
                        {"became", one.became.empty() ? Json() : Json(one.became)},
                        {"cells", one.cells}});
  }
  return list;
}

}  // namespace assay::run
