#include <cerrno>
#include <nanoarrow/nanoarrow_ipc.hpp>
#include <string>
#include <utility>

#include "engine/arrow_ipc.h"

namespace assay::engine {
namespace {

// Where the library writes to.
struct ByteSink {
  const std::function<Status(std::string_view)>& write;
  std::optional<Error> error{};
};

ArrowErrorCode WriteToSink(ArrowIpcOutputStream* stream, const void* bytes, std::int64_t size,
                           std::int64_t* written, ArrowError* /*error*/) {
  auto& sink = *static_cast<ByteSink*>(stream->private_data);
  Status status = sink.write({static_cast<const char*>(bytes), static_cast<std::size_t>(size)});
  *written = size;
  if (status.ok()) return NANOARROW_OK;
  sink.error = std::move(status).error();
  return EIO;
}

class IpcWriter {
 public:
  explicit IpcWriter(const std::function<Status(std::string_view)>& write) : sink_{write} {}

  Result<std::uint64_t> Write(RecordBatches& batches) {
    TRY(ExportSchema(batches.schema(), schema_.get()));
    TRY(Start());
    std::uint64_t rows = 0;
    while (true) {
      TRY_ASSIGN(const std::unique_ptr<RecordBatch> batch, batches.Next());
      if (batch == nullptr) break;
      rows += batch->rows();
      TRY(Done(ArrowArrayViewSetArray(view_.get(), &batch->array(), &said_)));
      TRY(Done(ArrowIpcWriterWriteArrayView(writer_.get(), view_.get(), &said_)));
    }
    TRY(Done(ArrowIpcWriterWriteArrayView(writer_.get(), nullptr, &said_)));
    TRY(Done(ArrowIpcWriterFinalizeFile(writer_.get(), &said_)));
    return rows;
  }

 private:
  Status Start() {
    ArrowIpcOutputStream stream{};
    stream.write = WriteToSink;
    stream.release = [](ArrowIpcOutputStream* self) { self->release = nullptr; };
    stream.private_data = &sink_;
    TRY(Done(ArrowIpcWriterInit(writer_.get(), &stream)));
    TRY(Done(ArrowIpcWriterStartFile(writer_.get(), &said_)));
    TRY(Done(ArrowIpcWriterWriteSchema(writer_.get(), schema_.get(), &said_)));
    return Done(ArrowArrayViewInitFromSchema(view_.get(), schema_.get(), &said_));
  }

  Status Done(ArrowErrorCode code) {
    if (code == NANOARROW_OK) return {};
    if (sink_.error) return *sink_.error;
    return Error{ErrorCode::kInternal, "cannot write Arrow IPC: " + std::string(said_.message), ""};
  }

  ByteSink sink_;
  ArrowError said_{};
  nanoarrow::UniqueSchema schema_;
  nanoarrow::UniqueArrayView view_;
  nanoarrow::ipc::UniqueWriter writer_;
};

}  // namespace

Result<std::uint64_t> WriteArrowIpc(RecordBatches& batches,
                                    const std::function<Status(std::string_view)>& write) {
  return IpcWriter(write).Write(batches);
}

}  // namespace assay::engine
