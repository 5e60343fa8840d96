#include "run/case_runner.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "contract/mapping.h"
#include "contract/number_text.h"
#include "engine/sql_text.h"
#include "gate/gate.h"
#include "run/execute.h"
#include "run/table_view.h"

namespace assay::run {
namespace {

using contract::Case;
using contract::YamlNode;
using engine::NameList;
using step::StepInput;

constexpr char kCaseRows[] = "_assay_case_rows";
constexpr char kChecks[] = "checks";
constexpr char kChecksOfRow[] = "_assay_checks";

// True for errors that no case is to blame for.
bool BlamesNoCase(const Error& error) {
  return error.code == ErrorCode::kInternal || error.code == ErrorCode::kCancelled;
}

std::string WithoutDropped(const StepInput& input, const std::string& dropped) {
  return "SELECT " + NameList(FieldNames(input.schema)) + " FROM " + input.table + " ANTI JOIN (" +
         dropped + ") USING (file_index, file_row_number) ORDER BY file_index, file_row_number";
}

// Why a gate says what it says: its checks that do not pass, one on a line.
std::string ReasonsOf(const gate::Verdict& verdict) {
  const std::string of_rows = " of " + std::to_string(verdict.rows) + " rows";
  std::string text;
  if (verdict.faulty > 0) text = ", bad are " + std::to_string(verdict.faulty) + of_rows;
  if (!verdict.note.empty()) text += "\n" + verdict.note;
  for (const gate::CheckFinding& check : verdict.checks) {
    if (check.verdict == gate::VerdictKind::kPass) continue;
    text += "\n" + VerdictText(check.verdict) + "  " + check.name + "  " +
            (check.bad > 0 ? std::to_string(check.bad) + of_rows : check.observed) +
            "  expected: " + check.expected;
  }
  return text;
}

// ---- what is compared ----

// The columns of a grid that are wanted, in the order in which they are.
engine::Grid OnlyColumns(const engine::Grid& grid, const std::vector<std::string>& only) {
  if (only.empty()) return grid;
  engine::Grid some;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < grid.schema.size(); ++i) {
    const std::string& name = grid.schema[i].name;
    if (std::find(only.begin(), only.end(), name) == only.end()) continue;
    places.push_back(i);
    some.schema.push_back(grid.schema[i]);
  }
  for (const auto& row : grid.rows) {
    auto& cells = some.rows.emplace_back();
    for (const std::size_t place : places) cells.push_back(row[place]);
  }
  return some;
}

// Columns that the case names and nobody makes, and those it leaves out.
void CheckExpectedColumns(const std::vector<const YamlNode*>& rows, const Schema& made,
                          const Schema& compared, std::vector<CaseFinding>& findings) {
  std::vector<std::string> lacking;
  contract::Place lacking_place;
  for (const YamlNode* row : rows) {
    for (const contract::YamlEntry& entry : row->entries) {
      if (FindField(compared, entry.key) != nullptr) continue;
      const bool is_made = FindField(made, entry.key) != nullptr;
      findings.push_back(
          {entry.key_place,
           (is_made ? "not among the columns that are compared: "
                    : "no column of this name comes out: ") +
               entry.key,
           is_made ? "add it to `only`, or take it away"
                   : contract::NearestHint(entry.key, FieldNames(made), "the columns are"),
           std::nullopt});
    }
    for (const Field& field : compared) {
      if (row->Find(field.name) != nullptr) continue;
      if (std::find(lacking.begin(), lacking.end(), field.name) != lacking.end()) continue;
      if (lacking.empty()) lacking_place = row->place;
      lacking.push_back(field.name);
    }
  }
  if (lacking.empty()) return;
  std::vector<std::string> named;
  for (const Field& field : compared) {
    if (std::find(lacking.begin(), lacking.end(), field.name) == lacking.end()) {
      named.push_back(field.name);
    }
  }
  findings.push_back({lacking_place, "expected rows lack columns: " + contract::Join(lacking),
                      named.empty() ? "write them"
                                    : "write them, or compare some columns alone: `only: [" +
                                          contract::Join(named) + "]`",
                      std::nullopt});
}

std::vector<ExpectedRow> CellsOf(const std::vector<const YamlNode*>& rows, const Schema& columns) {
  std::vector<ExpectedRow> cells;
  for (const YamlNode* row : rows) {
    ExpectedRow& expected = cells.emplace_back();
    for (const Field& column : columns) expected.push_back(row->Find(column.name));
  }
  return cells;
}

std::string NumRows(std::size_t number) {
  return std::to_string(number) + (number == 1 ? " row" : " rows");
}

std::string DiffMessage(const RowDiff& diff, const std::string& what) {
  if (diff.order_alone) return what + " come in another order";
  return what + " differ: " + NumRows(diff.expected_rows) + " expected, " +
         std::to_string(diff.got_rows) + " got";
}

void TakeDiff(RowDiff diff, const std::string& what, const contract::Place& place,
              std::vector<CaseFinding>& findings) {
  if (diff.empty()) return;
  CaseFinding finding{place, DiffMessage(diff, what), "", std::nullopt};
  finding.diff = std::move(diff);
  findings.push_back(std::move(finding));
}

// Names of checks as one cell: sorted, so that their order does not matter.
YamlNode ChecksCell(std::vector<std::string> checks) {
  std::sort(checks.begin(), checks.end());
  YamlNode cell;
  cell.form = YamlNode::Form::kScalar;
  cell.quoted = true;
  cell.text = contract::Join(checks);
  return cell;
}

void CompareRefused(const Case& test, const engine::Grid& refused,
                    std::vector<CaseFinding>& findings) {
  Schema own = refused.schema;
  own.pop_back();
  std::vector<std::string> only = test.only;
  if (!only.empty()) only.emplace_back(refused.schema.back().name);
  const engine::Grid got = OnlyColumns(refused, only);
  Schema compared = got.schema;
  compared.pop_back();
  std::vector<const YamlNode*> rows;
  std::vector<YamlNode> checks;
  checks.reserve(test.expect_refused->size());
  for (const contract::RefusedRow& row : *test.expect_refused) {
    rows.push_back(&row.row);
    checks.push_back(ChecksCell(row.checks.value_or(std::vector<std::string>())));
  }
  const std::size_t before = findings.size();
  CheckExpectedColumns(rows, own, compared, findings);
  if (findings.size() > before) return;
  std::vector<ExpectedRow> expected = CellsOf(rows, compared);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    expected[i].push_back((*test.expect_refused)[i].checks ? &checks[i] : nullptr);
  }
  TakeDiff(CompareRows(expected, got, {test.ordered, test.tolerance}), "refused rows",
           test.refused_place, findings);
}

