#include "store/lineage.h"

namespace assay::store {
namespace {

Json SourceJson(const Lineage::Source& source) {
  return Json{{"location", source.location}, {"sha256", source.sha256}, {"rows", source.rows}};
}

Json IdsJson(const Lineage::Ids& ids) {
  Json json{{"input", ids.input}, {"column", ids.column}};
  if (!ids.table.empty()) json["table"] = ids.table;
  if (ids.branch > 0) json["branch"] = ids.branch;
  return json;
}

Result<Lineage::Source> ParseLineageSource(const JsonPlace& place) {
  Lineage::Source source;
  TRY_ASSIGN(source.location, place.TextOf("location"));
  TRY_ASSIGN(source.sha256, place.Sha256Of("sha256"));
  TRY_ASSIGN(source.rows, place.CountOf("rows"));
  return source;
}

Result<Lineage::Ids> ParseIds(const JsonPlace& place) {
  Lineage::Ids ids;
  TRY_ASSIGN(ids.input, place.TextOf("input"));
  TRY_ASSIGN(ids.column, place.TextOf("column"));
  if (place.Has("table")) {
    TRY_ASSIGN(ids.table, place.Sha256Of("table"));
  }
  if (place.Has("branch")) {
    TRY_ASSIGN(const std::uint64_t branch, place.CountOf("branch"));
    ids.branch = static_cast<int>(branch);
  }
  return ids;
}

}  // namespace

Json LineageJson(const Lineage& lineage) {
  Json json{{"kind", lineage.kind}};
  if (!lineage.reason.empty()) json["reason"] = lineage.reason;
  for (const auto& source : lineage.sources) json["sources"].push_back(SourceJson(source));
  for (const auto& ids : lineage.ids) json["ids"].push_back(IdsJson(ids));
  return json;
}

Result<Lineage> ParseLineage(const JsonPlace& place) {
  Lineage lineage;
  TRY_ASSIGN(lineage.kind, place.TextOf("kind"));
  TRY_ASSIGN(lineage.reason, place.TextOr("reason"));
  if (place.Has("sources")) {
    TRY_ASSIGN(const JsonPlace sources, place.Member("sources"));
    TRY(sources.EachElement([&](const JsonPlace& source) -> Status {
      TRY_ASSIGN(lineage.sources.emplace_back(), ParseLineageSource(source));
      return {};
    }));
  }
  if (place.Has("ids")) {
    TRY_ASSIGN(const JsonPlace all, place.Member("ids"));
    TRY(all.EachElement([&](const JsonPlace& ids) -> Status {
      TRY_ASSIGN(lineage.ids.emplace_back(), ParseIds(ids));
      return {};
    }));
  }
  return lineage;
}

std::string LineageWords(const Lineage& lineage) {
  return lineage.kind + (lineage.reason.empty() ? "" : ": " + lineage.reason);
}

}  // namespace assay::store
