// The pipeline of examples/flights as one writes it by hand for this one case, on libduckdb alone:
// the same answers, and nothing that the case does not need (no store, no plan, no record of runs).
//
//   flights_by_hand [--threads N] DATA OUT
//
// DATA holds flights-2001-*.parquet and airports.csv. OUT gets quarantine, train, validation and
// test.parquet and profile.json; a summary is printed as JSON. Exit 1: a gate failed, and only the
// quarantine was published. Plain on purpose: one SQL statement after the other, no threads besides
// the engine's. What defines the digest (row/1, pages, the version's text) is the program's own
// code.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/type.h"
#include "engine/duckdb/duck.h"
#include "engine/duckdb/logical_type.h"
#include "engine/duckdb/row_encoder.h"
#include "engine/sql_text.h"
#include "store/digest.h"

namespace assay::bench {
namespace {

namespace fs = std::filesystem;
using engine::QuoteName;
using engine::QuoteText;

// ---- the engine ----

/// A small result as text.
using Grid = std::vector<std::vector<std::optional<std::string>>>;

class Duck {
 public:
  Status Open(int threads);
  /// Returns the number of rows changed.
  Result<std::uint64_t> Execute(const std::string& sql);
  Result<Grid> Query(const std::string& query);
  /// Calls `take` with the chunks of a query in order, and gives its columns.
  Result<Schema> Stream(const std::string& query,
                        const std::function<void(duckdb_data_chunk)>& take);

 private:
  engine::Database database_;
  engine::Connection connection_;
};

Error Failed(const char* text) {
  return Error{ErrorCode::kInternal, text == nullptr ? "the engine gave no reason" : text, ""};
}

Status Duck::Open(int threads) {
  duckdb_config raw = nullptr;
  duckdb_create_config(&raw);
  const engine::Config config(raw);
  duckdb_set_config(raw, "threads", std::to_string(threads).c_str());
  duckdb_database database = nullptr;
  char* message = nullptr;
  if (duckdb_open_ext(nullptr, &database, raw, &message) != DuckDBSuccess) {
    return Failed(engine::TakeText(message).c_str());
  }
  database_.reset(database);
  duckdb_connection connection = nullptr;
  if (duckdb_connect(database, &connection) != DuckDBSuccess) return Failed("cannot connect");
  connection_.reset(connection);
  return {};
}

Result<std::uint64_t> Duck::Execute(const std::string& sql) {
  engine::Rows rows;
  if (duckdb_query(connection_.get(), sql.c_str(), rows.get()) != DuckDBSuccess) {
    return Failed(duckdb_result_error(rows.get()));
  }
  return static_cast<std::uint64_t>(duckdb_rows_changed(rows.get()));
}

Result<Grid> Duck::Query(const std::string& query) {
  Grid grid;
  const std::string text = "SELECT COLUMNS(*)::VARCHAR FROM (" + query + ")";
  TRY(Stream(text, [&](duckdb_data_chunk chunk) {
    const idx_t columns = duckdb_data_chunk_get_column_count(chunk);
    for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk); ++row) {
      auto& cells = grid.emplace_back(columns);
      for (idx_t column = 0; column < columns; ++column) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, column);
        auto* texts = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector));
        std::uint64_t* validity = duckdb_vector_get_validity(vector);
        if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) continue;
        cells[column].emplace(duckdb_string_t_data(texts + row),
                              duckdb_string_t_length(texts[row]));
      }
    }
  }));
  return grid;
}

