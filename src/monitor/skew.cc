#include "monitor/skew.h"

#include <algorithm>
#include <fstream>
#include <map>

#include "engine/sql_text.h"
#include "prepare/preparation.h"
#include "run/dataset.h"
#include "run/prepare_version.h"
#include "run/table_sql.h"
#include "store/feedback_log.h"
#include "store/staged_file.h"

namespace assay::monitor {
namespace {

using engine::QuoteName;
using engine::QuoteText;

// The last request of each id, by the version that answered it.
struct Request {
  Json row, prepared;
};
using RequestsByCommit = std::map<std::string, std::map<std::string, Request>>;

Result<RequestsByCommit> LastRequests(run::Session& session, const std::string& stream) {
  std::map<std::string, std::pair<std::string, Request>> last;
  TRY(store::FeedbackLog(session.catalog())
          .EachEvent(stream, store::kRequest, [&](const store::FeedbackEvent& event) -> Status {
            // Rows are kept as JSON texts: an event is canonical JSON, which has no fractions.
            const Json row = Json::parse(event.body.value("row", ""), nullptr, false);
            const Json prepared = Json::parse(event.body.value("prepared", "{}"), nullptr, false);
            if (!row.is_object() || !prepared.is_object()) return {};
            last[event.id] = {event.body.value("commit", ""), {row, prepared}};
            return {};
          }));
  RequestsByCommit by_commit;
  for (auto& [id, request] : last) by_commit[request.first][id] = std::move(request.second);
  return by_commit;
}

// A JSON value as the text that the engine casts from; null has none.
std::string ValueText(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

class Comparison {
 public:
  Comparison(run::Session& session, engine::Engine& engine, SkewReport& report)
      : session_(session), engine_(engine), report_(report) {}

  // A table `_assay_served` of ids and values as text, one column for each field.
  Status Load(const std::map<std::string, Request>& requests, const Schema& fields, bool prepared) {
    const store::StagedFile file(session_.objects().StagingPath(".jsonl"));
    {
      std::ofstream out(file.path(), std::ios::binary);
      for (const auto& [id, request] : requests) {
        const Json& values = prepared ? request.prepared : request.row;
        Json line{{"id", id}};
        for (std::size_t i = 0; i < fields.size(); ++i) {
          const auto value = values.find(fields[i].name);
          const std::string column = "c" + std::to_string(i);
          line["h" + std::to_string(i)] = value != values.end();
          if (value == values.end() || value->is_null()) {
            line[column] = nullptr;
          } else {
            line[column] = ValueText(*value);
          }
        }
        out << line.dump() << '\n';
      }
    }
    std::string columns = "'id': 'VARCHAR'";
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::string number = std::to_string(i);
      columns += ", 'c" + number + "': 'VARCHAR', 'h" + number + "': 'BOOLEAN'";
    }
    return engine_.Execute(
        "CREATE OR REPLACE TEMP TABLE _assay_served AS SELECT * FROM read_json(" +
        QuoteText(file.path().string()) + ", format = 'newline_delimited', columns = {" + columns +
        "})");
  }

  // `made` is a query with `_assay_id` and the fields.
  Status Compare(const Schema& fields, const std::string& made, bool prepared) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::string number = std::to_string(i);
      const std::string type = engine::TypeSql(fields[i].type);
      const std::string served = "TRY_CAST(s.c" + number + " AS " + type + ")";
      const std::string ours = "m." + QuoteName(fields[i].name);
      const std::string differs = "(" + served + " IS DISTINCT FROM " + ours + " OR (s.c" + number +
                                  " IS NOT NULL AND " + served + " IS NULL))";
      TRY_ASSIGN(const engine::Grid grid,
                 engine_.Query("SELECT count(*), count(*) FILTER (WHERE " + differs +
                               "), arg_min('id ' || s.id || ': served ' || coalesce(s.c" + number +
                               ", 'null') || ', made ' || coalesce(CAST(" + ours +
                               " AS VARCHAR), 'null'), s.id) FILTER (WHERE " + differs +
                               ") FROM _assay_served AS s JOIN (" + made +
                               ") AS m ON m._assay_id = s.id WHERE s.h" + number));
      ColumnSkew skew;
      skew.column = fields[i].name;
      skew.prepared = prepared;
      skew.compared = std::stoull(grid.rows.at(0).at(0).value_or("0"));
      skew.different = std::stoull(grid.rows[0][1].value_or("0"));
      skew.example = grid.rows[0][2].value_or("");
      if (skew.compared > 0) Add(std::move(skew));
    }
    return {};
  }

 private:
  // Several versions may have answered; their counts are one column's.
  void Add(ColumnSkew skew) {
    const auto same =
        std::find_if(report_.columns.begin(), report_.columns.end(), [&](const ColumnSkew& each) {
          return each.column == skew.column && each.prepared == skew.prepared;
        });
    if (same == report_.columns.end()) {
      report_.columns.push_back(std::move(skew));
      return;
    }
    same->compared += skew.compared;
    same->different += skew.different;
    if (same->example.empty()) same->example = std::move(skew.example);
  }