void CompareError(const Case& test, const Error& error, CaseOutcome& outcome) {
  if (test.expect_error.empty()) {
    outcome.could_not_run = true;
    outcome.findings.push_back({test.place, error.message, error.hint, std::nullopt});
  } else if (error.message.find(test.expect_error) == std::string::npos) {
    outcome.findings.push_back(
        {test.error_place,
         "it fails with another error than `" + test.expect_error + "`: " + error.message, "",
         std::nullopt});
  }
}

}  // namespace

Status CaseRunner::Open() {
  engine::Options options;
  options.threads = 1;  // what depends on the order of rows comes out the same everywhere
  options.memory_bytes = memory_bytes_;
  options.readable = {folder()};
  TRY_ASSIGN(engine_, engine::Open(options));
  return {};
}

Result<CaseOutcome> CaseRunner::Run(const Case& test) {
  const auto start = std::chrono::steady_clock::now();
  CaseOutcome outcome{test.name, test.node, test.place, {}, false, 0};
  auto made = Make(test, outcome.findings);
  if (!outcome.findings.empty()) {
    outcome.could_not_run = true;
  } else if (!made.ok()) {
    if (BlamesNoCase(made.error())) return std::move(made).error();
    CompareError(test, made.error(), outcome);
  } else if (!test.expect_error.empty()) {
    outcome.findings.push_back(
        {test.error_place, "it was expected to fail, and made " + NumRows(made->rows.rows.size()),
         "", std::nullopt});
  } else {
    TRY(Compare(test, *made, outcome));
  }
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return outcome;
}

Result<CaseRunner::Made> CaseRunner::Make(const Case& test, std::vector<CaseFinding>& mistakes) {
  const plan::Node* node = prepared_.graph.Find(test.node);
  if (node == nullptr) return Error{ErrorCode::kInternal, "no such node: " + test.node, ""};
  TRY_ASSIGN(std::vector<StepInput> inputs, GivenTables(test, *node, mistakes));
  if (!mistakes.empty()) return Made{};
  if (node->type == plan::NodeType::kGate) {
    return MakeGate(test, prepared_.project.gates[node->declared], inputs);
  }
  return MakeStep(prepared_.project.steps[node->declared], std::move(inputs));
}