Result<Schema> Duck::Stream(const std::string& query,
                            const std::function<void(duckdb_data_chunk)>& take) {
  duckdb_prepared_statement raw = nullptr;
  const duckdb_state prepared_state = duckdb_prepare(connection_.get(), query.c_str(), &raw);
  const engine::Prepared prepared(raw);
  if (prepared_state != DuckDBSuccess) return Failed(duckdb_prepare_error(raw));
  duckdb_pending_result raw_pending = nullptr;
  const duckdb_state pending_state = duckdb_pending_prepared_streaming(raw, &raw_pending);
  const engine::Pending pending(raw_pending);
  if (pending_state != DuckDBSuccess) return Failed(duckdb_pending_error(raw_pending));
  engine::Rows rows;
  if (duckdb_execute_pending(raw_pending, rows.get()) != DuckDBSuccess) {
    return Failed(duckdb_result_error(rows.get()));
  }
  Schema schema;
  for (idx_t i = 0; i < duckdb_column_count(rows.get()); ++i) {
    const engine::LogicalType logical(duckdb_column_logical_type(rows.get(), i));
    const auto type = engine::FromLogicalType(logical.get());
    if (!type) return Failed("a column has a type that no version can hold");
    schema.push_back(Field{duckdb_column_name(rows.get(), i), *type});
  }
  while (true) {
    const engine::DataChunk chunk(duckdb_fetch_chunk(*rows));
    if (chunk == nullptr || duckdb_data_chunk_get_size(chunk.get()) == 0) break;
    take(chunk.get());
  }
  const char* text = duckdb_result_error(rows.get());
  if (text != nullptr && *text != '\0') return Failed(text);
  return schema;
}

// ---- files ----

Status Sync(const fs::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (synced) return {};
  return Error{ErrorCode::kIo, "cannot write " + path.string(), ""};
}

fs::path PartOf(const fs::path& path) { return path.string() + ".part"; }

std::string ReadParts(const std::vector<fs::path>& paths) {
  std::vector<fs::path> parts;
  parts.reserve(paths.size());
  for (const fs::path& path : paths) parts.push_back(PartOf(path));
  return engine::ReadParquet(parts, {});
}

Result<std::uint64_t> WritePart(Duck& duck, const std::string& query, const fs::path& path) {
  return duck.Execute("COPY (" + query + ") TO " + QuoteText(PartOf(path).string()) +
                      " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)");
}

// A file gets its name when all is judged and its bytes are on disk.
Status Publish(const std::vector<fs::path>& paths) {
  for (const fs::path& path : paths) TRY(Sync(PartOf(path), O_RDONLY));
  for (const fs::path& path : paths) {
    std::error_code error;
    fs::rename(PartOf(path), path, error);
    if (error) return Error{ErrorCode::kIo, "cannot rename to " + path.string(), ""};
  }
  if (paths.empty()) return {};
  return Sync(paths[0].parent_path(), O_RDONLY | O_DIRECTORY);
}

// ---- what the two contracts say ----

struct Rule {
  const char* name;
  const char* bad;  // SQL that is true for a bad row
};

constexpr std::array kPlausible = {
    Rule{"not_null_date", "date IS NULL"},
    Rule{"not_null_delay", "delay IS NULL"},
    Rule{"range_delay", "delay < -60 OR delay > 600"},
    Rule{"not_null_distance", "distance IS NULL"},
};
constexpr std::array kChecked = {
    Rule{"not_null_date", "date IS NULL"},
    Rule{"not_null_distance", "distance IS NULL"},
    Rule{"range_distance", "distance <= 0 OR distance > 6000"},
    Rule{"not_null_origin", "origin IS NULL"},
    Rule{"pattern_origin", "NOT regexp_full_match(origin, '[A-Z0-9]{3}')"},
    Rule{"not_null_destination", "destination IS NULL"},
    Rule{"pattern_destination", "NOT regexp_full_match(destination, '[A-Z0-9]{3}')"},
    Rule{"not_null_late", "late IS NULL"},
};
constexpr char kRawTypes[] =
    "date TIMESTAMP, delay BIGINT, distance BIGINT, origin VARCHAR, destination VARCHAR, "
    "place BIGINT";
constexpr char kTypes[] =
    "date TIMESTAMP, distance BIGINT, origin VARCHAR, destination VARCHAR, origin_state VARCHAR, "
    "destination_state VARCHAR, late BOOLEAN";
constexpr std::int64_t kMinSlice = 100;  // smaller slices are not judged

