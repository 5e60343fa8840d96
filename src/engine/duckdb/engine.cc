// The Engine over DuckDB's C API. The only place that opens a database.
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <utility>

#include "base/hash.h"
#include "base/letter_case.h"
#include "base/nearest.h"
#include "engine/duckdb/arrow_read.h"
#include "engine/duckdb/arrow_write.h"
#include "engine/duckdb/duck.h"
#include "engine/duckdb/functions.h"
#include "engine/duckdb/instance.h"
#include "engine/duckdb/logical_type.h"
#include "engine/duckdb/row_encoder.h"
#include "engine/duckdb/sql_tree.h"
#include "engine/duckdb/statement.h"
#include "engine/duckdb/text_tables.h"
#include "engine/duckdb/trace_rows.h"
#include "engine/plugin.h"
#include "engine/sql_text.h"

namespace assay::engine {
namespace {

class DuckEngine : public Engine {
 public:
  ~DuckEngine() override;
  Status Start(const Options& options, const Attachment* attachment = nullptr);

  std::string Version() const override;
  Result<SqlFacts> Parse(const std::string& sql, std::size_t* error_offset) override;
  std::vector<ParsedSql> ParseAll(const std::vector<std::string>& texts) override;
  Result<Schema> Describe(const std::string& query) override;
  Result<std::string> Canonical(const std::string& query) override;
  OrderFacts FindOrderDependence(const std::string& query) override;
  Result<Trace> TraceRows(const std::string& query,
                          const std::vector<TracedInput>& inputs) override {
    return engine::TraceRows(*this, query, inputs);
  }
  Result<std::vector<std::uint64_t>> CountRepeats(const std::string& query,
                                                  const std::vector<std::string>& columns) override;
  Status Execute(const std::string& statement) override;
  Result<Grid> Query(const std::string& query) override;
  Result<std::uint64_t> CopyToParquet(const std::string& query,
                                      const std::filesystem::path& path) override;
  Result<RowSum> SumRows(const std::string& query) override;
  Status ReadRows(const std::string& query,
                  const std::function<Status(const EncodedRows&)>& take) override;
  Result<std::unique_ptr<RecordBatches>> ReadArrow(const std::string& query, std::size_t batch_rows,
                                                   std::function<bool()> stop) override;
  Result<std::uint64_t> CopyArrowToParquet(ArrowArrayStream& stream,
                                           const std::filesystem::path& path,
                                           std::function<bool()> stop) override;
  std::string AddTextTable(TextTable table) override { return text_tables_->Add(std::move(table)); }
  Result<std::unique_ptr<Engine>> OpenAttached(const Attachment& attachment) override;
  double Progress() override;
  void Interrupt() override { duckdb_interrupt(connection_.get()); }
  std::uint64_t PeakBufferBytes() override { return peak_; }

 private:
  Status Run(const std::string& sql, Rows& rows);
  Result<Json> Serialise(const char* function, const std::string& sql, const char* options);
  Status CheckNanoseconds(const std::string& query, const std::string& column);
  Status Attach(const Attachment& attachment);
  void NotePeak();

