/// How what was done to a source's or a step's values differs from the load before, by their
/// ledgers (run/ledger.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "engine/engine.h"

namespace assay::run {

/// The changes that ledgers of sources tell, by the names of their columns.
std::vector<std::string> CoercionNames();

/// A share of a column's cells that is another than in the files before.
struct CoercionChange {
  std::string column;
  std::string change;  ///< `decimal_marks`
  std::string file;
  std::uint64_t cells = 0, of = 0;                ///< in the file
  std::uint64_t cells_before = 0, of_before = 0;  ///< in all files that stand before it

  bool operator==(const CoercionChange&) const = default;
};

/// Changes in files that are new, or other than they were: each share that was 1 % at most in all
/// files before and is 5 % at least, or the other way round. `now` and `before` are rows of
/// `LoadsSql`; `before` has none where nothing was loaded before, and all files are new.
std::vector<CoercionChange> CoercionChanges(const engine::Grid& now, const engine::Grid& before);

/// A spelling that was not there in the load before.
struct NewSpelling {
  std::string column, spelling;
  std::string change;  ///< `mapped`, `unknown`, `none`
  std::string became;  ///< empty where it is unknown
  std::uint64_t cells = 0;

  bool operator==(const NewSpelling&) const = default;
};

/// `now` and `before` are rows of `SpellingsSql`.
std::vector<NewSpelling> NewSpellings(const engine::Grid& now, const engine::Grid& before);

/// The rows of a source's ledger, in the order of its files: file, column, and of each of
/// `CoercionNames` how many and of how many.
std::string LoadsSql(const std::string& ledger);
/// The rows of a step's ledger that have a spelling.
std::string SpellingsSql(const std::string& ledger);

/// One sentence each, of ten at most: `amount: 12 % of cells came with a comma decimal
/// (data/2021.csv), 0 % before`.
std::vector<std::string> CoercionTexts(const std::vector<CoercionChange>& changes);
/// `label: the load before did not have the spelling NO (12 cells, mapped to no)`.
std::vector<std::string> SpellingTexts(const std::vector<NewSpelling>& spellings);
Json CoercionsJson(const std::vector<CoercionChange>& changes);
Json SpellingsJson(const std::vector<NewSpelling>& spellings);

}  // namespace assay::run