// Never null: what may be null in a rule has its own rule against null.
template <typename Rules>
std::string Bad(const Rules& rules) {
  std::string sql;
  for (const Rule& rule : rules) sql += (sql.empty() ? "(" : " OR ") + std::string(rule.bad);
  return sql + ")";
}

// A number with one bit for each rule; 0 for a good row.
template <typename Rules>
std::string Mask(const Rules& rules) {
  std::string sql;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    sql += (i == 0 ? "" : " | ") + std::string("CASE WHEN ") + rules[i].bad + " THEN " +
           std::to_string(1 << i) + " ELSE 0 END";
  }
  return sql;
}

template <typename Rules>
std::string Reasons(const Rules& rules) {
  std::string sql;
  for (const Rule& rule : rules) {
    sql += (sql.empty() ? "" : ", ") + std::string("CASE WHEN ") + rule.bad + " THEN '" +
           rule.name + "' END";
  }
  return "list_filter([" + sql + "], lambda reason: reason IS NOT NULL) AS reasons";
}

std::int64_t Integer(const std::optional<std::string>& text) {
  return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
}

/// What a gate counts, in one month or over all rows.
struct Counts {
  std::int64_t rows = 0, refused = 0, late = 0, no_origin_state = 0, no_destination_state = 0;
  std::int64_t conflicts = 0;  // of the label
  Json reasons = Json::object();

  template <typename Rules>
  void Add(const Rules& rules, std::int64_t mask, std::int64_t count);
  static double Share(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  }
  /// How many times as many rows the larger class has.
  double Imbalance() const {
    const std::int64_t on_time = rows - refused - late;
    const std::int64_t fewer = std::min(late, on_time);
    return fewer == 0 ? 1e9 : Share(std::max(late, on_time), fewer);
  }
};

template <typename Rules>
void Counts::Add(const Rules& rules, std::int64_t mask, std::int64_t count) {
  rows += count;
  if (mask != 0) refused += count;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if ((mask >> i & 1) == 0) continue;
    reasons[rules[i].name] = reasons.value(rules[i].name, std::int64_t{0}) + count;
  }
}

Json GateJson(const Counts& counts, const std::string& verdict) {
  return Json{{"rows", counts.rows},
              {"refused", counts.refused},
              {"reasons", counts.reasons},
              {"verdict", verdict}};
}

Status CheckTypes(Duck& duck, const std::string& table, const std::string& expected) {
  TRY_ASSIGN(const Grid grid, duck.Query("SELECT string_agg(column_name || ' ' || column_type, "
                                         "', ') FROM (DESCRIBE " +
                                         table + ")"));
  if (grid.at(0).at(0) == expected) return {};
  return Error{ErrorCode::kData, table + " has the columns " + grid[0][0].value_or("none"), ""};
}

// ---- the profile ----

constexpr std::size_t kBins = 20;

struct Split {
  const char* name;
  const char* where;
};
constexpr std::array kSplits = {
    Split{"train", "date < TIMESTAMP '2001-05-01'"},
    Split{"validation", "date >= TIMESTAMP '2001-05-01' AND date < TIMESTAMP '2001-06-01'"},
    Split{"test", "date >= TIMESTAMP '2001-06-01'"},
};
constexpr char kSplitNames[] = "['train', 'validation', 'test']";

/// Profiles one column in all splits: everything follows from its values and how often they occur.
class ColumnProfiler {
 public:
  /// `files` is a table expression over the files of the splits, in their order.
  ColumnProfiler(Duck& duck, const std::string& files, const Field& field)
      : duck_(duck), files_(files), field_(field) {}

  /// Adds the column to each split of `splits`.
  Status AddTo(Json& splits);

 private:
  Status TakeCounts(Json& columns);
  Status TakeDeviation(Json& columns);
  Status TakeQuantiles(Json& columns);
  Status TakeHistogram(Json& columns);
  Status TakeTop(Json& columns);

  Duck& duck_;
  const std::string& files_;
  const Field& field_;
};

