#include "store/table.h"

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

Json TableJson(const Table& table) {
  Json files = Json::array();
  for (const FileRef& file : table.files) files.push_back(FileJson(file));
  Json json{{"schema", SchemaJson(table.schema)},
            {"rows", table.rows},
            {"content_id", table.content_id},
            {"files", std::move(files)}};
  if (!table.sum.empty()) json["sum"] = table.sum;
  if (table.removed) json["removed"] = FileJson(*table.removed);
  return json;
}

std::vector<FileRef> AllFiles(const Table& table) {
  std::vector<FileRef> files = table.files;
  if (table.removed) files.push_back(*table.removed);
  return files;
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
    TRY_ASSIGN(table.files.emplace_back(), ParseFile(file));
    return {};
  }));
  if (json.contains("sum")) {
    TRY_ASSIGN(table.sum, place.TextOf("sum"));
  }
  if (json.contains("removed")) {
    TRY_ASSIGN(const JsonPlace removed, place.Member("removed"));
    TRY_ASSIGN(table.removed, ParseFile(removed));
  }
  return table;
}

Result<std::string> ContentId(const Schema& schema, std::uint64_t rows, const std::string& sum) {
  return TextId("assay.content/1",
                Json{{"rows", rows}, {"schema", SchemaJson(schema)}, {"sum", sum}});
}

}  // namespace assay::store