  Options options_;
  std::shared_ptr<Instance> instance_;  ///< shared with what still reads from it
  Connection connection_;
  std::shared_ptr<TextTables> text_tables_ = std::make_shared<TextTables>();
  std::uint64_t limit_ = std::numeric_limits<std::uint64_t>::max(), peak_ = 0;  ///< bytes
};

DuckEngine::~DuckEngine() {
  if (instance_ != nullptr && !instance_->IsOurs()) (void)connection_.release();
}

Status DuckEngine::Start(const Options& options, const Attachment* attachment) {
  options_ = options;
  duckdb_config raw = nullptr;
  duckdb_create_config(&raw);
  const Config config(raw);
  const auto set = [&](const char* name, const std::string& value) {
    duckdb_set_config(raw, name, value.c_str());
  };
  if (options.threads > 0) set("threads", std::to_string(options.threads));
  set("autoinstall_known_extensions", "false");
  set("autoload_known_extensions", "false");
  duckdb_database database = nullptr;
  char* message = nullptr;
  if (duckdb_open_ext(nullptr, &database, raw, &message) != DuckDBSuccess) {
    return Error{ErrorCode::kIo, "cannot open the engine: " + TakeText(message), ""};
  }
  instance_ = std::make_shared<Instance>(database);
  duckdb_connection connection = nullptr;
  if (duckdb_connect(database, &connection) != DuckDBSuccess) {
    return Error{ErrorCode::kInternal, "cannot connect to the engine", ""};
  }
  connection_.reset(connection);
  TRY(RegisterFunctions(connection));
  TRY(RegisterTextTables(connection, text_tables_));
  const std::uint64_t memory = options.memory_bytes > 0 ? options.memory_bytes : DefaultMemory();
  // It takes more than it counts: a large sort some hundred MB, about a sixth of a large limit.
  limit_ = memory / 4 * 3;
  TRY(Execute("SET memory_limit = '" + std::to_string(limit_ / 1024) + "KiB'"));
  TRY(Execute("SET temp_directory = " + QuoteText(options.spill.string())));
  // The system keeps what was read from files; a second copy, and the look-ups in it, only cost:
  // over 20,000 small files 760 MB and half of the time.
  TRY(Execute("SET enable_external_file_cache = false"));
  // Of this connection, and of those that streams open.
  TRY(Execute("SET TimeZone = 'UTC'"));
  TRY(Execute("SET GLOBAL TimeZone = 'UTC'"));
  TRY(Execute("PRAGMA enable_profiling = 'no_output'"));
  // While the instance may still open what lies outside.
  if (attachment != nullptr) TRY(Attach(*attachment));
  TRY(Execute("SET custom_profiling_settings = '{\"SYSTEM_PEAK_BUFFER_MEMORY\": \"true\"}'"));
  std::string folders;
  for (const auto& folder : options.readable) {
    if (!folders.empty()) folders += ", ";
    folders += QuoteText(folder.string());
  }
  TRY(Execute("SET allowed_directories = [" + folders + "]"));
  TRY(Execute("SET enable_external_access = false"));
  return Execute("SET lock_configuration = true");
}

Status DuckEngine::Attach(const Attachment& attachment) {
  TRY(Execute("LOAD " + QuoteText(attachment.extension.string())).While("loading an extension"));
  for (const auto& [name, value] : attachment.settings) {
    TRY(Execute("SET " + name + " = " + value));
  }
  return Execute("ATTACH " + QuoteText(attachment.connection) + " AS " + std::string(kAttached) +
                 " (TYPE " + attachment.type + ", READ_ONLY)");
}

Result<std::unique_ptr<Engine>> DuckEngine::OpenAttached(const Attachment& attachment) {
  Options options = options_;
  options.memory_bytes = (options.memory_bytes > 0 ? options.memory_bytes : DefaultMemory()) / 2;
  auto engine = std::make_unique<DuckEngine>();
  TRY(engine->Start(options, &attachment));
  return std::unique_ptr<Engine>(std::move(engine));
}

std::string DuckEngine::Version() const {
  std::string version = duckdb_library_version();
  if (version.starts_with("v")) version.erase(0, 1);
  return "duckdb " + version;
}

Status DuckEngine::Run(const std::string& sql, Rows& rows) {
  if (duckdb_query(connection_.get(), sql.c_str(), rows.get()) != DuckDBSuccess) {
    const char* text = duckdb_result_error(rows.get());
    return EngineError(text == nullptr ? "the engine gave no reason" : text);
  }
  NotePeak();
  return {};
}

void DuckEngine::NotePeak() {
  duckdb_profiling_info info = duckdb_get_profiling_info(connection_.get());
  if (info == nullptr) return;
  const Value value(duckdb_profiling_info_get_value(info, "SYSTEM_PEAK_BUFFER_MEMORY"));
  if (value == nullptr) return;
  const std::string text = TakeText(duckdb_get_varchar(value.get()));
  // A sort that spills is counted up to twice; the limit itself is kept.
  peak_ =
      std::max(peak_, std::min<std::uint64_t>(limit_, std::strtoull(text.c_str(), nullptr, 10)));
}

Status DuckEngine::Execute(const std::string& statement) {
  Rows rows;
  return Run(statement, rows);
}

// The parser counts characters where it tells of an error, bytes everywhere else.
std::size_t ByteOffset(const std::string& sql, std::size_t characters) {
  std::size_t at = 0;
  const auto goes_on = [&] { return (static_cast<unsigned char>(sql[at]) & 0xc0U) == 0x80U; };
  for (; characters > 0 && at < sql.size(); --characters) {
    do {
      ++at;
    } while (at < sql.size() && goes_on());
  }
  return at;
}

Result<Json> DuckEngine::Serialise(const char* function, const std::string& sql,
                                   const char* options) {
  Rows rows;
  TRY(Run(std::string("SELECT ") + function + "(" + QuoteText(sql) + options + ")", rows));
  const DataChunk chunk(duckdb_fetch_chunk(*rows));
  if (chunk == nullptr || duckdb_data_chunk_get_size(chunk.get()) != 1) {
    return Error{ErrorCode::kInternal, std::string(function) + " gave no row", ""};
  }
  auto* text = static_cast<duckdb_string_t*>(
      duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk.get(), 0)));
  return ParseJson({duckdb_string_t_data(text), duckdb_string_t_length(*text)});
}

