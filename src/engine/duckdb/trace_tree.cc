#include "engine/duckdb/trace_tree.h"

#include <map>
#include <string>

#include "engine/duckdb/row_tracer.h"
#include "engine/duckdb/tree_node.h"

namespace assay::engine {
namespace {

constexpr const char* kRowColumn = "_assay_row_";
constexpr const char* kBranchColumn = "_assay_branch_";

void Rename(Json& node, const std::map<std::string, std::string>& names) {
  if (node.is_string()) {
    const auto name = names.find(node.get_ref<const std::string&>());
    if (name != names.end()) node = name->second;
  } else if (node.is_structured()) {
    for (Json& member : node) Rename(member, names);
  }
}

// The first name of ours, or of a subquery that the engine has named, that a text in the tree has
// in it.
std::string NameOfOurs(const Json& node) {
  if (node.is_string()) {
    const std::string text = Lower(node.get<std::string>());
    for (const char* stem : {kIdStem, kBranchStem, kRowColumn, kBranchColumn, "unnamed_subquery"}) {
      if (text.find(stem) != std::string::npos) return stem;
    }
  }
  if (!node.is_structured()) return "";
  for (const Json& member : node) {
    if (std::string found = NameOfOurs(member); !found.empty()) return found;
  }
  return "";
}

Trace::Kind KindOf(const TracedQuery& traced) {
  if (traced.unions) return Trace::Kind::kUnion;
  if (traced.expands) return Trace::Kind::kExpanding;
  return traced.joins ? Trace::Kind::kJoin : Trace::Kind::kRowLocal;
}

}  // namespace

Result<TracedTree> TraceTree(const Json& query, const std::vector<TracedInput>& inputs,
                             const ParseQuery& parse) {
  std::string ours = NameOfOurs(query);
  for (const TracedInput& input : inputs) {
    if (ours.empty()) ours = NameOfOurs(input.columns);
  }
  if (!ours.empty()) return None("a name that is not the user's: " + ours);
  TracedTree result;
  result.query = query;
  RowTracer tracer(inputs, parse);
  TRY_ASSIGN(const TracedQuery traced, tracer.Query(result.query));
  result.trace.untraced = traced.untraced;
  if (traced.extras.empty()) {
    if (traced.opaque.empty()) return None("no table in FROM whose rows have ids");
    result.query = query;
    result.trace.kind = Trace::Kind::kAggregate;
    result.trace.reason = traced.opaque;
    return result;
  }
  TRY(AppendExtras(result.query, traced, parse));
  std::map<std::string, std::string> names;
  for (const Extra& extra : traced.extras) {
    auto& columns = result.trace.branch_columns;
    if (extra.is_branch) {
      columns.push_back(kBranchColumn + std::to_string(columns.size() + 1));
      names[extra.name] = columns.back();
      continue;
    }
    result.trace.sources.push_back(extra.source);
    auto& source = result.trace.sources.back();
    source.column = kRowColumn + std::to_string(result.trace.sources.size());
    names[extra.name] = source.column;
  }
  for (Trace::Source& source : result.trace.sources) {
    if (!source.branch_column.empty()) source.branch_column = names.at(source.branch_column);
  }
  tracer.DropUnread(result.query);
  Rename(result.query, names);
  result.trace.kind = KindOf(traced);
  return result;
}

}  // namespace assay::engine
