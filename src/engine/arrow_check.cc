#include "engine/arrow_check.h"

#include <cstring>
#include <nanoarrow/nanoarrow.hpp>
#include <set>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "contract/utf8.h"

namespace assay::engine {
namespace {

constexpr char kExtensionKey[] = "ARROW:extension:name";

// ---- columns ----

std::string NameOf(const ArrowSchema& schema) { return schema.name == nullptr ? "" : schema.name; }

std::string ArrowTypeText(const ArrowSchema& schema) {
  char text[256];
  ArrowSchemaToString(&schema, text, sizeof text, 1);
  return text;
}

bool IsDecimal(ArrowType type) {
  return type == NANOARROW_TYPE_DECIMAL32 || type == NANOARROW_TYPE_DECIMAL64 ||
         type == NANOARROW_TYPE_DECIMAL128;
}

bool IsHeld(const ArrowSchemaView& view) {
  switch (view.type) {
    case NANOARROW_TYPE_HALF_FLOAT:
    case NANOARROW_TYPE_DECIMAL256:
    case NANOARROW_TYPE_DURATION:
    case NANOARROW_TYPE_INTERVAL_MONTHS:
    case NANOARROW_TYPE_INTERVAL_DAY_TIME:
    case NANOARROW_TYPE_INTERVAL_MONTH_DAY_NANO:
    case NANOARROW_TYPE_SPARSE_UNION:
    case NANOARROW_TYPE_DENSE_UNION:
      return false;
    case NANOARROW_TYPE_FIXED_SIZE_BINARY:
    case NANOARROW_TYPE_FIXED_SIZE_LIST:
      return view.fixed_size >= 0 && view.fixed_size <= 1 << 24;
    case NANOARROW_TYPE_TIME64:
      return view.time_unit != NANOARROW_TIME_UNIT_NANO;
    case NANOARROW_TYPE_DECIMAL32:
    case NANOARROW_TYPE_DECIMAL64:
    case NANOARROW_TYPE_DECIMAL128: {
      const int most = view.decimal_bitwidth == 32 ? 9 : view.decimal_bitwidth == 64 ? 18 : 38;
      return view.decimal_precision >= 1 && view.decimal_precision <= most &&
             view.decimal_scale >= 0 && view.decimal_scale <= view.decimal_precision;
    }
    default:
      return true;
  }
}

// An extension that changes how values are read, and that the engine knows.
bool IsKnownExtension(const ArrowSchemaView& view) {
  static const std::set<std::string_view> kKnown = {"arrow.uuid", "arrow.bool8", "arrow.json"};
  return kKnown.contains(
      {view.extension_name.data, static_cast<std::size_t>(view.extension_name.size_bytes)});
}

Status CheckField(ArrowSchema& field, const std::string& column, const std::string& type) {
  if (contract::FindInvalidUtf8(NameOf(field))) {
    return Error{ErrorCode::kData, "the name of a column or of a field in it is not UTF-8",
                 "give the columns other names"};
  }
  ArrowSchemaView view;
  ArrowError said{};
  if (ArrowSchemaViewInit(&view, &field, &said) != NANOARROW_OK) {
    return Error{ErrorCode::kData, "column `" + column + "` has no type: " + said.message, ""};
  }
  if (!IsHeld(view)) {
    return Error{ErrorCode::kData,
                 "column `" + column + "` has a type that a version cannot hold: " + type,
                 "cast it before it is written"};
  }
  if (ArrowMetadataHasKey(field.metadata, ArrowCharView(kExtensionKey)) != 0 &&
      !IsKnownExtension(view) && ArrowSchemaSetMetadata(&field, nullptr) != NANOARROW_OK) {
    return Error{ErrorCode::kInternal, "out of memory", ""};
  }
  if (field.dictionary != nullptr) TRY(CheckField(*field.dictionary, column, type));
  for (std::int64_t i = 0; i < field.n_children; ++i) {
    TRY(CheckField(*field.children[i], column, type));
  }
  return {};
}

// ---- values ----

Int128 PowerOfTen(int digits) {
  Int128 power = 1;
  for (int i = 0; i < digits; ++i) power *= 10;
  return power;
}

Int128 DecimalAt(const ArrowArrayView& view, int bits, std::int64_t row) {
  const std::uint8_t* at = view.buffer_views[1].data.as_uint8 + row * (bits / 8);
  if (bits == 128) {
    Int128 value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
  }
  if (bits == 64) {
    std::int64_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
  }
  std::int32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// What is wrong with one value that is there; nullptr for nothing.
const char* MistakeIn(const ArrowSchemaView& type, const ArrowArrayView& view, Int128 limit,
                      std::int64_t row) {
  switch (type.type) {
    case NANOARROW_TYPE_STRING:
    case NANOARROW_TYPE_LARGE_STRING: {
      const ArrowStringView text = ArrowArrayViewGetStringUnsafe(&view, row);
      const bool valid =
          !contract::FindInvalidUtf8({text.data, static_cast<std::size_t>(text.size_bytes)});
      return valid ? nullptr : "has text that is not UTF-8";
    }
    case NANOARROW_TYPE_DECIMAL32:
    case NANOARROW_TYPE_DECIMAL64:
    case NANOARROW_TYPE_DECIMAL128: {
      const Int128 value = DecimalAt(view, type.decimal_bitwidth, row);
      return value < limit && value > -limit ? nullptr
                                             : "has a value with more digits than its type";
    }
    default:
      return ArrowArrayViewGetIntUnsafe(&view, row) % 1000 == 0
                 ? nullptr
                 : "has nanoseconds, and a version keeps microseconds";
  }
}

bool HasMistakes(const ArrowSchemaView& type) {
  switch (type.type) {
    case NANOARROW_TYPE_STRING:
    case NANOARROW_TYPE_LARGE_STRING:
    case NANOARROW_TYPE_DECIMAL32:
    case NANOARROW_TYPE_DECIMAL64:
    case NANOARROW_TYPE_DECIMAL128:
      return true;
    case NANOARROW_TYPE_TIMESTAMP:
      // Without a zone the engine keeps them, and the same is said of every file.
      return type.time_unit == NANOARROW_TIME_UNIT_NANO && *type.timezone != '\0';
    default:
      return false;
  }
}

Status CheckValues(const ArrowSchema& field, const ArrowArrayView& view,
                   const std::string& column) {
  ArrowSchemaView type;
  if (ArrowSchemaViewInit(&type, &field, nullptr) != NANOARROW_OK) {
    return Error{ErrorCode::kInternal, "a type of Arrow that was looked at is not known", ""};
  }
  if (HasMistakes(type)) {
    // The library says nothing of the digits of what is no decimal.
    const bool is_decimal = IsDecimal(type.type);
    const Int128 limit = is_decimal ? PowerOfTen(type.decimal_precision) : 0;
    for (std::int64_t row = 0; row < view.length; ++row) {
      if (ArrowArrayViewIsNull(&view, row) != 0) continue;
      if (const char* mistake = MistakeIn(type, view, limit, row); mistake != nullptr) {
        return Error{ErrorCode::kData, "column `" + column + "` " + mistake, ""};
      }
    }
  }
  if (field.dictionary != nullptr) TRY(CheckValues(*field.dictionary, *view.dictionary, column));
  for (std::int64_t i = 0; i < field.n_children; ++i) {
    TRY(CheckValues(*field.children[i], *view.children[i], column));
  }
  return {};
}

}  // namespace

Status CheckArrowColumns(ArrowSchema& schema) {
  if (schema.n_children == 0) {
    return Error{ErrorCode::kData, "it has no columns", "write at least one"};
  }
  for (std::int64_t i = 0; i < schema.n_children; ++i) {
    ArrowSchema& column = *schema.children[i];
    TRY(CheckField(column, NameOf(column), ArrowTypeText(column)));
  }
  return {};
}

struct ArrowValueCheck::View {
  nanoarrow::UniqueArrayView arrays;
};

ArrowValueCheck::ArrowValueCheck(const ArrowSchema& schema) : schema_(schema) {}
ArrowValueCheck::~ArrowValueCheck() = default;

Status ArrowValueCheck::Check(const ArrowArray& batch) {
  ArrowError said{};
  int code = NANOARROW_OK;
  if (view_ == nullptr) {
    view_ = std::make_unique<View>();
    code = ArrowArrayViewInitFromSchema(view_->arrays.get(), &schema_, &said);
  }
  if (code == NANOARROW_OK) code = ArrowArrayViewSetArray(view_->arrays.get(), &batch, &said);
  if (code != NANOARROW_OK) return Error{ErrorCode::kData, said.message, ""};
  for (std::int64_t i = 0; i < schema_.n_children; ++i) {
    TRY(CheckValues(*schema_.children[i], *view_->arrays->children[i],
                    NameOf(*schema_.children[i])));
  }
  return {};
}

}  // namespace assay::engine
