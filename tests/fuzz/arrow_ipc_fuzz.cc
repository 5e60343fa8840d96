// A stranger's Arrow IPC, file or stream: rows that can be walked, or one message that can be
// shown.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nanoarrow/nanoarrow.hpp>
#include <string>
#include <vector>

#include "contract/utf8.h"
#include "engine/arrow_ipc.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void RequireShowable(const assay::Error& error) {
  Require(error.code == assay::ErrorCode::kData && !error.message.empty());
  Require(!assay::contract::FindInvalidUtf8(error.message));
}

// Reads all bytes that an array may be asked for, so that those beyond its memory are met.
std::size_t Sum(const ArrowArrayView& view) {
  std::size_t sum = 0;
  for (const ArrowBufferView& buffer : view.buffer_views) {
    for (std::int64_t i = 0; i < buffer.size_bytes; ++i) sum += buffer.data.as_uint8[i];
  }
  for (std::int64_t i = 0; i < view.n_children; ++i) sum += Sum(*view.children[i]);
  return view.dictionary == nullptr ? sum : sum + Sum(*view.dictionary);
}

std::size_t ReadAll(const ArrowSchema& schema, const ArrowArray& batch) {
  nanoarrow::UniqueArrayView view;
  Require(ArrowArrayViewInitFromSchema(view.get(), &schema, nullptr) == NANOARROW_OK);
  Require(ArrowArrayViewSetArray(view.get(), &batch, nullptr) == NANOARROW_OK);
  return Sum(*view.get());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" const char* __asan_default_options();

// A packed buffer says how long it is unpacked: memory that is not there is an error and no crash.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  static std::string most = "-malloc_limit_mb=1000000";
  static std::vector<char*> words(*argv, *argv + *argc);
  words.push_back(most.data());
  words.push_back(nullptr);
  *argv = words.data();
  ++*argc;
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::filesystem::path kPath =
      std::filesystem::temp_directory_path() / ("assay_fuzz_" + std::to_string(getpid()));
  std::ofstream(kPath, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  const auto rows = assay::engine::ReadArrowIpc(kPath);
  std::filesystem::remove(kPath);  // it is open
  if (!rows.ok()) {
    RequireShowable(rows.error());
    return 0;
  }
  ArrowArrayStream& stream = (*rows)->stream();
  nanoarrow::UniqueSchema schema;
  Require(stream.get_schema(&stream, schema.get()) == 0);
  while (true) {
    ArrowArray batch{};
    if (stream.get_next(&stream, &batch) != 0) {
      Require((*rows)->error().has_value());
      RequireShowable(*(*rows)->error());
      break;
    }
    if (batch.release == nullptr) break;
    static volatile std::size_t seen = 0;  // so that nothing is left out
    seen = seen + ReadAll(*schema.get(), batch);
    batch.release(&batch);
  }
  return 0;
}
