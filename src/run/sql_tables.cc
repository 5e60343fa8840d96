#include "run/sql_tables.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "base/nearest.h"
#include "engine/sql_text.h"
#include "run/node_output.h"
#include "run/prepare_version.h"
#include "run/prepared.h"
#include "run/read_versions.h"
#include "run/table_sql.h"
#include "run/table_view.h"
#include "run/version_ref.h"
#include "step/step.h"

namespace assay::run {
namespace {

// `flights_train@v1`, and behind it `.test` for a split, `.prepared` for prepared rows, or both.
Result<std::string> VersionTable(Session& session, const std::string& name) {
  std::string ref = name;
  std::vector<std::string> parts;  // those behind the ref, last first
  for (std::size_t dot = ref.rfind('.'); dot != std::string::npos && dot > ref.find('@');
       dot = ref.rfind('.')) {
    parts.push_back(ref.substr(dot + 1));
    ref.resize(dot);
  }
  TRY_ASSIGN(NamedVersion version, FindVersion(session, ref));
  if (!parts.empty() && parts.front() == "prepared") {
    TRY_ASSIGN(version.body, AsPrepared(session.objects(), version.body));
    parts.erase(parts.begin());
  }
  if (parts.empty()) return VersionSql(session.objects(), version.body);
  if (parts.size() > 1) {
    return Error{ErrorCode::kUser, "no such table: " + name,
                 "write NAME@REF, NAME@REF.SPLIT or NAME@REF.SPLIT.prepared"};
  }
  TRY_ASSIGN(const store::SplitTable* split, FindSplit(version, parts[0]));
  return TableSql(session.objects(), SplitAsTable(version.body, *split));
}

// What can be read: outputs of nodes, datasets and their versions.
Result<std::vector<std::string>> TableNames(store::Catalog& catalog,
                                            const std::vector<std::string>& datasets) {
  std::vector<std::string> names = datasets;
  for (const std::string& dataset : datasets) {
    TRY_ASSIGN(const auto refs, catalog.Refs(dataset));
    for (const store::RefRow& ref : refs) names.push_back(dataset + "@" + ref.name);
  }
  TRY_ASSIGN(const std::vector<std::string> nodes, NodesThatRan(catalog));
  for (const std::string& node : nodes) {
    TRY_ASSIGN(const std::string fingerprint, catalog.CurrentFingerprint(node));
    TRY_ASSIGN(const auto result, catalog.FindNodeResult(fingerprint));
    if (!result) continue;
    TRY_ASSIGN(const NodeOutput parsed, ParseNodeOutput(result->result));
    for (const auto& [output, table] : parsed.outputs) {
      names.push_back(output.empty() ? node : node + "." + output);
    }
  }
  return names;
}

Result<std::string> NoSuchTable(store::Catalog& catalog, const std::vector<std::string>& datasets,
                                const std::string& name) {
  TRY_ASSIGN(const std::vector<std::string> names, TableNames(catalog, datasets));
  const std::string nearest = NearestName(name, names);
  return Error{ErrorCode::kUser, "no such table: " + name,
               nearest.empty() ? "tables are nodes that ran and versions like \"NAME@v1\""
                               : "did you mean \"" + nearest + "\"?"};
}

Result<std::string> NodeTable(Session& session, const std::string& name) {
  TRY_ASSIGN(store::Catalog * catalog, session.NeedCatalog());
  const std::size_t dot = name.find('.');
  const std::string node = name.substr(0, dot);
  const std::string output = dot == std::string::npos ? "" : name.substr(dot + 1);
  TRY_ASSIGN(const std::string fingerprint, catalog->CurrentFingerprint(node));
  TRY_ASSIGN(const auto result, catalog->FindNodeResult(fingerprint));
  TRY_ASSIGN(const auto datasets, catalog->Datasets());
  const bool is_dataset = std::find(datasets.begin(), datasets.end(), node) != datasets.end();
  if (is_dataset) {
    return VersionTable(session, node + "@latest" + (output.empty() ? "" : "." + output));
  }
  if (!result) return NoSuchTable(*catalog, datasets, name);
  TRY_ASSIGN(const NodeOutput parsed, ParseNodeOutput(result->result));
  const auto table = parsed.outputs.find(output);
  if (table == parsed.outputs.end()) {
    if (output == "ledger" && parsed.outputs.contains("")) {
      return Error{
          ErrorCode::kUser, "`" + node + "` keeps no ledger: " + name,
          "sources of text do, and map_labels steps; clean, units and time_zone steps where a "
          "node reads it"};
    }
    if (!output.empty() && output != "refused") return NoSuchTable(*catalog, datasets, name);
    return Error{ErrorCode::kUser, "`" + node + "` has no rows of this kind: " + name,
                 output.empty() ? "its gate failed; \"" + node + ".refused\" has what was refused"
                                : "no row was refused"};
  }
  return TableSql(session.objects(), table->second);
}

// The project, if it can be read: nodes whose rows are not written are computed as it says.
std::optional<Prepared> ProjectOf(Session& session) {
  contract::Diagnostics ignored;
  auto prepared = Prepare(session, ignored);
  return prepared.ok() ? std::move(*prepared) : std::nullopt;
}

// The rows of a version that the project reads.
Result<std::string> VersionSource(Session& session, const Prepared& prepared,
                                  const plan::Node& node) {
  TRY_ASSIGN(const VersionFiles version,
             FindVersionFiles(session, prepared.project.sources[node.declared]));
  return TableSql(session.objects(), version.table);
}

// A fused node as a query over views of what it reads, which are made on the way.
Result<std::string> FusedTable(Session& session, engine::Engine& engine, const Prepared& prepared,
                               const plan::Node& node) {
  std::vector<step::StepInput> inputs;
  for (const plan::Input& input : node.inputs) {
    const plan::Node& before = prepared.graph.nodes[input.node];
    auto table = before.fused                  ? FusedTable(session, engine, prepared, before)
                 : before.kind == kVersionKind ? VersionSource(session, prepared, before)
                                               : NodeTable(session, input.name);
    if (!table.ok()) return std::move(table).error();
    TRY(MakeView(engine, input.name, "SELECT * FROM " + *table));
    TRY_ASSIGN(const Schema schema, engine.Describe("SELECT * FROM " + *table));
    inputs.push_back({input.name, schema, *table});
  }
  const contract::Declared& step = prepared.project.steps[node.declared];
  TRY_ASSIGN(const std::string query, StepSql(*step::FindStep(step.kind), {step.params, inputs}));
  TRY_ASSIGN(const std::string canonical, engine.Canonical(query).While(node.name));
  return "(" + canonical + "\n)";
}

}  // namespace

Result<engine::Grid> QueryTables(Session& session, const std::string& text, std::uint64_t limit) {
  const std::string sql = engine::WithoutSemicolon(text);
  TRY_ASSIGN(engine::Engine * engine, session.Engine());
  std::size_t offset = 0;
  TRY_ASSIGN(const engine::SqlFacts facts, engine->Parse(sql, &offset));
  const std::optional<Prepared> prepared = ProjectOf(session);
  std::set<std::string> seen;
  for (const engine::TableRead& read : facts.reads) {
    if (!seen.insert(read.name).second) continue;
    const bool version = read.name.find('@') != std::string::npos;
    const plan::Node* node = prepared ? prepared->graph.Find(read.name) : nullptr;
    const bool fused = node != nullptr && node->fused;
    auto table = version ? VersionTable(session, read.name)
                 : fused ? FusedTable(session, *engine, *prepared, *node)
                         : NodeTable(session, read.name);
    if (!table.ok()) return std::move(table).error();
    TRY(MakeView(*engine, read.name, "SELECT * FROM " + *table));
  }
  if (limit == 0) return engine->Query(sql);
  return engine->Query("SELECT * FROM (" + sql + "\n) LIMIT " + std::to_string(limit));
}

}  // namespace assay::run
