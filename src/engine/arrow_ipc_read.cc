#include <nanoarrow/ipc/flatcc_generated.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <map>
#include <nanoarrow/nanoarrow_ipc.hpp>
#include <string>
#include <utility>
#include <vector>

#include "contract/utf8.h"
#include "engine/arrow_check.h"
#include "engine/arrow_ipc.h"

namespace assay::engine {
namespace {

constexpr std::string_view kFileMagic = "ARROW1";
constexpr std::int64_t kHeadBytes = 8;      // of a file: the magic, padded
constexpr std::int64_t kTailBytes = 4 + 6;  // of a file: the footer's size, the magic

Error BadBytes(std::string reason, std::string hint) {
  return {ErrorCode::kData, std::move(reason), std::move(hint)};
}

Error NoArrow(const std::string& reason) {
  return BadBytes("it is no Arrow IPC that can be read: " + reason,
                  "write it with a library's own writer, such as pyarrow.ipc.new_file");
}

Error NoMemory() {
  return BadBytes("it asks for more memory than there is", "write smaller batches");
}

Error BrokenOff() {
  return BadBytes("it breaks off before its end", "close the writer before the program ends");
}

// What of a file is read: all of a stream, or of a file what stands before its footer.
class IpcBytes {
 public:
  explicit IpcBytes(std::filesystem::path path) : path_(std::move(path)) {}
  ~IpcBytes() {
    if (file_ != nullptr) std::fclose(file_);
  }
  IpcBytes(const IpcBytes&) = delete;
  IpcBytes& operator=(const IpcBytes&) = delete;

  Status Open() {
    file_ = std::fopen(path_.c_str(), "rbe");
    struct stat found {};
    if (file_ == nullptr || ::fstat(::fileno(file_), &found) != 0) return SystemMistake();
    end_ = found.st_size;
    if (end_ == 0) return BadBytes("it is empty", "write at least the columns");
    std::uint8_t head[kHeadBytes] = {};
    const auto some = static_cast<std::size_t>(Read(head, kHeadBytes));
    const std::string_view first(reinterpret_cast<const char*>(head), some);
    if (first.starts_with("PAR1")) return BadBytes("it is a Parquet file", "write Arrow IPC");
    if (first.starts_with("FEA1")) {
      return BadBytes("it is a Feather file of version 1", "write version 2, which is Arrow IPC");
    }
    is_file_ = first.starts_with(kFileMagic);
    if (is_file_) TRY(FindFooter());
    return Seek(start());
  }

  bool is_file() const { return is_file_; }
  std::int64_t start() const { return is_file_ ? kHeadBytes : 0; }
  std::int64_t left() const { return end_ - at_; }

  Status Seek(std::int64_t offset) {
    if (::fseeko(file_, offset, SEEK_SET) != 0) return SystemMistake();
    at_ = offset;
    return {};
  }

  // The number of bytes that were read; fewer only at the end.
  std::int64_t Read(void* to, std::int64_t size) {
    size = std::min(size, left());
    if (size <= 0) return 0;
    const std::size_t got = std::fread(to, 1, static_cast<std::size_t>(size), file_);
    at_ += static_cast<std::int64_t>(got);
    return static_cast<std::int64_t>(got);
  }

 private:
  Status FindFooter() {
    char tail[kTailBytes] = {};
    if (end_ < kHeadBytes + kTailBytes) return BrokenOff();
    TRY(Seek(end_ - kTailBytes));
    Read(tail, kTailBytes);
    std::int32_t footer = 0;
    std::memcpy(&footer, tail, sizeof footer);
    const bool has_magic = std::string_view(tail + sizeof footer, kFileMagic.size()) == kFileMagic;
    if (!has_magic || footer < 0 || footer > end_ - kTailBytes - kHeadBytes) return BrokenOff();
    end_ -= kTailBytes + footer;
    return {};
  }

  Error SystemMistake() const {
    return {ErrorCode::kIo,
            "cannot read (" + std::string(std::strerror(errno)) + "): " + path_.string(), ""};
  }

