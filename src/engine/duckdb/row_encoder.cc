#include "engine/duckdb/row_encoder.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/row.h"
#include "engine/duckdb/duck.h"
#include "engine/duckdb/logical_type.h"

namespace assay::engine {
namespace {

Int128 Wide(const duckdb_hugeint& value) {
  return static_cast<Int128>((static_cast<Uint128>(static_cast<std::uint64_t>(value.upper)) << 64) |
                             value.lower);
}

std::string_view Bytes(const duckdb_string_t& text) {
  // The C API's accessors want a non-const pointer but only read.
  auto* pointer = const_cast<duckdb_string_t*>(&text);
  return {duckdb_string_t_data(pointer), duckdb_string_t_length(text)};
}

template <typename T>
T At(const void* data, idx_t row) {
  return static_cast<const T*>(data)[row];
}

Int128 Unscaled(const void* data, int precision, idx_t row) {
  if (precision <= 4) return At<std::int16_t>(data, row);
  if (precision <= 9) return At<std::int32_t>(data, row);
  if (precision <= 18) return At<std::int64_t>(data, row);
  return Wide(At<duckdb_hugeint>(data, row));
}

// Bytes behind the tag, of text and bytes without the characters; 0 for what is not plain.
std::size_t BytesOfPlain(TypeKind kind) {
  switch (kind) {
    case TypeKind::kBool:
      return 1;
    case TypeKind::kFloat32:
    case TypeKind::kString:
    case TypeKind::kBytes:
      return 4;
    case TypeKind::kInt128:
    case TypeKind::kDecimal:
    case TypeKind::kList:
    case TypeKind::kStruct:
    case TypeKind::kMap:
      return 0;
    default:
      return 8;
  }
}

}  // namespace

ColumnReader::ColumnReader(duckdb_vector vector, const Type& type)
    : kind_(type.kind),
      precision_(type.precision),
      scale_(static_cast<std::uint8_t>(type.scale)),
      data_(duckdb_vector_get_data(vector)),
      validity_(duckdb_vector_get_validity(vector)) {
  if (kind_ == TypeKind::kList) {
    children_.emplace_back(duckdb_list_vector_get_child(vector), type.children[0].type);
  } else if (kind_ == TypeKind::kMap) {
    duckdb_vector entries = duckdb_list_vector_get_child(vector);
    children_.emplace_back(duckdb_struct_vector_get_child(entries, 0), type.children[0].type);
    children_.emplace_back(duckdb_struct_vector_get_child(entries, 1), type.children[1].type);
  } else if (kind_ == TypeKind::kStruct) {
    for (idx_t i = 0; i < type.children.size(); ++i) {
      children_.emplace_back(duckdb_struct_vector_get_child(vector, i), type.children[i].type);
    }
  }
}

void ColumnReader::Append(std::string& out, idx_t row) const {
  if (!IsValid(row)) {
    row::AppendNull(out);
    return;
  }
  row::AppendPresent(out);
  AppendValue(out, row);
}

void ColumnReader::AppendValue(std::string& out, idx_t row) const {
  switch (kind_) {
    case TypeKind::kInt8:
      return row::AppendInt(out, At<std::int8_t>(data_, row));
    case TypeKind::kInt16:
      return row::AppendInt(out, At<std::int16_t>(data_, row));
    case TypeKind::kInt32:
    case TypeKind::kDate:
      return row::AppendInt(out, At<std::int32_t>(data_, row));
    case TypeKind::kInt64:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampUtc:
      return row::AppendInt(out, At<std::int64_t>(data_, row));
    case TypeKind::kUint8:
      return row::AppendUint(out, At<std::uint8_t>(data_, row));
    case TypeKind::kUint16:
      return row::AppendUint(out, At<std::uint16_t>(data_, row));
    case TypeKind::kUint32:
      return row::AppendUint(out, At<std::uint32_t>(data_, row));
    case TypeKind::kUint64:
      return row::AppendUint(out, At<std::uint64_t>(data_, row));
    case TypeKind::kInt128:
      return row::AppendInt128(out, Wide(At<duckdb_hugeint>(data_, row)));
    case TypeKind::kFloat32:
      return row::AppendFloat32(out, At<float>(data_, row));
    case TypeKind::kFloat64:
      return row::AppendFloat64(out, At<double>(data_, row));
    case TypeKind::kDecimal:
      return row::AppendDecimal(out, Unscaled(data_, precision_, row), scale_);
    case TypeKind::kString:
    case TypeKind::kBytes: {
      const auto* text = static_cast<const duckdb_string_t*>(data_) + row;
      return row::AppendBytes(out, Bytes(*text));
    }
    case TypeKind::kBool:
      return row::AppendBool(out, At<std::uint8_t>(data_, row) != 0);
    case TypeKind::kMap:
      return AppendMap(out, row);
    case TypeKind::kList: {
      const auto entry = At<duckdb_list_entry>(data_, row);
      row::AppendCount(out, static_cast<std::uint32_t>(entry.length));
      for (idx_t i = 0; i < entry.length; ++i) children_[0].Append(out, entry.offset + i);
      return;
    }
    case TypeKind::kStruct:
      for (const ColumnReader& child : children_) child.Append(out, row);
      return;
  }
}

void ColumnReader::AppendMap(std::string& out, idx_t row) const {
  const auto entry = At<duckdb_list_entry>(data_, row);
  std::vector<std::pair<std::string, std::string>> entries(entry.length);
  for (idx_t i = 0; i < entry.length; ++i) {
    children_[0].Append(entries[i].first, entry.offset + i);
    children_[1].Append(entries[i].second, entry.offset + i);
  }
  std::sort(entries.begin(), entries.end());
  row::AppendCount(out, static_cast<std::uint32_t>(entry.length));
  for (const auto& [key, value] : entries) {
    out += key;
    out += value;
  }
}

bool ColumnReader::IsPlain() const { return BytesOfPlain(kind_) > 0; }

void ColumnReader::AddSizes(idx_t first, idx_t count, std::size_t* sizes) const {
  const std::size_t fixed = BytesOfPlain(kind_);
  const bool is_text = kind_ == TypeKind::kString || kind_ == TypeKind::kBytes;
  const auto* texts = static_cast<const duckdb_string_t*>(data_) + first;
  for (idx_t i = 0; i < count; ++i) {
    const bool valid = IsValid(first + i);
    sizes[i] += valid ? 1 + fixed : 1;
    if (valid && is_text) sizes[i] += duckdb_string_t_length(texts[i]);
  }
}

template <typename Stored, typename Written>
void ColumnReader::WriteNumbers(idx_t first, idx_t count, char** places) const {
  const Stored* values = static_cast<const Stored*>(data_) + first;
  for (idx_t i = 0; i < count; ++i) {
    const bool valid = IsValid(first + i);
    char* place = places[i];
    *place++ = valid ? '\1' : '\0';
    if (valid) {
      const Written value = static_cast<Written>(values[i]);
      std::memcpy(place, &value, sizeof value);
      place += sizeof value;
    }
    places[i] = place;
  }
}

void ColumnReader::Write(idx_t first, idx_t count, char** places) const {
  switch (kind_) {
    case TypeKind::kInt8:
      return WriteNumbers<std::int8_t, std::int64_t>(first, count, places);
    case TypeKind::kInt16:
      return WriteNumbers<std::int16_t, std::int64_t>(first, count, places);
    case TypeKind::kInt32:
    case TypeKind::kDate:
      return WriteNumbers<std::int32_t, std::int64_t>(first, count, places);
    case TypeKind::kInt64:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampUtc:
      return WriteNumbers<std::int64_t, std::int64_t>(first, count, places);
    case TypeKind::kUint8:
      return WriteNumbers<std::uint8_t, std::uint64_t>(first, count, places);
    case TypeKind::kUint16:
      return WriteNumbers<std::uint16_t, std::uint64_t>(first, count, places);
    case TypeKind::kUint32:
      return WriteNumbers<std::uint32_t, std::uint64_t>(first, count, places);
    case TypeKind::kUint64:
      return WriteNumbers<std::uint64_t, std::uint64_t>(first, count, places);
    default: {
      // What is more than a copy of a number is said in one place only.
      std::string one;
      for (idx_t i = 0; i < count; ++i) {
        one.clear();
        Append(one, first + i);
        std::memcpy(places[i], one.data(), one.size());
        places[i] += one.size();
      }
    }
  }
}

std::vector<ColumnReader> ReadersOf(duckdb_data_chunk chunk, idx_t first_column) {
  std::vector<ColumnReader> readers;
  for (idx_t i = first_column; i < duckdb_data_chunk_get_column_count(chunk); ++i) {
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, i);
    const LogicalType logical(duckdb_vector_get_column_type(vector));
    const auto type = FromLogicalType(logical.get());
    if (!type) return {};
    readers.emplace_back(vector, *type);
  }
  return readers;
}

