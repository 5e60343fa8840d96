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

// Read from the public layout: a call into the library for each costs more than copying a word.
std::size_t BytesOf(const duckdb_string_t& text) { return text.value.inlined.length; }

std::string_view Bytes(const duckdb_string_t& text) {
  const std::size_t length = BytesOf(text);
  const bool inlined = length <= sizeof text.value.inlined.inlined;
  return {inlined ? text.value.inlined.inlined : text.value.pointer.ptr, length};
}

// A copy that costs no call where it is short, by two copies that may overlap.
void Copy(char* to, std::string_view from) {
  const std::size_t size = from.size();
  const char* bytes = from.data();
  if (size > 16) {
    std::memcpy(to, bytes, size);
  } else if (size >= 8) {
    std::memcpy(to, bytes, 8);
    std::memcpy(to + size - 8, bytes + size - 8, 8);
  } else if (size >= 4) {
    std::memcpy(to, bytes, 4);
    std::memcpy(to + size - 4, bytes + size - 4, 4);
  } else if (size > 0) {
    to[0] = bytes[0];
    to[size / 2] = bytes[size / 2];
    to[size - 1] = bytes[size - 1];
  }
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
      return 16;
    case TypeKind::kDecimal:
      return 17;  // the scale stands behind the number
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

std::size_t ColumnReader::FixedSize() const {
  return validity_ == nullptr && !IsText() ? 1 + BytesOfPlain(kind_) : 0;
}

void ColumnReader::AddSizes(idx_t first, idx_t count, std::size_t* sizes) const {
  const std::size_t fixed = BytesOfPlain(kind_);
  if (!IsText()) {
    for (idx_t i = 0; i < count; ++i) sizes[i] += IsValid(first + i) ? 1 + fixed : 1;
    return;
  }
  const auto* texts = static_cast<const duckdb_string_t*>(data_) + first;
  for (idx_t i = 0; i < count; ++i) {
    sizes[i] += IsValid(first + i) ? 1 + fixed + BytesOf(texts[i]) : 1;
  }
}

template <typename Stored, typename BytesOf>
void ColumnReader::WriteEach(idx_t first, idx_t count, char** places,
                             const BytesOf& bytes_of) const {
  const Stored* values = static_cast<const Stored*>(data_) + first;
  for (idx_t i = 0; i < count; ++i) {
    const bool valid = IsValid(first + i);
    char* place = places[i];
    *place++ = valid ? '\1' : '\0';
    if (valid) {
      const auto bytes = bytes_of(values[i]);
      std::memcpy(place, &bytes, sizeof bytes);
      place += sizeof bytes;
    }
    places[i] = place;
  }
}

template <typename Stored, typename Written>
void ColumnReader::WriteNumbers(idx_t first, idx_t count, char** places) const {
  WriteEach<Stored>(first, count, places,
                    [](Stored value) -> Written { return static_cast<Written>(value); });
}

void ColumnReader::WriteTexts(idx_t first, idx_t count, char** places) const {
  const auto* texts = static_cast<const duckdb_string_t*>(data_) + first;
  for (idx_t i = 0; i < count; ++i) {
    const bool valid = IsValid(first + i);
    char* place = places[i];
    *place++ = valid ? '\1' : '\0';
    if (valid) {
      const std::string_view text = Bytes(texts[i]);
      const auto size = static_cast<std::uint32_t>(text.size());
      std::memcpy(place, &size, sizeof size);
      Copy(place + sizeof size, text);
      place += sizeof size + text.size();
    }
    places[i] = place;
  }
}

void ColumnReader::WriteDecimals(idx_t first, idx_t count, char** places) const {
  for (idx_t i = 0; i < count; ++i) {
    const bool valid = IsValid(first + i);
    char* place = places[i];
    *place++ = valid ? '\1' : '\0';
    if (valid) {
      const Int128 unscaled = Unscaled(data_, precision_, first + i);
      std::memcpy(place, &unscaled, sizeof unscaled);
      place[sizeof unscaled] = static_cast<char>(scale_);
      place += sizeof unscaled + 1;
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
    case TypeKind::kInt128:
      return WriteEach<duckdb_hugeint>(first, count, places, Wide);
    case TypeKind::kFloat32:
      return WriteEach<float>(first, count, places, row::BitsOfFloat32);
    case TypeKind::kFloat64:
      return WriteEach<double>(first, count, places, row::BitsOfFloat64);
    case TypeKind::kBool:
      return WriteEach<std::uint8_t>(first, count, places, [](std::uint8_t value) -> char {
        return value != 0 ? '\1' : '\0';
      });
    case TypeKind::kDecimal:
      return WriteDecimals(first, count, places);
    case TypeKind::kString:
    case TypeKind::kBytes:
      return WriteTexts(first, count, places);
    case TypeKind::kList:
    case TypeKind::kStruct:
    case TypeKind::kMap:
      return;  // not plain
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
  std::size_t begin = 0;
  for (idx_t first = 0; first < size; first += kBlock) {
    const idx_t count = std::min(kBlock, size - first);
    EncodeBlock(readers, first, count, begin, ends_.data() + first);
    begin = ends_[first + count - 1];
  }
}

void ChunkEncoder::EncodeBlock(const std::vector<ColumnReader>& readers, idx_t first, idx_t count,
                               std::size_t begin, std::size_t* ends) {
  const bool plain = std::all_of(readers.begin(), readers.end(),
                                 [](const ColumnReader& reader) { return reader.IsPlain(); });
  if (plain) {
    WriteByColumn(readers, first, count, begin, ends);
    return;
  }
  bytes_.resize(begin);
  for (idx_t i = 0; i < count; ++i) {
    for (const ColumnReader& reader : readers) reader.Append(bytes_, first + i);
    ends[i] = bytes_.size();
  }
}

// Column by column: a value costs a few instructions instead of calls.
void ChunkEncoder::WriteByColumn(const std::vector<ColumnReader>& readers, idx_t first, idx_t count,
                                 std::size_t begin, std::size_t* ends) {
  std::size_t fixed = 0;
  for (const ColumnReader& reader : readers) fixed += reader.FixedSize();
  std::array<std::size_t, kBlock> sizes{};
  sizes.fill(fixed);
  for (const ColumnReader& reader : readers) {
    if (reader.FixedSize() == 0) reader.AddSizes(first, count, sizes.data());
  }
  std::size_t end = begin;
  for (idx_t i = 0; i < count; ++i) ends[i] = end += sizes[i];
  if (bytes_.size() < end) bytes_.resize(end);
  std::array<char*, kBlock> places{};
  for (idx_t i = 0; i < count; ++i) {
    places[i] = bytes_.data() + begin;
    begin = ends[i];
  }
  for (const ColumnReader& reader : readers) reader.Write(first, count, places.data());
}

}  // namespace assay::engine
