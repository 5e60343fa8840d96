// Judging alone, in process: a gate of twenty row-local checks over a table in memory, against one
// plain scan that computes the same numbers.
//
//   judge_rates [--rows N] [--pairs N] [--threads N]
//
// The gate gives its verdict with the counts of each check; no row is written. Prints JSON; exit 1
// when the counts differ.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "contract/project.h"
#include "engine/engine.h"
#include "gate/gate.h"
#include "run/kinds.h"

namespace assay::bench {
namespace {

std::string MakeTable(std::int64_t rows) {
  return "CREATE TABLE measured AS SELECT i AS id, (i * 7919) % 1000003 AS number, "
         "CASE WHEN i % 1013 <> 0 THEN (i % 1000)::INTEGER END AS few, "
         "(i % 200)::SMALLINT AS small, i * 0.5::DOUBLE AS half, "
         "CASE WHEN i % 1511 <> 0 THEN (i % 4096)::DOUBLE / 64 END AS part, "
         "'AIR' || (i % 300) AS code, "
         "TIMESTAMP '2001-01-01' + INTERVAL 1 SECOND * (i % 30000000) AS moment, "
         "i % 3 = 0 AS third, DATE '2001-01-01' + (i % 3650)::INTEGER AS day FROM range(" +
         std::to_string(rows) + ") t(i)";
}

// A check as a project writes it, and when a row is bad, by hand.
struct Check {
  const char* declared;
  const char* bad;
};

constexpr Check kChecks[] = {
    {"not_null: id", "id IS NULL"},
    {"not_null: few", "few IS NULL"},
    {"not_null: part", "part IS NULL"},
    {"not_null: code", "code IS NULL"},
    {"not_null: moment", "moment IS NULL"},
    {"not_null: day", "day IS NULL"},
    {"range: id, min: 0", "id < 0"},
    {"range: number, min: 5, max: 1000000", "number < 5 OR number > 1000000"},
    {"range: few, min: 1, max: 999", "few < 1 OR few > 999"},
    {"range: small, max: 198", "small > 198"},
    {"range: half, min: 0", "half < 0"},
    {"range: part, min: 0, below: 63.9", "part < 0 OR part >= 63.9"},
    {"range: day, min: '2001-01-02'", "day < DATE '2001-01-02'"},
    {"range: moment, min: '2001-01-01'", "moment < TIMESTAMP '2001-01-01'"},
    {"rule: 'number <> 12345'", "NOT (number <> 12345)"},
    {"rule: 'few IS NULL OR few >= 0'", "NOT (few IS NULL OR few >= 0)"},
    {"rule: 'part < half + 64'", "NOT (part < half + 64)"},
    {"rule: 'length(code) <= 6'", "NOT (length(code) <= 6)"},
    {"rule: 'day <= moment OR small >= 0'", "NOT (day <= moment OR small >= 0)"},
    {"rule: 'third OR id >= 0'", "NOT (third OR id >= 0)"},
};

Result<contract::Gate> DeclaredGate() {
  std::string yaml =
      "format: 1\nproject: judged\nsources:\n  measured: {files: none.parquet}\ngates:\n"
      "  gate: {input: measured, fail_above: 50 %, checks: [";
  for (const Check& check : kChecks) yaml += "{" + std::string(check.declared) + "}, ";
  yaml += "]}\n";
  contract::Diagnostics diagnostics;
  auto project = contract::ParseProject({{"assay.yaml", yaml}}, run::AllKinds(), diagnostics);
  if (!project) {
    return Error{ErrorCode::kInternal,
                 diagnostics.all().empty() ? "no project" : diagnostics.all()[0].message, ""};
  }
  return project->gates.at(0);
}

Result<std::vector<std::int64_t>> CountsOfGate(engine::Engine& engine, const contract::Gate& gate,
                                               const Schema& schema) {
  const gate::GateInput input{
      schema,   "measured", "(SELECT *, 0 AS file_index, rowid AS file_row_number FROM measured)",
      {"file"}, {},         0};
  const auto ordered = []() -> Result<gate::Ordered> {
    return Error{ErrorCode::kInternal, "no check here depends on the order of rows", ""};
  };
  TRY_ASSIGN(const gate::Judgement judged, gate::Judge(engine, ordered, gate, input));
  std::vector<std::int64_t> counts = {judged.verdict.rows, judged.verdict.refused};
  for (const gate::CheckFinding& check : judged.verdict.checks) counts.push_back(check.bad);
  return counts;
}

Result<std::vector<std::int64_t>> CountsByHand(engine::Engine& engine) {
  std::string select = "SELECT count(*)", any;
  std::string each;
  for (const Check& check : kChecks) {
    any += (any.empty() ? "(" : " OR (") + std::string(check.bad) + ")";
    each += ", count(CASE WHEN " + std::string(check.bad) + " THEN 1 END)";
  }
  select += ", count(CASE WHEN " + any + " THEN 1 END)" + each + " FROM measured";
  TRY_ASSIGN(const engine::Grid grid, engine.Query(select));
  std::vector<std::int64_t> counts;
  for (const auto& cell : grid.rows.at(0)) {
    counts.push_back(std::strtoll(cell.value_or("0").c_str(), nullptr, 10));
  }
  return counts;
}

template <typename Work>
Result<double> Seconds(const Work& work, std::vector<std::int64_t>& counts) {
  const auto start = std::chrono::steady_clock::now();
  TRY_ASSIGN(counts, work());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Result<Json> Run(std::int64_t rows, int pairs, int threads) {
  engine::Options options;
  options.threads = threads;
  TRY_ASSIGN(const auto engine, engine::Open(options));
  TRY(engine->Execute(MakeTable(rows)));
  TRY_ASSIGN(const contract::Gate gate, DeclaredGate());
  TRY_ASSIGN(const Schema schema, engine->Describe("SELECT * FROM measured"));
  Json judged = Json::array(), plain = Json::array();
  for (int pair = 0; pair < pairs; ++pair) {
    std::vector<std::int64_t> of_gate, by_hand;
    TRY_ASSIGN(const double by_gate,
               Seconds([&] { return CountsOfGate(*engine, gate, schema); }, of_gate));
    TRY_ASSIGN(const double by_scan, Seconds([&] { return CountsByHand(*engine); }, by_hand));
    if (of_gate != by_hand) return Error{ErrorCode::kInternal, "the counts differ", ""};
    judged.push_back(by_gate);
    plain.push_back(by_scan);
  }
  return Json{{"rows", rows},
              {"checks", std::size(kChecks)},
              {"threads", threads},
              {"judged_seconds", judged},
              {"plain_seconds", plain}};
}

}  // namespace
}  // namespace assay::bench

int main(int argc, char** argv) {
  std::int64_t rows = 30'000'000;
  int pairs = 5, threads = 2;
  const std::vector<std::string> words(argv + 1, argv + argc);
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    if (words[i] == "--rows") rows = std::atoll(words[i + 1].c_str());
    if (words[i] == "--pairs") pairs = std::max(1, std::atoi(words[i + 1].c_str()));
    if (words[i] == "--threads") threads = std::max(1, std::atoi(words[i + 1].c_str()));
  }
  const auto json = assay::bench::Run(rows, pairs, threads);
  if (!json.ok()) {
    std::fprintf(stderr, "judge_rates: %s\n", json.error().message.c_str());
    return 1;
  }
  std::printf("%s\n", json->dump().c_str());
  return 0;
}