Status ColumnProfiler::AddTo(Json& splits) {
  TRY(duck_.Execute("CREATE OR REPLACE TEMP TABLE counts AS SELECT " + std::string(kSplitNames) +
                    "[place + 1] AS split, v, n FROM (SELECT file_index::BIGINT AS place, " +
                    QuoteName(field_.name) + " AS v, count(*)::BIGINT AS n FROM " + files_ +
                    " GROUP BY ALL)"));
  Json columns = Json::object();
  for (const Split& split : kSplits) {
    columns[split.name] = Json{{"name", field_.name},
                               {"type", TypeText(field_.type)},
                               {"rows", 0},
                               {"nulls", 0},
                               {"distinct", 0}};
  }
  TRY(TakeCounts(columns));
  if (IsNumber(field_.type)) TRY(TakeDeviation(columns));
  if (IsNumber(field_.type) || field_.type.kind == TypeKind::kTimestamp) {
    TRY(TakeQuantiles(columns));
    TRY(TakeHistogram(columns));
  }
  TRY(TakeTop(columns));
  for (auto& [split, column] : columns.items()) {
    splits[split]["rows"] = column["rows"];
    splits[split]["columns"].push_back(std::move(column));
  }
  return {};
}

Status ColumnProfiler::TakeCounts(Json& columns) {
  const bool adds_up = IsInteger(field_.type) || field_.type.kind == TypeKind::kBool;
  TRY_ASSIGN(const Grid grid,
             duck_.Query("SELECT split, sum(n), coalesce(sum(n) FILTER (v IS NULL), 0), count(v), "
                         "min(v), max(v), " +
                         std::string(adds_up ? "sum(v::HUGEINT * n)" : "NULL") +
                         " FROM counts GROUP BY split"));
  for (const auto& row : grid) {
    Json& column = columns[*row[0]];
    column["rows"] = Integer(row[1]);
    column["nulls"] = Integer(row[2]);
    column["distinct"] = Integer(row[3]);
    if (row[4]) column["min"] = *row[4];
    if (row[5]) column["max"] = *row[5];
    if (!row[6]) continue;
    const auto present = static_cast<long double>(Integer(row[1]) - Integer(row[2]));
    const long double sum = std::strtold(row[6]->c_str(), nullptr);
    column["mean"] = DoubleText(static_cast<double>(sum / present));
  }
  return {};
}

Status ColumnProfiler::TakeDeviation(Json& columns) {
  TRY_ASSIGN(const Grid grid, duck_.Query("SELECT split, sqrt(sum((v - mean) * (v - mean) * n) / "
                                          "sum(n)) FROM (SELECT split, v, n, sum(v * n) OVER w / "
                                          "sum(n) OVER w AS mean FROM counts WHERE v IS NOT NULL "
                                          "WINDOW w AS (PARTITION BY split)) GROUP BY split"));
  for (const auto& row : grid) {
    columns[*row[0]]["stddev"] = DoubleText(std::strtod(row[1]->c_str(), nullptr));
  }
  return {};
}

// Each share with the first value that reaches it: 99 percents and four shares in the tails.
Status ColumnProfiler::TakeQuantiles(Json& columns) {
  TRY_ASSIGN(
      const Grid grid,
      duck_.Query("WITH sums AS (SELECT split, v, (sum(n) OVER (PARTITION BY split ORDER BY "
                  "v))::BIGINT AS upto, n, (sum(n) OVER (PARTITION BY split))::BIGINT AS present "
                  "FROM counts WHERE v IS NOT NULL), shares AS (SELECT unnest(range(100, 10000, "
                  "100) || [1, 10, 9990, 9999]) AS share) SELECT split, rtrim((share / "
                  "10000)::DECIMAL(5,4)::VARCHAR, '0'), v FROM sums JOIN shares ON upto >= "
                  "(share * present + 9999) // 10000 AND upto - n < (share * present + 9999) // "
                  "10000"));
  for (const auto& row : grid) columns[*row[0]]["quantiles"][*row[1]] = *row[2];
  return {};
}

