#include "stats/profile.h"

#include <algorithm>
#include <cmath>
#include <cstring>

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

bool IsTime(const Type& type) {
  return type.kind >= TypeKind::kDate && type.kind <= TypeKind::kTimestampUtc;
}

bool IsFloat(const Type& type) {
  return type.kind == TypeKind::kFloat32 || type.kind == TypeKind::kFloat64;
}

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

// Values of a column with their numbers of rows: everything else follows from this small table.
std::string ValueCounts(const std::string& table, const std::string& column) {
  return "CREATE OR REPLACE TEMP TABLE _assay_values AS SELECT " + engine::QuoteName(column) +
         " AS v, count(*)::BIGINT AS n FROM " + table + " GROUP BY 1";
}

std::int64_t Integer(const std::optional<std::string>& text) {
  return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
}

// True when SQL can add the values up in 128 bits, however many rows there are.
bool AddsUpInSql(const Type& type) {
  return type.kind == TypeKind::kBool || (IsInteger(type) && type.kind != TypeKind::kInt128) ||
         (type.kind == TypeKind::kDecimal && type.precision <= 18);
}

// `-12.50` as -1250.
Int128 Unscaled(const std::string& number) {
  Uint128 size = 0;
  for (const char c : number) {
    if (c >= '0' && c <= '9') size = size * 10 + static_cast<Uint128>(c - '0');
  }
  return static_cast<Int128>(number.starts_with('-') ? -size : size);
}

Status TakeCounts(engine::Engine& engine, const Type& type, ColumnProfile& profile) {
  std::string sql =
      "SELECT coalesce(sum(n), 0)::BIGINT, coalesce(sum(n) FILTER (WHERE v IS NULL), 0)::BIGINT, "
      "count(v)";
  if (!IsNested(type)) sql += ", " + TextSql(type, "min(v)") + ", " + TextSql(type, "max(v)");
  // Booleans count as 0 and 1.
  const bool exact = AddsUpInSql(type);
  if (exact) {
    sql += type.kind == TypeKind::kDecimal
               ? ", sum(v::DECIMAL(38," + std::to_string(type.scale) + ") * n)"
               : ", sum(v::HUGEINT * n)";
  }
  TRY_ASSIGN(const engine::Grid grid, engine.Query(sql + " FROM _assay_values"));
  const auto& row = grid.rows.at(0);
  profile.rows = Integer(row[0]);
  profile.nulls = Integer(row[1]);
  profile.distinct = Integer(row[2]);
  if (IsNested(type)) return {};
  if (row[3]) profile.min = Shown(*row[3], type);
  if (row[4]) profile.max = Shown(*row[4], type);
  const std::int64_t present = profile.rows - profile.nulls;
  if (exact && row[5] && present > 0) {
    ExactSum sum;
    sum.Add(Unscaled(*row[5]), 1);
    profile.mean = DoubleText(sum.Divided(static_cast<std::uint64_t>(present), type.scale));
  }
  return {};
}

// The mean of numbers that are too wide to be added up in SQL.
Status TakeWideMean(engine::Engine& engine, const Type& type, ColumnProfile& profile) {
  const std::int64_t present = profile.rows - profile.nulls;
  if (present == 0) return {};
  ExactSum sum;
  TRY(engine.ReadRows("SELECT n, v FROM _assay_values WHERE v IS NOT NULL",
                      [&](const engine::EncodedRows& rows) -> Status {
                        // row/1: a tag byte before each; a decimal ends with its scale.
                        const char* at = rows.bytes.data();
                        for (const std::size_t end : rows.ends) {
                          std::uint64_t times = 0;
                          Int128 value = 0;
                          std::memcpy(&times, at + 1, sizeof times);
                          std::memcpy(&value, at + 2 + sizeof times, sizeof value);
                          sum.Add(value, times);
                          at = rows.bytes.data() + end;
                        }
                        return {};
                      }));
  profile.mean = DoubleText(sum.Divided(static_cast<std::uint64_t>(present), type.scale));
  return {};
}