// The word before a syntax error is often the one that was meant otherwise: `FROM t wher x`.
std::string HintOfWordBefore(const std::string& sql, std::size_t offset) {
  const auto is_letter = [](unsigned char c) { return std::isalpha(c) != 0; };
  std::size_t end = std::min(offset, sql.size());
  while (end > 0 && std::isspace(static_cast<unsigned char>(sql[end - 1])) != 0) --end;
  std::size_t begin = end;
  while (begin > 0 && is_letter(static_cast<unsigned char>(sql[begin - 1]))) --begin;
  const std::string word = sql.substr(begin, end - begin);
  const std::string meant = NearestName(
      word, {"SELECT", "FROM", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "JOIN", "UNION"});
  if (meant.empty() || Lower(meant) == Lower(word)) return "";
  return "did you mean " + meant + " for " + word + "?";
}

// `serialised`: what the parser made of the text.
Result<SqlFacts> FactsOfSerialised(const std::string& sql, Result<Json> serialised,
                                   std::size_t* error_offset) {
  if (!serialised.ok() && serialised.error().message.starts_with("not JSON: ")) {
    // JSON has no infinity, which is what a number beyond the largest double becomes.
    return Error{ErrorCode::kUser, "a number in the SQL is too large", "the largest is 1.79e308"};
  }
  TRY_ASSIGN(const Json tree, std::move(serialised));
  if (tree.value("error", false)) {
    const std::size_t offset =
        ByteOffset(sql, std::strtoull(tree.value("position", "0").c_str(), nullptr, 10));
    if (error_offset != nullptr) *error_offset = offset;
    // The parser takes every statement, its serialiser only one kind ("... serialized to json!").
    if (tree.value("error_type", "") == "not implemented") {
      return Error{ErrorCode::kUser, "only one SELECT can be run",
                   "write one SELECT, which reads and changes nothing"};
    }
    Error error = EngineError(tree.value("error_message", "not a SELECT"));
    if (error.hint.empty() && tree.value("error_subtype", "") == "SYNTAX_ERROR") {
      error.hint = HintOfWordBefore(sql, offset);
    }
    return error;
  }
  const Json& statements = tree["statements"];
  if (statements.size() != 1) {
    return Error{ErrorCode::kUser,
                 "expected one SELECT, found " + std::to_string(statements.size()) + " statements",
                 "write one SELECT"};
  }
  return FactsOfTree(statements[0]);
}