Status ColumnProfiler::TakeHistogram(Json& columns) {
  const std::string bins = std::to_string(kBins);
  const std::string number =
      field_.type.kind == TypeKind::kTimestamp ? "epoch_us(v)::DOUBLE" : "v::DOUBLE";
  TRY_ASSIGN(
      const Grid grid,
      duck_.Query("SELECT split, least(floor((x - low) / nullif(high - low, 0) * " + bins + "), " +
                  bins + " - 1)::BIGINT AS bin, sum(n) FROM (SELECT split, n, " + number +
                  " AS x, min(x) OVER (PARTITION BY split) AS low, max(x) OVER "
                  "(PARTITION BY split) AS high FROM counts WHERE v IS NOT NULL) "
                  "GROUP BY ALL"));
  for (const auto& row : grid) {
    Json& histogram = columns[*row[0]]["histogram"];
    if (histogram.is_null()) histogram = std::vector<std::int64_t>(kBins, 0);
    histogram[static_cast<std::size_t>(Integer(row[1]))] = Integer(row[2]);
  }
  return {};
}

// Ten values and the further ones that are frequent; of numbers and times all, where they are few.
Status ColumnProfiler::TakeTop(Json& columns) {
  const bool is_text = field_.type.kind == TypeKind::kString || field_.type.kind == TypeKind::kBool;
  TRY_ASSIGN(
      const Grid grid,
      duck_.Query("SELECT split, v, n FROM (SELECT *, row_number() OVER (PARTITION BY split "
                  "ORDER BY v IS NULL, n DESC, v) AS place, count(v) OVER (PARTITION BY split) AS "
                  "distinct_values, (sum(n) OVER (PARTITION BY split))::BIGINT AS rows "
                  "FROM counts) WHERE v IS NOT NULL AND " +
                  std::string(is_text ? "(place <= 10 OR (place <= 512 AND n >= 2 AND n * "
                                        "10000 >= rows))"
                                      : "distinct_values <= 50") +
                  " ORDER BY split, n DESC, v"));
  for (const auto& row : grid) {
    columns[*row[0]]["top"].push_back(Json{{"value", *row[1]}, {"rows", Integer(row[2])}});
  }
  return {};
}

// ---- the pipeline ----

class Pipeline {
 public:
  Pipeline(Duck& duck, fs::path data, fs::path out)
      : duck_(duck), data_(std::move(data)), out_(std::move(out)) {
    for (const Split& split : kSplits) {
      splits_.push_back(out_ / (std::string(split.name) + ".parquet"));
    }
  }

  /// Returns false when a gate failed.
  Result<bool> Run();
  const Json& summary() const { return summary_; }

 private:
  Status Read();
  Result<bool> JudgePlausible();
  Status Join();
  Status WriteSplits(const std::string& where);
  Result<bool> JudgeChecked();
  Result<double> StabilityIndex(const std::string& column, const std::string& bin);
  Result<double> WorstStabilityIndex();
  Status Digest();
  Status Profile();
  void Lap(const char* part);

  Duck& duck_;
  fs::path data_, out_;
  std::vector<std::string> files_;  // of the input, in the order of their names
  std::vector<fs::path> splits_;    // files of the splits
  std::vector<fs::path> quarantines_;
  Schema schema_;
  Json summary_ = Json::object();
  std::chrono::steady_clock::time_point lap_ = std::chrono::steady_clock::now();
};

void Pipeline::Lap(const char* part) {
  const auto now = std::chrono::steady_clock::now();
  summary_["seconds"][part] = std::chrono::duration<double>(now - lap_).count();
  lap_ = now;
}

// Wholly equal rows stand for each other; the first place is kept, file << 40 | row in it.
Status Pipeline::Read() {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(data_, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("flights-2001-") && name.ends_with(".parquet")) {
      files_.push_back(entry.path().string());
    }
  }
  if (files_.empty()) return Error{ErrorCode::kIo, "no flights in " + data_.string(), ""};
  std::sort(files_.begin(), files_.end());
  std::string list;
  for (const std::string& file : files_) list += (list.empty() ? "" : ", ") + QuoteText(file);
  const std::string from = "read_parquet([" + list + "])";
  TRY_ASSIGN(const Grid grid, duck_.Query("SELECT count(*) FROM " + from));
  summary_["rows_read"] = Integer(grid.at(0).at(0));
  TRY(
      duck_.Execute("CREATE TEMP TABLE flights AS SELECT date, delay, distance, origin, "
                    "destination, min(file_index::BIGINT << 40 | file_row_number) AS place "
                    "FROM " +
                    from + " GROUP BY ALL"));
  TRY(CheckTypes(duck_, "flights", kRawTypes));
  Lap("read, take repeats out");
  return {};
}

