#include "engine/duckdb/arrow_read.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/duckdb/arrow_column.h"
#include "engine/duckdb/duck.h"
#include "engine/duckdb/statement.h"

namespace assay::engine {
namespace {

// What DuckDB made for one query, in the order in which it has to go: the last one first.
struct Query {
  std::shared_ptr<Instance> instance;
  Connection connection;
  Prepared prepared;
  Pending pending;
  Rows rows;
  DataChunk chunk;
};

class ArrowRead : public RecordBatches {
 public:
  ArrowRead(std::size_t batch_rows, std::function<bool()> stop)
      : batch_rows_(batch_rows), stop_(std::move(stop)) {}
  ~ArrowRead() override;

  Status Start(std::shared_ptr<Instance> instance, const std::string& query);
  const Schema& schema() const override { return schema_; }
  Result<std::unique_ptr<RecordBatch>> Next() override;

 private:
  enum class State { kPrepared, kRunning, kDone };

  Status Execute();
  Result<bool> NextChunk();
  std::unique_ptr<RecordBatch> FinishBatch();

  const std::size_t batch_rows_;
  const std::function<bool()> stop_;
  Schema schema_;
  std::unique_ptr<Query> query_ = std::make_unique<Query>();
  ArrowColumn whole_{Type{TypeKind::kStruct, 0, 0, {}}};
  std::size_t rows_ = 0;     // in the batch that is being filled
  idx_t at_ = 0, size_ = 0;  // in the chunk
  State state_ = State::kPrepared;
  std::optional<Asking> asking_;
};

ArrowRead::~ArrowRead() {
  // See Instance: in a forked child nothing of it can be closed.
  if (query_->instance != nullptr && !query_->instance->IsOurs()) (void)query_.release();
}

Status ArrowRead::Start(std::shared_ptr<Instance> instance, const std::string& query) {
  query_->instance = std::move(instance);
  if (!query_->instance->IsOurs()) {
    return Error{ErrorCode::kUser, "the engine was opened in the parent of this process",
                 "open the project again after the fork"};
  }
  duckdb_connection connection = nullptr;
  if (duckdb_connect(query_->instance->get(), &connection) != DuckDBSuccess) {
    return Error{ErrorCode::kInternal, "cannot connect to the engine", ""};
  }
  query_->connection.reset(connection);
  asking_.emplace(connection, stop_);
  TRY_ASSIGN(query_->prepared, Prepare(connection, query));
  TRY_ASSIGN(schema_, SchemaOf(query_->prepared.get()));
  ArrowSchema exported;
  TRY(ExportSchema(schema_, &exported));  // an error here is better than at the first batch
  exported.release(&exported);
  // The columns of a batch are the children of a struct.
  whole_ = ArrowColumn(Type{TypeKind::kStruct, 0, 0, schema_});
  return {};
}

// Runs the query up to its first rows, piece by piece, so that it can be stopped.
Status ArrowRead::Execute() {
  duckdb_pending_result raw = nullptr;
  const duckdb_state state = duckdb_pending_prepared_streaming(query_->prepared.get(), &raw);
  query_->pending.reset(raw);
  if (state != DuckDBSuccess) return EngineError(duckdb_pending_error(raw));
  TRY(RunPieces(raw, *asking_));
  if (duckdb_execute_pending(raw, query_->rows.get()) != DuckDBSuccess) {
    return EngineError(duckdb_result_error(query_->rows.get()));
  }
  return {};
}

Result<bool> ArrowRead::NextChunk() {
  query_->chunk.reset(duckdb_fetch_chunk(*query_->rows));
  at_ = 0;
  size_ = query_->chunk == nullptr ? 0 : duckdb_data_chunk_get_size(query_->chunk.get());
  if (size_ > 0) return true;
  // A streaming result that broke off ends like one that is done; only its error tells.
  const char* text = duckdb_result_error(query_->rows.get());
  if (text != nullptr && *text != '\0') return EngineError(text);
  return false;
}

std::unique_ptr<RecordBatch> ArrowRead::FinishBatch() {
  rows_ = 0;
  ArrowArray array;
  whole_.Finish(&array);
  return std::make_unique<RecordBatch>(array);
}

Result<std::unique_ptr<RecordBatch>> ArrowRead::Next() {
  if (state_ == State::kDone) return std::unique_ptr<RecordBatch>();
  if (!query_->instance->IsOurs()) {
    return Error{ErrorCode::kUser, "these rows were opened in the parent of this process",
                 "open them again after the fork"};
  }
  const State before = std::exchange(state_, State::kDone);  // after an error there is no next
  if (before == State::kPrepared) TRY(Execute());
  while (rows_ < batch_rows_) {
    TRY(asking_->Ask());
    if (at_ == size_) {
      TRY_ASSIGN(const bool more, NextChunk());
      if (!more) {
        return rows_ == 0 ? std::unique_ptr<RecordBatch>() : FinishBatch();
      }
    }
    const idx_t count = std::min<idx_t>(size_ - at_, batch_rows_ - rows_);
    TRY(whole_.AppendChunk(query_->chunk.get(), at_, count));
    at_ += count;
    rows_ += count;
  }
  state_ = State::kRunning;
  return FinishBatch();
}

}  // namespace

Result<std::unique_ptr<RecordBatches>> OpenArrowRead(std::shared_ptr<Instance> instance,
                                                     const std::string& query,
                                                     std::size_t batch_rows,
                                                     std::function<bool()> stop) {
  if (batch_rows == 0) {
    return Error{ErrorCode::kUser, "a batch of 0 rows", "ask for at least 1 row in a batch"};
  }
  auto read = std::make_unique<ArrowRead>(batch_rows, std::move(stop));
  TRY(read->Start(std::move(instance), query));
  return std::unique_ptr<RecordBatches>(std::move(read));
}

}  // namespace assay::engine
