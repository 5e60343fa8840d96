#include "run/find_key.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/letter_case.h"
#include "engine/sql_text.h"

namespace assay::run {
namespace {

bool IsNameOfKey(const std::string& name) {
  const std::string lower = Lower(name);
  for (const char* word : {"id", "key", "uuid", "guid", "code", "number", "nr", "no", "index"}) {
    if (lower == word || lower.ends_with(std::string("_") + word)) return true;
  }
  // `rideId`, `rideID`
  return name.ends_with("Id") || name.ends_with("ID");
}

bool IsNameOfTime(const std::string& name) {
  const std::string lower = Lower(name);
  for (const char* word :
       {"date", "day", "month", "year", "time", "timestamp", "week", "quarter"}) {
    if (lower == word || lower.ends_with(std::string("_") + word)) return true;
  }
  return false;
}

constexpr int kNamedRank = 0, kFirstRank = 1, kTimeRank = 2, kTextRank = 3, kNumberRank = 4;

// How well a column would do in a key; the less the better, nothing where it would not.
std::optional<int> KeyRank(const SeenColumn& column, std::size_t place) {
  const stats::ColumnProfile& profile = column.profile;
  const TypeKind kind = column.type.kind;
  const bool is_text = kind == TypeKind::kString;
  const bool is_time =
      kind == TypeKind::kDate || kind == TypeKind::kTimestamp || kind == TypeKind::kTimestampUtc;
  if (profile.nulls > 0 || (!is_text && !is_time && !IsInteger(column.type))) return std::nullopt;
  // A long text is what the row is about, not its name.
  const bool is_long = (profile.min && profile.min->cut) || (profile.max && profile.max->cut);
  if (is_text && is_long) return std::nullopt;
  // Numbers that words made text of.
  if (column.cast && column.cast->is_number) return std::nullopt;
  if (IsNameOfKey(column.name)) return kNamedRank;
  if (is_time || IsNameOfTime(column.name)) return kTimeRank;
  if (place == 0) return kFirstRank;
  return is_text ? kTextRank : kNumberRank;
}

struct KeyCandidate {
  std::size_t place = 0;
  int rank = 0;
};

std::vector<KeyCandidate> KeyCandidates(const std::vector<SeenColumn>& columns) {
  std::vector<KeyCandidate> candidates;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (const auto rank = KeyRank(columns[i], i)) candidates.push_back({i, *rank});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const KeyCandidate& a, const KeyCandidate& b) { return a.rank < b.rank; });
  return candidates;
}

class KeyFinder {
 public:
  KeyFinder(engine::Engine& engine, const std::string& table, SeenSource& seen)
      : engine_(engine), table_(table), seen_(seen), candidates_(KeyCandidates(seen.columns)) {}

  Status Find();

 private:
  Result<std::int64_t> CountDifferent(const std::string& columns, const std::string& table);
  Result<bool> AreUnique(const std::vector<std::string>& names);
  Status FindPair();

  engine::Engine& engine_;
  const std::string& table_;
  SeenSource& seen_;
  std::vector<KeyCandidate> candidates_;
};

Result<std::int64_t> KeyFinder::CountDifferent(const std::string& columns,
                                               const std::string& table) {
  TRY_ASSIGN(const engine::Grid grid, engine_.Query("SELECT count(*) FROM (SELECT DISTINCT " +
                                                    columns + " FROM " + table + ")"));
  return std::strtoll(grid.rows.at(0).at(0).value_or("0").c_str(), nullptr, 10);
}

Result<bool> KeyFinder::AreUnique(const std::vector<std::string>& names) {
  constexpr std::int64_t kSample = 100'000;
  const std::string columns = engine::NameList(names);
  if (seen_.rows > kSample) {
    // What repeats among the first rows needs no look at all of them.
    const std::string first =
        "(SELECT * FROM " + table_ + " LIMIT " + std::to_string(kSample) + ")";
    TRY_ASSIGN(const std::int64_t different, CountDifferent(columns, first));
    if (different < kSample) return false;
  }
  TRY_ASSIGN(const std::int64_t different, CountDifferent(columns, table_));
  return different == seen_.rows;
}

// A pair is the name of a thing and a time, or has an id in it; others are unique by chance.
Status KeyFinder::FindPair() {
  constexpr std::size_t kMostPairs = 40;
  const auto is_named = [](const KeyCandidate& one) {
    return one.rank == kNamedRank || one.rank == kTimeRank;
  };
  const auto distinct = [&](const KeyCandidate& one) {
    return static_cast<double>(seen_.columns[one.place].profile.distinct);
  };
  std::size_t pairs = 0;
  for (std::size_t b = 1; b < candidates_.size(); ++b) {
    for (std::size_t a = 0; a < b && pairs < kMostPairs; ++a) {
      const KeyCandidate& first = candidates_[a];
      const KeyCandidate& second = candidates_[b];
      if (!is_named(first) && !is_named(second)) continue;
      if (distinct(first) < 2 || distinct(second) < 2) continue;
      if (distinct(first) * distinct(second) < static_cast<double>(seen_.rows)) continue;
      ++pairs;
      const std::vector<std::string> names = {seen_.columns[first.place].name,
                                              seen_.columns[second.place].name};
      TRY_ASSIGN(const bool are_unique, AreUnique(names));
      if (!are_unique) continue;
      seen_.key = names;
      return {};
    }
  }
  return {};
}

Status KeyFinder::Find() {
  constexpr std::int64_t kFewRows = 50;  // among so few they differ by chance
  constexpr std::int64_t kMostRows = 2'000'000;
  if (seen_.rows == 0) return {};
  for (const KeyCandidate& one : candidates_) {
    const SeenColumn& column = seen_.columns[one.place];
    if (column.profile.distinct != seen_.rows) continue;
    if (one.rank == kNumberRank && seen_.rows < kFewRows) continue;
    seen_.key = {column.name};
    return {};
  }
  if (seen_.rows >= kFewRows) TRY(FindPair());
  if (!seen_.key.empty() || seen_.rows > kMostRows) return {};
  TRY_ASSIGN(const std::int64_t different, CountDifferent("*", table_));
  seen_.repeated = seen_.rows - different;
  return {};
}

}  // namespace

Status FindKey(engine::Engine& engine, const std::string& table, SeenSource& seen) {
  return KeyFinder(engine, table, seen).Find();
}

}  // namespace assay::run
