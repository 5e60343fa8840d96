#include "feedback/import.h"

#include <algorithm>

#include "contract/mapping.h"
#include "contract/utf8.h"
#include "engine/sql_text.h"
#include "feedback/class_sql.h"
#include "feedback/raw_rows.h"
#include "run/execute.h"
#include "run/named_file.h"
#include "store/feedback_log.h"
#include "store/file.h"
#include "store/staged_file.h"

namespace assay::feedback {
namespace {

namespace fs = std::filesystem;
using contract::FeedbackStream;
using engine::QuoteName;
using engine::QuoteText;

constexpr auto kBothKinds =
    "predictions have the columns id, time, prediction and may have score, model and features; "
    "outcomes have id, time, outcome";

// A canonical column: how it is made of the raw ones, and what makes a row wrong.
struct Column {
  std::string name;
  std::string sql;
  std::string wrong;   // condition
  std::string reason;  // SQL text of the reason
};

std::string Reason(const std::string& words, const std::string& value) {
  return QuoteText(words + ": ") + " || left(" + value + "::VARCHAR, 40)";
}

Error WrongType(const std::string& location, const std::string& column, const Type& type,
                const std::string& expected) {
  return {
      ErrorCode::kData,
      location + " has a column `" + column + "` that is no " + expected + ": " + TypeText(type),
      "write it as " + expected};
}

// `missing` and `wrong` rows of one column, as one condition each.
Result<std::vector<Column>> IdColumn(const std::string& location, const Field& field) {
  const std::string raw = QuoteName(field.name);
  if (field.type.kind != TypeKind::kString && !IsInteger(field.type)) {
    return WrongType(location, field.name, field.type, "text or whole number");
  }
  const std::string text = raw + "::VARCHAR";
  return std::vector<Column>{
      {"id", text, text + " IS NULL OR " + text + " = ''", QuoteText(field.name + " is missing")}};
}

Result<std::vector<Column>> TimeColumn(const std::string& location, const Field& field) {
  const std::string raw = QuoteName(field.name);
  std::string sql;
  switch (field.type.kind) {
    case TypeKind::kDate:
    case TypeKind::kTimestamp:
      sql = raw + "::TIMESTAMP";
      break;
    case TypeKind::kTimestampUtc:
      sql = "(" + raw + " AT TIME ZONE 'UTC')";
      break;
    case TypeKind::kString: {
      const std::string form =
          "'\\s*[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?"
          " ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)?\\s*'";
      // The engine wants `-05:00` close by, others write ` -0500`.
      const std::string close = "regexp_replace(trim(" + raw +
                                "), '(:[0-9.]+) ?([+-][0-9]{2}):?([0-9]{2})?$', "
                                "'\\1\\2:\\3')";
      sql = "(TRY_CAST(CASE WHEN regexp_full_match(" + raw + ", " + form + ") THEN rtrim(" + close +
            ", ':') END AS TIMESTAMPTZ) AT TIME ZONE 'UTC')";
      break;
    }
    default:
      return WrongType(location, field.name, field.type, "moment such as 2001-05-01T09:00:00Z");
  }
  return std::vector<Column>{
      {"", "", raw + " IS NULL", QuoteText(field.name + " is missing")},
      {"time", sql,
       sql + " IS NULL OR NOT isfinite(" + sql + ") OR year(" + sql + ") NOT BETWEEN 1 AND 9999",
       Reason(field.name + " is no moment", raw)}};
}

Result<std::vector<Column>> ClassColumn(const std::string& location, const Field& field) {
  const TypeKind kind = field.type.kind;
  if (kind != TypeKind::kString && kind != TypeKind::kBool && !IsNumber(field.type)) {
    return WrongType(location, field.name, field.type, "text, number or truth value");
  }
  const std::string raw = QuoteName(field.name);
  const std::string text = raw + "::VARCHAR";
  const bool is_float = kind == TypeKind::kFloat32 || kind == TypeKind::kFloat64;
  std::vector<Column> columns{{field.name, ClassSql(text), raw + " IS NULL OR " + text + " = ''",
                               QuoteText(field.name + " is missing")}};
  if (is_float) {
    columns.push_back(
        {"", "", "NOT isfinite(" + raw + ")", Reason(field.name + " is no number", raw)});
  }
  return columns;
}

Result<std::vector<Column>> ScoreColumn(const std::string& location, const Field& field) {
  const std::string raw = QuoteName(field.name);
  const bool is_text = field.type.kind == TypeKind::kString;
  if (!is_text && !IsNumber(field.type)) {
    return WrongType(location, field.name, field.type, "number");
  }
  const std::string score = "TRY_CAST(" + raw + " AS DOUBLE)";
  std::vector<Column> columns;
  if (is_text) {
    columns.push_back({"", "", raw + " IS NOT NULL AND " + score + " IS NULL",
                       Reason(field.name + " is no number", raw)});
  }
  // NaN is above every number to the engine; adding 0 makes -0 a 0.
  columns.push_back({"score", "(" + score + " + 0)", score + " < 0 OR " + score + " > 1",
                     Reason(field.name + " is not between 0 and 1", raw)});
  return columns;
}

Result<std::vector<Column>> ModelColumn(const std::string& location, const Field& field,
                                        const std::string& by_default) {
  const std::string raw = QuoteName(field.name);
  if (field.type.kind != TypeKind::kString) {
    return WrongType(location, field.name, field.type, "text");
  }
  return std::vector<Column>{{"model", "coalesce(" + raw + ", " + QuoteText(by_default) + ")",
                              raw + " = ''", QuoteText(field.name + " is empty")}};
}

// What a file holds, by its columns.
Result<std::string> KindOf(const Schema& schema, const std::string& location,
                           const std::string& kind) {
  const bool predicts = FindField(schema, "prediction") != nullptr;
  const bool tells = FindField(schema, "outcome") != nullptr;
  if (!kind.empty()) {
    const char* column = kind == store::kPrediction ? "prediction" : "outcome";
    if (FindField(schema, column) != nullptr) return kind;
    return Error{ErrorCode::kData, location + " has no column `" + column + "`",
                 "its columns are " + contract::Join(FieldNames(schema))};
  }
  if (predicts && tells) {
    return Error{ErrorCode::kUser, location + " has both `prediction` and `outcome`",
                 "import it twice, with `--kind prediction` and with `--kind outcome`"};
  }
  if (predicts) return std::string(store::kPrediction);
  if (tells) return std::string(store::kOutcome);
  return Error{ErrorCode::kData, location + " has neither `prediction` nor `outcome`", kBothKinds};
}

Result<Field> NeedField(const Schema& schema, const std::string& name,
                        const std::string& location) {
  if (const Field* field = FindField(schema, name)) return *field;
  return Error{ErrorCode::kData, location + " has no column `" + name + "`",
               contract::NearestHint(name, FieldNames(schema), "its columns are")};
}

void Append(std::vector<Column>& columns, std::vector<Column> more) {
  for (Column& column : more) columns.push_back(std::move(column));
}

// How raw rows become canonical ones.
struct Canonical {
  std::vector<Column> columns;
  std::string features;  // SELECT list, each with a comma before it
};

bool IsOneOf(const std::string& name, const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Result<Canonical> PlanPredictions(const FeedbackStream& stream, const Schema& schema,
                                  const std::string& location) {
  Canonical canonical;
  TRY_ASSIGN(const Field prediction, NeedField(schema, "prediction", location));
  TRY_ASSIGN(auto classes, ClassColumn(location, prediction));
  Append(canonical.columns, std::move(classes));
  if (const Field* score = FindField(schema, "score")) {
    TRY_ASSIGN(auto columns, ScoreColumn(location, *score));
    Append(canonical.columns, std::move(columns));
  } else {
    canonical.columns.push_back({"score", "NULL::DOUBLE", "", ""});
  }
  if (const Field* model = FindField(schema, "model")) {
    TRY_ASSIGN(auto columns, ModelColumn(location, *model, stream.model));
    Append(canonical.columns, std::move(columns));
  } else {
    canonical.columns.push_back({"model", QuoteText(stream.model), "", ""});
  }
  // An outcome beside the prediction is imported as one of its own.
  const std::vector<std::string> taken = {stream.id, stream.time, "prediction",
                                          "score",   "model",     "outcome"};
  for (const Field& field : schema) {
    if (IsOneOf(field.name, taken)) continue;
    if (field.name == "id" || field.name == "time") {
      return Error{ErrorCode::kData,
                   location + " has a column `" + field.name + "` beside the one that stream `" +
                       stream.name +
                       "` takes for it: " + (field.name == "id" ? stream.id : stream.time),
                   "rename it, or mend `" + field.name + "` of the stream in assay.yaml"};
    }
    canonical.features += ", " + QuoteName(field.name);
  }
  return canonical;
}

Result<Canonical> PlanColumns(const FeedbackStream& stream, const std::string& kind,
                              const Schema& schema, const std::string& location) {
  TRY_ASSIGN(const Field id, NeedField(schema, stream.id, location));
  TRY_ASSIGN(const Field time, NeedField(schema, stream.time, location));
  Canonical canonical;
  TRY_ASSIGN(canonical.columns, IdColumn(location, id));
  TRY_ASSIGN(auto times, TimeColumn(location, time));
  Append(canonical.columns, std::move(times));
  if (kind == store::kOutcome) {
    TRY_ASSIGN(const Field outcome, NeedField(schema, "outcome", location));
    TRY_ASSIGN(auto classes, ClassColumn(location, outcome));
    Append(canonical.columns, std::move(classes));
    return canonical;
  }
  TRY_ASSIGN(Canonical predictions, PlanPredictions(stream, schema, location));
  Append(canonical.columns, std::move(predictions.columns));
  canonical.features = std::move(predictions.features);
  return canonical;
}

Status CheckRows(engine::Engine& engine, const Canonical& canonical, const fs::path& raw,
                 const std::string& location) {
  std::string reason = "CASE";
  for (const Column& column : canonical.columns) {
    if (!column.wrong.empty()) reason += " WHEN " + column.wrong + " THEN " + column.reason;
  }
  const std::string rows = "(SELECT file_row_number + 1 AS n, " + reason + " END AS reason FROM " +
                           engine::ReadParquet({raw}, {}) + ")";
  TRY_ASSIGN(const engine::Grid count, engine.Query("SELECT count(*), count(reason) FROM " + rows));
  const std::string all = count.rows.at(0).at(0).value_or("0");
  const std::string wrong = count.rows[0].at(1).value_or("0");
  if (all == "0") {
    return Error{ErrorCode::kData, location + " has no rows", "there is nothing to import"};
  }
  if (wrong == "0") return {};
  TRY_ASSIGN(const engine::Grid first,
             engine.Query("SELECT n, reason FROM " + rows +
                          " WHERE reason IS NOT NULL ORDER BY n LIMIT " + std::to_string(kTold)));
  std::vector<WrongRow> told;
  told.reserve(first.rows.size());
  for (const auto& row : first.rows) {
    told.push_back({"row " + row[0].value_or("?"), contract::Printable(row[1].value_or(""))});
  }
  return Refusal(location, wrong, all, told);
}

std::string CanonicalSql(const Canonical& canonical, const fs::path& raw) {
  std::string select;
  for (const Column& column : canonical.columns) {
    if (column.name.empty()) continue;
    select += (select.empty() ? "" : ", ") + column.sql + " AS " + QuoteName(column.name);
  }
  return "SELECT " + select + canonical.features + " FROM " + engine::ReadParquet({raw}, {});
}

Status Record(run::Session& session, const store::FeedbackBatch& batch) {
  store::Catalog& catalog = session.catalog();
  store::Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  for (const store::FileRef& object : batch.table.files) TRY(catalog.PutObject(object));
  TRY_ASSIGN(const bool is_new, store::FeedbackLog(catalog).PutBatch(batch));
  if (is_new) {
    TRY(catalog.AddEvent("feedback.imported", "",
                         Json{{"stream", batch.stream},
                              {"kind", batch.kind},
                              {"rows", batch.table.rows},
                              {"location", batch.location},
                              {"sha256", batch.sha256}}));
  }
  return transaction.Commit();
}

}  // namespace

Result<Imported> ImportFile(run::Session& session, const FeedbackStream& stream,
                            const fs::path& file, const std::string& kind,
                            const std::string& name) {
  if (contract::FindInvalidUtf8(name)) {
    return Error{ErrorCode::kUser, "a name is no UTF-8: " + contract::Escaped(name), ""};
  }
  TRY_ASSIGN(const auto named, run::NamedFile::Copy(session, file, "name a file of feedback"));
  const std::string& location = name.empty() ? named->location() : name;
  TRY_ASSIGN(const store::FileRef bytes, store::HashFile(named->copy()));
  store::FeedbackLog log(session.catalog());
  TRY_ASSIGN(const auto known, log.FindBatch(stream.name, kind, bytes.sha256));
  if (known) return Imported{location, known->kind, known->table.rows, false, known->created_at};

  TRY_ASSIGN(engine::Engine * engine, session.Engine());
  const store::StagedFile raw(session.objects().StagingPath(".parquet"));
  const std::vector<std::string> as_text = {stream.id, stream.time, "prediction",
                                            "score",   "model",     "outcome"};
  TRY_ASSIGN(const Schema schema,
             WriteRawRows(*engine, {named->copy(), location}, as_text, raw.path()));
  store::FeedbackBatch batch;
  TRY_ASSIGN(batch.kind, KindOf(schema, location, kind));
  TRY_ASSIGN(const Canonical canonical, PlanColumns(stream, batch.kind, schema, location));
  TRY(CheckRows(*engine, canonical, raw.path(), location));
  TRY_ASSIGN(batch.table, run::StoreTable(session.workspace(), *engine,
                                          CanonicalSql(canonical, raw.path()), location));
  batch.stream = stream.name;
  batch.sha256 = bytes.sha256;
  batch.location = location;
  TRY(Record(session, batch));
  return Imported{location, batch.kind, batch.table.rows, true,
                  UtcText(session.clock().NowMicros())};
}

}  // namespace assay::feedback