Result<SqlFacts> DuckEngine::Parse(const std::string& sql, std::size_t* error_offset) {
  return FactsOfSerialised(sql, Serialise("json_serialize_sql", sql, ""), error_offset);
}

std::vector<ParsedSql> DuckEngine::ParseAll(const std::vector<std::string>& texts) {
  constexpr std::size_t kBytesAtOnce = 1 << 20;
  std::vector<ParsedSql> parsed;
  parsed.reserve(texts.size());
  while (parsed.size() < texts.size()) {
    std::vector<std::string> some;
    std::size_t bytes = 0;
    for (std::size_t i = parsed.size(); i < texts.size() && bytes < kBytesAtOnce; ++i) {
      bytes += texts[i].size();
      some.push_back(texts[i]);
    }
    const auto serialised =
        Query("SELECT json_serialize_sql(text) FROM (SELECT unnest(" + TextList(some) +
              ") AS text, unnest(range(" + std::to_string(some.size()) + ")) AS i) ORDER BY i");
    for (std::size_t i = 0; i < some.size(); ++i) {
      std::size_t offset = 0;
      // Where one of them breaks the query, each is asked alone.
      auto facts = serialised.ok()
                       ? FactsOfSerialised(
                             some[i], ParseJson(serialised->rows.at(i).at(0).value_or("")), &offset)
                       : Parse(some[i], &offset);
      parsed.push_back({std::move(facts), offset});
    }
  }
  return parsed;
}

OrderFacts DuckEngine::FindOrderDependence(const std::string& query) {
  const auto tree = Serialise("json_serialize_sql", query, "");
  if (!tree.ok() || tree->value("error", false)) return {"SQL that cannot be planned"};
  if (std::string reason = OrderDependenceOfTree(*tree); !reason.empty()) return {reason};
  const auto plan = Serialise("json_serialize_plan", query, ", optimize := false");
  if (!plan.ok() || plan->value("error", false)) return {"SQL that cannot be planned"};
  return {OrderDependenceOfPlan(*plan)};
}

Result<Schema> DuckEngine::Describe(const std::string& query) {
  TRY_ASSIGN(const Prepared prepared, Prepare(connection_.get(), query));
  return SchemaOf(prepared.get());
}

Result<std::string> DuckEngine::Canonical(const std::string& query) {
  TRY_ASSIGN(const Prepared prepared, Prepare(connection_.get(), query));
  std::string columns;
  bool changed = false;
  for (idx_t i = 0; i < duckdb_prepared_statement_column_count(prepared.get()); ++i) {
    const std::string name =
        TakeText(const_cast<char*>(duckdb_prepared_statement_column_name(prepared.get(), i)));
    const LogicalType logical(duckdb_prepared_statement_column_logical_type(prepared.get(), i));
    if (!columns.empty()) columns += ", ";
    columns += QuoteName(name);
    if (const auto ours = FromLogicalType(logical.get()); ours && IsStorable(*ours)) continue;
    const std::string type = CanonicalSql(logical.get());
    if (type.empty()) {
      return Error{ErrorCode::kUser,
                   "column `" + name +
                       "` has a type that a version cannot hold: " + EngineTypeName(logical.get()),
                   "cast it in a sql step"};
    }
    if (HasNanoseconds(logical.get())) TRY(CheckNanoseconds(query, name));
    columns += "::" + type + " AS " + QuoteName(name);
    changed = true;
  }
  if (!changed) return query;
  return "SELECT " + columns + " FROM (" + query + "\n)";
}

