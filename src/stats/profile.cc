#include "stats/profile.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <map>

#include "base/exact_sum.h"
#include "engine/sql_text.h"
#include "stats/number_sql.h"

namespace assay::stats {
namespace {

constexpr int kBins = 20;
// Of text and booleans.
constexpr std::size_t kFirstValues = 10, kMostValues = 512;
// Of numbers and times.
constexpr std::int64_t kFewValues = 50;

// Shares in units of 0.0001.
constexpr int kWhole = 10'000;
std::vector<int> QuantileShares() {
  std::vector<int> shares = {1, 10};
  for (int percent = 1; percent < 100; ++percent) shares.push_back(percent * 100);
  shares.push_back(9990);
  shares.push_back(9999);
  return shares;
}

// `0.05`, `0.5`, `0.0001`.
std::string ShareText(int share) {
  std::string digits = std::to_string(kWhole + share).substr(1);
  digits.erase(digits.find_last_not_of('0') + 1);
  return "0." + digits;
}

bool IsNested(const Type& type) { return type.kind >= TypeKind::kList; }

// Cut between characters. The engine prints a byte as one ASCII character or as `\xHH`.
ShownValue Shown(const std::string& text, const Type& type) {
  std::size_t end = 0, characters = 0;
  while (end < text.size() && characters < kLongestValue) {
    end += type.kind == TypeKind::kBytes && text[end] == '\\' ? 4 : 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) ++end;
    ++characters;
  }
  return {text.substr(0, end), end < text.size()};
}

// A moment so far away that the engine cannot write it down is left out; it must not keep a version
// from being committed.
std::string TextSql(const Type& type, const std::string& value) {
  if (type.kind != TypeKind::kTimestamp && type.kind != TypeKind::kTimestampUtc) return value;
  constexpr const char* kEarliest =
      "-9223372022400000000";  // microseconds, the engine's own border
  return "CASE WHEN NOT isfinite(" + value + ") OR epoch_us(" + value + ") >= " + kEarliest +
         " THEN " + value + " END";
}

// The smallest number of rows that is at least this share of `rows`.
std::int64_t Rank(int share, std::int64_t rows) {
  const Int128 product = static_cast<Int128>(share) * rows + kWhole - 1;
  return static_cast<std::int64_t>(product / kWhole);
}

// Takes the values of a `row/1` row, one after the other; each may be null.
class RowReader {
 public:
  explicit RowReader(std::string_view row) : row_(row) {}

  template <typename Number>
  std::optional<Number> Take() {
    if (!TakeTag()) return std::nullopt;
    Number number{};
    std::memcpy(&number, row_.data(), sizeof number);
    row_.remove_prefix(sizeof number);
    return number;
  }
  std::optional<Int128> TakeDecimal() {
    const auto unscaled = Take<Int128>();
    if (unscaled) row_.remove_prefix(1);  // its scale
    return unscaled;
  }
  std::optional<std::string> TakeText() {
    const auto size = Take<std::uint32_t>();
    if (!size) return std::nullopt;
    std::string text(row_.substr(0, *size));
    row_.remove_prefix(*size);
    return text;
  }

 private:
  bool TakeTag() {
    const bool present = row_.front() != '\0';
    row_.remove_prefix(1);
    return present;
  }