Result<bool> Pipeline::JudgePlausible() {
  TRY_ASSIGN(const Grid grid, duck_.Query("SELECT mask, count(*) FROM (SELECT " + Mask(kPlausible) +
                                          " AS mask FROM flights) GROUP BY mask"));
  Counts all;
  for (const auto& row : grid) all.Add(kPlausible, Integer(row[0]), Integer(row[1]));
  const bool failed = all.refused * 100 > all.rows;
  const bool warned = all.refused > 0;
  summary_["gates"]["plausible"] = GateJson(all, failed ? "fail" : warned ? "warn" : "pass");
  if (all.refused > 0) {
    std::string files;
    for (const std::string& file : files_) files += (files.empty() ? "" : ", ") + QuoteText(file);
    quarantines_.push_back(out_ / "quarantine.parquet");
    TRY(WritePart(duck_,
                  "SELECT date, delay, distance, origin, destination, [" + files +
                      "][(place >> 40) + 1] AS file, place & 1099511627775 AS row, " +
                      Reasons(kPlausible) + " FROM flights WHERE " + Bad(kPlausible) +
                      " ORDER BY place",
                  quarantines_.back()));
  }
  Lap("judge delays, quarantine");
  return !failed;
}

Status Pipeline::Join() {
  TRY(duck_.Execute("CREATE TEMP TABLE airports AS SELECT iata, state FROM read_csv(" +
                    QuoteText((data_ / "airports.csv").string()) +
                    ", header = true, nullstr = ['', 'NA'])"));
  TRY(duck_.Execute(
      "CREATE TEMP VIEW joined AS SELECT f.date, f.distance, f.origin, f.destination, "
      "a.state AS origin_state, b.state AS destination_state, f.delay > 15 AS late "
      "FROM flights AS f LEFT JOIN airports AS a ON a.iata = f.origin "
      "LEFT JOIN airports AS b ON b.iata = f.destination WHERE NOT " +
      Bad(kPlausible)));
  return CheckTypes(duck_, "joined", kTypes);
}

// Each split in canonical order: three sorts cost less than one of all rows into a table.
Status Pipeline::WriteSplits(const std::string& where) {
  for (std::size_t i = 0; i < kSplits.size(); ++i) {
    TRY_ASSIGN(const std::uint64_t rows,
               WritePart(duck_,
                         std::string("SELECT * FROM joined WHERE ") + kSplits[i].where + where +
                             " ORDER BY ALL NULLS LAST",
                         splits_[i]));
    summary_["splits"][kSplits[i].name]["rows"] = rows;
  }
  Lap("join, sort, write");
  return {};
}

// How far a column is from the target's: the sum of (a - e) ln(a / e) over the shares of bins.
Result<double> Pipeline::StabilityIndex(const std::string& column, const std::string& bin) {
  const std::string target = "read_parquet(" + QuoteText((data_ / "target.parquet").string()) + ")";
  const auto counts = [&](const std::string& from) {
    return "(SELECT " + column + " AS v, count(*) AS n FROM " + from + " GROUP BY v)";
  };
  TRY_ASSIGN(
      const Grid grid,
      duck_.Query("WITH borders AS (SELECT DISTINCT unnest(quantile_disc(distance, [0.1, 0.2, 0.3, "
                  "0.4, 0.5, 0.6, 0.7, 0.8, 0.9])) AS border FROM " +
                  target + "), known AS (SELECT DISTINCT origin FROM " + target +
                  "), counted AS (SELECT bin, sum(a) AS a, sum(e) AS e FROM (SELECT " + bin +
                  " AS bin, n AS a, 0 AS e FROM " + counts(ReadParts(splits_)) +
                  " UNION ALL SELECT " + bin + ", 0, n FROM " + counts(target) +
                  ") GROUP BY bin), shares AS (SELECT greatest(a / sum(a) OVER (), if(a = 0, "
                  "0.0001, 0)) AS a, greatest(e / sum(e) OVER (), if(e = 0, 0.0001, 0)) AS e FROM "
                  "counted) SELECT format('{:.6g}', sum((a - e) * ln(a / e))) FROM shares"));
  const std::string index = grid.at(0).at(0).value_or("inf");
  summary_["gates"]["checked"]["stability"][column] = index;
  return std::strtod(index.c_str(), nullptr);
}

