// Columns that give each other or the label away, and rows that repeat.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "engine/sql_text.h"
#include "stats/suspicion_search.h"

namespace assay::stats {
namespace {

// Fewer rows fit each other by accident.
constexpr std::int64_t kLeastForPairs = 30;
constexpr std::size_t kMostPairs = 200;
// Share of rows that a one-to-one relation must hold for; and, for it and for the label, the share
// of what is not guessed right without the column that is guessed right with it.
constexpr double kRelationShare = 0.99, kLambda = 0.95;
constexpr std::int64_t kMostClasses = 100;
// A value must come up so often that the label's class within it says something.
constexpr std::int64_t kRowsOfValue = 10;
constexpr char kHashes[] = "_assay_hashes";
constexpr std::size_t kMostHashes = std::size_t{1} << 18;  // more are no help

// The hashes of a query that come up again, and a few whose bit another one has: among the rows
// with these hashes are all that repeat.
Result<std::vector<std::string>> HashesSeenAgain(engine::Engine& engine, const std::string& query,
                                                 std::int64_t rows) {
  constexpr std::uint64_t kBitsOfRow = 64, kMostBits = std::uint64_t{1} << 30;  // 128 MB
  const std::uint64_t bits = std::bit_ceil(
      std::clamp<std::uint64_t>(static_cast<std::uint64_t>(rows) * kBitsOfRow, 64, kMostBits));
  std::vector<std::uint64_t> seen(bits / 64);
  std::vector<std::uint64_t> again;
  TRY(engine.ReadRows(query, [&](const engine::EncodedRows& encoded) -> Status {
    for (const std::size_t end : encoded.ends) {
      std::uint64_t hash = 0;  // the last bytes of the row, behind the tag
      std::memcpy(&hash, encoded.bytes.data() + end - sizeof hash, sizeof hash);
      std::uint64_t& word = seen[hash % bits / 64];
      const std::uint64_t bit = std::uint64_t{1} << (hash % 64);
      if ((word & bit) != 0) again.push_back(hash);
      word |= bit;
    }
    return {};
  }));
  std::ranges::sort(again);
  const auto twice = std::ranges::unique(again);
  again.erase(twice.begin(), twice.end());
  std::vector<std::string> texts;
  texts.reserve(again.size());
  for (const std::uint64_t each : again) texts.push_back(std::to_string(each));
  return texts;
}

}  // namespace

std::optional<std::size_t> SuspicionSearch::Label() const {
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    if (!options_.label.empty() && schema_[i].name == options_.label) return i;
  }
  return std::nullopt;
}

bool SuspicionSearch::IsClassLabel() const {
  const auto label = Label();
  return label && columns_[*label].distinct >= 2 && columns_[*label].distinct <= kMostClasses;
}

Status SuspicionSearch::FindRepeats() {
  if (!options_.whole_rows || columns_.empty() || columns_[0].rows < 2) return {};
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const ColumnProfile& column = columns_[i];
    if (column.distinct == column.rows) return {};  // no two rows can be equal
  }
  const std::string names = engine::NameList(FieldNames(schema_)), hash = "hash(" + names + ")";
  // Only rows whose hash may come up again are compared as they are: to keep all takes time and
  // memory.
  TRY_ASSIGN(const auto hashes,
             HashesSeenAgain(engine_, "SELECT " + hash + " FROM " + table_, columns_[0].rows));
  if (hashes.empty()) return {};
  std::string among;
  if (hashes.size() <= kMostHashes) {
    TRY(engine_.Execute(std::string("CREATE OR REPLACE TEMP TABLE ") + kHashes +
                        " AS SELECT unnest(" + engine::TextList(hashes) + ")::UBIGINT AS h"));
    among = " WHERE " + hash + " IN (SELECT h FROM " + kHashes + ")";
  }
  TRY_ASSIGN(
      const engine::Grid grid,
      engine_.Query("SELECT sum(_assay_n - 1)::BIGINT FROM (SELECT " + names +
                    ", count(*) AS _assay_n FROM " + table_ + among + " GROUP BY " + names + ")"));
  TRY(engine_.Execute(std::string("DROP TABLE IF EXISTS ") + kHashes));
  const std::int64_t repeats = WholeNumber(grid.rows.at(0).at(0));
  if (repeats <= 0) return {};
  Add(SuspicionKind::kRepeats, {}, repeats,
      RowsOf(repeats) + Verbal(repeats, " is", " are") + " wholly equal to an earlier one, " +
          SharePercent(repeats, columns_[0].rows) + " of all");
  return {};
}