  const std::filesystem::path path_;
  std::FILE* file_ = nullptr;
  std::int64_t at_ = 0, end_ = 0;
  bool is_file_ = false;
};

// ---- messages ----

// A message without its body: the prefix and the header, aligned as the library wants it.
struct MessageHead {
  std::vector<std::uint64_t> words;
  std::int64_t size = 0, body = 0;
  std::uint8_t type = 0;                   // one of org_apache_arrow_flatbuf_MessageHeader_
  flatbuffers_generic_t header = nullptr;  // in `words`

  std::uint8_t* bytes() { return reinterpret_cast<std::uint8_t*>(words.data()); }
};

// Reads the next head; its size is 0 at the end, which a stream marks. The library asks for memory
// before it looks whether there are as many bytes: nothing reaches it that is longer than the file.
Status ReadHead(IpcBytes& bytes, ArrowIpcDecoder* decoder, MessageHead& head) {
  head.size = 0;
  if (bytes.left() == 0 && bytes.is_file()) return {};
  std::int32_t prefix[2] = {};
  if (bytes.Read(prefix, sizeof prefix) != sizeof prefix) return BrokenOff();
  if (prefix[0] != -1 || prefix[1] < 0) return NoArrow("no message is where one has to be");
  if (prefix[1] == 0) {
    if (bytes.left() == 0) return {};
    return BadBytes("it has bytes behind its end", "write one table, once");
  }
  if (prefix[1] > bytes.left()) return BrokenOff();
  head.size = static_cast<std::int64_t>(sizeof prefix) + prefix[1];
  head.words.assign(static_cast<std::size_t>(head.size + 7) / 8, 0);
  std::memcpy(head.bytes(), prefix, sizeof prefix);
  bytes.Read(head.bytes() + sizeof prefix, prefix[1]);
  ArrowError said{};
  const ArrowBufferView view{{head.bytes()}, head.size};
  if (ArrowIpcDecoderVerifyHeader(decoder, view, &said) != NANOARROW_OK) {
    return NoArrow(said.message);
  }
  const auto message = org_apache_arrow_flatbuf_Message_as_root(head.bytes() + sizeof prefix);
  head.type = org_apache_arrow_flatbuf_Message_header_type(message);
  head.header = org_apache_arrow_flatbuf_Message_header(message);
  head.body = org_apache_arrow_flatbuf_Message_bodyLength(message);
  if (head.header == nullptr) return NoArrow("a message is empty");
  if (head.body < 0 || head.body > bytes.left()) return BrokenOff();
  return {};
}

const char* UnreadType(org_apache_arrow_flatbuf_Field_table_t field) {
  switch (org_apache_arrow_flatbuf_Field_type_type(field)) {
    case org_apache_arrow_flatbuf_Type_Utf8View:
      return "string_view";
    case org_apache_arrow_flatbuf_Type_BinaryView:
      return "binary_view";
    case org_apache_arrow_flatbuf_Type_ListView:
      return "list_view";
    case org_apache_arrow_flatbuf_Type_LargeListView:
      return "large_list_view";
    case org_apache_arrow_flatbuf_Type_RunEndEncoded:
      return "run_end_encoded";
    default:
      break;
  }
  const auto children = org_apache_arrow_flatbuf_Field_children(field);
  for (std::size_t i = 0; i < org_apache_arrow_flatbuf_Field_vec_len(children); ++i) {
    const char* type = UnreadType(org_apache_arrow_flatbuf_Field_vec_at(children, i));
    if (type != nullptr) return type;
  }
  return nullptr;
}

bool IsWhole(org_apache_arrow_flatbuf_KeyValue_vec_t pairs) {
  for (std::size_t i = 0; i < org_apache_arrow_flatbuf_KeyValue_vec_len(pairs); ++i) {
    const auto pair = org_apache_arrow_flatbuf_KeyValue_vec_at(pairs, i);
    if (org_apache_arrow_flatbuf_KeyValue_key(pair) == nullptr ||
        org_apache_arrow_flatbuf_KeyValue_value(pair) == nullptr) {
      return false;
    }
  }
  return true;
}

// What the library takes for granted.
bool IsWhole(org_apache_arrow_flatbuf_Field_table_t field) {
  const auto children = org_apache_arrow_flatbuf_Field_children(field);
  for (std::size_t i = 0; i < org_apache_arrow_flatbuf_Field_vec_len(children); ++i) {
    if (!IsWhole(org_apache_arrow_flatbuf_Field_vec_at(children, i))) return false;
  }
  return IsWhole(org_apache_arrow_flatbuf_Field_custom_metadata(field));
}

// What a column of a batch is made of.
struct Parts {
  std::size_t nodes = 0, buffers = 0;
};

std::size_t NumBuffers(org_apache_arrow_flatbuf_Type_union_type_t type) {
  switch (type) {
    case org_apache_arrow_flatbuf_Type_Null:
      return 0;
    case org_apache_arrow_flatbuf_Type_Struct_:
    case org_apache_arrow_flatbuf_Type_FixedSizeList:
      return 1;
    case org_apache_arrow_flatbuf_Type_Utf8:
    case org_apache_arrow_flatbuf_Type_LargeUtf8:
    case org_apache_arrow_flatbuf_Type_Binary:
    case org_apache_arrow_flatbuf_Type_LargeBinary:
      return 3;
    default:
      return 2;
  }
}

void AddParts(org_apache_arrow_flatbuf_Field_table_t field, bool as_value, Parts& parts) {
  ++parts.nodes;
  if (!as_value && org_apache_arrow_flatbuf_Field_dictionary(field) != nullptr) {
    parts.buffers += 2;  // numbers of values, which come in batches of their own
    return;
  }
  parts.buffers += NumBuffers(org_apache_arrow_flatbuf_Field_type_type(field));
  const auto children = org_apache_arrow_flatbuf_Field_children(field);
  for (std::size_t i = 0; i < org_apache_arrow_flatbuf_Field_vec_len(children); ++i) {
    AddParts(org_apache_arrow_flatbuf_Field_vec_at(children, i), false, parts);
  }
}

// Of the values of each dictionary, by its number; the library looks at those of rows itself.
using DictionaryParts = std::map<std::int64_t, Parts>;

void FindDictionaries(org_apache_arrow_flatbuf_Field_vec_t fields, DictionaryParts& found) {
  for (std::size_t i = 0; i < org_apache_arrow_flatbuf_Field_vec_len(fields); ++i) {
    const auto field = org_apache_arrow_flatbuf_Field_vec_at(fields, i);
    const auto dictionary = org_apache_arrow_flatbuf_Field_dictionary(field);
    if (dictionary != nullptr) {
      Parts parts;
      AddParts(field, true, parts);
      Parts& most = found[org_apache_arrow_flatbuf_DictionaryEncoding_id(dictionary)];
      most = {std::max(most.nodes, parts.nodes), std::max(most.buffers, parts.buffers)};
    }
    FindDictionaries(org_apache_arrow_flatbuf_Field_children(field), found);
  }
}

// The library multiplies lengths by widths.
constexpr std::int64_t kMostInBatch = std::numeric_limits<std::int32_t>::max();

// Places within the body, and lengths that are some; the library adds them up as they come.
Status CheckBatch(org_apache_arrow_flatbuf_RecordBatch_table_t batch, std::int64_t body) {
  const auto nodes = org_apache_arrow_flatbuf_RecordBatch_nodes(batch);
  for (std::size_t i = 0; i < org_apache_arrow_flatbuf_FieldNode_vec_len(nodes); ++i) {
    const auto node = org_apache_arrow_flatbuf_FieldNode_vec_at(nodes, i);
    const std::int64_t length = org_apache_arrow_flatbuf_FieldNode_length(node);
    if (length < 0 || length > kMostInBatch) return NoArrow("a column has no possible length");
  }
  const auto buffers = org_apache_arrow_flatbuf_RecordBatch_buffers(batch);
  for (std::size_t i = 0; i < org_apache_arrow_flatbuf_Buffer_vec_len(buffers); ++i) {
    const auto buffer = org_apache_arrow_flatbuf_Buffer_vec_at(buffers, i);
    const std::int64_t offset = org_apache_arrow_flatbuf_Buffer_offset(buffer);
    const std::int64_t length = org_apache_arrow_flatbuf_Buffer_length(buffer);
    if (offset < 0 || length < 0 || offset > body || length > body - offset) {
      return NoArrow("a column lies outside of its message");
    }
  }
  const std::int64_t rows = org_apache_arrow_flatbuf_RecordBatch_length(batch);
  if (rows < 0 || rows > kMostInBatch) return NoArrow("a batch has no possible length");
  return {};
}

Status CheckDictionary(const MessageHead& head, const DictionaryParts& dictionaries) {
  const auto batch = static_cast<org_apache_arrow_flatbuf_DictionaryBatch_table_t>(head.header);
  const auto found = dictionaries.find(org_apache_arrow_flatbuf_DictionaryBatch_id(batch));
  const auto values = org_apache_arrow_flatbuf_DictionaryBatch_data(batch);
  if (found == dictionaries.end() || values == nullptr ||
      org_apache_arrow_flatbuf_FieldNode_vec_len(
          org_apache_arrow_flatbuf_RecordBatch_nodes(values)) != found->second.nodes ||
      org_apache_arrow_flatbuf_Buffer_vec_len(
          org_apache_arrow_flatbuf_RecordBatch_buffers(values)) != found->second.buffers) {
    return NoArrow("a dictionary has other parts than its column");
  }
  if (org_apache_arrow_flatbuf_DictionaryBatch_isDelta(batch) != 0) {
    return BadBytes("it has a dictionary that grows from batch to batch",
                    "write whole dictionaries, or the column plain");
  }
  if (org_apache_arrow_flatbuf_RecordBatch_compression(values) != nullptr) {
    // The library would take the packed bytes for values.
    return BadBytes("it is compressed and has columns that are encoded by a dictionary",
                    "write it uncompressed, as in to_feather(…, compression='uncompressed'), or "
                    "the columns plain");
  }
  return CheckBatch(values, head.body);
}

// A schema whose columns the library can read; of the others the first one is named.
Status CheckSchema(const MessageHead& head, DictionaryParts& dictionaries) {
  const auto schema = static_cast<org_apache_arrow_flatbuf_Schema_table_t>(head.header);
  bool whole = IsWhole(org_apache_arrow_flatbuf_Schema_custom_metadata(schema));
  const auto fields = org_apache_arrow_flatbuf_Schema_fields(schema);
  for (std::size_t i = 0; i < org_apache_arrow_flatbuf_Field_vec_len(fields); ++i) {
    const auto field = org_apache_arrow_flatbuf_Field_vec_at(fields, i);
    whole = whole && IsWhole(field);
    const char* type = UnreadType(field);
    if (type == nullptr) continue;
    const char* name = org_apache_arrow_flatbuf_Field_name(field);
    const std::string column = name == nullptr || contract::FindInvalidUtf8(name) ? "" : name;
    return BadBytes("column `" + column + "` is written as " + type + ", which is not read",
                    "cast it to string, binary or list; in polars, "
                    "write_ipc(…, compat_level=polars.CompatLevel.oldest())");
  }
  if (!whole) return NoArrow("a key or a value is missing");
  FindDictionaries(fields, dictionaries);
  return {};
}

// Looks at all messages up to the end, without their bodies.
Status CheckMessages(IpcBytes& bytes) {
  nanoarrow::ipc::UniqueDecoder decoder;
  if (ArrowIpcDecoderInit(decoder.get()) != NANOARROW_OK) return NoMemory();
  MessageHead head;
  DictionaryParts dictionaries;
  std::int64_t at = bytes.start();
  for (bool first = true;; first = false) {
    TRY(ReadHead(bytes, decoder.get(), head));
    if (first) {
      if (head.size == 0 || head.type != org_apache_arrow_flatbuf_MessageHeader_Schema) {
        return NoArrow("it does not begin with the columns");
      }
      TRY(CheckSchema(head, dictionaries));
    } else if (head.size == 0) {
      return bytes.Seek(bytes.start());
    } else if (head.type == org_apache_arrow_flatbuf_MessageHeader_DictionaryBatch) {
      TRY(CheckDictionary(head, dictionaries));
    } else if (head.type == org_apache_arrow_flatbuf_MessageHeader_RecordBatch) {
      TRY(CheckBatch(static_cast<org_apache_arrow_flatbuf_RecordBatch_table_t>(head.header),
                     head.body));
    } else {
      return NoArrow("it has messages of another kind than rows");
    }
    at += head.size + head.body;
    TRY(bytes.Seek(at));
  }
}

// ---- rows ----

class IpcRows : public ArrowIpcRows {
 public:
  explicit IpcRows(const std::filesystem::path& path) : bytes_(path) {
    stream_.get_schema = [](ArrowArrayStream* self, ArrowSchema* out) {
      return ArrowSchemaDeepCopy(Of(self).schema_.get(), out);
    };
    stream_.get_next = [](ArrowArrayStream* self, ArrowArray* out) { return Of(self).Next(out); };
    stream_.get_last_error = [](ArrowArrayStream* self) -> const char* {
      const auto& error = Of(self).error_;
      return error ? error->message.c_str() : nullptr;
    };
    stream_.release = [](ArrowArrayStream* self) { self->release = nullptr; };
    stream_.private_data = this;
  }

