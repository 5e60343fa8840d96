#include "engine/duckdb/arrow_column.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <utility>

#include "base/hash.h"

namespace assay::engine {
namespace {

constexpr std::size_t kAlignment = 64;

bool IsValid(const std::uint64_t* validity, idx_t row) {
  return validity == nullptr || (validity[row / 64] >> (row % 64) & 1) != 0;
}

// Nulls among `count` rows from `first` on; whole words where they can be.
idx_t CountNulls(const std::uint64_t* validity, idx_t first, idx_t count) {
  if (validity == nullptr) return 0;
  idx_t nulls = 0, row = first;
  const idx_t end = first + count;
  while (row < end) {
    if (row % 64 == 0 && end - row >= 64) {
      nulls += static_cast<idx_t>(std::popcount(~validity[row / 64]));
      row += 64;
    } else {
      nulls += IsValid(validity, row) ? 0 : 1;
      ++row;
    }
  }
  return nulls;
}

void SetBit(std::byte* bits, std::size_t at) {
  bits[at / 8] |= static_cast<std::byte>(1U << (at % 8));
}

void ClearBit(std::byte* bits, std::size_t at) {
  bits[at / 8] &= ~static_cast<std::byte>(1U << (at % 8));
}

std::size_t BytesOfBits(std::size_t bits) { return (bits + 7) / 8; }

// The C API's accessors are calls into another library for each value; the struct is public.
std::uint32_t LengthOf(const duckdb_string_t& text) { return text.value.inlined.length; }

bool IsInlined(const duckdb_string_t& text) {
  return LengthOf(text) <= sizeof text.value.inlined.inlined;
}

// Bytes of a value that both sides keep in the same way; 0 for the others.
std::size_t PlainWidth(TypeKind kind) {
  switch (kind) {
    case TypeKind::kInt8:
    case TypeKind::kUint8:
      return 1;
    case TypeKind::kInt16:
    case TypeKind::kUint16:
      return 2;
    case TypeKind::kInt32:
    case TypeKind::kUint32:
    case TypeKind::kFloat32:
    case TypeKind::kDate:
      return 4;
    case TypeKind::kInt64:
    case TypeKind::kUint64:
    case TypeKind::kFloat64:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampUtc:
      return 8;
    default:
      return 0;
  }
}

Error TooLarge() {
  return {ErrorCode::kUser,
          "a batch has more than 2 GiB of text, bytes or list elements in a column",
          "ask for fewer rows in a batch"};
}

// What one array points at.
struct ArrayNode {
  ArrowBuffer validity, offsets, values;
  const void* buffers[3] = {nullptr, nullptr, nullptr};
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;
};

void ReleaseArray(ArrowArray* array) {
  auto* node = static_cast<ArrayNode*>(array->private_data);
  for (ArrowArray& child : node->children) {
    if (child.release != nullptr) child.release(&child);
  }
  delete node;
  array->release = nullptr;
}

}  // namespace

ArrowBuffer::~ArrowBuffer() { std::free(data_); }

ArrowBuffer::ArrowBuffer(ArrowBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

ArrowBuffer& ArrowBuffer::operator=(ArrowBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  return *this;
}

std::byte* ArrowBuffer::Extend(std::size_t bytes) {
  if (size_ + bytes > capacity_) {
    std::size_t capacity = std::max({size_ + bytes, capacity_ * 2, kAlignment});
    capacity = (capacity + kAlignment - 1) / kAlignment * kAlignment;
    auto* grown = static_cast<std::byte*>(std::aligned_alloc(kAlignment, capacity));
    if (grown == nullptr) throw std::bad_alloc();
    if (size_ > 0) std::memcpy(grown, data_, size_);
    std::free(data_);
    data_ = grown;
    capacity_ = capacity;
  }
  std::byte* end = data_ + size_;
  size_ += bytes;
  return end;
}

ArrowColumn::ArrowColumn(const Type& type) : kind_(type.kind), precision_(type.precision) {
  if (kind_ == TypeKind::kMap) {
    children_.emplace_back(Type{TypeKind::kStruct, 0, 0, type.children});
    return;
  }
  for (const Field& child : type.children) children_.emplace_back(child.type);
}

Status ArrowColumn::Append(duckdb_vector vector, idx_t first, idx_t count) {
  const std::uint64_t* validity = duckdb_vector_get_validity(vector);
  const void* data = duckdb_vector_get_data(vector);
  AppendValidity(validity, first, count);
  if (const std::size_t width = PlainWidth(kind_); width > 0) {
    AppendPlain(data, first, count, width);
  } else if (kind_ == TypeKind::kBool) {
    AppendBools(data, first, count);
  } else if (kind_ == TypeKind::kDecimal) {
    AppendDecimals(data, first, count);
  } else if (kind_ == TypeKind::kString || kind_ == TypeKind::kBytes) {
    TRY(AppendTexts(data, validity, first, count));
  } else if (kind_ == TypeKind::kList || kind_ == TypeKind::kMap) {
    TRY(AppendLists(vector, validity, first, count));
  } else if (kind_ == TypeKind::kStruct) {
    for (idx_t i = 0; i < children_.size(); ++i) {
      TRY(children_[i].Append(duckdb_struct_vector_get_child(vector, i), first, count));
    }
  } else {
    return Error{ErrorCode::kInternal, "a column has no Arrow type", ""};
  }
  rows_ += count;
  return {};
}

Status ArrowColumn::AppendChunk(duckdb_data_chunk chunk, idx_t first, idx_t count) {
  for (idx_t i = 0; i < children_.size(); ++i) {
    TRY(children_[i].Append(duckdb_data_chunk_get_vector(chunk, i), first, count));
  }
  rows_ += count;
  return {};
}

void ArrowColumn::AppendValidity(const std::uint64_t* validity, idx_t first, idx_t count) {
  if (validity == nullptr && validity_.size() == 0) return;
  const idx_t nulls = CountNulls(validity, first, count);
  if (nulls == 0 && validity_.size() == 0) return;
  // All ones from the first row without a bit on; what is null is cleared.
  const std::size_t had = validity_.size();
  const std::size_t needed = BytesOfBits(rows_ + count);
  if (needed > had) std::memset(validity_.Extend(needed - had), 0xff, needed - had);
  if (nulls == 0) return;
  for (idx_t row = 0; row < count; ++row) {
    if (!IsValid(validity, first + row)) ClearBit(validity_.data(), rows_ + row);
  }
  nulls_ += nulls;
}

void ArrowColumn::AppendPlain(const void* data, idx_t first, idx_t count, std::size_t width) {
  if (count == 0) return;
  std::memcpy(values_.Extend(count * width), static_cast<const std::byte*>(data) + first * width,
              count * width);
}

void ArrowColumn::AppendBools(const void* data, idx_t first, idx_t count) {
  const auto* bools = static_cast<const std::uint8_t*>(data) + first;
  const std::size_t had = values_.size();
  const std::size_t needed = BytesOfBits(rows_ + count);
  if (needed > had) std::memset(values_.Extend(needed - had), 0, needed - had);
  for (idx_t row = 0; row < count; ++row) {
    if (bools[row] != 0) SetBit(values_.data(), rows_ + row);
  }
}

void ArrowColumn::AppendDecimals(const void* data, idx_t first, idx_t count) {
  constexpr std::size_t kWidth = 16;
  if (precision_ > 18) {
    // Two halves, the low one first, as Arrow has them on this machine.
    static_assert(sizeof(duckdb_hugeint) == kWidth && offsetof(duckdb_hugeint, lower) == 0);
    return AppendPlain(data, first, count, kWidth);
  }
  std::byte* out = values_.Extend(count * kWidth);
  const auto widen = [&](const auto* narrow) {
    for (idx_t row = 0; row < count; ++row) {
      const Int128 wide = narrow[first + row];
      std::memcpy(out + row * kWidth, &wide, kWidth);
    }
  };
  if (precision_ <= 4) {
    widen(static_cast<const std::int16_t*>(data));
  } else if (precision_ <= 9) {
    widen(static_cast<const std::int32_t*>(data));
  } else {
    widen(static_cast<const std::int64_t*>(data));
  }
}

void ArrowColumn::StartOffsets() {
  if (offsets_.size() > 0) return;
  std::memset(offsets_.Extend(sizeof(std::int32_t)), 0, sizeof(std::int32_t));
}

std::int32_t ArrowColumn::LastOffset() const {
  std::int32_t last = 0;
  std::memcpy(&last, offsets_.data() + offsets_.size() - sizeof last, sizeof last);
  return last;
}

Status ArrowColumn::AppendTexts(const void* data, const std::uint64_t* validity, idx_t first,
                                idx_t count) {
  StartOffsets();
  const auto* texts = static_cast<const duckdb_string_t*>(data) + first;
  if (CountNulls(validity, first, count) == 0) validity = nullptr;
  std::uint64_t end = static_cast<std::uint64_t>(LastOffset());
  std::uint64_t bytes = 0;
  for (idx_t row = 0; row < count; ++row) {
    if (IsValid(validity, first + row)) bytes += LengthOf(texts[row]);
  }
  if (end + bytes > std::numeric_limits<std::int32_t>::max()) return TooLarge();
  auto* offsets = reinterpret_cast<std::int32_t*>(offsets_.Extend(count * sizeof(std::int32_t)));
  // Short texts are copied as wide as they can be, the next one over what was too much: a copy of
  // fixed width is one or two instructions.
  constexpr std::size_t kWidth = sizeof texts->value.inlined.inlined;
  std::byte* out = values_.Extend(bytes + kWidth);
  for (idx_t row = 0; row < count; ++row) {
    if (IsValid(validity, first + row)) {
      const std::uint32_t length = LengthOf(texts[row]);
      if (IsInlined(texts[row])) {
        std::memcpy(out, texts[row].value.inlined.inlined, kWidth);
      } else {
        std::memcpy(out, texts[row].value.pointer.ptr, length);
      }
      out += length;
      end += length;
    }
    offsets[row] = static_cast<std::int32_t>(end);
  }
  values_.Shorten(kWidth);
  return {};
}

Status ArrowColumn::AppendLists(duckdb_vector vector, const std::uint64_t* validity, idx_t first,
                                idx_t count) {
  StartOffsets();
  const auto* entries = static_cast<const duckdb_list_entry*>(duckdb_vector_get_data(vector));
  duckdb_vector elements = duckdb_list_vector_get_child(vector);
  // Elements that stand one after the other go over in one piece; a sort may have moved them apart.
  idx_t run_first = 0, run_count = 0;
  std::uint64_t end = static_cast<std::uint64_t>(LastOffset());
  for (idx_t row = first; row < first + count; ++row) {
    if (IsValid(validity, row)) {
      const duckdb_list_entry& entry = entries[row];
      if (entry.offset != run_first + run_count) {
        if (run_count > 0) TRY(children_[0].Append(elements, run_first, run_count));
        run_first = entry.offset;
        run_count = 0;
      }
      run_count += entry.length;
      end += entry.length;
    }
    if (end > std::numeric_limits<std::int32_t>::max()) return TooLarge();
    const auto offset = static_cast<std::int32_t>(end);
    std::memcpy(offsets_.Extend(sizeof offset), &offset, sizeof offset);
  }
  if (run_count > 0) TRY(children_[0].Append(elements, run_first, run_count));
  return {};
}

void ArrowColumn::Finish(ArrowArray* out) {
  const bool has_offsets = kind_ == TypeKind::kString || kind_ == TypeKind::kBytes ||
                           kind_ == TypeKind::kList || kind_ == TypeKind::kMap;
  const bool has_values =
      kind_ != TypeKind::kList && kind_ != TypeKind::kMap && kind_ != TypeKind::kStruct;
  if (has_offsets) StartOffsets();
  // Some readers want a pointer where there are values, though there are none.
  if (has_values && values_.data() == nullptr) values_.Extend(1);
  auto node = std::make_unique<ArrayNode>();
  node->validity = std::exchange(validity_, ArrowBuffer());
  node->offsets = std::exchange(offsets_, ArrowBuffer());
  node->values = std::exchange(values_, ArrowBuffer());
  node->children.resize(children_.size());
  for (std::size_t i = 0; i < children_.size(); ++i) {
    children_[i].Finish(&node->children[i]);
    node->pointers.push_back(&node->children[i]);
  }
  std::int64_t buffers = 0;
  node->buffers[buffers++] = node->validity.data();
  if (has_offsets) node->buffers[buffers++] = node->offsets.data();
  if (has_values) node->buffers[buffers++] = node->values.data();
  *out = ArrowArray{};
  out->length = static_cast<std::int64_t>(std::exchange(rows_, 0));
  out->null_count = static_cast<std::int64_t>(std::exchange(nulls_, 0));
  out->n_buffers = buffers;
  out->n_children = static_cast<std::int64_t>(node->children.size());
  out->buffers = node->buffers;
  out->children = node->pointers.empty() ? nullptr : node->pointers.data();
  out->release = ReleaseArray;
  out->private_data = node.release();
}

}  // namespace assay::engine