Status SuspicionSearch::FindEqual() {
  std::vector<bool> taken(schema_.size(), false);
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    if (taken[i] || columns_[i].distinct < 2) continue;
    ColumnProfile one = columns_[i];
    std::vector<std::size_t> group = {i};
    for (std::size_t k = i + 1; k < schema_.size(); ++k) {
      if (taken[k] || schema_[k].type != schema_[i].type) continue;
      one.name = columns_[k].name;
      if (ProfileJson({one}) != ProfileJson({columns_[k]})) continue;
      TRY_ASSIGN(const engine::Grid grid,
                 engine_.Query("SELECT count(CASE WHEN " + Name(i) + " IS DISTINCT FROM " +
                               Name(k) + " THEN 1 END) FROM " + table_));
      if (WholeNumber(grid.rows.at(0).at(0)) > 0) continue;
      taken[k] = true;
      group.push_back(k);
    }
    if (group.size() == 1) continue;
    std::vector<std::string> names, others;
    for (const std::size_t column : group) names.push_back(schema_[column].name);
    others.assign(names.begin() + 1, names.end());
    Add(SuspicionKind::kEqual, std::move(names), columns_[i].rows,
        "has the same value as " + QuotedList(others) + " in all rows");
    equal_.push_back(std::move(group));
  }
  return {};
}

bool SuspicionSearch::AreEqual(std::size_t a, std::size_t b) const {
  return std::any_of(equal_.begin(), equal_.end(), [&](const std::vector<std::size_t>& group) {
    return std::ranges::count(group, a) > 0 && std::ranges::count(group, b) > 0;
  });
}

// Of the rows with a label, how many a guess by the column's value alone gets right; -1 where the
// column has too many values to say.
Result<std::int64_t> SuspicionSearch::GuessedRight(std::size_t column, std::size_t label) {
  const ColumnProfile& profile = columns_[column];
  const Type& type = schema_[column].type;
  std::string value = Name(column);
  if (profile.distinct * kRowsOfValue > profile.rows) {
    if (!IsNumber(type) && !IsTime(type)) return -1;
    // The hundredth of the values that it is in; as far as it splits the classes, so does the
    // column.
    std::string borders;
    std::string last;
    for (int percent = 1; percent < 100; ++percent) {
      char share[16];
      std::snprintf(share, sizeof share, "0.%02d", percent);
      std::string name = share;
      if (name.back() == '0') name.pop_back();
      const auto border = Quantile(profile, name);
      if (!border || *border == last) continue;
      last = *border;
      borders += (borders.empty() ? "" : " + ") + ("(" + Name(column)) + " > CAST(" +
                 engine::QuoteText(*border) + " AS " + engine::TypeSql(type) + "))::INTEGER";
    }
    if (borders.empty()) return -1;
    value = borders;
  }
  TRY_ASSIGN(const engine::Grid grid,
             engine_.Query("SELECT sum(m)::BIGINT FROM (SELECT max(n) AS m FROM (SELECT " + value +
                           " AS a, " + Name(label) + " AS b, count(*)::BIGINT AS n FROM " + table_ +
                           " WHERE " + Name(label) + " IS NOT NULL GROUP BY 1, 2) GROUP BY a)"));
  return WholeNumber(grid.rows.at(0).at(0));
}

Status SuspicionSearch::FindLabelInDisguise() {
  if (!IsClassLabel()) return {};
  const std::size_t label = *Label();
  const std::int64_t rows = Present(columns_[label]);
  if (rows < kLeastForPairs) return {};
  TRY_ASSIGN(const engine::Grid grid,
             engine_.Query("SELECT max(_assay_n) FROM (SELECT count(*) AS _assay_n FROM " + table_ +
                           " WHERE " + Name(label) + " IS NOT NULL GROUP BY " + Name(label) + ")"));
  const std::int64_t guessed = WholeNumber(grid.rows.at(0).at(0));
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    if (i == label || HasParts(schema_[i].type) || columns_[i].distinct == 0 ||
        AreEqual(i, label)) {
      continue;
    }
    TRY_ASSIGN(const std::int64_t right, GuessedRight(i, label));
    if (right <= guessed || RatioOf(right - guessed, rows - guessed) < kLambda) continue;
    Add(SuspicionKind::kLabelInDisguise, {schema_[i].name, schema_[label].name}, right,
        "tells the label " + Quoted(schema_[label].name) + ": a guess by it alone is right in " +
            SharePercent(right, rows) + " of the rows, without it in " +
            SharePercent(guessed, rows));
  }
  return {};
}

