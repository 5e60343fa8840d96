#include "source/unpacked_file.h"

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <fstream>
#include <utility>
#include <vector>

#include "base/letter_case.h"
#include "contract/utf8.h"

namespace assay::source {
namespace {

constexpr std::size_t kPackedBlock = 256 * 1024;

// A file's own bytes.
class PlainFile : public UnpackedFile {
 public:
  explicit PlainFile(const SourceFile& file)
      : location_(file.location), stream_(file.object, std::ios::binary) {}

  bool is_open() const { return stream_.is_open(); }

  Result<std::size_t> Read(char* data, std::size_t size) override {
    stream_.read(data, static_cast<std::streamsize>(size));
    if (stream_.bad()) return Error{ErrorCode::kIo, "cannot read file: " + location_, ""};
    return static_cast<std::size_t>(stream_.gcount());
  }

 private:
  std::string location_;
  std::ifstream stream_;
};

// What both packings have in common: a block of packed bytes, and how their mistakes are told.
class PackedFile : public UnpackedFile {
 public:
  PackedFile(const SourceFile& file, Packing packing)
      : file_(file), packing_(packing), block_(kPackedBlock, '\0') {}

 protected:
  // Reads the next packed bytes; an empty view at the file's end.
  Result<std::string_view> NextBlock() {
    TRY_ASSIGN(const std::size_t size, file_.Read(block_.data(), block_.size()));
    read_some_ = read_some_ || size > 0;
    return std::string_view(block_).substr(0, size);
  }
  Error CutShort() const {
    return read_some_ ? CannotUnpack("is cut short") : CannotUnpack("is empty");
  }
  Error CannotUnpack(const std::string& what) const {
    return {ErrorCode::kData,
            file_location() + " cannot be unpacked with " + PackingName(packing_) + ": it " + what,
            "copy or write the file again, or take it away"};
  }
  bool is_open() const { return file_.is_open(); }

 private:
  friend class assay::source::UnpackedFile;
  virtual std::string file_location() const = 0;

  PlainFile file_;
  Packing packing_;
  std::string block_;
  bool read_some_ = false;
};

class GzipFile : public PackedFile {
 public:
  explicit GzipFile(const SourceFile& file)
      : PackedFile(file, Packing::kGzip), location_(file.location) {
    constexpr int kGzipAlone = 16 + MAX_WBITS;
    ready_ = inflateInit2(&state_, kGzipAlone) == Z_OK;
  }
  ~GzipFile() override {
    if (ready_) inflateEnd(&state_);
  }

  Result<std::size_t> Read(char* data, std::size_t size) override {
    if (!ready_) return Error{ErrorCode::kIo, "no memory to unpack " + location_, ""};
    state_.next_out = reinterpret_cast<Bytef*>(data);
    state_.avail_out = static_cast<uInt>(std::min(size, std::size_t{1} << 30));
    const uInt wanted = state_.avail_out;
    while (state_.avail_out == wanted) {
      if (state_.avail_in == 0) {
        TRY_ASSIGN(const std::string_view block, NextBlock());
        if (block.empty()) {
          if (!is_between_) return CutShort();
          return std::size_t{0};
        }
        state_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(block.data()));
        state_.avail_in = static_cast<uInt>(block.size());
      }
      TRY(Inflate());
    }
    return static_cast<std::size_t>(wanted - state_.avail_out);
  }

 private:
  std::string file_location() const override { return location_; }

  // Several packed parts one after the other are one text.
  Status Inflate() {
    if (is_between_ && has_part_) inflateReset(&state_);
    is_between_ = false;
    const int status = inflate(&state_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      is_between_ = has_part_ = true;
      return {};
    }
    if (status == Z_OK || status == Z_BUF_ERROR) return {};
    if (status == Z_MEM_ERROR) {
      return Error{ErrorCode::kIo, "no memory to unpack " + location_, ""};
    }
    const std::string reason = state_.msg == nullptr ? "" : state_.msg;
    if (reason == "incorrect header check") {
      return CannotUnpack(has_part_ ? "has other bytes behind its end" : "is not packed with it");
    }
    return CannotUnpack("is damaged" + (reason.empty() ? "" : " (" + reason + ")"));
  }

  std::string location_;
  z_stream state_{};
  bool ready_ = false;
  bool is_between_ = false;  // at the end of a part
  bool has_part_ = false;    // one was read to its end
};

struct FreeZstd {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

class ZstdFile : public PackedFile {
 public:
  explicit ZstdFile(const SourceFile& file)
      : PackedFile(file, Packing::kZstd), location_(file.location), state_(ZSTD_createDStream()) {}