  std::string_view row_;
};

Status ReadEach(engine::Engine& engine, const std::string& query,
                const std::function<void(RowReader)>& take) {
  return engine.ReadRows(query, [&](const engine::EncodedRows& rows) -> Status {
    std::size_t begin = 0;
    for (const std::size_t end : rows.ends) {
      take(RowReader(rows.bytes.substr(begin, end - begin)));
      begin = end;
    }
    return {};
  });
}

// Where the rows of one column are.
struct Column {
  const Field& field;
  std::string from;       // a table expression
  std::int64_t rows = 0;  // of the table
};

// The values of a column as `v`, each once, with its number of rows as `n`: everything follows from
// this small table.
std::string ValueCountsSql(const Column& column) {
  return "SELECT " + engine::QuoteName(column.field.name) + " AS v, count(*)::BIGINT AS n FROM " +
         column.from + " GROUP BY 1";
}

constexpr char kCounts[] =
    "coalesce(sum(n), 0)::BIGINT, coalesce(sum(n) FILTER (WHERE v IS NULL), 0)::BIGINT, count(v)";

void TakeCounts(RowReader& row, ColumnProfile& profile) {
  profile.rows = row.Take<std::int64_t>().value_or(0);
  profile.nulls = row.Take<std::int64_t>().value_or(0);
  profile.distinct = row.Take<std::int64_t>().value_or(0);
}

// ---- nested values and bytes ----

Status ProfilePlain(engine::Engine& engine, const Column& column, ColumnProfile& profile) {
  const Type& type = column.field.type;
  const bool has_order = !IsNested(type);
  const std::string query = std::string("SELECT ") + kCounts +
                            (has_order ? ", min(v)::VARCHAR, max(v)::VARCHAR" : "") + " FROM (" +
                            ValueCountsSql(column) + ")";
  return ReadEach(engine, query, [&](RowReader row) {
    TakeCounts(row, profile);
    if (!has_order) return;
    if (const auto least = row.TakeText()) profile.min = Shown(*least, type);
    if (const auto greatest = row.TakeText()) profile.max = Shown(*greatest, type);
  });
}

// ---- text ----

// One row has the counts, and place 0; the others the most frequent values.
Status ProfileText(engine::Engine& engine, const Column& column, ColumnProfile& profile) {
  const Type& type = column.field.type;
  // What is cut need not come whole.
  const auto shown = [](const std::string& text) {
    return "left(" + text + ", " + std::to_string(kLongestValue + 1) + ")";
  };
  const std::string query =
      "WITH counted AS MATERIALIZED (" + ValueCountsSql(column) +
      "), often AS (SELECT v, n FROM counted WHERE v IS NOT NULL ORDER BY n DESC, v LIMIT " +
      std::to_string(kMostValues) + ") SELECT 0::BIGINT, " + kCounts + ", " + shown("min(v)") +
      ", " + shown("max(v)") +
      " FROM counted UNION ALL SELECT row_number() OVER (ORDER BY n DESC, v), n, 0, 0, " +
      shown("v") + ", NULL FROM often";
  struct Often {
    std::int64_t rows = 0, place = 0;
    std::string text;
  };
  std::vector<Often> often;
  TRY(ReadEach(engine, query, [&](RowReader row) {
    const std::int64_t place = row.Take<std::int64_t>().value_or(0);
    ColumnProfile counts;
    TakeCounts(row, counts);
    auto text = row.TakeText();
    if (place > 0) {
      often.push_back({counts.rows, place, std::move(text).value_or("")});
      return;
    }
    profile.rows = counts.rows;
    profile.nulls = counts.nulls;
    profile.distinct = counts.distinct;
    if (text) profile.min = Shown(*text, type);
    if (const auto greatest = row.TakeText()) profile.max = Shown(*greatest, type);
  }));
  std::ranges::sort(often, {}, &Often::place);
  const std::int64_t least = std::max<std::int64_t>(2, Rank(1, profile.rows));
  for (const Often& value : often) {
    if (profile.top.size() >= kFirstValues && value.rows < least) break;
    profile.top.emplace_back(Shown(value.text, type), value.rows);
  }
  return {};
}

// ---- numbers, times, booleans: one pass over the values in their order ----

// A value that may be shown; its text is asked for later where there are many.
struct Spot {
  std::int64_t place = 0;
  std::optional<std::string> text;
};

// A number, and how many rows have it.
struct Weighted {
  double number = 0;
  std::int64_t rows = 0;
};

// More values than these are not kept in memory, but asked for twice.
constexpr std::int64_t kMostKept = std::int64_t{1} << 18;

class SortedValues {
 public:
  SortedValues(engine::Engine& engine, const Column& column)
      : engine_(engine),
        column_(column),
        type_(column.field.type),
        is_long_(column.rows > kMostKept) {}

