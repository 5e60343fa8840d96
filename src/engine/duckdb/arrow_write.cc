#include "engine/duckdb/arrow_write.h"

#include <set>
#include <string_view>

#include "engine/duckdb/duck.h"
#include "engine/duckdb/statement.h"
#include "engine/sql_text.h"

namespace assay::engine {
namespace {

Error StreamError(ArrowArrayStream& stream, const std::string& otherwise) {
  const char* reason = stream.get_last_error == nullptr ? nullptr : stream.get_last_error(&stream);
  return {ErrorCode::kData,
          "cannot read the Arrow stream: " + (reason == nullptr ? otherwise : std::string(reason)),
          ""};
}

// The engine takes what is no table for one without columns, and renames a column that comes twice.
Status CheckColumns(const ArrowSchema& schema) {
  if (std::string_view(schema.format == nullptr ? "" : schema.format) != "+s") {
    return Error{ErrorCode::kData, "the Arrow stream has values in place of rows with columns",
                 "hand over a table"};
  }
  std::set<std::string> names;
  for (std::int64_t i = 0; i < schema.n_children; ++i) {
    const char* name = schema.children[i]->name;
    if (names.emplace(name == nullptr ? "" : name).second) continue;
    return Error{ErrorCode::kData, "a column of the Arrow stream comes twice: " + std::string(name),
                 "rename one of them"};
  }
  return {};
}

// A stream in place of another, whose columns are asked for once. The engine asks for them more
// often and releases none of what it gets, so it gets them lent.
class LendingStream {
 public:
  explicit LendingStream(ArrowArrayStream& source) : source_(source) {
    stream_.get_schema = [](ArrowArrayStream* self, ArrowSchema* out) {
      *out = Of(self).schema_;
      out->release = [](ArrowSchema* lent) { lent->release = nullptr; };
      return 0;
    };
    stream_.get_next = [](ArrowArrayStream* self, ArrowArray* out) {
      ArrowArrayStream& rows = Of(self).source_;
      return rows.get_next(&rows, out);
    };
    stream_.get_last_error = [](ArrowArrayStream* self) -> const char* {
      ArrowArrayStream& rows = Of(self).source_;
      return rows.get_last_error == nullptr ? nullptr : rows.get_last_error(&rows);
    };
    stream_.release = [](ArrowArrayStream* self) { self->release = nullptr; };
    stream_.private_data = this;
  }
  LendingStream(const LendingStream&) = delete;
  LendingStream& operator=(const LendingStream&) = delete;
  ~LendingStream() {
    if (schema_.release != nullptr) schema_.release(&schema_);
  }

  // Asks for the columns; before anything else.
  Status Open() {
    if (source_.release == nullptr) {
      return Error{ErrorCode::kData, "the Arrow stream was read already", "make a new one"};
    }
    if (source_.get_schema(&source_, &schema_) != 0) {
      return StreamError(source_, "it tells no columns");
    }
    return CheckColumns(schema_);
  }
  ArrowArrayStream* get() { return &stream_; }

 private:
  // The engine calls a copy of the stream.
  static LendingStream& Of(ArrowArrayStream* self) {
    return *static_cast<LendingStream*>(self->private_data);
  }

  ArrowArrayStream& source_;
  ArrowSchema schema_{};
  ArrowArrayStream stream_{};
};

Result<std::uint64_t> Copy(duckdb_connection connection, const std::string& copy,
                           const std::function<bool()>& stop) {
  TRY_ASSIGN(const Prepared prepared, Prepare(connection, copy));
  duckdb_pending_result raw = nullptr;
  const duckdb_state state = duckdb_pending_prepared(prepared.get(), &raw);
  const Pending pending(raw);
  if (state != DuckDBSuccess) return EngineError(duckdb_pending_error(raw));
  Asking asking(connection, stop);
  TRY(RunPieces(raw, asking));
  Rows rows;
  if (duckdb_execute_pending(raw, rows.get()) != DuckDBSuccess) {
    return EngineError(duckdb_result_error(rows.get()));
  }
  return static_cast<std::uint64_t>(duckdb_rows_changed(rows.get()));
}

}  // namespace

Result<std::uint64_t> WriteArrow(const Instance& instance, ArrowArrayStream& stream,
                                 const std::string& view, const std::string& copy,
                                 const std::function<bool()>& stop) {
  LendingStream lending(stream);
  TRY(lending.Open());
  duckdb_connection raw = nullptr;
  if (duckdb_connect(instance.get(), &raw) != DuckDBSuccess) {
    return Error{ErrorCode::kInternal, "cannot connect to the engine", ""};
  }
  const Connection connection(raw);
  // The one function of the C API that reads a stream whole. It tells no reason.
  if (duckdb_arrow_scan(raw, view.c_str(), reinterpret_cast<duckdb_arrow_stream>(lending.get())) !=
      DuckDBSuccess) {
    return StreamError(stream, "it has columns of a type that cannot be read");
  }
  auto copied = Copy(raw, copy, stop);
  Rows dropped;  // the view holds the stream's address
  if (duckdb_query(raw, ("DROP VIEW " + QuoteName(view)).c_str(), dropped.get()) != DuckDBSuccess) {
    return EngineError(duckdb_result_error(dropped.get()));
  }
  if (copied.ok() || copied.error().code == ErrorCode::kCancelled) return copied;
  Error error = std::move(copied).error();
  if (error.code == ErrorCode::kUser) error.code = ErrorCode::kData;
  return std::move(error).While("reading an Arrow stream");
}

}  // namespace assay::engine