  Result<std::size_t> Read(char* data, std::size_t size) override {
    if (state_ == nullptr) return Error{ErrorCode::kIo, "no memory to unpack " + location_, ""};
    ZSTD_outBuffer output{data, size, 0};
    while (output.pos == 0) {
      if (input_.pos == input_.size && !may_have_more_) {
        TRY_ASSIGN(const std::string_view block, NextBlock());
        if (block.empty()) {
          if (is_within_) return CutShort();
          return std::size_t{0};
        }
        input_ = {block.data(), block.size(), 0};
      }
      const std::size_t left = ZSTD_decompressStream(state_.get(), &output, &input_);
      if (ZSTD_isError(left) != 0) return Reason(left);
      // What did not fit into the output waits within the state.
      may_have_more_ = output.pos == output.size && left != 0;
      is_within_ = left != 0;
      has_part_ = has_part_ || left == 0;
    }
    return output.pos;
  }

 private:
  std::string file_location() const override { return location_; }

  Error Reason(std::size_t status) const {
    switch (ZSTD_getErrorCode(status)) {
      case ZSTD_error_prefix_unknown:
        return CannotUnpack(has_part_ ? "has other bytes behind its end" : "is not packed with it");
      case ZSTD_error_memory_allocation:
        return {ErrorCode::kIo, "no memory to unpack " + location_, ""};
      case ZSTD_error_frameParameter_windowTooLarge:
        return CannotUnpack("was packed with a window of over 128 MB (zstd --long)");
      default:
        return CannotUnpack(std::string("is damaged (") + ZSTD_getErrorName(status) + ")");
    }
  }

  std::string location_;
  std::unique_ptr<ZSTD_DStream, FreeZstd> state_;
  ZSTD_inBuffer input_{nullptr, 0, 0};
  bool is_within_ = true;  // a part is not at its end
  bool may_have_more_ = false;
  bool has_part_ = false;
};

}  // namespace

Packing PackingOf(std::string_view location) {
  const std::string lower = Lower(location);
  if (lower.ends_with(".gz")) return Packing::kGzip;
  return lower.ends_with(".zst") ? Packing::kZstd : Packing::kNone;
}

const char* PackingName(Packing packing) {
  switch (packing) {
    case Packing::kGzip:
      return "gzip";
    case Packing::kZstd:
      return "zstd";
    case Packing::kNone:
      break;
  }
  return "none";
}

std::vector<std::string> WithPacked(const std::vector<std::string>& suffixes) {
  std::vector<std::string> all;
  for (const std::string& suffix : suffixes) {
    for (const char* packed : {"", ".gz", ".zst"}) all.push_back(suffix + packed);
  }
  return all;
}

Result<std::unique_ptr<UnpackedFile>> UnpackedFile::Open(const SourceFile& file) {
  const Packing packing = PackingOf(file.location);
  const Error cannot{ErrorCode::kIo, "cannot read file: " + file.location, ""};
  if (packing == Packing::kNone) {
    auto plain = std::make_unique<PlainFile>(file);
    if (!plain->is_open()) return cannot;
    return std::unique_ptr<UnpackedFile>(std::move(plain));
  }
  std::unique_ptr<PackedFile> packed;
  if (packing == Packing::kGzip) packed = std::make_unique<GzipFile>(file);
  if (packing == Packing::kZstd) packed = std::make_unique<ZstdFile>(file);
  if (!packed->is_open()) return cannot;
  return std::unique_ptr<UnpackedFile>(std::move(packed));
}

Status CheckUnpacks(const SourceFile& file) {
  if (PackingOf(file.location) == Packing::kNone) return {};
  TRY_ASSIGN(const auto unpacked, UnpackedFile::Open(file));
  std::vector<char> block(1 << 20);
  for (;;) {
    TRY_ASSIGN(const std::size_t size, unpacked->Read(block.data(), block.size()));
    if (size == 0) return {};
  }
}

Result<bool> ReadWhole(const SourceFile& file, std::size_t most, std::string& text) {
  constexpr std::size_t kStep = 1 << 20;
  TRY_ASSIGN(const auto unpacked, UnpackedFile::Open(file));
  text.clear();
  for (std::size_t step = 64 * 1024; text.size() <= most; step = std::min(2 * step, kStep)) {
    const std::size_t before = text.size();
    text.resize(before + step);
    TRY_ASSIGN(const std::size_t size, unpacked->Read(text.data() + before, step));
    text.resize(before + size);
    if (size > 0) continue;
    if (contract::WithoutByteOrderMark(text).size() != text.size()) text.erase(0, 3);
    return true;
  }
  return false;
}

}  // namespace assay::source