Result<SuspicionSearch::Spread> SuspicionSearch::SpreadOf(std::size_t column) {
  const auto rows = static_cast<double>(columns_[column].rows);
  TRY_ASSIGN(const engine::Grid grid,
             engine_.Query("SELECT max(_assay_n), sum(_assay_n::HUGEINT * _assay_n) FROM (SELECT "
                           "count(*)::BIGINT AS _assay_n "
                           "FROM " +
                           table_ + " GROUP BY " + Name(column) + ")"));
  const auto number = [&](std::size_t cell) {
    return std::strtod(grid.rows.at(0).at(cell).value_or("0").c_str(), nullptr);
  };
  return Spread{column, number(0) / rows, number(1) / rows / rows};
}

Status SuspicionSearch::FindPairs() {
  if (columns_.empty() || columns_[0].rows < kLeastForPairs) return {};
  std::vector<Spread> spreads;
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    const bool may_fit =
        !HasParts(schema_[i].type) && columns_[i].distinct >= 2 && !NearlyUnique(columns_[i]);
    if (!may_fit) continue;
    if (IsClassLabel() && i == *Label()) continue;
    TRY_ASSIGN(const Spread spread, SpreadOf(i));
    spreads.push_back(spread);
  }
  std::size_t looked_at = 0;
  for (std::size_t i = 0; i < spreads.size(); ++i) {
    for (std::size_t k = i + 1; k < spreads.size(); ++k) {
      const Spread &a = spreads[i], &b = spreads[k];
      if (AreEqual(a.column, b.column)) continue;
      // Where the relation holds for all rows but a share s, no value's share changes by more than
      // s, and the sum of squares by no more than 4 s times the greatest.
      constexpr double kOthers = 1 - kRelationShare;
      const double greatest = std::max(a.greatest, b.greatest);
      if (std::abs(a.greatest - b.greatest) > kOthers ||
          std::abs(a.squares - b.squares) > 4 * kOthers * greatest) {
        continue;
      }
      if (looked_at == kMostPairs) {
        ++suspicions_.pairs_left_out;
        continue;
      }
      ++looked_at;
      TRY(LookAtPair(a, b));
    }
  }
  return {};
}

// Counts the rows in which each value is the most frequent partner of the other.
Status SuspicionSearch::LookAtPair(const Spread& a, const Spread& b) {
  TRY_ASSIGN(
      const engine::Grid grid,
      engine_.Query(
          "SELECT sum(CASE WHEN best THEN n ELSE 0 END)::BIGINT FROM (SELECT n, row_number() OVER "
          "(PARTITION BY a ORDER BY n DESC, b) = 1 AND row_number() OVER (PARTITION BY b ORDER BY "
          "n DESC, a) = 1 AS best FROM (SELECT " +
          Name(a.column) + " AS a, " + Name(b.column) + " AS b, count(*)::BIGINT AS n FROM " +
          table_ + " GROUP BY 1, 2))"));
  const std::int64_t rows = columns_[a.column].rows, held = WholeNumber(grid.rows.at(0).at(0));
  const double share = RatioOf(held, rows), base = std::max(a.greatest, b.greatest);
  if (share < kRelationShare || base >= 1 || (share - base) / (1 - base) < kLambda) return {};
  const auto label = Label();
  const bool swap = label && *label == a.column;
  const std::size_t first = swap ? b.column : a.column, second = swap ? a.column : b.column;
  const bool tells_label = label && *label == second;
  Add(tells_label ? SuspicionKind::kLabelInDisguise : SuspicionKind::kOneToOne,
      {schema_[first].name, schema_[second].name}, held,
      std::string(held == rows ? "each value goes with one of "
                               : "nearly each value goes with one of ") +
          (tells_label ? "the label " : "") + Quoted(schema_[second].name) +
          " and the other way round" +
          (held == rows ? "" : ", in " + SharePercent(held, rows) + " of the rows"));
  return {};
}

}  // namespace assay::stats
