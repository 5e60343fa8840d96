// Reading of commits. The bytes may come from a stranger, so nothing is taken for granted: types,
// hex, limits and depth are looked at, and every error names its place.
#include <algorithm>
#include <set>

#include "store/commit.h"
#include "store/json_place.h"
#include "store/table_json.h"

namespace assay::store {
namespace {

// Deeper than any commit; keeps the recursive writers of JSON away from the end of the stack.
constexpr std::size_t kMaxDepth = 500;

bool IsDatasetName(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= 63 && name[0] >= 'a' && name[0] <= 'z' &&
         std::all_of(name.begin(), name.end(), fits);
}

Result<Schema> ParseColumns(const JsonPlace& place) {
  TRY_ASSIGN(Schema schema, ParseSchemaJson(place.json()).While(place.Path()));
  std::set<std::string> seen;
  for (const Field& field : schema) {
    std::string folded = field.name;
    for (char& c : folded) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (IsReservedColumn(folded)) return place.Wrong("holds a reserved name: " + Shown(field.name));
    if (!seen.insert(folded).second) return place.Wrong("holds a name twice: " + Shown(field.name));
  }
  return schema;
}

Result<std::vector<std::string>> ParseParents(const JsonPlace& place) {
  std::vector<std::string> parents;
  TRY(place.EachElement([&](const JsonPlace& element) -> Status {
    TRY_ASSIGN(parents.emplace_back(), element.Sha256());
    return {};
  }));
  return parents;
}

// A file with its bounds, which help a reader to skip it.
Result<FileRef> ParseFileWithBounds(const JsonPlace& place) {
  TRY_ASSIGN(FileRef file, ParseFile(place));
  if (!place.Has("columns")) return file;
  TRY_ASSIGN(const JsonPlace columns, place.Member("columns"));
  TRY(columns.EachElement([&](const JsonPlace& column) -> Status {
    TRY_ASSIGN(const std::string name, column.TextOf("name"));
    if (column.Has("min")) {
      TRY_ASSIGN(file.min[name], column.TextOf("min"));
    }
    if (column.Has("max")) {
      TRY_ASSIGN(file.max[name], column.TextOf("max"));
    }
    return {};
  }));
  return file;
}

Result<Partition> ParsePartition(const JsonPlace& place) {
  Partition partition;
  if (place.Has("values")) {
    TRY_ASSIGN(const JsonPlace values, place.Member("values"));
    TRY(values.EachElement([&](const JsonPlace& element) -> Status {
      PartitionValue value;
      TRY_ASSIGN(value.name, element.TextOf("name"));
      if (element.Has("value")) {
        TRY_ASSIGN(value.value, element.TextOf("value"));
      }
      partition.values.push_back(std::move(value));
      return {};
    }));
  }
  TRY_ASSIGN(partition.rows, place.CountOf("rows"));
  TRY_ASSIGN(const JsonPlace files, place.Member("files"));
  TRY(files.EachElement([&](const JsonPlace& file) -> Status {
    TRY_ASSIGN(partition.files.emplace_back(), ParseFileWithBounds(file));
    return {};
  }));
  return partition;
}

Result<SplitTable> ParseSplit(const std::string& name, const JsonPlace& place) {
  SplitTable table;
  table.name = name;
  TRY_ASSIGN(table.digest, place.Sha256Of("digest"));
  TRY_ASSIGN(table.content_id, place.TextOr("content_id"));
  TRY_ASSIGN(table.rows, place.CountOf("rows"));
  TRY_ASSIGN(const JsonPlace partitions, place.Member("partitions"));
  TRY(partitions.EachElement([&](const JsonPlace& element) -> Status {
    TRY_ASSIGN(table.partitions.emplace_back(), ParsePartition(element));
    return {};
  }));
  return table;
}

Result<std::vector<SplitTable>> ParseTables(const JsonPlace& place) {
  std::vector<SplitTable> tables;
  TRY(place.EachMember([&](const std::string& name, const JsonPlace& split) -> Status {
    TRY_ASSIGN(tables.emplace_back(), ParseSplit(name, split));
    return {};
  }));
  if (tables.empty()) return place.Wrong("has no split");
  std::sort(tables.begin(), tables.end(),
            [](const SplitTable& a, const SplitTable& b) { return SplitBefore(a.name, b.name); });
  return tables;
}

Result<Receipt> ParseReceipt(const JsonPlace& place) {
  Receipt receipt;
  TRY_ASSIGN(receipt.location, place.TextOf("location"));
  TRY_ASSIGN(receipt.sha256, place.Sha256Of("sha256"));
  TRY_ASSIGN(receipt.bytes, place.CountOf("bytes"));
  TRY_ASSIGN(receipt.collected_at, place.TextOf("collected_at"));
  return receipt;
}

Result<CommitSource> ParseSource(const JsonPlace& place) {
  CommitSource source;
  TRY_ASSIGN(source.name, place.TextOf("name"));
  TRY_ASSIGN(source.kind, place.TextOf("kind"));
  TRY_ASSIGN(source.license, place.TextOr("license"));
  TRY_ASSIGN(const JsonPlace receipts, place.Member("receipts"));
  TRY(receipts.EachElement([&](const JsonPlace& element) -> Status {
    TRY_ASSIGN(source.receipts.emplace_back(), ParseReceipt(element));
    return {};
  }));
  return source;
}

// The members that say what the version is.
Status ParseVersion(const JsonPlace& body, Commit& commit) {
  TRY_ASSIGN(commit.dataset, body.TextOf("dataset"));
  if (!IsDatasetName(commit.dataset)) {
    return JsonPlace(body, "dataset", body.json()["dataset"]).Wrong("is no name of a dataset");
  }
  TRY_ASSIGN(commit.version, body.Sha256Of("version"));
  TRY_ASSIGN(const JsonPlace parents, body.Member("parents"));
  TRY_ASSIGN(commit.parents, ParseParents(parents));
  TRY_ASSIGN(const JsonPlace schema, body.Member("schema"));
  TRY_ASSIGN(commit.schema, ParseColumns(schema));
  TRY_ASSIGN(commit.key, body.TextsOr("key"));
  if (body.Has("label")) {
    TRY_ASSIGN(const JsonPlace label, body.Member("label"));
    TRY_ASSIGN(const std::string column, label.TextOf("column"));
    if (FindField(commit.schema, column) == nullptr) return label.Wrong("names no column");
    commit.label = label.json();
  }
  if (body.Has("split")) {
    TRY_ASSIGN(const JsonPlace split, body.Member("split"));
    TRY(split.TextOf("kind"));
    commit.split = split.json();
  }
  TRY_ASSIGN(const JsonPlace tables, body.Member("tables"));
  TRY_ASSIGN(commit.tables, ParseTables(tables));
  if (!body.Has("preparation")) return {};
  TRY_ASSIGN(commit.preparation, body.Sha256Of("preparation"));
  TRY_ASSIGN(const JsonPlace prepared, body.Member("prepared"));
  TRY_ASSIGN(commit.prepared, ParseTables(prepared));
  return {};
}

// The members that say how it came to be.
Status ParseOrigin(const JsonPlace& body, Commit& commit) {
  if (body.Has("sources")) {
    TRY_ASSIGN(const JsonPlace sources, body.Member("sources"));
    TRY(sources.EachElement([&](const JsonPlace& element) -> Status {
      TRY_ASSIGN(commit.sources.emplace_back(), ParseSource(element));
      return {};
    }));
  }
  if (body.Has("recipe")) {
    TRY_ASSIGN(const JsonPlace recipe, body.Member("recipe"));
    TRY(recipe.IsObject());
    commit.recipe = recipe.json();
  }
  if (body.Has("gates")) {
    TRY_ASSIGN(const JsonPlace gates, body.Member("gates"));
    TRY(gates.IsList());
    commit.gates = gates.json();
  }
  if (body.Has("owner")) {
    TRY_ASSIGN(const JsonPlace owner, body.Member("owner"));
    TRY(owner.IsObject());
    commit.owner = owner.json();
  }
  if (body.Has("profile")) {
    TRY_ASSIGN(commit.profile, body.Sha256Of("profile"));
  }
  TRY_ASSIGN(commit.run, body.TextOr("run"));
  TRY_ASSIGN(commit.licenses, body.TextsOr("licenses"));
  TRY_ASSIGN(commit.message, body.TextOr("message"));
  TRY_ASSIGN(commit.created_at, body.TextOr("created_at"));
  TRY_ASSIGN(commit.created_by, body.TextOr("created_by"));
  return {};
}

Result<Commit> ParseText(const std::string& text) {
  if (NestsDeeperThan(text, kMaxDepth)) {
    return Error{ErrorCode::kData, "nested deeper than " + std::to_string(kMaxDepth), ""};
  }
  TRY_ASSIGN(const Json json, ParseJson(text));
  constexpr auto kKind = "assay.commit/1";
  if (!json.is_object() || json.size() != 1 || !json.contains(kKind)) {
    return Error{ErrorCode::kData, std::string("is no text of kind ") + kKind, ""};
  }
  const JsonPlace body(json[kKind]);
  Commit commit;
  TRY(ParseVersion(body, commit));
  TRY(ParseOrigin(body, commit));
  return commit;
}

}  // namespace

Result<Receipt> ParseReceiptJson(const Json& json) { return ParseReceipt(JsonPlace(json)); }

Result<Commit> ParseCommit(const std::string& text, const std::string& what) {
  return ParseText(text).While(what);
}

}  // namespace assay::store
