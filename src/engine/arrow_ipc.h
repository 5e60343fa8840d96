/// Rows as bytes of Arrow's IPC format: written as its file, uncompressed, so that a program can
/// map it into memory; read as file or stream, whichever its first bytes say, from whoever wrote
/// it. Knows no engine: rows come from and go into Arrow's C data interface.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "engine/arrow_data.h"

namespace assay::engine {

/// Hands the bytes of a whole file to `write`, piece by piece; returns the number of rows. Memory
/// is that of two batches.
Result<std::uint64_t> WriteArrowIpc(RecordBatches& batches,
                                    const std::function<Status(std::string_view)>& write);

/// The rows of an IPC file or stream, a batch at a time.
class ArrowIpcRows {
 public:
  virtual ~ArrowIpcRows() = default;
  /// For one reader, once; this object's to release. Its values are looked at before they are
  /// handed out: text is UTF-8, a decimal has its digits, no nanosecond is lost. A file that was
  /// cut has no end.
  virtual ArrowArrayStream& stream() = 0;
  /// Why the stream broke off; kData.
  virtual const std::optional<Error>& error() const = 0;
};

/// Opens a file and looks at its columns. One of a type that a version cannot hold, or that is not
/// read from IPC, is kData and named; so are bytes that are none of the format.
Result<std::unique_ptr<ArrowIpcRows>> ReadArrowIpc(const std::filesystem::path& path);

}  // namespace assay::engine