// The mean of floating-point numbers through an exact sum: a plain one would depend on the order.
Status TakeFloatMean(engine::Engine& engine, const std::string& table, ColumnProfile& profile) {
  const std::int64_t present = profile.rows - profile.nulls;
  if (present == 0) return {};
  const std::string name = engine::QuoteName(profile.name);
  ExactSum sum;
  TRY(engine.ReadRows(
      "SELECT " + name + "::DOUBLE FROM " + table + " WHERE " + name + " IS NOT NULL",
      [&](const engine::EncodedRows& rows) -> Status {
        // row/1: one tag byte, then the bits.
        for (const std::size_t end : rows.ends) {
          double value = 0;
          std::memcpy(&value, rows.bytes.data() + end - sizeof value, sizeof value);
          sum.Add(value);
        }
        return {};
      }));
  profile.mean = DoubleText(sum.Divided(static_cast<std::uint64_t>(present), 0));
  return {};
}

// Adds up the squares of the distances from the mean, exactly: in any order the same.
Status TakeDeviation(engine::Engine& engine, ColumnProfile& profile) {
  if (!profile.mean) return {};
  const double mean = std::strtod(profile.mean->c_str(), nullptr);
  ExactSum sum;
  TRY(engine.ReadRows("SELECT n, v::DOUBLE FROM _assay_values WHERE v IS NOT NULL",
                      [&](const engine::EncodedRows& rows) -> Status {
                        // row/1: a tag byte before each.
                        const char* at = rows.bytes.data();
                        for (const std::size_t end : rows.ends) {
                          std::int64_t times = 0;
                          double value = 0;
                          std::memcpy(&times, at + 1, sizeof times);
                          std::memcpy(&value, at + 2 + sizeof times, sizeof value);
                          sum.Add((value - mean) * (value - mean) * static_cast<double>(times));
                          at = rows.bytes.data() + end;
                        }
                        return {};
                      }));
  const auto present = static_cast<std::uint64_t>(profile.rows - profile.nulls);
  profile.stddev = DoubleText(std::sqrt(sum.Divided(present, 0)));
  return {};
}

// The smallest number of rows that is at least this share of `rows`.
std::int64_t Rank(int share, std::int64_t rows) {
  const Int128 product = static_cast<Int128>(share) * rows + kWhole - 1;
  return static_cast<std::int64_t>(product / kWhole);
}

Status TakeQuantiles(engine::Engine& engine, const Type& type, ColumnProfile& profile) {
  const std::int64_t present = profile.rows - profile.nulls;
  if (present == 0) return {};
  // Only values at which a rank is reached come back: a whole percent is passed there, or one of
  // the ranks in the tails.
  const std::string rows = std::to_string(present);
  std::string reached = "upto * 100 // " + rows + " <> (upto - n) * 100 // " + rows;
  for (const int share : QuantileShares()) {
    if (share % 100 == 0) continue;
    const std::string rank = std::to_string(Rank(share, present));
    reached += " OR (upto >= " + rank + " AND upto - n < " + rank + ")";
  }
  TRY_ASSIGN(const engine::Grid grid,
             engine.Query("SELECT " + TextSql(type, "v") +
                          ", upto FROM (SELECT v, n, (sum(n) OVER (ORDER BY v))::BIGINT AS upto "
                          "FROM _assay_values WHERE v IS NOT NULL) WHERE " +
                          reached + " ORDER BY upto"));
  std::size_t at = 0;
  for (const int share : QuantileShares()) {
    while (at < grid.rows.size() && Integer(grid.rows[at][1]) < Rank(share, present)) ++at;
    if (at == grid.rows.size()) break;
    if (grid.rows[at][0]) profile.quantiles.emplace_back(ShareText(share), *grid.rows[at][0]);
  }
  return {};
}