Result<std::vector<StepInput>> CaseRunner::GivenTables(const Case& test, const plan::Node& node,
                                                       std::vector<CaseFinding>& mistakes) {
  std::vector<StepInput> inputs;
  for (const plan::Input& input : node.inputs) {
    const std::string table = "_assay_given_" + std::to_string(inputs.size());
    const auto given =
        std::find_if(test.given.begin(), test.given.end(),
                     [&](const contract::CaseRows& rows) { return rows.input == input.name; });
    if (given == test.given.end()) {
      return Error{ErrorCode::kInternal, "no rows for " + input.name, ""};
    }
    std::vector<CaseMistake> wrong;
    auto schema = MakeCaseTable(*engine_, *given, folder(), table, wrong);
    for (CaseMistake& one : wrong) {
      mistakes.push_back({one.place, std::move(one.message), std::move(one.hint), std::nullopt});
    }
    if (!schema.ok()) {
      if (BlamesNoCase(schema.error())) return std::move(schema).error();
      const contract::Place& place = given->file.empty() ? given->place : given->file_place;
      mistakes.push_back({place, schema.error().message, schema.error().hint, std::nullopt});
      continue;
    }
    inputs.push_back({input.name, std::move(schema).value(), table});
  }
  return inputs;
}

Result<CaseRunner::Made> CaseRunner::MakeStep(const contract::Declared& step,
                                              std::vector<StepInput> inputs) {
  const step::StepKind* kind = step::FindStep(step.kind);
  if (kind == nullptr) {
    return Error{ErrorCode::kInternal, "no such step kind: " + step.kind, ""};
  }
  if (kind->program != nullptr) {
    return Error{ErrorCode::kUser, "a test starts no program: `" + step.name + "` is a command",
                 "test what reads it, with rows that the program would make"};
  }
  Made made;
  if (kind->dropped != nullptr) {
    TRY_ASSIGN(const std::string dropped, kind->dropped({step.params, inputs}));
    TRY_ASSIGN(made.rows, RowsOf(WithoutDropped(inputs.at(0), dropped), inputs[0].schema));
    return made;
  }
  if (kind->info.refuses != nullptr && kind->info.refuses(step.params)) {
    TRY_ASSIGN(made.refused, RefusedBy(*kind, step, inputs));
  }
  TRY_ASSIGN(made.rows, RowsOfSelect(*kind, step, std::move(inputs)));
  return made;
}

// In the column of the checks stands why the step refuses the row.
Result<engine::Grid> CaseRunner::RefusedBy(const step::StepKind& kind,
                                           const contract::Declared& step,
                                           const std::vector<StepInput>& inputs) {
  const Schema& columns = inputs.at(0).schema;
  Schema with_reason = columns;
  with_reason.push_back({kChecksOfRow, Type{TypeKind::kString, 0, 0, {}}});
  TRY_ASSIGN(const std::string refusals, kind.refusals({step.params, inputs}));
  TRY_ASSIGN(engine::Grid refused,
             RowsOf("SELECT " + NameList(FieldNames(columns)) + ", reason AS " + kChecksOfRow +
                        " FROM (" + refusals + "\n) ORDER BY file_index, file_row_number",
                    with_reason));
  refused.schema.back().name = kChecks;
  return refused;
}