  run::Session& session_;
  engine::Engine& engine_;
  SkewReport& report_;
};

bool Wanted(const SkewRequest& request, const std::string& column) {
  return request.columns.empty() ||
         std::find(request.columns.begin(), request.columns.end(), column) != request.columns.end();
}

// Fields that some request has, among the columns of the rows.
Schema FieldsOf(const std::map<std::string, Request>& requests, const Schema& schema,
                const SkewRequest& request, bool prepared) {
  Schema fields;
  for (const Field& field : schema) {
    if (field.name == request.id || field.type.kind >= TypeKind::kList) continue;
    if (!Wanted(request, field.name)) continue;
    const bool asked = std::any_of(requests.begin(), requests.end(), [&](const auto& each) {
      return (prepared ? each.second.prepared : each.second.row).contains(field.name);
    });
    if (asked) fields.push_back(field);
  }
  return fields;
}

}  // namespace

bool SkewReport::skewed() const {
  return std::any_of(columns.begin(), columns.end(),
                     [](const ColumnSkew& column) { return column.different > 0; });
}

Result<SkewReport> FindSkew(run::Session& session, const SkewRequest& request,
                            const store::Table& rows, const std::string& against) {
  SkewReport report;
  report.stream = request.stream;
  report.against = against;
  if (FindField(rows.schema, request.id) == nullptr) {
    std::string known;
    for (const Field& field : rows.schema) known += (known.empty() ? "" : ", ") + field.name;
    return Error{ErrorCode::kUser, against + " has no column of ids: " + request.id,
                 "name it with `id`; its columns are " + known};
  }
  TRY_ASSIGN(const RequestsByCommit all, LastRequests(session, request.stream));
  TRY_ASSIGN(engine::Engine * engine, session.Engine());
  const std::string id = "CAST(" + QuoteName(request.id) + " AS VARCHAR)";
  const std::string table = run::TableSql(session.objects(), rows);
  Comparison comparison(session, *engine, report);
  for (const auto& [commit, requests] : all) {
    report.requests += requests.size();
    const Schema raw = FieldsOf(requests, rows.schema, request, false);
    TRY(comparison.Load(requests, raw, false));
    const std::string made = "SELECT " + id + " AS _assay_id, * FROM " + table;
    TRY_ASSIGN(const engine::Grid joined,
               engine->Query("SELECT count(DISTINCT s.id) FROM _assay_served AS s JOIN (" + made +
                             ") AS m ON m._assay_id = s.id"));
    report.joined += std::stoull(joined.rows.at(0).at(0).value_or("0"));
    TRY(comparison.Compare(raw, made, false));
    if (commit.empty()) continue;
    TRY_ASSIGN(const store::Commit body, run::ReadCommit(session.objects(), commit));
    if (body.preparation.empty()) continue;
    TRY_ASSIGN(const prepare::Preparation preparation,
               run::ReadPreparation(session.objects(), body));
    // Rows that came before the label was made are rows too: only what is read must be there.
    const auto has = [&](const Field& field) {
      const Field* ours = FindField(rows.schema, field.name);
      return ours != nullptr && ours->type == field.type;
    };
    const Schema& input = preparation.input();
    const std::vector<std::size_t> read = preparation.ColumnsRead();
    if (!std::all_of(read.begin(), read.end(), [&](std::size_t i) { return has(input[i]); })) {
      continue;
    }
    std::vector<prepare::Preparation::Output> outputs;
    Schema made_fields;
    for (const auto& output : preparation.outputs()) {
      if (output.slot < input.size() && !has(input[output.slot])) continue;
      outputs.push_back(output);
      made_fields.push_back(output.field);
    }
    const Schema prepared = FieldsOf(requests, made_fields, request, true);
    TRY(comparison.Load(requests, prepared, true));
    TRY(comparison.Compare(prepared, preparation.Sql(table, outputs, id + " AS _assay_id"), true));
  }
  TRY(engine->Execute("DROP TABLE IF EXISTS _assay_served"));
  return report;
}

Json SkewJson(const SkewReport& report) {
  Json columns = Json::array();
  for (const ColumnSkew& column : report.columns) {
    Json json{{"column", column.column},
              {"prepared", column.prepared},
              {"compared", column.compared},
              {"different", column.different}};
    if (!column.example.empty()) json["example"] = column.example;
    columns.push_back(std::move(json));
  }
  return Json{{"kind", "train_serve_skew"},   {"stream", report.stream},
              {"against", report.against},    {"requests", report.requests},
              {"joined", report.joined},      {"skewed", report.skewed()},
              {"columns", std::move(columns)}};
}

}  // namespace assay::monitor
