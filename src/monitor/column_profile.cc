// A column from the profiles of both sides.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

#include "base/hash.h"
#include "monitor/column_pair.h"

namespace assay::monitor {
namespace {

using stats::ColumnProfile;

// The column in the profile of each part; none where one lacks it.
std::optional<std::vector<const ColumnProfile*>> PartsOf(const DriftSide& side,
                                                         const Field& field) {
  std::vector<const ColumnProfile*> parts;
  for (const std::vector<ColumnProfile>& columns : side.profiles) {
    const auto at = std::find_if(columns.begin(), columns.end(), [&](const ColumnProfile& column) {
      return column.name == field.name;
    });
    if (at == columns.end() || at->type != TypeText(field.type)) return {};
    parts.push_back(&*at);
  }
  // No rows need no profile.
  if (parts.empty() && side.rows > 0) return {};
  return parts;
}

std::uint64_t Rows(std::int64_t count) { return static_cast<std::uint64_t>(count); }

std::uint64_t Present(const ColumnProfile& part) { return Rows(part.rows - part.nulls); }

// True when `top` has all values.
bool HasAll(const ColumnProfile& part) {
  std::int64_t rows = 0;
  for (const auto& [value, times] : part.top) {
    if (value.cut) return false;
    rows += times;
  }
  return rows == part.rows - part.nulls;
}

// Standard deviation of all rows, from those of the parts.
double Deviation(const std::vector<const ColumnProfile*>& parts) {
  double rows = 0, sum = 0, squares = 0;
  const auto number = [](const std::optional<std::string>& text) {
    return std::strtod(text ? text->c_str() : "0", nullptr);
  };
  for (const ColumnProfile* part : parts) {
    const auto weight = static_cast<double>(Present(*part));
    rows += weight;
    sum += weight * number(part->mean);
  }
  const double mean = sum / rows;
  for (const ColumnProfile* part : parts) {
    const double deviation = number(part->stddev), distance = number(part->mean) - mean;
    squares += static_cast<double>(Present(*part)) * (deviation * deviation + distance * distance);
  }
  return std::sqrt(squares / rows);
}

// Takes the numbers of one side; false where a part has too little.
bool TakeNumbers(const std::vector<const ColumnProfile*>& parts, NumberSide& side) {
  stats::ValueCounts values;
  std::vector<stats::Sketch> sketches;
  bool has_all = true;
  for (const ColumnProfile* part : parts) {
    if (Present(*part) == 0) continue;
    const auto sketch = stats::Sketch::FromProfile(*part);
    if (!sketch) return false;
    sketches.push_back(*sketch);
    has_all = has_all && HasAll(*part);
    for (const auto& [value, times] : part->top) {
      values.push_back({std::strtod(value.text.c_str(), nullptr), Rows(times)});
    }
  }
  if (has_all) side.values = stats::Sorted(std::move(values));
  if (!sketches.empty()) {
    side.sketch = stats::Sketch::Merged(sketches);
    side.stddev = Deviation(parts);
  }
  return true;
}

std::optional<ColumnPair> PairNumbers(ColumnPair pair,
                                      const std::vector<const ColumnProfile*>& reference,
                                      const std::vector<const ColumnProfile*>& current) {
  if (!TakeNumbers(reference, pair.reference_numbers) ||
      !TakeNumbers(current, pair.current_numbers)) {
    return {};
  }
  NumberSide &ours = pair.reference_numbers, &theirs = pair.current_numbers;
  if (ours.values && theirs.values) {
    ours.sketch.reset();
    theirs.sketch.reset();
    pair.facts.distinct = stats::Paired(*ours.values, *theirs.values).size();
    pair.facts.reference_distinct = ours.values->size();
    pair.facts.current_distinct = theirs.values->size();
  } else if (ours.sketch && theirs.sketch) {
    ours.values.reset();
    theirs.values.reset();
    pair.facts.distinct = std::max(pair.facts.reference_distinct, pair.facts.current_distinct);
  } else {
    return {};  // one side has no value at all, which the caller has seen already
  }
  return pair;
}

// Values of one side that its profile names, and how many rows they leave.
struct Named {
  std::map<std::string, std::uint64_t> values;
  std::uint64_t unnamed = 0;
};

Named NamedValues(const std::vector<const ColumnProfile*>& parts) {
  Named named;
  for (const ColumnProfile* part : parts) {
    named.unnamed += Present(*part);
    for (const auto& [value, rows] : part->top) {
      // The beginnings of long texts may be of several.
      named.values[value.text + (value.cut ? "..." : "")] += Rows(rows);
      named.unnamed -= Rows(rows);
    }
  }
  return named;
}

bool HasCut(const std::vector<const ColumnProfile*>& parts) {
  for (const ColumnProfile* part : parts) {
    for (const auto& [value, rows] : part->top) {
      if (value.cut) return true;
    }
  }
  return false;
}

ColumnPair PairCategories(ColumnPair pair, const std::vector<const ColumnProfile*>& reference,
                          const std::vector<const ColumnProfile*>& current) {
  const Named ours = NamedValues(reference), theirs = NamedValues(current);
  std::map<std::string, stats::CountPair> both;
  for (const auto& [value, rows] : ours.values) both[value].reference = rows;
  for (const auto& [value, rows] : theirs.values) both[value].current = rows;
  std::vector<DriftBin> bins;
  for (const auto& [value, counts] : both) {
    pair.categories.push_back(counts);
    bins.push_back({value, counts.reference, counts.current});
  }
  const auto share_of = [&](std::uint64_t rows, std::uint64_t all) {
    return all == 0 ? 0.0 : static_cast<double>(rows) / static_cast<double>(all);
  };
  if (ours.unnamed + theirs.unnamed > 0) {
    pair.categories.push_back({ours.unnamed, theirs.unnamed});
    pair.unnamed = std::max(share_of(ours.unnamed, pair.facts.reference_rows),
                            share_of(theirs.unnamed, pair.facts.current_rows));
  }
  if (HasCut(reference) || HasCut(current)) pair.unnamed = std::max(pair.unnamed, 1e-9);
  std::sort(pair.categories.begin(), pair.categories.end(),
            [](const stats::CountPair& a, const stats::CountPair& b) {
              return a.reference != b.reference ? a.reference > b.reference : a.current > b.current;
            });
  if (pair.unnamed == 0) {
    pair.facts.distinct = both.size();
  } else {
    pair.facts.distinct =
        std::max({both.size(), pair.facts.reference_distinct, pair.facts.current_distinct});
  }
  const auto size = [&](const DriftBin& bin) {
    return std::max(static_cast<Uint128>(bin.reference) * pair.facts.current_rows,
                    static_cast<Uint128>(bin.current) * pair.facts.reference_rows);
  };
  std::stable_sort(bins.begin(), bins.end(),
                   [&](const DriftBin& a, const DriftBin& b) { return size(a) > size(b); });
  DriftBin rest{"(others)", pair.facts.reference_rows, pair.facts.current_rows};
  if (bins.size() > kShownCategories) bins.resize(kShownCategories);
  for (const DriftBin& bin : bins) {
    rest.reference -= bin.reference;
    rest.current -= bin.current;
  }
  if (rest.reference + rest.current > 0) bins.push_back(rest);
  pair.bins = std::move(bins);
  return pair;
}

void TakeCounts(const std::vector<const ColumnProfile*>& parts, SideCounts& counts,
                std::uint64_t& present, std::uint64_t& distinct) {
  for (const ColumnProfile* part : parts) {
    counts.rows += Rows(part->rows);
    counts.nulls += Rows(part->nulls);
    present += Present(*part);
    // Values that several parts have are counted in each: at most so many.
    distinct += Rows(part->distinct);
  }
}

}  // namespace

std::optional<ColumnPair> ProfiledColumn(const DriftSide& reference, const DriftSide& current,
                                         const Field& field) {
  const auto ours = PartsOf(reference, field), theirs = PartsOf(current, field);
  if (!ours || !theirs) return {};
  ColumnPair pair;
  pair.facts.type = field.type;
  TakeCounts(*ours, pair.reference, pair.facts.reference_rows, pair.facts.reference_distinct);
  TakeCounts(*theirs, pair.current, pair.facts.current_rows, pair.facts.current_distinct);
  if (pair.facts.reference_rows == 0 || pair.facts.current_rows == 0) return pair;
  if (IsNumber(field.type)) return PairNumbers(std::move(pair), *ours, *theirs);
  if (field.type.kind == TypeKind::kString || field.type.kind == TypeKind::kBool) {
    return PairCategories(std::move(pair), *ours, *theirs);
  }
  return pair;
}

}  // namespace assay::monitor
