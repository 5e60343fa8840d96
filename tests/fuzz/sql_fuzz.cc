// A text that a stranger calls SQL: the engine classifies it or refuses it, and never runs it. What
// it finds survives being kept as JSON, places are within the text, and a query that got ids still
// has the user's own columns before them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include "engine/engine.h"
#include "engine/sql_text.h"

namespace {

using assay::engine::Engine;
using assay::engine::Grid;
using assay::engine::SqlFacts;
using assay::engine::Trace;
using assay::engine::TracedInput;

void Require(bool holds) {
  if (!holds) std::abort();
}

template <typename T>
T Must(assay::Result<T> result) {
  if (!result.ok()) {
    std::cerr << result.error().message << "\n";
    std::abort();
  }
  return std::move(result).value();
}

// What is asked here is a matter of the text: never a fault of ours or of the machine.
void RequireRefused(const assay::Error& error) {
  if (error.code != assay::ErrorCode::kUser && error.code != assay::ErrorCode::kData) {
    std::cerr << error.message << "\n";
    std::abort();
  }
  Require(!error.message.empty());
}

// An engine that may touch no file, with a few small tables whose rows have ids.
class Tables {
 public:
  Tables() {
    assay::engine::Options options;
    options.threads = 1;
    options.memory_bytes = std::uint64_t{256} << 20U;
    engine_ = Must(assay::engine::Open(options));
    Make("a",
         "i AS a_id, i % 5 AS k, 'n' || (i % 4) AS name, i * 0.5::DOUBLE AS v, [i, i + 1] AS l, "
         "{'f': i, 'g': 'g' || i} AS s, DATE '2024-01-01' + i::INTEGER AS d");
    Make("b", "i AS b_id, i % 4 AS k, 'w' || i AS w, DATE '2024-01-02' + i::INTEGER AS d");
    Make("c", "i AS c_id, i % 3 AS k");
    Make("checked.refused", "i AS r_id, i % 3 AS k, i * 10 AS _assay_row");
    Make("odd", "i AS \"select\", i % 2 AS \"Group By\", i + 1 AS \"x.y\", i AS odd");
    before_ = Contents();
  }

  Engine& engine() { return *engine_; }
  const std::vector<TracedInput>& inputs() const { return inputs_; }
  void RequireUntouched() { Require(Contents() == before_); }

 private:
  void Make(const std::string& name, const std::string& columns) {
    const std::size_t dot = name.find('.');
    std::string made = assay::engine::QuoteName(name);
    if (dot != std::string::npos) {
      const std::string schema = assay::engine::QuoteName(name.substr(0, dot));
      Require(engine_->Execute("CREATE SCHEMA " + schema).ok());
      made = schema + "." + assay::engine::QuoteName(name.substr(dot + 1));
    }
    const std::string select = "SELECT " + columns;
    Require(
        engine_->Execute("CREATE TABLE " + made + " AS " + select + " FROM range(4) t(i)").ok());
    inputs_.push_back(
        {name,
         "(" + select + ", 0::UBIGINT AS file_index, i AS file_row_number FROM range(4) t(i))",
         assay::FieldNames(Must(engine_->Describe("SELECT * FROM " + made)))});
  }

  std::vector<std::vector<std::optional<std::string>>> Contents() {
    return Must(engine_->Query("SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM odd), "
                               "(SELECT count(*) FROM duckdb_tables()), "
                               "(SELECT count(*) FROM duckdb_views() WHERE NOT internal)"))
        .rows;
  }

  std::unique_ptr<Engine> engine_;
  std::vector<TracedInput> inputs_;
  std::vector<std::vector<std::optional<std::string>>> before_;
};

void RequireWithin(const std::vector<assay::engine::TableRead>& places, const std::string& sql) {
  for (const auto& place : places) Require(place.offset <= sql.size());
}

void CheckFacts(const SqlFacts& facts, const std::string& sql) {
  for (const auto* places :
       {&facts.reads, &facts.functions, &facts.calls, &facts.windows, &facts.expanding}) {
    RequireWithin(*places, sql);
  }
  const assay::Json kept = assay::engine::SqlFactsJson(facts);
  const SqlFacts again = Must(assay::engine::ParseSqlFacts(Must(assay::ParseJson(kept.dump()))));
  Require(assay::engine::SqlFactsJson(again) == kept);
  Require(!facts.row_local || facts.distributes.size() == 1);
}

// Names and types, also of types that no version can hold. Nothing is run.
assay::Result<Grid> Columns(Engine& engine, const std::string& sql) {
  return engine.Query("SELECT column_name, column_type FROM (DESCRIBE (" +
                      assay::engine::WithoutSemicolon(sql) + "\n))");
}

void CheckTrace(Engine& engine, const Trace& trace, const std::string& sql) {
  const bool has_ids = !trace.sources.empty();
  Require(trace.kind != Trace::Kind::kNone || !trace.reason.empty());
  Require(has_ids || trace.branch_columns.empty());
  if (!has_ids) Require(trace.query == sql);
  if (!has_ids || !trace.reason.empty()) return;
  auto expected = Must(Columns(engine, sql)).rows;
  for (const auto& source : trace.sources) expected.push_back({source.column, "UBIGINT"});
  for (const auto& branch : trace.branch_columns) expected.push_back({branch, "UINTEGER"});
  Require(Must(Columns(engine, trace.query)).rows == expected);
}

}  // namespace

extern "C" const char* __asan_default_options();

// The engine keeps memory from query to query, so libFuzzer would look for leaks after each input,
// which takes ten times as long as the input itself.
extern "C" const char* __asan_default_options() { return "detect_leaks=0:malloc_context_size=5"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Tables tables;
  const std::string sql(reinterpret_cast<const char*>(data), size);
  std::size_t offset = 0;
  const auto facts = tables.engine().Parse(sql, &offset);
  Require(offset <= sql.size());
  if (!facts.ok()) {
    RequireRefused(facts.error());
    return 0;
  }
  CheckFacts(*facts, sql);
  static_cast<void>(tables.engine().FindOrderDependence(sql));
  const auto trace = tables.engine().TraceRows(sql, tables.inputs());
  if (trace.ok()) {
    CheckTrace(tables.engine(), *trace, sql);
  } else {
    RequireRefused(trace.error());
  }
  tables.RequireUntouched();
  return 0;
}