// The rows as a run stores them: in order where that decides, of types that a version holds, and no
// join that multiplies.
Result<engine::Grid> CaseRunner::RowsOfSelect(const step::StepKind& kind,
                                              const contract::Declared& step,
                                              std::vector<StepInput> inputs) {
  TRY_ASSIGN(std::string query, StepSql(kind, {step.params, inputs}));
  TRY_ASSIGN(const StepFacts facts, FactsOf(kind, step, query, inputs).While(step.name));
  if (facts.ordered) {
    for (StepInput& input : inputs) {
      TRY_ASSIGN(input, Sorted(input));
    }
    TRY_ASSIGN(query, StepSql(kind, {step.params, inputs}));
  }
  TRY(ShowAsViews(inputs));
  TRY(CheckColumnNames(facts.columns, step.name));
  TRY(engine_
          ->Execute(std::string("CREATE OR REPLACE TABLE ") + kCaseRows + " AS " +
                    (facts.join ? facts.join->query : query))
          .While(step.name));
  std::string columns = "*";
  if (facts.join) {
    store::Lineage lineage;
    for (const engine::Trace::Source& source : facts.join->sources) {
      lineage.ids.push_back({source.input, source.column, "", source.branch});
    }
    if (facts.once.empty()) {
      TRY(CheckLookUp(*engine_, lineage, kCaseRows, step.name));
    } else {
      TRY(CheckOnce(*engine_, facts.once, kCaseRows, step.name));
    }
    columns = NameList(FieldNames(facts.columns));
  }
  TRY_ASSIGN(const std::string canonical,
             engine_->Canonical("SELECT " + columns + " FROM " + kCaseRows).While(step.name));
  TRY_ASSIGN(const Schema schema, engine_->Describe(canonical).While(step.name));
  return ReadCells(*engine_, canonical, schema);
}

// The rows of a query that would be planned several times otherwise.
Result<engine::Grid> CaseRunner::RowsOf(const std::string& query, const Schema& schema) {
  TRY(engine_->Execute(std::string("CREATE OR REPLACE TABLE ") + kCaseRows + " AS " + query));
  return ReadCells(*engine_, std::string("SELECT * FROM ") + kCaseRows, schema);
}

Result<CaseRunner::StepFacts> CaseRunner::FactsOf(const step::StepKind& kind,
                                                  const contract::Declared& step,
                                                  const std::string& query,
                                                  const std::vector<StepInput>& inputs) {
  std::string key = step.name;
  for (const StepInput& input : inputs) key += " " + SchemaJson(input.schema).dump();
  if (const auto known = facts_.find(key); known != facts_.end()) return known->second;
  TRY(ShowAsViews(inputs));
  StepFacts facts;
  if (!kind.order_free) facts.ordered = !engine_->FindOrderDependence(query).reason.empty();
  const std::vector<std::string> once =
      kind.once == nullptr ? std::vector<std::string>() : kind.once(step.params);
  const auto parsed = engine_->Parse(query, nullptr);
  auto columns = engine_->Describe(query);
  // PIVOT without an IN list is several statements to the engine, and cannot be described.
  if (!columns.ok() && parsed.ok()) return std::move(columns).error();
  if (columns.ok()) facts.columns = std::move(columns).value();
  const bool may_join = parsed.ok() && parsed->reads.size() > 1;
  const bool may_multiply =
      step.params.value("multiplies", false) || (kind.once != nullptr && once.empty());
  if (may_join && !may_multiply) {
    std::vector<engine::TracedInput> traced;
    for (const StepInput& input : inputs) {
      TRY_ASSIGN(const StepInput read, facts.ordered ? Sorted(input) : Result<StepInput>(input));
      traced.push_back({read.name, read.table, FieldNames(read.schema)});
    }
    TRY_ASSIGN(engine::Trace trace, engine_->TraceRows(query, traced));
    const bool judged = !once.empty() || (trace.kind == engine::Trace::Kind::kJoin &&
                                          trace.sources.size() > 1 && trace.untraced.empty());
    facts.once = OnceIn(trace, once);
    if (judged) facts.join = std::move(trace);
  }
  facts_[key] = facts;
  return facts;
}

Result<StepInput> CaseRunner::Sorted(const StepInput& input) {
  StepInput sorted = input;
  sorted.table = input.table + "_sorted";
  TRY(engine_->Execute("CREATE OR REPLACE TABLE " + sorted.table + " AS SELECT * FROM " +
                       input.table + " ORDER BY ALL NULLS LAST"));
  return sorted;
}

// A view knows the types of its columns, so it is made anew when they change.
Status CaseRunner::ShowAsViews(const std::vector<StepInput>& inputs) {
  for (const StepInput& input : inputs) {
    const std::string query =
        "SELECT " + NameList(FieldNames(input.schema)) + " FROM " + input.table;
    std::string made_of = query + " " + SchemaJson(input.schema).dump();
    if (views_[input.name] == made_of) continue;
    TRY(MakeView(*engine_, input.name, query));
    views_[input.name] = std::move(made_of);
  }
  return {};
}