Result<std::vector<std::uint64_t>> DuckEngine::CountRepeats(
    const std::string& query, const std::vector<std::string>& columns) {
  std::vector<std::uint64_t> repeats;
  if (columns.empty()) return repeats;
  std::string list;
  for (const std::string& column : columns) {
    list += (list.empty() ? "assay_repeats(" : ", assay_repeats(") + QuoteName(column) + ")";
  }
  TRY_ASSIGN(const Grid grid, Query("SELECT " + list + " FROM (" + query + "\n)"));
  for (const auto& count : grid.rows.at(0)) {
    repeats.push_back(std::strtoull(count.value_or("0").c_str(), nullptr, 10));
  }
  return repeats;
}

Status DuckEngine::CheckNanoseconds(const std::string& query, const std::string& column) {
  const std::string name = QuoteName(column);
  // Only a plain column can be looked into; inside a nested one nothing proves that nothing is
  // lost.
  TRY_ASSIGN(const Grid grid, Query("SELECT count(*) FROM (" + query + ") WHERE " + name +
                                    "::TIMESTAMP::TIMESTAMP_NS IS DISTINCT FROM " + name));
  if (grid.rows.at(0).at(0).value_or("0") == "0") return {};
  return Error{
      ErrorCode::kData,
      "column `" + column +
          "` has nanoseconds, and a version keeps microseconds, in rows: " + *grid.rows[0][0],
      "write it in microseconds, or cast it to TIMESTAMP where a sql step makes it"};
}

Result<Grid> DuckEngine::Query(const std::string& query) {
  TRY_ASSIGN(const Prepared prepared, Prepare(connection_.get(), query));
  Grid grid;
  std::string columns;
  for (idx_t i = 0; i < duckdb_prepared_statement_column_count(prepared.get()); ++i) {
    const std::string name =
        TakeText(const_cast<char*>(duckdb_prepared_statement_column_name(prepared.get(), i)));
    const LogicalType logical(duckdb_prepared_statement_column_logical_type(prepared.get(), i));
    grid.schema.push_back(
        Field{name, FromLogicalType(logical.get()).value_or(Type{TypeKind::kString, 0, 0, {}})});
    // A cast to text is one row wide whatever the type; the position avoids repeated names.
    columns += (i > 0 ? ", c" : "c") + std::to_string(i) + "::VARCHAR";
  }
  std::string aliases;
  for (std::size_t i = 0; i < grid.schema.size(); ++i) {
    aliases += (i > 0 ? ", c" : "c") + std::to_string(i);
  }
  Rows rows;
  TRY(Run("SELECT " + columns + " FROM (" + query + "\n) AS t(" + aliases + ")", rows));
  while (true) {
    const DataChunk chunk(duckdb_fetch_chunk(*rows));
    if (chunk == nullptr) break;
    const idx_t size = duckdb_data_chunk_get_size(chunk.get());
    const std::size_t start = grid.rows.size();
    grid.rows.resize(start + size);
    for (idx_t column = 0; column < grid.schema.size(); ++column) {
      duckdb_vector vector = duckdb_data_chunk_get_vector(chunk.get(), column);
      auto* texts = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector));
      std::uint64_t* validity = duckdb_vector_get_validity(vector);
      for (idx_t row = 0; row < size; ++row) {
        auto& cells = grid.rows[start + row];
        if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) {
          cells.emplace_back(std::nullopt);
        } else {
          cells.emplace_back(
              std::string(duckdb_string_t_data(texts + row), duckdb_string_t_length(texts[row])));
        }
      }
    }
  }
  return grid;
}

std::string CopySql(const std::string& query, const std::filesystem::path& path) {
  return "COPY (" + query + "\n) TO " + QuoteText(path.string()) +
         " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)";
}

Result<std::uint64_t> DuckEngine::CopyToParquet(const std::string& query,
                                                const std::filesystem::path& path) {
  Rows rows;
  TRY(Run(CopySql(query, path), rows));
  return static_cast<std::uint64_t>(duckdb_rows_changed(rows.get()));
}

