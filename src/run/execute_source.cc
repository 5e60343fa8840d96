#include <algorithm>
#include <map>

#include "engine/sql_text.h"
#include "run/execute.h"
#include "run/fetch.h"
#include "run/ledger.h"
#include "run/load_rows.h"
#include "run/read_versions.h"
#include "run/row_origin.h"
#include "run/source_refusals.h"
#include "source/conform.h"
#include "source/source.h"

namespace assay::run {
namespace {

// Keeps the bytes that were read and fails when they are no longer those that were planned with.
// What was fetched is there already.
Result<std::vector<store::FileRef>> Snapshot(Workspace& workspace, const SourceFiles& files,
                                             bool is_fetched) {
  std::vector<store::FileRef> kept;
  for (const store::Receipt& receipt : files.receipts) {
    // A damaged object must not stand in for the good file: what is there is hashed again.
    TRY_ASSIGN(const bool there, workspace.objects().Keep(receipt.sha256));
    if (there) {
      kept.push_back({receipt.sha256, receipt.bytes, 0, {}, {}});
      continue;
    }
    if (is_fetched) {
      return Error{ErrorCode::kData, "what was fetched is damaged or gone: " + receipt.location,
                   "`assay run --fetch-anew` asks for it again"};
    }
    TRY_ASSIGN(store::FileRef file,
               workspace.objects().Import(workspace.folder() / receipt.location));
    if (file.sha256 != receipt.sha256) {
      return Error{ErrorCode::kIo, "file changed while the run went on: " + receipt.location,
                   "run again when nothing writes to it"};
    }
    kept.push_back(std::move(file));
  }
  return kept;
}

// Rows per file, so that a row's place can be told from the files alone.
Status CountRows(Workspace& workspace, engine::Engine& engine, std::vector<store::FileRef>& files) {
  constexpr std::size_t kAtOnce = 1000;
  for (std::size_t first = 0; first < files.size(); first += kAtOnce) {
    const std::size_t end = std::min(first + kAtOnce, files.size());
    std::vector<std::string> paths;
    for (std::size_t i = first; i < end; ++i) {
      paths.push_back(workspace.objects().PathOf(files[i].sha256).string());
    }
    TRY_ASSIGN(const engine::Grid grid,
               engine.Query("SELECT file_name, num_rows FROM parquet_file_metadata(" +
                            engine::TextList(paths) + ")"));
    std::map<std::string, std::uint64_t> rows;
    for (const auto& row : grid.rows) {
      rows[row.at(0).value_or("")] = std::strtoull(row.at(1).value_or("0").c_str(), nullptr, 10);
    }
    for (std::size_t i = first; i < end; ++i) files[i].rows = rows.at(paths[i - first]);
  }
  return {};
}

// Rows of each file among those of one stored file, which has the number of the file in its last
// column.
Status CountRowsByIndex(Workspace& workspace, engine::Engine& engine, const store::FileRef& stored,
                        std::vector<store::FileRef>& files) {
  TRY_ASSIGN(const engine::Grid grid,
             engine.Query("SELECT _assay_file_index, count(*) FROM " +
                          engine::ReadParquet({workspace.objects().PathOf(stored.sha256)}, {}) +
                          " GROUP BY ALL"));
  for (const auto& row : grid.rows) {
    const std::size_t file = std::strtoull(row.at(0).value_or("0").c_str(), nullptr, 10);
    files.at(file).rows = std::strtoull(row.at(1).value_or("0").c_str(), nullptr, 10);
  }
  return {};
}

store::Lineage::Source SourceOf(const store::Receipt& receipt, std::uint64_t rows) {
  return {receipt.location, receipt.sha256, rows};
}

// The files as they were read are the table.
Result<store::Table> FilesAsTable(Workspace& workspace, engine::Engine& engine,
                                  const SourceFiles& files, std::vector<store::FileRef> kept) {
  TRY(CountRows(workspace, engine, kept));
  TRY_ASSIGN(store::Table table, DescribeTable(workspace, engine, std::move(kept)));
  for (std::size_t i = 0; i < table.files.size(); ++i) {
    store::Lineage lineage{"source", "", {SourceOf(files.receipts[i], table.files[i].rows)}, {}};
    table.files[i].lineage = std::make_shared<const store::Lineage>(std::move(lineage));
  }
  return table;
}

// What was read, in the order of the files, in a file of our own.
Result<store::Table> StoreRead(Workspace& workspace, engine::Engine& engine,
                               const LoadedRows& loaded, const SourceFiles& files,
                               std::vector<store::FileRef> kept, const std::string& source) {
  const source::SourceRead& read = loaded.read;
  const bool indexed = !read.indexed_query.empty();
  const TracedRows rows = indexed ? TracedRows{read.indexed_query, 1, nullptr, true}
                                  : TracedRows{read.query, 0, nullptr, true};
  TRY_ASSIGN(store::Table table, StoreTraced(workspace, engine, rows, source));
  store::Lineage lineage{"source", "", {}, {}};
  if (!loaded.rows_of_files.empty()) {
    for (std::size_t i = 0; i < kept.size(); ++i) kept[i].rows = loaded.rows_of_files[i];
    lineage.ids.push_back({"", kRowIdColumn, "", 0});
  } else if (indexed) {
    TRY(CountRowsByIndex(workspace, engine, table.files.at(0), kept));
  } else {
    TRY(CountRows(workspace, engine, kept));
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    lineage.sources.push_back(SourceOf(files.receipts[i], kept[i].rows));
  }
  table.files.at(0).lineage = std::make_shared<const store::Lineage>(std::move(lineage));
  return table;
}

Result<store::Table> TableOf(Workspace& workspace, engine::Engine& engine,
                             const source::SourceRead& read, const contract::Declared& source,
                             const SourceFiles& files, const std::vector<store::FileRef>& kept) {
  TRY_ASSIGN(const LoadedRows loaded, LoadRows(engine, read, source, files));
  if (loaded.read.files_are_table) return FilesAsTable(workspace, engine, files, kept);
  return StoreRead(workspace, engine, loaded, files, kept, source.name);
}

// A source that refuses every row is declared wrongly; its first row shows how.
Error NoRowCouldBeRead(engine::Engine& engine, const std::string& refused,
                       const std::string& hint) {
  Error error{ErrorCode::kData, "no row of the source could be read", hint};
  const auto first =
      engine.Query("SELECT location, line, reason, text FROM (" + refused + ") LIMIT 1");
  if (!first.ok() || first->rows.empty()) return error;
  const auto& row = first->rows[0];
  const std::string reason = row[2].value_or("");
  error.message += "; " + row[0].value_or("") + ":" + row[1].value_or("") + ": " +
                   reason.substr(0, reason.find('\n')) + ": " + row[3].value_or("").substr(0, 100);
  return error;
}

// The files of a committed version are its table.
Result<Executed> ExecuteVersion(Workspace& workspace, const SourceFiles& files) {
  std::vector<store::FileRef> kept;
  for (const store::Receipt& receipt : files.receipts) {
    TRY_ASSIGN(const bool there, workspace.objects().Keep(receipt.sha256));
    if (!there) {
      return Error{ErrorCode::kData,
                   "a file of the version is damaged or gone: " + receipt.location,
                   "`assay dataset verify` tells what is wrong with the store"};
    }
    kept.push_back({receipt.sha256, receipt.bytes, 0, {}, {}});
  }
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  Executed done;
  TRY_ASSIGN(done.output.outputs[""], FilesAsTable(workspace, *engine, files, std::move(kept)));
  done.rows_out = done.output.outputs[""].rows;
  return done;
}

void TellDepartures(const std::vector<source::Departure>& departures,
                    const contract::SourceSchema& schema, const SourceFiles& files,
                    Executed& done) {
  if (departures.empty()) return;
  const std::string which = files.receipts.size() == 1 ? files.receipts[0].location : "its files";
  const bool is_one = files.receipts.size() == 1;
  done.departures = source::DeparturesJson(departures);
  done.declared_in = schema.declared_in;
  done.warnings.push_back(which + (is_one ? " does" : " do") + " not have the columns of " +
                          schema.declared_in + ": " + source::DeparturesText(departures));
}

}  // namespace

Result<Executed> ExecuteSource(Workspace& workspace, const contract::Declared& source,
                               const SourceFiles& files) {
  if (source.kind == kVersionKind) return ExecuteVersion(workspace, files);
  const source::SourceKind* kind = source::FindSource(source.kind);
  if (kind == nullptr) {
    return Error{ErrorCode::kInternal, "no such source kind: " + source.kind, ""};
  }
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  TRY_ASSIGN(std::vector<store::FileRef> kept, Snapshot(workspace, files, IsFetched(source)));
  std::vector<source::SourceFile> paths;
  paths.reserve(files.receipts.size());
  for (const store::Receipt& receipt : files.receipts) {
    paths.push_back({workspace.objects().PathOf(receipt.sha256), receipt.location});
  }
  Executed done;
  const source::SourceContext context{
      *engine, source.params, paths, {}, source.load.HasFact("line"), !source.schema};
  source::SourceRead read;
  std::uint64_t undeclared = 0;
  if (source.schema) {
    TRY_ASSIGN(source::Conformed held, source::ReadHeld(*kind, context, *source.schema));
    read = std::move(held.read);
    undeclared = held.refused_rows;
    TellDepartures(held.departures, *source.schema, files, done);
  } else {
    TRY_ASSIGN(read, kind->read(context));
  }
  done.warnings.insert(done.warnings.begin(), read.told.begin(), read.told.end());
  auto table = TableOf(workspace, *engine, read, source, files, kept);
  const bool guessed_wrong =
      !table.ok() && read.exactly != nullptr && table.error().code != ErrorCode::kCancelled;
  if (guessed_wrong) {
    TRY_ASSIGN(read, read.exactly());
    table = TableOf(workspace, *engine, read, source, files, kept);
  }
  if (!table.ok()) return source::NameSourceFile(std::move(table).error(), paths);
  done.output.outputs[""] = std::move(table).value();
  done.rows_out = done.output.outputs[""].rows;
  if (kind->info.ledger != contract::Ledger::kNone) {
    TRY_ASSIGN(const auto changes, read.changes());
    TRY_ASSIGN(done.output.outputs["ledger"],
               StoreSourceLedger(workspace, *engine, changes, files, done.output.outputs[""],
                                 source.name));
  }
  if (read.refused) {
    TRY_ASSIGN(const std::string query, read.refused());
    TRY_ASSIGN(store::Table refused,
               StoreTable(workspace, *engine, query, source.name + ".refused"));
    done.rows_refused = refused.rows;
    if (refused.rows > 0 && done.rows_out == 0) {
      return NoRowCouldBeRead(*engine, query, read.refused_hint);
    }
    done.output.outputs["refused"] = std::move(refused);
  }
  done.rows_in = done.rows_out + done.rows_refused;
  const SourceRefusals refusals{done.rows_refused - undeclared, undeclared};
  PutSourceRefusals(source.name, refusals, done);
  for (std::string& warning : SourceRefusalWarnings(source.name, refusals)) {
    done.warnings.push_back(std::move(warning));
  }
  return done;
}

}  // namespace assay::run