Result<double> Pipeline::WorstStabilityIndex() {
  TRY_ASSIGN(const double distance,
             StabilityIndex("distance", "(SELECT count(*) FROM borders WHERE border < v)"));
  TRY_ASSIGN(const double origin,
             StabilityIndex("origin", "CASE WHEN v IN (SELECT origin FROM known) THEN v END"));
  return std::max(distance, origin);
}

// One row per month and mask: the counts of every rule and share follow from these few. The files
// are read, for they hold each text once: a pattern is tried on 300 codes, not on 3,000,000 rows.
Result<bool> Pipeline::JudgeChecked() {
  TRY_ASSIGN(const Grid grid,
             duck_.Query("SELECT strftime(month, '%Y-%m'), mask, count(*), count_if(late), "
                         "count_if(origin_state IS NULL), count_if(destination_state IS NULL), "
                         "max(date) FROM (SELECT date_trunc('month', date) AS month, date, late, "
                         "origin_state, "
                         "destination_state, " +
                         Mask(kChecked) + " AS mask FROM " + ReadParts(splits_) +
                         ") GROUP BY month, mask"));
  Counts all;
  std::map<std::string, Counts> months;
  std::string newest;
  for (const auto& row : grid) {
    const std::int64_t mask = Integer(row[1]);
    newest = std::max(newest, row[6].value_or(""));
    for (Counts* counts : {&all, &months[row[0].value_or("null")]}) {
      counts->Add(kChecked, mask, Integer(row[2]));
      if (mask == 0) counts->late += Integer(row[3]);
      counts->no_origin_state += Integer(row[4]);
      counts->no_destination_state += Integer(row[5]);
    }
  }
  TRY_ASSIGN(const Grid conflicts,
             duck_.Query("SELECT strftime(date_trunc('month', date), '%Y-%m'), sum(n) FROM (SELECT "
                         "date, count(late) AS n FROM " +
                         ReadParts(splits_) +
                         " GROUP BY date, origin, destination, distance HAVING min(late) <> "
                         "max(late)) GROUP BY ALL"));
  for (const auto& row : conflicts) {
    all.conflicts += Integer(row[1]);
    months[row[0].value_or("null")].conflicts += Integer(row[1]);
  }
  bool failed = newest < "2001-05-17", warned = false;
  const auto judge = [&](const Counts& counts) {
    const double late = Counts::Share(counts.late, counts.rows - counts.refused);
    failed = failed || counts.refused * 1000 > counts.rows || late < 0.1 || late > 0.3 ||
             counts.Imbalance() > 9;
    warned = warned || counts.refused > 10 ||
             Counts::Share(counts.no_origin_state, counts.rows) >= 0.01 ||
             Counts::Share(counts.no_destination_state, counts.rows) >= 0.01 ||
             Counts::Share(counts.conflicts, counts.rows) > 0.005;
  };
  judge(all);
  Json by_month = Json::object();
  for (const auto& [month, counts] : months) {
    if (counts.rows >= kMinSlice) judge(counts);
    const std::int64_t passed = counts.rows - counts.refused;
    by_month[month] = Json{{"rows", passed},
                           {"late", DoubleText(Counts::Share(counts.late, passed))},
                           {"conflicts", counts.conflicts}};
  }
  if (all.refused > 0) {
    quarantines_.push_back(out_ / "quarantine-checked.parquet");
    TRY(WritePart(duck_,
                  "SELECT *, " + Reasons(kChecked) + " FROM " + ReadParts(splits_) + " WHERE " +
                      Bad(kChecked),
                  quarantines_.back()));
    if (!failed) TRY(WriteSplits(" AND NOT " + Bad(kChecked)));
  }
  TRY_ASSIGN(const double worst, WorstStabilityIndex());
  failed = failed || worst > 0.1;
  Json& gate = summary_["gates"]["checked"];
  gate.update(GateJson(all, failed ? "fail" : warned ? "warn" : "pass"));
  gate["months"] = std::move(by_month);
  gate["newest"] = newest;
  Lap("judge the joined rows");
  return !failed;
}