  Status Profile(ColumnProfile& profile);

 private:
  bool HasExact() const {
    return type_.kind == TypeKind::kBool || (IsNumber(type_) && !IsFloat(type_));
  }
  bool HasNumber() const { return type_.kind != TypeKind::kBool; }
  std::string From() const {
    return is_long_ ? "_assay_values" : "(" + ValueCountsSql(column_) + ")";
  }
  std::string Query() const;
  void Take(RowReader row);
  void TakeValue(std::int64_t rows, Spot spot);
  Status EachNumber(const std::function<void(const Weighted&)>& take) const;
  Status Deviate(ColumnProfile& profile) const;
  Status FillHistogram(ColumnProfile& profile) const;
  Status FindTexts();
  void ShowValues(ColumnProfile& profile) const;

  engine::Engine& engine_;
  const Column& column_;
  const Type& type_;
  const bool is_long_;
  std::vector<int> shares_ = QuantileShares();
  std::int64_t nulls_ = 0, distinct_ = 0, upto_ = 0;
  std::size_t share_ = 0;  // the next one that is not reached
  ExactSum sum_;
  Spot first_, last_;
  std::vector<std::pair<Spot, std::int64_t>> few_;  // the first values, one more than are few
  std::vector<std::pair<int, Spot>> quantiles_;
  std::vector<Weighted> kept_;
};

std::string SortedValues::Query() const {
  std::string query = "SELECT n, v IS NULL";
  if (HasExact() && type_.kind == TypeKind::kDecimal) {
    query += ", v::DECIMAL(38," + std::to_string(type_.scale) + ")";
  } else if (HasExact()) {
    query += ", v::HUGEINT";  // booleans count as 0 and 1
  }
  if (HasNumber()) query += ", " + NumberSql(type_, "v");
  query += is_long_ ? ", rowid" : ", (" + TextSql(type_, "v") + ")::VARCHAR";
  return query + " FROM " + From() + " ORDER BY v NULLS FIRST";
}

void SortedValues::Take(RowReader row) {
  const std::int64_t rows = row.Take<std::int64_t>().value_or(0);
  if (row.Take<char>().value_or(0) != 0) {
    nulls_ = rows;
    return;
  }
  ++distinct_;
  if (HasExact()) {
    const auto exact = type_.kind == TypeKind::kDecimal ? row.TakeDecimal() : row.Take<Int128>();
    sum_.Add(exact.value_or(0), static_cast<std::uint64_t>(rows));
  }
  if (HasNumber()) {
    const double number = row.Take<double>().value_or(0);
    if (IsFloat(type_)) sum_.Add(number, static_cast<std::uint64_t>(rows));
    if (distinct_ <= kMostKept) kept_.push_back({number, rows});
  }
  Spot spot;
  if (is_long_) {
    spot.place = row.Take<std::int64_t>().value_or(0);
  } else {
    spot.text = row.TakeText();
  }
  TakeValue(rows, std::move(spot));
}

void SortedValues::TakeValue(std::int64_t rows, Spot spot) {
  // Nulls came first, so their number is known.
  const std::int64_t present = column_.rows - nulls_;
  upto_ += rows;
  for (; share_ < shares_.size() && upto_ >= Rank(shares_[share_], present); ++share_) {
    quantiles_.emplace_back(shares_[share_], spot);
  }
  if (distinct_ == 1) first_ = spot;
  if (distinct_ <= kFewValues + 1) few_.emplace_back(spot, rows);
  last_ = std::move(spot);
}

Status SortedValues::EachNumber(const std::function<void(const Weighted&)>& take) const {
  if (distinct_ <= kMostKept) {
    for (const Weighted& value : kept_) take(value);
    return {};
  }
  return ReadEach(engine_,
                  "SELECT n, " + NumberSql(type_, "v") + " FROM " + From() + " WHERE v IS NOT NULL",
                  [&](RowReader row) {
                    const std::int64_t rows = row.Take<std::int64_t>().value_or(0);
                    take({row.Take<double>().value_or(0), rows});
                  });
}

// Adds up the squares of the distances from the mean, exactly: in any order the same.
Status SortedValues::Deviate(ColumnProfile& profile) const {
  const double mean = std::strtod(profile.mean->c_str(), nullptr);
  ExactSum sum;
  TRY(EachNumber([&](const Weighted& value) {
    sum.Add((value.number - mean) * (value.number - mean) * static_cast<double>(value.rows));
  }));
  const auto present = static_cast<std::uint64_t>(profile.rows - profile.nulls);
  profile.stddev = DoubleText(std::sqrt(sum.Divided(present, 0)));
  return {};
}

Status SortedValues::FillHistogram(ColumnProfile& profile) const {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  TRY(EachNumber([&](const Weighted& value) {
    if (!std::isfinite(value.number)) return;
    low = std::min(low, value.number);
    high = std::max(high, value.number);
  }));
  if (low > high) return {};
  profile.histogram.assign(kBins, 0);
  const double width = high / 2 - low / 2;  // of half: the whole may be beyond the largest double
  return EachNumber([&](const Weighted& value) {
    if (!std::isfinite(value.number)) return;
    // A single value has no width; it falls into the first bin.
    const double at = width == 0 ? 0 : std::floor((value.number / 2 - low / 2) / width * kBins);
    const double bin = std::clamp(at, 0.0, static_cast<double>(kBins - 1));
    profile.histogram[static_cast<std::size_t>(bin)] += value.rows;
  });
}

// Of the values that are shown, where they did not come with their texts.
Status SortedValues::FindTexts() {
  std::map<std::int64_t, std::optional<std::string>> texts;
  const auto each = [&](const auto& visit) {
    visit(first_);
    visit(last_);
    for (auto& [spot, rows] : few_) visit(spot);
    for (auto& [share, spot] : quantiles_) visit(spot);
  };
  each([&](Spot& spot) { texts[spot.place]; });
  std::string places;
  for (const auto& [place, text] : texts) {
    places += (places.empty() ? "" : ", ") + std::to_string(place);
  }
  TRY(ReadEach(engine_,
               "SELECT rowid, (" + TextSql(type_, "v") + ")::VARCHAR FROM " + From() +
                   " WHERE rowid IN (" + places + ")",
               [&](RowReader row) {
                 const std::int64_t place = row.Take<std::int64_t>().value_or(0);
                 texts[place] = row.TakeText();
               }));
  each([&](Spot& spot) { spot.text = texts[spot.place]; });
  return {};
}

void SortedValues::ShowValues(ColumnProfile& profile) const {
  if (first_.text) profile.min = Shown(*first_.text, type_);
  if (last_.text) profile.max = Shown(*last_.text, type_);
  if (HasNumber()) {
    for (const auto& [share, spot] : quantiles_) {
      if (spot.text) profile.quantiles.emplace_back(ShareText(share), *spot.text);
    }
  }
  // All values, where they are few and each can be written down.
  const auto has_text = [](const auto& value) { return value.first.text.has_value(); };
  if (distinct_ > kFewValues || !std::ranges::all_of(few_, has_text)) return;
  for (const auto& [spot, rows] : few_) profile.top.emplace_back(Shown(*spot.text, type_), rows);
  std::ranges::stable_sort(profile.top, std::ranges::greater(),
                           [](const auto& value) { return value.second; });
}

Status SortedValues::Profile(ColumnProfile& profile) {
  if (is_long_) {
    TRY(engine_.Execute("CREATE OR REPLACE TEMP TABLE _assay_values AS " +
                        ValueCountsSql(column_)));
  }
  TRY(ReadEach(engine_, Query(), [&](RowReader row) { Take(row); }));
  profile.rows = nulls_ + upto_;
  profile.nulls = nulls_;
  profile.distinct = distinct_;
  if (distinct_ == 0) return {};
  if (HasExact() || IsFloat(type_)) {
    const int scale = type_.kind == TypeKind::kDecimal ? type_.scale : 0;
    profile.mean = DoubleText(sum_.Divided(static_cast<std::uint64_t>(upto_), scale));
  }
  if (IsNumber(type_)) TRY(Deviate(profile));
  if (HasNumber()) TRY(FillHistogram(profile));
  if (is_long_) TRY(FindTexts());
  ShowValues(profile);
  return {};
}

Result<ColumnProfile> ProfileColumn(engine::Engine& engine, const Column& column) {
  const Type& type = column.field.type;
  ColumnProfile profile;
  profile.name = column.field.name;
  profile.type = TypeText(type);
  if (IsNested(type) || type.kind == TypeKind::kBytes) {
    TRY(ProfilePlain(engine, column, profile));
  } else if (type.kind == TypeKind::kString) {
    TRY(ProfileText(engine, column, profile));
  } else {
    TRY(SortedValues(engine, column).Profile(profile));
  }
  return profile;
}

// A table of many columns and few rows is looked at in groups of columns, from a copy in memory:
// opening the file for each column would cost more than its values do.
constexpr std::int64_t kMostCopiedCells = std::int64_t{1} << 17;
constexpr std::int64_t kMostCopiedColumns = 64;

}  // namespace

