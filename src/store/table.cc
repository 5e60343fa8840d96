#include "store/table.h"

#include <utility>

#include "base/hash.h"
#include "store/json_place.h"
#include "store/table_json.h"

namespace assay::store {

Json FileJson(const FileRef& file) {
  return Json{{"sha256", file.sha256}, {"bytes", file.bytes}, {"rows", file.rows}};
}

Result<FileRef> ParseFile(const JsonPlace& place) {
  FileRef file;
  TRY_ASSIGN(file.sha256, place.Sha256Of("sha256"));
  TRY_ASSIGN(file.bytes, place.CountOf("bytes"));
  TRY_ASSIGN(file.rows, place.CountOf("rows"));
  return file;
}

Result<FileRef> ParseFileJson(const Json& json) { return ParseFile(JsonPlace(json)); }

namespace {

Json NodeFileJson(const FileRef& file) {
  Json json = FileJson(file);
  if (file.lineage) json["lineage"] = LineageJson(*file.lineage);
  return json;
}

Result<FileRef> ParseNodeFile(const JsonPlace& place) {
  TRY_ASSIGN(FileRef file, ParseFile(place));
  if (!place.Has("lineage")) return file;
  TRY_ASSIGN(const JsonPlace member, place.Member("lineage"));
  TRY_ASSIGN(Lineage lineage, ParseLineage(member));
  file.lineage = std::make_shared<const Lineage>(std::move(lineage));
  return file;
}

Json PartJson(const Part& part) {
  Json json{{"key", part.key}, {"rows", part.rows}, {"sum", part.sum}, {"files", part.files}};
  if (part.removed) json["removed"] = FileJson(*part.removed);
  return json;
}

Result<Removed> ParseRemoved(const JsonPlace& place) {
  if (!place.json().contains("removed")) return Removed();
  TRY_ASSIGN(const JsonPlace removed, place.Member("removed"));
  TRY_ASSIGN(FileRef file, ParseFile(removed));
  return Removed(std::move(file));
}

Result<Part> ParsePart(const JsonPlace& place) {
  Part part;
  TRY_ASSIGN(part.key, place.TextOf("key"));
  TRY_ASSIGN(part.rows, place.CountOf("rows"));
  TRY_ASSIGN(part.sum, place.TextOf("sum"));
  TRY_ASSIGN(part.files, place.CountOf("files"));
  TRY_ASSIGN(part.removed, ParseRemoved(place));
  return part;
}

Status CheckParts(const Table& table) {
  std::size_t files = 0;
  std::uint64_t rows = 0;
  for (const Part& part : table.parts) {
    files += part.files;
    rows += part.rows;
  }
  if (table.parts.empty() || (files == table.files.size() && rows == table.rows)) return {};
  return Error{ErrorCode::kData, "/parts do not add up to the table", ""};
}

}  // namespace

Json TableJson(const Table& table) {
  Json files = Json::array();
  for (const FileRef& file : table.files) files.push_back(NodeFileJson(file));
  Json json{{"schema", SchemaJson(table.schema)},
            {"rows", table.rows},
            {"content_id", table.content_id},
            {"files", std::move(files)}};
  if (!table.sum.empty()) json["sum"] = table.sum;
  if (table.removed) json["removed"] = FileJson(*table.removed);
  for (const Part& part : table.parts) json["parts"].push_back(PartJson(part));
  return json;
}

std::vector<FileRef> AllFiles(const Table& table) {
  std::vector<FileRef> files = table.files;
  if (table.removed) files.push_back(*table.removed);
  for (const Part& part : table.parts) {
    if (part.removed) files.push_back(*part.removed);
  }
  return files;
}

std::string LineageWords(const Table& table) {
  std::string words;
  for (const FileRef& file : table.files) {
    const std::string one = file.lineage ? LineageWords(*file.lineage) : "";
    if (one.empty()) return "";
    if (words.find(one) == std::string::npos) words += (words.empty() ? "" : ", ") + one;
  }
  return words;
}

Result<std::vector<Table>> PartsAsTables(const Table& table) {
  std::vector<Table> tables;
  auto file = table.files.begin();
  for (const Part& part : table.parts) {
    Table& one = tables.emplace_back();
    const auto end = file + static_cast<std::ptrdiff_t>(part.files);
    one.schema = table.schema;
    one.rows = part.rows;
    one.sum = part.sum;
    one.removed = part.removed;
    one.files.assign(file, end);
    TRY_ASSIGN(one.content_id, ContentId(one.schema, one.rows, one.sum));
    file = end;
  }
  return tables;
}

Result<Table> UniteParts(const std::vector<std::string>& keys, const std::vector<Table>& tables) {
  Table whole;
  Uint128 sum = 0;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const Table& table = tables[i];
    if (i == 0) whole.schema = table.schema;
    if (table.schema != whole.schema) {
      return Error{ErrorCode::kData, "part " + keys[i] + " has other columns than part " + keys[0],
                   ""};
    }
    TRY_ASSIGN(const Uint128 part_sum, ParseHex128(table.sum));
    sum += part_sum;
    whole.rows += table.rows;
    whole.files.insert(whole.files.end(), table.files.begin(), table.files.end());
    whole.parts.push_back({keys[i], table.rows, table.sum, table.files.size(), table.removed});
  }
  whole.sum = Hex128(sum);
  TRY_ASSIGN(whole.content_id, ContentId(whole.schema, whole.rows, whole.sum));
  return whole;
}

Result<Table> ParseTableJson(const Json& json) {
  const JsonPlace place(json);
  Table table;
  TRY_ASSIGN(const JsonPlace schema, place.Member("schema"));
  TRY_ASSIGN(table.schema, ParseSchemaJson(schema.json()).While("/schema"));
  TRY_ASSIGN(table.rows, place.CountOf("rows"));
  TRY_ASSIGN(table.content_id, place.TextOf("content_id"));
  TRY_ASSIGN(const JsonPlace files, place.Member("files"));
  TRY(files.EachElement([&](const JsonPlace& file) -> Status {
    TRY_ASSIGN(table.files.emplace_back(), ParseNodeFile(file));
    return {};
  }));
  if (json.contains("sum")) {
    TRY_ASSIGN(table.sum, place.TextOf("sum"));
  }
  TRY_ASSIGN(table.removed, ParseRemoved(place));
  if (json.contains("parts")) {
    TRY_ASSIGN(const JsonPlace parts, place.Member("parts"));
    TRY(parts.EachElement([&](const JsonPlace& part) -> Status {
      TRY_ASSIGN(table.parts.emplace_back(), ParsePart(part));
      return {};
    }));
  }
  TRY(CheckParts(table));
  return table;
}

Result<std::string> ContentId(const Schema& schema, std::uint64_t rows, const std::string& sum) {
  return TextId("assay.content/1",
                Json{{"rows", rows}, {"schema", SchemaJson(schema)}, {"sum", sum}});
}

}  // namespace assay::store
