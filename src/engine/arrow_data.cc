#include "engine/arrow_data.h"

#include <cerrno>
#include <exception>
#include <list>
#include <string>
#include <utility>
#include <vector>

namespace assay::engine {
namespace {

// ---- schemas ----

// What one ArrowSchema points at. Children are released by themselves: a consumer may have moved
// one out.
struct SchemaNode {
  std::string format, name;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> pointers;
};

void ReleaseSchema(ArrowSchema* schema) {
  auto* node = static_cast<SchemaNode*>(schema->private_data);
  for (ArrowSchema& child : node->children) {
    if (child.release != nullptr) child.release(&child);
  }
  delete node;
  schema->release = nullptr;
}

// The specification's format text; empty for what has none.
std::string FormatOf(const Type& type) {
  switch (type.kind) {
    case TypeKind::kInt8:
      return "c";
    case TypeKind::kInt16:
      return "s";
    case TypeKind::kInt32:
      return "i";
    case TypeKind::kInt64:
      return "l";
    case TypeKind::kUint8:
      return "C";
    case TypeKind::kUint16:
      return "S";
    case TypeKind::kUint32:
      return "I";
    case TypeKind::kUint64:
      return "L";
    case TypeKind::kFloat32:
      return "f";
    case TypeKind::kFloat64:
      return "g";
    case TypeKind::kDecimal:
      return "d:" + std::to_string(type.precision) + "," + std::to_string(type.scale);
    case TypeKind::kString:
      return "u";
    case TypeKind::kBytes:
      return "z";
    case TypeKind::kBool:
      return "b";
    case TypeKind::kDate:
      return "tdD";
    case TypeKind::kTime:
      return "ttu";
    case TypeKind::kTimestamp:
      return "tsu:";
    case TypeKind::kTimestampUtc:
      return "tsu:UTC";
    case TypeKind::kList:
      return "+l";
    case TypeKind::kStruct:
      return "+s";
    case TypeKind::kMap:
      return "+m";
    case TypeKind::kInt128:
      break;
  }
  return "";
}

void FillSchema(const Type& type, const std::string& name, bool nullable, ArrowSchema* out) {
  auto node = std::make_unique<SchemaNode>();
  node->format = FormatOf(type);
  node->name = name;
  std::vector<Field> fields = type.children;
  bool nullable_children = true;
  if (type.kind == TypeKind::kList) fields[0].name = "element";
  if (type.kind == TypeKind::kMap) {
    // A list of entries: a struct of key and value, neither it nor the key ever null.
    const Type entry{TypeKind::kStruct, 0, 0, {{"key", fields[0].type}, {"value", fields[1].type}}};
    fields = {Field{"key_value", entry}};
    nullable_children = false;
  }
  node->children.resize(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    FillSchema(fields[i].type, fields[i].name, nullable_children, &node->children[i]);
    node->pointers.push_back(&node->children[i]);
  }
  if (type.kind == TypeKind::kMap) node->children[0].children[0]->flags = 0;
  *out = ArrowSchema{};
  out->format = node->format.c_str();
  out->name = node->name.c_str();
  out->flags = nullable ? ARROW_FLAG_NULLABLE : 0;
  out->n_children = static_cast<std::int64_t>(node->children.size());
  out->children = node->pointers.empty() ? nullptr : node->pointers.data();
  out->release = ReleaseSchema;
  out->private_data = node.release();
}

bool HasFormat(const Type& type) {
  if (FormatOf(type).empty()) return false;
  for (const Field& child : type.children) {
    if (!HasFormat(child.type)) return false;
  }
  return true;
}

// ---- arrays ----

struct SharedNode {
  std::shared_ptr<RecordBatch> batch;
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;
};

void ReleaseShared(ArrowArray* array) {
  auto* node = static_cast<SharedNode*>(array->private_data);
  for (ArrowArray& child : node->children) {
    if (child.release != nullptr) child.release(&child);
  }
  delete node;
  array->release = nullptr;
}

void ShareNode(const std::shared_ptr<RecordBatch>& batch, const ArrowArray& from, ArrowArray* out) {
  auto node = std::make_unique<SharedNode>();
  node->batch = batch;
  node->children.resize(static_cast<std::size_t>(from.n_children));
  for (std::size_t i = 0; i < node->children.size(); ++i) {
    ShareNode(batch, *from.children[i], &node->children[i]);
    node->pointers.push_back(&node->children[i]);
  }
  *out = from;
  out->children = node->pointers.empty() ? nullptr : node->pointers.data();
  out->release = ReleaseShared;
  out->private_data = node.release();
}

// ---- streams ----

struct StreamState {
  std::unique_ptr<RecordBatches> batches;
  std::string error;
};

int Errno(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUser:
      return EINVAL;
    case ErrorCode::kData:
    case ErrorCode::kIo:
      return EIO;
    case ErrorCode::kCancelled:
      return ECANCELED;
    case ErrorCode::kInternal:
      break;
  }
  return EFAULT;
}

int Fail(StreamState& state, const Error& error) {
  state.error = error.hint.empty() ? error.message : error.message + " (" + error.hint + ")";
  return Errno(error.code);
}

StreamState& StateOf(ArrowArrayStream* stream) {
  return *static_cast<StreamState*>(stream->private_data);
}

// The callbacks stand between two libraries: no exception may leave them.
int GetSchema(ArrowArrayStream* stream, ArrowSchema* out) {
  StreamState& state = StateOf(stream);
  try {
    const Status exported = ExportSchema(state.batches->schema(), out);
    return exported.ok() ? 0 : Fail(state, exported.error());
  } catch (const std::exception&) {
    return ENOMEM;
  }
}

int GetNext(ArrowArrayStream* stream, ArrowArray* out) {
  StreamState& state = StateOf(stream);
  try {
    auto next = state.batches->Next();
    if (!next.ok()) return Fail(state, next.error());
    *out = ArrowArray{};  // released already: the end
    if (*next != nullptr) *out = next.value()->Take();
    return 0;
  } catch (const std::exception&) {
    return ENOMEM;
  }
}

const char* GetLastError(ArrowArrayStream* stream) {
  const std::string& error = StateOf(stream).error;
  return error.empty() ? nullptr : error.c_str();
}

void ReleaseStream(ArrowArrayStream* stream) {
  delete &StateOf(stream);
  stream->release = nullptr;
}

}  // namespace

RecordBatch::~RecordBatch() {
  if (array_.release != nullptr) array_.release(&array_);
}

ArrowArray RecordBatch::Take() { return std::exchange(array_, ArrowArray{}); }

Status ExportSchema(const Schema& schema, ArrowSchema* out) {
  for (const Field& field : schema) {
    if (!HasFormat(field.type)) {
      return Error{ErrorCode::kUser,
                   "no Arrow type for column `" + field.name + "` of type: " + TypeText(field.type),
                   "cast it to decimal(38,0)"};
    }
  }
  FillSchema(Type{TypeKind::kStruct, 0, 0, schema}, "", false, out);
  return {};
}

void ShareBatch(const std::shared_ptr<RecordBatch>& batch, ArrowArray* out) {
  ShareNode(batch, batch->array(), out);
}

void ExportStream(std::unique_ptr<RecordBatches> batches, ArrowArrayStream* out) {
  *out = ArrowArrayStream{};
  out->get_schema = GetSchema;
  out->get_next = GetNext;
  out->get_last_error = GetLastError;
  out->release = ReleaseStream;
  out->private_data = new StreamState{std::move(batches), ""};
}

}  // namespace assay::engine
