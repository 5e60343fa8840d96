#include "monitor/subject.h"

#include <algorithm>

#include "engine/sql_text.h"
#include "monitor/version_side.h"
#include "run/kinds.h"
#include "run/model.h"
#include "run/node_output.h"
#include "run/table_sql.h"
#include "source/source.h"

namespace assay::monitor {
namespace {

using FileKind = const source::SourceKind*;

Result<bool> IsDataset(run::Session& session, const std::string& name) {
  TRY_ASSIGN(const auto datasets, session.catalog().Datasets());
  return std::find(datasets.begin(), datasets.end(), name.substr(0, name.find('@'))) !=
         datasets.end();
}

// The kind of source that reads files of this suffix; null for none.
FileKind KindOfFile(const std::string& name) {
  const contract::KindInfo* info = contract::FindKindOfPath(run::AllKinds().sources, name);
  return info == nullptr ? nullptr : source::FindSource(info->name);
}

Status RefuseRejects(engine::Engine& engine, const source::SourceRead& read,
                     const std::string& location) {
  if (!read.refused) return {};
  TRY_ASSIGN(const std::string refused, read.refused());
  TRY_ASSIGN(const engine::Grid first,
             engine.Query("SELECT line, count(*) OVER () FROM (" + refused +
                          ") ORDER BY line"
                          " LIMIT 1"));
  if (first.rows.empty()) return {};
  return Error{ErrorCode::kData,
               location + " has rows that do not parse: " + first.rows[0][1].value_or("") +
                   ", the first in line " + first.rows[0][0].value_or(""),
               "mend them, or declare the file as a source, which puts them into quarantine"};
}

Result<Subject> SubjectOfFile(run::Session& session, const std::string& name, FileKind kind) {
  Subject subject;
  TRY_ASSIGN(subject.file, run::NamedFile::Copy(session, name, "name a file of rows"));
  const std::string& location = subject.file->location();
  const std::vector<source::SourceFile> files{{subject.file->copy(), location}};
  TRY_ASSIGN(engine::Engine * engine, session.Engine());
  const Json params = Json::object();
  TRY_ASSIGN(const source::SourceRead read, kind->read({*engine, params, files}));
  DriftSide& side = subject.side;
  side.name = location;
  TRY_ASSIGN(side.schema, engine->Describe(read.query));
  if (read.files_are_table) {
    side.sql = engine::ReadParquet({subject.file->copy()}, side.schema);
    TRY_ASSIGN(const engine::Grid count, engine->Query("SELECT count(*) FROM " + side.sql));
    side.rows = std::stoull(count.rows.at(0).at(0).value_or("0"));
    return subject;
  }
  subject.rows = std::make_unique<store::StagedFile>(session.objects().StagingPath(".parquet"));
  auto rows = engine->CopyToParquet(read.query, subject.rows->path());
  if (!rows.ok()) return source::NameSourceFile(std::move(rows).error(), files);
  TRY(RefuseRejects(*engine, read, location));
  side.rows = *rows;
  side.sql = engine::ReadParquet({subject.rows->path()}, side.schema);
  return subject;
}

Result<Subject> SubjectOfNode(run::Session& session, const std::string& name) {
  TRY_ASSIGN(const store::Table table, run::NewestOutput(session.catalog(), name));
  Subject subject;
  subject.side.name = name;
  subject.side.schema = table.schema;
  subject.side.rows = table.rows;
  subject.side.sql = run::TableSql(session.objects(), table);
  return subject;
}

}  // namespace

Result<Subject> FindSubject(run::Session& session, const std::string& name,
                            const run::NamedVersion& reference, const std::string& split,
                            bool with_profile) {
  const FileKind kind = KindOfFile(name);
  TRY_ASSIGN(const bool is_dataset, IsDataset(session, name));
  if (kind == nullptr && (is_dataset || name.find('@') != std::string::npos)) {
    TRY_ASSIGN(const run::NamedVersion version, run::FindVersion(session, name, reference.dataset));
    Subject subject;
    TRY_ASSIGN(subject.side, SideOfVersion(session, version, split, with_profile));
    return subject;
  }
  if (kind == nullptr && name.find('/') != std::string::npos) {
    return Error{ErrorCode::kUser, "no kind of source reads files of this suffix: " + name,
                 "suffixes are " + contract::SuffixesText(session.kinds().sources)};
  }
  auto found = kind != nullptr ? SubjectOfFile(session, name, kind) : SubjectOfNode(session, name);
  if (!found.ok()) {
    Error error = found.error();
    if (kind == nullptr) error.hint += "; a version is written NAME@REF, a file with its suffix";
    return error;
  }
  Subject subject = *std::move(found);
  const Json& label = reference.body.label;
  const std::string column = label.is_object() ? label.value("column", "") : "";
  if (FindField(subject.side.schema, column) != nullptr) subject.side.label = column;
  return subject;
}

Result<DriftReport> FindDriftFrom(run::Session& session, const run::NamedVersion& reference,
                                  const std::string& current, const std::string& split,
                                  const DriftOptions& options) {
  const bool with_profile = options.from != DriftFrom::kData;
  TRY_ASSIGN(const DriftSide from, SideOfVersion(session, reference, split, with_profile));
  TRY_ASSIGN(const Subject to, FindSubject(session, current, reference, split, with_profile));
  TRY_ASSIGN(DriftReport report,
             FindDrift(from, to.side, options, [&session] { return session.Engine(); }));
  report.split = split;
  return report;
}

Result<run::NamedVersion> FindReference(run::Session& session, const std::string& reference) {
  TRY_ASSIGN(const bool is_dataset, IsDataset(session, reference));
  if (is_dataset) return run::FindVersion(session, reference);
  const auto model = run::FindModel(session, reference);
  if (!model.ok()) {
    const auto version = run::FindVersion(session, reference);
    if (version.ok()) return version;
    Error error = version.error();
    error.message += ", and " + model.error().message;
    error.hint += (error.hint.empty() ? "" : "; ") + model.error().hint;
    return error;
  }
  return run::FindVersion(session, "@commit:" + model->body.commit, model->body.dataset);
}

}  // namespace assay::monitor
