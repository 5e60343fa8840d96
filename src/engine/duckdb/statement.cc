#include "engine/duckdb/statement.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "base/nearest.h"
#include "engine/duckdb/logical_type.h"
#include "engine/sql_text.h"

namespace assay::engine {
namespace {

constexpr auto kBetweenAsking = std::chrono::milliseconds(20);
constexpr auto kBetweenLooks = std::chrono::microseconds(100);

// What stands in quotes from `from` on: `"a", "b"` gives a and b.
std::vector<std::string> QuotedNames(const std::string& text, std::size_t from) {
  std::vector<std::string> names;
  for (std::size_t at = text.find('"', from); at != std::string::npos; at = text.find('"', at)) {
    const std::size_t end = text.find('"', at + 1);
    if (end == std::string::npos) break;
    names.push_back(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return names;
}

// The mistakes that people make most, in our own words.
Error BinderError(Error error) {
  const std::string text = error.message;
  const std::size_t candidates = std::min(text.find("\nCandidate "), text.size());
  if (text.starts_with("Binder Error: Referenced column \"")) {
    const std::vector<std::string> column = QuotedNames(text.substr(0, candidates), 0);
    if (column.empty()) return error;
    std::vector<std::string> known = QuotedNames(text, candidates);
    // `flights.delay` where several tables are read
    for (std::string& name : known) name.erase(0, name.rfind('.') + 1);
    const std::string nearest = NearestName(column[0], known);
    error.message = "there is no column: " + column[0];
    if (!nearest.empty()) {
      error.hint = "did you mean " + nearest + "?";
    } else if (!known.empty()) {
      error.hint = "there are " + NameList(known) + (known.size() == 1 ? "" : " among others");
    }
  } else if (text.starts_with("Binder Error: No function matches the given name and argument")) {
    const std::size_t call = text.find('\'');
    const std::size_t end = text.find("'.", call + 1);
    if (call == std::string::npos || end == std::string::npos) return error;
    error.message =
        "no function or operator takes these types: " + text.substr(call + 1, end - call - 1);
    error.hint = "cast one of them, as with CAST(x AS BIGINT)";
  }
  return error;
}

// Stand around the parts of an error that is carried through the engine.
constexpr std::string_view kCarried =
    "\x1e"
    "assay\x1e";
constexpr char kPartEnd = '\x1f';

std::optional<Error> UnpackCarried(std::string_view text) {
  const std::size_t at = text.find(kCarried);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + kCarried.size());
  const auto take = [&] {
    const std::size_t end = std::min(text.find(kPartEnd), text.size());
    const std::string part(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
  };
  const std::string code = take();
  Error error{static_cast<ErrorCode>(code.empty() ? 0 : code[0] - '0'), "", ""};
  error.message = take();
  error.hint = take();
  return error;
}

}  // namespace

std::string CarriedError(const Error& error) {
  std::string text(kCarried);
  text += static_cast<char>('0' + static_cast<int>(error.code));
  for (const std::string& part : {std::string(), error.message, error.hint}) {
    text += part;
    text += kPartEnd;
  }
  return text;
}

Error EngineError(const std::string& text) {
  if (const auto carried = UnpackCarried(text)) return *carried;
  const auto starts = [&](std::string_view prefix) { return text.starts_with(prefix); };
  Error error{ErrorCode::kUser, text, ""};
  if (starts("IO Error")) error.code = ErrorCode::kIo;
  if (starts("Out of Memory Error")) {
    error.code = ErrorCode::kIo;
    error.message.resize(std::min(error.message.find('\n'), error.message.size()));
    error.hint = "give more memory with --memory, or free some disk for the spill folder";
  }
  if (starts("IO Error") && text.find("No space left on device") != std::string::npos) {
    error.hint = "free some space and start again; what is recorded is not lost";
  }
  // A place behind a file's end, or none at all: the file's own index is wrong.
  const bool misled = starts("IO Error: Could not read enough bytes") ||
                      (starts("IO Error: Could not read from file") &&
                       text.find("Invalid argument") != std::string::npos);
  if (misled || starts("Conversion Error") || starts("Invalid Input Error") ||
      starts("Invalid Error") || starts("Out of Range Error")) {
    error.code = ErrorCode::kData;
  }
  if (starts("INTERRUPT Error")) error = Error{ErrorCode::kCancelled, "cancelled", ""};
  if (starts("INTERNAL Error") || starts("FATAL Error")) error.code = ErrorCode::kInternal;
  // The position DuckDB draws belongs to a query we built around the user's; it would mislead.
  if (const auto line = error.message.find("\n\nLINE "); line != std::string::npos) {
    error.message.resize(line);
  }
  return starts("Binder Error") ? BinderError(std::move(error)) : error;
}

Result<Prepared> Prepare(duckdb_connection connection, const std::string& query) {
  duckdb_prepared_statement raw = nullptr;
  const duckdb_state state = duckdb_prepare(connection, query.c_str(), &raw);
  Prepared prepared(raw);
  if (state != DuckDBSuccess) {
    const char* text = duckdb_prepare_error(raw);
    return EngineError(text == nullptr ? "the engine gave no reason" : text);
  }
  return prepared;
}

Result<Schema> SchemaOf(duckdb_prepared_statement prepared) {
  Schema schema;
  for (idx_t i = 0; i < duckdb_prepared_statement_column_count(prepared); ++i) {
    const std::string name =
        TakeText(const_cast<char*>(duckdb_prepared_statement_column_name(prepared, i)));
    const LogicalType logical(duckdb_prepared_statement_column_logical_type(prepared, i));
    const auto type = FromLogicalType(logical.get());
    if (!type) {
      return Error{ErrorCode::kUser,
                   "column `" + name +
                       "` has a type that a version cannot hold: " + EngineTypeName(logical.get()),
                   "cast it in a sql step"};
    }
    schema.push_back(Field{name, *type});
  }
  return schema;
}

Status Asking::Ask() {
  const auto now = std::chrono::steady_clock::now();
  if (!stop_ || now - asked_ < kBetweenAsking) return {};
  asked_ = now;
  if (!stop_()) return {};
  duckdb_interrupt(connection_);
  return Error{ErrorCode::kCancelled, "cancelled", ""};
}

Status RunPieces(duckdb_pending_result pending, Asking& asking) {
  for (;;) {
    const duckdb_pending_state state = duckdb_pending_execute_task(pending);
    if (state == DUCKDB_PENDING_ERROR) {
      const char* text = duckdb_pending_error(pending);
      return EngineError(text == nullptr ? "the engine gave no reason" : text);
    }
    if (duckdb_pending_execution_is_finished(state)) return {};
    if (state == DUCKDB_PENDING_NO_TASKS_AVAILABLE) std::this_thread::sleep_for(kBetweenLooks);
    TRY(asking.Ask());
  }
}

}  // namespace assay::engine