Result<CaseRunner::Made> CaseRunner::MakeGate(const Case& test, const contract::Gate& gate,
                                              const std::vector<StepInput>& inputs) {
  const StepInput& judged = inputs.at(0);
  const std::string columns = NameList(FieldNames(judged.schema));
  gate::GateInput input{judged.schema,
                        "(SELECT " + columns + " FROM " + judged.table + ")",
                        judged.table,
                        {"case"},
                        {},
                        test.at.empty() ? clock_.NowMicros() : contract::TimeMicros(test.at)};
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    input.targets[inputs[i].name] = {
        inputs[i].schema,
        "(SELECT " + NameList(FieldNames(inputs[i].schema)) + " FROM " + inputs[i].table + ")"};
  }
  const auto ordered = [&]() -> Result<gate::Ordered> {
    TRY_ASSIGN(const StepInput sorted, Sorted(judged));
    return gate::Ordered{engine_.get(), "(SELECT " + columns + " FROM " + sorted.table + ")"};
  };
  TRY_ASSIGN(const gate::Judgement judgement, gate::Judge(*engine_, ordered, gate, input));
  Made made;
  const gate::Verdict& verdict = judgement.verdict;
  made.verdict = VerdictText(verdict.verdict);
  made.verdict_reasons = ReasonsOf(verdict);
  // With nothing refused, what came in is what passed.
  TRY_ASSIGN(made.rows,
             RowsOf(verdict.refused == 0 ? "SELECT " + columns + " FROM " + judged.table
                                         : WithoutDropped(judged, judgement.refused_query),
                    judged.schema));
  Schema with_checks = judged.schema;
  with_checks.push_back({kChecksOfRow, Type{TypeKind::kString, 0, 0, {}}});
  made.refused.emplace().schema = with_checks;
  if (verdict.faulty > 0) {
    TRY_ASSIGN(
        made.refused,
        RowsOf("SELECT " + columns + ", array_to_string(list_sort(_assay_reasons), ', ') AS " +
                   kChecksOfRow + " FROM (" + judgement.bad_query + ") ORDER BY _assay_row",
               with_checks));
  }
  made.refused->schema.back().name = kChecks;
  for (const std::string& table : judgement.temporaries) {
    TRY(engine_->Execute("DROP TABLE IF EXISTS " + table));
  }
  return made;
}

Status CaseRunner::Compare(const Case& test, const Made& made, CaseOutcome& outcome) {
  const engine::Grid got = OnlyColumns(made.rows, test.only);
  for (std::size_t i = 0; i < test.only.size(); ++i) {
    if (FindField(made.rows.schema, test.only[i]) != nullptr) continue;
    outcome.findings.push_back(
        {test.only_places.at(i), "no column of this name comes out: " + test.only[i],
         contract::NearestHint(test.only[i], FieldNames(made.rows.schema), "the columns are"),
         std::nullopt});
  }
  if (!outcome.findings.empty()) return {};
  if (test.expect) {
    std::vector<YamlNode> of_file;
    if (!test.expect->file.empty()) {
      auto read = RowsOfFile(*engine_, *test.expect, folder());
      if (!read.ok()) {
        if (BlamesNoCase(read.error())) return std::move(read).error();
        outcome.findings.push_back(
            {test.expect->file_place, read.error().message, read.error().hint, std::nullopt});
        return {};
      }
      of_file = std::move(read).value();
    }
    std::vector<const YamlNode*> rows;
    for (const YamlNode& row : test.expect->file.empty() ? test.expect->rows : of_file) {
      rows.push_back(&row);
    }
    CheckExpectedColumns(rows, made.rows.schema, got.schema, outcome.findings);
    if (outcome.findings.empty()) {
      TakeDiff(CompareRows(CellsOf(rows, got.schema), got, {test.ordered, test.tolerance}), "rows",
               test.expect->place, outcome.findings);
    }
  }
  if (test.expect_refused && made.refused) {
    CompareRefused(test, *made.refused, outcome.findings);
  }
  if (!test.verdict.empty() && test.verdict != made.verdict) {
    outcome.findings.push_back(
        {test.verdict_place,
         "the verdict is " + made.verdict + ", not " + test.verdict + made.verdict_reasons, "",
         std::nullopt});
  }
  return {};
}

}  // namespace assay::run