// Over what is in the files, in their order: proves the order too.
Status Pipeline::Digest() {
  Json digests = Json::object();
  for (std::size_t i = 0; i < kSplits.size(); ++i) {
    store::SplitDigester digester;
    engine::ChunkEncoder encoder;
    const auto take = [&](duckdb_data_chunk chunk) {
      encoder.Encode(chunk);
      digester.AddRows(encoder.bytes(), encoder.ends());
    };
    TRY_ASSIGN(schema_, duck_.Stream("SELECT * FROM " + ReadParts({splits_[i]}), take));
    const std::string digest = digester.Finish();
    summary_["splits"][kSplits[i].name]["digest"] = digest;
    digests[kSplits[i].name] = digest;
  }
  const Json label{{"column", "late"}, {"type", TypeJson(FindField(schema_, "late")->type)}};
  TRY_ASSIGN(summary_["version"], TextId("assay.version/1", Json{{"label", label},
                                                                 {"schema", SchemaJson(schema_)},
                                                                 {"splits", std::move(digests)}}));
  Lap("digest");
  return {};
}

Status Pipeline::Profile() {
  Json splits = Json::object();
  const std::string files = ReadParts(splits_);
  for (const Field& field : schema_) TRY(ColumnProfiler(duck_, files, field).AddTo(splits));
  std::ofstream(PartOf(out_ / "profile.json")) << Json{{"splits", std::move(splits)}}.dump();
  Lap("profile");
  return {};
}

Result<bool> Pipeline::Run() {
  std::error_code ignored;
  fs::create_directories(out_, ignored);
  TRY(Read());
  TRY_ASSIGN(bool passed, JudgePlausible());
  std::vector<fs::path> made;
  if (passed) {
    TRY(Join());
    TRY(WriteSplits(""));
    TRY_ASSIGN(passed, JudgeChecked());
  }
  if (passed) {
    TRY(Digest());
    TRY(Profile());
    made = splits_;
    made.push_back(out_ / "profile.json");
  }
  made.insert(made.end(), quarantines_.begin(), quarantines_.end());
  TRY(Publish(made));
  Lap("publish");
  return passed;
}

Result<int> Main(std::vector<std::string> words) {
  int threads = 2;
  if (words.size() == 4 && words[0] == "--threads") {
    threads = std::atoi(words[1].c_str());
    words.erase(words.begin(), words.begin() + 2);
  }
  if (words.size() != 2 || threads < 1) {
    return Error{ErrorCode::kUser, "usage: flights_by_hand [--threads N] DATA OUT", ""};
  }
  Duck duck;
  TRY(duck.Open(threads));
  Pipeline pipeline(duck, words[0], words[1]);
  TRY_ASSIGN(const bool passed, pipeline.Run());
  std::puts(pipeline.summary().dump(2).c_str());
  return passed ? 0 : 1;
}

}  // namespace
}  // namespace assay::bench

int main(int argc, char** argv) {
  const auto status = assay::bench::Main(std::vector<std::string>(argv + 1, argv + argc));
  if (status.ok()) return *status;
  std::fprintf(stderr, "flights_by_hand: %s\n", status.error().message.c_str());
  return assay::ExitStatus(status.error().code);
}