Result<std::vector<ColumnProfile>> ProfileTable(engine::Engine& engine, const std::string& table,
                                                const Schema& schema) {
  TRY_ASSIGN(const engine::Grid count, engine.Query("SELECT count(*) FROM " + table));
  const std::int64_t rows = std::strtoll(count.rows.at(0).at(0).value_or("0").c_str(), nullptr, 10);
  const auto at_once = static_cast<std::size_t>(std::clamp<std::int64_t>(
      kMostCopiedCells / std::max<std::int64_t>(rows, 1), 1, kMostCopiedColumns));
  std::vector<ColumnProfile> columns;
  std::string from = table;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (at_once > 1 && i % at_once == 0) {
      from = "_assay_columns";
      std::vector<std::string> names;
      for (std::size_t k = i; k < std::min(i + at_once, schema.size()); ++k) {
        names.push_back(schema[k].name);
      }
      TRY(engine.Execute("CREATE OR REPLACE TEMP TABLE " + from + " AS SELECT " +
                         engine::NameList(names) + " FROM " + table));
    }
    TRY_ASSIGN(
        ColumnProfile column,
        ProfileColumn(engine, {schema[i], from, rows}).While("profiling `" + schema[i].name + "`"));
    columns.push_back(std::move(column));
  }
  TRY(engine.Execute("DROP TABLE IF EXISTS _assay_values"));
  TRY(engine.Execute("DROP TABLE IF EXISTS _assay_columns"));
  return columns;
}

Json ProfileJson(const std::vector<ColumnProfile>& columns) {
  Json list = Json::array();
  for (const ColumnProfile& column : columns) {
    Json json{{"name", column.name},
              {"type", column.type},
              {"rows", column.rows},
              {"nulls", column.nulls},
              {"distinct", column.distinct}};
    if (column.min) json["min"] = column.min->text;
    if (column.max) json["max"] = column.max->text;
    if (column.min && column.min->cut) json["min_cut"] = true;
    if (column.max && column.max->cut) json["max_cut"] = true;
    if (column.mean) json["mean"] = *column.mean;
    if (column.stddev) json["stddev"] = *column.stddev;
    for (const auto& [share, value] : column.quantiles) json["quantiles"][share] = value;
    if (!column.histogram.empty()) json["histogram"] = column.histogram;
    for (const auto& [value, rows] : column.top) {
      json["top"].push_back(Json{{"value", value.text}, {"rows", rows}});
      if (value.cut) json["top"].back()["cut"] = true;
    }
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace assay::stats
