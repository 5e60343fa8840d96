#include "store/commit.h"

#include <array>
#include <utility>

namespace assay::store {
namespace {

// What is absent is left out of a hashed text, so an empty text never stands for it.
void PutText(Json& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}

// The bounds of a file in schema order. A list, because a hashed text has ASCII keys only.
Json ColumnsJson(const FileRef& file, const Schema& schema) {
  Json columns = Json::array();
  for (const Field& field : schema) {
    const auto min = file.min.find(field.name), max = file.max.find(field.name);
    if (min == file.min.end() && max == file.max.end()) continue;
    Json column{{"name", field.name}};
    if (min != file.min.end()) column["min"] = min->second;
    if (max != file.max.end()) column["max"] = max->second;
    columns.push_back(std::move(column));
  }
  return columns;
}

Json PartitionJson(const Partition& partition, const Schema& schema) {
  Json files = Json::array();
  for (const FileRef& file : partition.files) {
    files.push_back(FileJson(file));
    Json columns = ColumnsJson(file, schema);
    if (!columns.empty()) files.back()["columns"] = std::move(columns);
  }
  Json json{{"rows", partition.rows}, {"files", std::move(files)}};
  for (const PartitionValue& value : partition.values) {
    Json entry{{"name", value.name}};
    if (value.value) entry["value"] = *value.value;
    json["values"].push_back(std::move(entry));
  }
  return json;
}

Json TablesJson(const std::vector<SplitTable>& tables, const Schema& schema) {
  Json json = Json::object();
  for (const SplitTable& table : tables) {
    Json partitions = Json::array();
    for (const Partition& partition : table.partitions) {
      partitions.push_back(PartitionJson(partition, schema));
    }
    json[table.name] =
        Json{{"digest", table.digest}, {"rows", table.rows}, {"partitions", std::move(partitions)}};
    if (!table.content_id.empty()) json[table.name]["content_id"] = table.content_id;
  }
  return json;
}

Json SourcesJson(const std::vector<CommitSource>& sources) {
  Json json = Json::array();
  for (const CommitSource& source : sources) {
    Json receipts = Json::array();
    for (const Receipt& receipt : source.receipts) receipts.push_back(ReceiptJson(receipt));
    Json entry{{"name", source.name}, {"kind", source.kind}, {"receipts", std::move(receipts)}};
    PutText(entry, "license", source.license);
    json.push_back(std::move(entry));
  }
  return json;
}

}  // namespace

Json ReceiptJson(const Receipt& receipt) {
  return Json{{"location", receipt.location},
              {"sha256", receipt.sha256},
              {"bytes", receipt.bytes},
              {"collected_at", receipt.collected_at}};
}

Result<std::string> VersionId(const Commit& commit) {
  Json splits = Json::object();
  for (const SplitTable& table : commit.tables) splits[table.name] = table.digest;
  Json version{{"schema", SchemaJson(commit.schema)}, {"splits", std::move(splits)}};
  if (!commit.label.is_null()) version["label"] = commit.label;
  PutText(version, "preparation", commit.preparation);
  return TextId("assay.version/1", version);
}

Result<std::string> CommitText(const Commit& commit) {
  TRY_ASSIGN(const std::string version, VersionId(commit));
  if (commit.version != version) {
    return Error{ErrorCode::kInternal,
                 "commit names version " + commit.version + ", its tables make " + version, ""};
  }
  Json json{{"dataset", commit.dataset},
            {"version", commit.version},
            {"parents", commit.parents},
            {"schema", SchemaJson(commit.schema)},
            {"tables", TablesJson(commit.tables, commit.schema)},
            {"sources", SourcesJson(commit.sources)},
            {"recipe", commit.recipe},
            {"gates", commit.gates},
            {"waivers", Json::array()},
            {"owner", commit.owner},
            {"licenses", commit.licenses}};
  if (!commit.label.is_null()) json["label"] = commit.label;
  if (!commit.key.empty()) json["key"] = commit.key;
  if (!commit.split.is_null()) json["split"] = commit.split;
  PutText(json, "preparation", commit.preparation);
  if (!commit.prepared.empty()) json["prepared"] = TablesJson(commit.prepared, {});
  PutText(json, "run", commit.run);
  PutText(json, "profile", commit.profile);
  PutText(json, "message", commit.message);
  PutText(json, "created_at", commit.created_at);
  PutText(json, "created_by", commit.created_by);
  return HashedText("assay.commit/1", json);
}

bool SplitBefore(const std::string& a, const std::string& b) {
  constexpr std::array<std::string_view, 3> kFirst = {"train", "validation", "test"};
  const auto place = [&](const std::string& name) {
    std::size_t i = 0;
    while (i < kFirst.size() && kFirst[i] != name) ++i;
    return i;
  };
  return std::pair(place(a), std::string_view(a)) < std::pair(place(b), std::string_view(b));
}

}  // namespace assay::store