Result<RowSum> DuckEngine::SumRows(const std::string& query) {
  TRY_ASSIGN(const Schema schema, Describe(query));
  Rows rows;
  TRY(Run("SELECT count(*)::UBIGINT, assay_wrapping_sum(assay_row_hash(" +
              NameList(FieldNames(schema)) + ")) FROM (" + query + "\n)",
          rows));
  const DataChunk chunk(duckdb_fetch_chunk(*rows));
  if (chunk == nullptr || duckdb_data_chunk_get_size(chunk.get()) != 1) {
    return Error{ErrorCode::kInternal, "the engine gave no sum of rows", ""};
  }
  const auto* count = static_cast<const std::uint64_t*>(
      duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk.get(), 0)));
  duckdb_vector sums = duckdb_data_chunk_get_vector(chunk.get(), 1);
  const auto* sum = static_cast<const duckdb_uhugeint*>(duckdb_vector_get_data(sums));
  std::uint64_t* validity = duckdb_vector_get_validity(sums);
  const bool present = validity == nullptr || duckdb_validity_row_is_valid(validity, 0);
  const Uint128 value =
      present ? (static_cast<Uint128>(sum->upper) << 64) | sum->lower : Uint128{0};
  return RowSum{*count, Hex128(value)};
}

Status DuckEngine::ReadRows(const std::string& query,
                            const std::function<Status(const EncodedRows&)>& take) {
  TRY_ASSIGN(const Prepared prepared, Prepare(connection_.get(), query));
  duckdb_pending_result raw = nullptr;
  const duckdb_state state = duckdb_pending_prepared_streaming(prepared.get(), &raw);
  const Pending pending(raw);
  if (state != DuckDBSuccess) return EngineError(duckdb_pending_error(raw));
  Rows rows;
  if (duckdb_execute_pending(raw, rows.get()) != DuckDBSuccess) {
    return EngineError(duckdb_result_error(rows.get()));
  }
  ChunkEncoder encoder;
  while (true) {
    const DataChunk chunk(duckdb_fetch_chunk(*rows));
    if (chunk == nullptr) break;
    encoder.Encode(chunk.get());
    if (encoder.ends().empty()) break;
    TRY(take(EncodedRows{encoder.bytes(), encoder.ends()}));
  }
  // A streaming result that broke off ends like one that is done; only its error tells.
  const char* text = duckdb_result_error(rows.get());
  if (text != nullptr && *text != '\0') return EngineError(text);
  return {};
}

Result<std::unique_ptr<RecordBatches>> DuckEngine::ReadArrow(const std::string& query,
                                                             std::size_t batch_rows,
                                                             std::function<bool()> stop) {
  return OpenArrowRead(instance_, query, batch_rows, std::move(stop));
}

Result<std::uint64_t> DuckEngine::CopyArrowToParquet(ArrowArrayStream& stream,
                                                     const std::filesystem::path& path,
                                                     std::function<bool()> stop) {
  constexpr const char* kView = "_assay_arrow";
  const std::string copy = CopySql(std::string("SELECT * FROM ") + kView, path);
  return WriteArrow(*instance_, stream, kView, copy, stop);
}

double DuckEngine::Progress() {
  const duckdb_query_progress_type progress = duckdb_query_progress(connection_.get());
  return progress.percentage < 0 ? -1 : progress.percentage / 100;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) Result<std::unique_ptr<Engine>>* AssayOpenEngine(
    const Options& options);

Result<std::unique_ptr<Engine>>* AssayOpenEngine(const Options& options) {
  auto engine = std::make_unique<DuckEngine>();
  if (Status started = engine->Start(options); !started.ok()) {
    return new Result<std::unique_ptr<Engine>>(std::move(started).error());
  }
  return new Result<std::unique_ptr<Engine>>(std::move(engine));
}

}  // namespace assay::engine
