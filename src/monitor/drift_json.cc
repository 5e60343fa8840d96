// A report as JSON and back.
#include <cstdlib>

#include "monitor/drift.h"
#include "store/json_place.h"

namespace assay::monitor {
namespace {

using store::JsonPlace;

Json CountsJson(const SideCounts& counts) {
  Json json{{"rows", counts.rows}, {"nulls", counts.nulls}};
  if (counts.not_finite > 0) json["not_finite"] = counts.not_finite;
  return json;
}

Json ColumnJson(const ColumnDrift& column) {
  Json json{{"column", column.column},
            {"kind", KindName(column.kind)},
            {"drifted", column.drifted},
            {"reference", CountsJson(column.reference)},
            {"current", CountsJson(column.current)}};
  if (column.method) json["method"] = MethodName(*column.method);
  if (column.statistic) json["statistic"] = DoubleText(*column.statistic);
  if (column.threshold) json["threshold"] = DoubleText(*column.threshold);
  if (!column.from.empty()) json["from"] = column.from;
  if (!column.note.empty()) json["note"] = column.note;
  for (const DriftBin& bin : column.bins) {
    json["bins"].push_back(
        Json{{"label", bin.label}, {"reference", bin.reference}, {"current", bin.current}});
  }
  return json;
}

Json SideJson(const std::string& name, const std::string& version, std::uint64_t rows) {
  Json json{{"name", name}, {"rows", rows}};
  if (!version.empty()) json["version"] = version;
  return json;
}

Json SchemaChangeJson(const SchemaChange& change) {
  Json json{{"column", change.column}};
  if (!change.before.empty()) json["before"] = change.before;
  if (!change.after.empty()) json["after"] = change.after;
  return json;
}

Result<double> NumberAt(const JsonPlace& place, const std::string& name) {
  TRY_ASSIGN(const std::string text, place.TextOf(name));
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') return place.Wrong(name + " is no number");
  return number;
}

Result<SideCounts> ParseCounts(const JsonPlace& place) {
  SideCounts counts;
  TRY_ASSIGN(counts.rows, place.CountOf("rows"));
  TRY_ASSIGN(counts.nulls, place.CountOf("nulls"));
  if (place.Has("not_finite")) {
    TRY_ASSIGN(counts.not_finite, place.CountOf("not_finite"));
  }
  return counts;
}

Result<bool> FlagAt(const JsonPlace& place, const std::string& name) {
  TRY_ASSIGN(const JsonPlace flag, place.Member(name));
  if (!flag.json().is_boolean()) return flag.Wrong("is neither true nor false");
  return flag.json().get<bool>();
}

Status BinsInto(const JsonPlace& place, ColumnDrift& column) {
  return place.EachElement([&](const JsonPlace& entry) -> Status {
    DriftBin bin;
    TRY_ASSIGN(bin.label, entry.TextOf("label"));
    TRY_ASSIGN(bin.reference, entry.CountOf("reference"));
    TRY_ASSIGN(bin.current, entry.CountOf("current"));
    column.bins.push_back(std::move(bin));
    return {};
  });
}

Result<ColumnDrift> ParseColumn(const JsonPlace& place) {
  ColumnDrift column;
  TRY_ASSIGN(column.column, place.TextOf("column"));
  TRY_ASSIGN(const std::string kind, place.TextOf("kind"));
  const auto known = ParseKind(kind);
  if (!known) return place.Wrong("has no known kind");
  column.kind = *known;
  TRY_ASSIGN(column.drifted, FlagAt(place, "drifted"));
  if (place.Has("method")) {
    TRY_ASSIGN(const std::string method, place.TextOf("method"));
    const auto parsed = ParseMethod(method);
    if (!parsed.ok()) return place.Wrong("has no known method");
    column.method = *parsed;
  }
  if (place.Has("statistic")) {
    TRY_ASSIGN(column.statistic, NumberAt(place, "statistic"));
  }
  if (place.Has("threshold")) {
    TRY_ASSIGN(column.threshold, NumberAt(place, "threshold"));
  }
  TRY_ASSIGN(column.from, place.TextOr("from"));
  TRY_ASSIGN(column.note, place.TextOr("note"));
  TRY_ASSIGN(const JsonPlace reference, place.Member("reference"));
  TRY_ASSIGN(column.reference, ParseCounts(reference));
  TRY_ASSIGN(const JsonPlace current, place.Member("current"));
  TRY_ASSIGN(column.current, ParseCounts(current));
  if (place.Has("bins")) {
    TRY_ASSIGN(const JsonPlace bins, place.Member("bins"));
    TRY(BinsInto(bins, column));
  }
  return column;
}

Status SideInto(const JsonPlace& report, const std::string& side, std::string& name,
                std::string& version, std::uint64_t& rows) {
  TRY_ASSIGN(const JsonPlace place, report.Member(side));
  TRY_ASSIGN(name, place.TextOf("name"));
  TRY_ASSIGN(version, place.TextOr("version"));
  TRY_ASSIGN(rows, place.CountOf("rows"));
  return {};
}

Status ColumnsInto(const JsonPlace& place, std::vector<ColumnDrift>& columns) {
  return place.EachElement([&](const JsonPlace& entry) -> Status {
    TRY_ASSIGN(ColumnDrift column, ParseColumn(entry));
    columns.push_back(std::move(column));
    return {};
  });
}

Status SchemaInto(const JsonPlace& place, std::vector<SchemaChange>& changes) {
  return place.EachElement([&](const JsonPlace& entry) -> Status {
    SchemaChange change;
    TRY_ASSIGN(change.column, entry.TextOf("column"));
    TRY_ASSIGN(change.before, entry.TextOr("before"));
    TRY_ASSIGN(change.after, entry.TextOr("after"));
    changes.push_back(std::move(change));
    return {};
  });
}

}  // namespace

Json DriftJson(const DriftReport& report) {
  Json columns = Json::array(), schema = Json::array();
  for (const ColumnDrift& column : report.columns) columns.push_back(ColumnJson(column));
  for (const SchemaChange& change : report.schema) schema.push_back(SchemaChangeJson(change));
  Json json{
      {"reference", SideJson(report.reference, report.reference_version, report.reference_rows)},
      {"current", SideJson(report.current, report.current_version, report.current_rows)},
      {"drifted", report.drifted()},
      {"data_drift", Json{{"drifted", report.data_drift()},
                          {"judged_columns", report.judged_columns()},
                          {"drifted_columns", report.drifted_columns()},
                          {"drift_share", DoubleText(report.drift_share)},
                          {"columns", std::move(columns)}}},
      {"schema_drift", Json{{"drifted", report.schema_drift()}, {"changes", std::move(schema)}}}};
  if (!report.split.empty()) json["split"] = report.split;
  if (report.label) json["label_drift"] = ColumnJson(*report.label);
  return json;
}

Result<DriftReport> ParseDriftJson(const Json& json) {
  const JsonPlace place(json);
  DriftReport report;
  TRY(SideInto(place, "reference", report.reference, report.reference_version,
               report.reference_rows));
  TRY(SideInto(place, "current", report.current, report.current_version, report.current_rows));
  TRY_ASSIGN(report.split, place.TextOr("split"));
  TRY_ASSIGN(const JsonPlace data, place.Member("data_drift"));
  TRY_ASSIGN(report.drift_share, NumberAt(data, "drift_share"));
  TRY_ASSIGN(const JsonPlace columns, data.Member("columns"));
  TRY(ColumnsInto(columns, report.columns));
  TRY_ASSIGN(const JsonPlace schema, place.Member("schema_drift"));
  TRY_ASSIGN(const JsonPlace changes, schema.Member("changes"));
  TRY(SchemaInto(changes, report.schema));
  if (place.Has("label_drift")) {
    TRY_ASSIGN(const JsonPlace label, place.Member("label_drift"));
    TRY_ASSIGN(report.label, ParseColumn(label));
  }
  return report;
}

}  // namespace assay::monitor
