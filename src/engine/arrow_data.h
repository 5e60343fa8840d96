/// Arrow's C data interface: the three structs that its specification fixes, and how ours are made.
/// Nothing of the Arrow project is linked; the layout is the whole contract between two libraries
/// in one process (https://arrow.apache.org/docs/format/CDataInterface.html).
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "base/type.h"

// The guard is the specification's own, so that another library's header can stand beside this one.
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_NULLABLE 2
extern "C" {
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  std::int64_t flags;
  std::int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};
struct ArrowArray {
  std::int64_t length;
  std::int64_t null_count;
  std::int64_t offset;
  std::int64_t n_buffers;
  std::int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};
}
#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
extern "C" {
struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema* out);
  int (*get_next)(ArrowArrayStream*, ArrowArray* out);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};
}
#endif

namespace assay::engine {

/// One record batch: a struct array with a child for each column, released with the object.
class RecordBatch {
 public:
  RecordBatch() = default;
  /// Takes the array over.
  explicit RecordBatch(const ArrowArray& array) : array_(array) {}
  ~RecordBatch();
  RecordBatch(const RecordBatch&) = delete;
  RecordBatch& operator=(const RecordBatch&) = delete;

  std::uint64_t rows() const { return static_cast<std::uint64_t>(array_.length); }
  const ArrowArray& array() const { return array_; }
  /// Hands the array out; the object is empty then.
  ArrowArray Take();

 private:
  ArrowArray array_{};
};

/// Rows of a query as record batches in the query's order. For one thread at a time, any thread.
class RecordBatches {
 public:
  virtual ~RecordBatches() = default;
  virtual const Schema& schema() const = 0;
  /// The next batch, or nullptr behind the last one. After an error there is no next.
  virtual Result<std::unique_ptr<RecordBatch>> Next() = 0;
};

/// The schema of record batches: a struct with a child for each column, all nullable. A timestamp
/// with a zone has `UTC`; a decimal is `d:p,s`; text and bytes have 32-bit offsets. `int128` has no
/// Arrow type: kUser.
Status ExportSchema(const Schema& schema, ArrowSchema* out);

/// Another handle on the same memory; each is released on its own.
void ShareBatch(const std::shared_ptr<RecordBatch>& batch, ArrowArray* out);

/// A stream that owns `batches`. An error is told as its message and hint.
void ExportStream(std::unique_ptr<RecordBatches> batches, ArrowArrayStream* out);

}  // namespace assay::engine