void ChunkEncoder::Encode(duckdb_data_chunk chunk) {
  const auto readers = ReadersOf(chunk);
  const idx_t size = duckdb_data_chunk_get_size(chunk);
  ends_.resize(size);
  const bool plain = std::all_of(readers.begin(), readers.end(),
                                 [](const ColumnReader& reader) { return reader.IsPlain(); });
  if (plain) {
    EncodeByColumn(readers, size);
  } else {
    EncodeByRow(readers, size);
  }
}

// Column by column: a wide row costs a few instructions for a value instead of calls. In blocks of
// rows, whose bytes stay in the fastest memory meanwhile.
void ChunkEncoder::EncodeByColumn(const std::vector<ColumnReader>& readers, idx_t size) {
  constexpr idx_t kBlock = 64;
  std::size_t begin = 0;
  for (idx_t first = 0; first < size; first += kBlock) {
    const idx_t count = std::min(kBlock, size - first);
    std::array<std::size_t, kBlock> sizes{};
    for (const ColumnReader& reader : readers) reader.AddSizes(first, count, sizes.data());
    std::size_t end = begin;
    for (idx_t i = 0; i < count; ++i) ends_[first + i] = end += sizes[i];
    if (bytes_.size() < end) bytes_.resize(end);
    std::array<char*, kBlock> places{};
    for (idx_t i = 0; i < count; ++i) {
      places[i] = bytes_.data() + begin;
      begin = ends_[first + i];
    }
    for (const ColumnReader& reader : readers) reader.Write(first, count, places.data());
  }
}

void ChunkEncoder::EncodeByRow(const std::vector<ColumnReader>& readers, idx_t size) {
  bytes_.clear();
  for (idx_t row = 0; row < size; ++row) {
    for (const ColumnReader& reader : readers) reader.Append(bytes_, row);
    ends_[row] = bytes_.size();
  }
}

}  // namespace assay::engine