Status TakeHistogram(engine::Engine& engine, const Type& type, ColumnProfile& profile) {
  const std::string bins = std::to_string(kBins);
  TRY_ASSIGN(
      const engine::Grid grid,
      engine.Query(
          "SELECT least(greatest(floor((x / 2 - low / 2) / nullif(high / 2 - low / 2, 0) * " +
          bins + "), 0), " + bins +
          " - 1)::BIGINT AS bin, sum(n)::BIGINT FROM (SELECT x, "
          "n, min(x) OVER () AS low, max(x) OVER () AS high FROM (SELECT " +
          NumberSql(type, "v") +
          " AS x, n FROM _assay_values WHERE v IS NOT NULL) "
          "WHERE isfinite(x)) GROUP BY 1"));
  if (grid.rows.empty()) return {};
  profile.histogram.assign(kBins, 0);
  // A single value has no width; it falls into the first bin.
  for (const auto& row : grid.rows) {
    profile.histogram[static_cast<std::size_t>(Integer(row[0]))] += Integer(row[1]);
  }
  return {};
}

Status TakeTop(engine::Engine& engine, const Type& type, ColumnProfile& profile) {
  TRY_ASSIGN(const engine::Grid grid,
             engine.Query("SELECT " + TextSql(type, "v") +
                          ", n FROM _assay_values WHERE v IS NOT NULL ORDER BY n DESC, v LIMIT " +
                          std::to_string(kMostValues)));
  const std::int64_t least = std::max<std::int64_t>(2, Rank(1, profile.rows));
  for (const auto& row : grid.rows) {
    const std::int64_t rows = Integer(row[1]);
    if (profile.top.size() >= kFirstValues && rows < least) break;
    profile.top.emplace_back(Shown(row[0].value_or(""), type), rows);
  }
  return {};
}

// All values, where they are few.
Status TakeFew(engine::Engine& engine, const Type& type, ColumnProfile& profile) {
  if (profile.distinct > kFewValues) return {};
  TRY_ASSIGN(const engine::Grid grid,
             engine.Query("SELECT " + TextSql(type, "v") +
                          ", n FROM _assay_values WHERE v IS NOT NULL ORDER BY n DESC, v"));
  for (const auto& row : grid.rows) {
    if (!row[0]) {
      profile.top.clear();
      return {};
    }
    profile.top.emplace_back(Shown(*row[0], type), Integer(row[1]));
  }
  return {};
}

Result<ColumnProfile> ProfileColumn(engine::Engine& engine, const std::string& table,
                                    const Field& field) {
  ColumnProfile profile;
  profile.name = field.name;
  profile.type = TypeText(field.type);
  TRY(engine.Execute(ValueCounts(table, field.name)));
  TRY(TakeCounts(engine, field.type, profile));
  if (IsNested(field.type) || field.type.kind == TypeKind::kBytes) return profile;
  if (IsFloat(field.type)) {
    TRY(TakeFloatMean(engine, table, profile));
  } else if (IsNumber(field.type) && !AddsUpInSql(field.type)) {
    TRY(TakeWideMean(engine, field.type, profile));
  }
  if (IsNumber(field.type)) {
    TRY(TakeDeviation(engine, profile));
  }
  if (IsNumber(field.type) || IsTime(field.type)) {
    TRY(TakeQuantiles(engine, field.type, profile));
    TRY(TakeHistogram(engine, field.type, profile));
    TRY(TakeFew(engine, field.type, profile));
  } else {
    TRY(TakeTop(engine, field.type, profile));
  }
  return profile;
}

}  // namespace

Result<std::vector<ColumnProfile>> ProfileTable(engine::Engine& engine, const std::string& table,
                                                const Schema& schema) {
  std::vector<ColumnProfile> columns;
  for (const Field& field : schema) {
    TRY_ASSIGN(ColumnProfile column,
               ProfileColumn(engine, table, field).While("profiling `" + field.name + "`"));
    columns.push_back(std::move(column));
  }
  TRY(engine.Execute("DROP TABLE IF EXISTS _assay_values"));
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