  Status Open() {
    TRY(bytes_.Open());
    TRY(CheckMessages(bytes_));
    ArrowIpcInputStream input{};
    input.read = [](ArrowIpcInputStream* self, std::uint8_t* to, std::int64_t size,
                    std::int64_t* got, ArrowError*) {
      *got = static_cast<IpcBytes*>(self->private_data)->Read(to, size);
      return NANOARROW_OK;
    };
    input.release = [](ArrowIpcInputStream* self) { self->release = nullptr; };
    input.private_data = &bytes_;
    if (ArrowIpcArrayStreamReaderInit(batches_.get(), &input, nullptr) != NANOARROW_OK) {
      return NoMemory();
    }
    if (const int code = batches_->get_schema(batches_.get(), schema_.get()); code != 0) {
      return Mistake(code);
    }
    return CheckArrowColumns(*schema_.get());
  }

  ArrowArrayStream& stream() override { return stream_; }
  const std::optional<Error>& error() const override { return error_; }

 private:
  static IpcRows& Of(ArrowArrayStream* self) { return *static_cast<IpcRows*>(self->private_data); }

  // The reader is another library: no exception may reach it.
  int Next(ArrowArray* out) {
    *out = ArrowArray{};
    try {
      if (!error_) {
        Status status = NextChecked(out);
        if (status.ok()) return 0;
        error_ = std::move(status).error();
      }
    } catch (const std::exception&) {
      error_ = NoMemory();
    }
    if (out->release != nullptr) out->release(out);
    return EIO;
  }

  Status NextChecked(ArrowArray* out) {
    if (const int code = batches_->get_next(batches_.get(), out); code != 0) return Mistake(code);
    return out->release == nullptr ? Status() : values_.Check(*out);
  }

  Error Mistake(int code) {
    if (code == ENOMEM) return NoMemory();
    const char* said = batches_->get_last_error(batches_.get());
    return NoArrow(said == nullptr ? "" : said);
  }

  IpcBytes bytes_;
  nanoarrow::UniqueArrayStream batches_;
  nanoarrow::UniqueSchema schema_;
  ArrowValueCheck values_{*schema_.get()};
  ArrowArrayStream stream_{};
  std::optional<Error> error_;
};

}  // namespace

Result<std::unique_ptr<ArrowIpcRows>> ReadArrowIpc(const std::filesystem::path& path) {
  auto rows = std::make_unique<IpcRows>(path);
  TRY(rows->Open());
  return std::unique_ptr<ArrowIpcRows>(std::move(rows));
}

}  // namespace assay::engine
