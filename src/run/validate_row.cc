#include "run/validate_row.h"

#include <algorithm>
#include <utility>

#include "base/nearest.h"
#include "engine/sql_text.h"
#include "gate/gate.h"
#include "prepare/cell.h"
#include "run/node_output.h"

namespace assay::run {
namespace {

using contract::CheckDecl;
using contract::CheckSeverity;

// The columns of what the gate reads, as it was made last.
Result<Schema> InputSchema(Session& session, const contract::Gate& gate) {
  const Error never{
      ErrorCode::kUser,
      "the columns of `" + gate.name + "` are not known: " + gate.input + " was never made",
      "run `assay run` first"};
  if (!session.has_catalog()) return never;
  const std::size_t dot = std::min(gate.input.find('.'), gate.input.size());
  TRY_ASSIGN(const auto result, session.catalog().NewestNodeResult(gate.input.substr(0, dot)));
  if (!result) return never;
  TRY_ASSIGN(const NodeOutput output, ParseNodeOutput(result->result));
  const std::string part = dot == gate.input.size() ? "" : gate.input.substr(dot + 1);
  const auto table = output.outputs.find(part);
  if (table == output.outputs.end()) return never;
  return table->second.schema;
}

// Reads a row into a query of one row; what is wrong with it becomes findings.
class RowReader {
 public:
  RowReader(const Schema& schema, const Json& row) : schema_(schema), row_(row) {}

  Status Read(std::vector<RowFinding>& findings) {
    for (const Field& field : schema_) TRY(ReadField(field, findings));
    const Json& row = row_;
    for (const auto& [name, value] : row.items()) {
      if (FindField(schema_, name) != nullptr) continue;
      const std::string nearest = NearestName(name, FieldNames(schema_));
      findings.push_back({"", "extra_field", name, true, "the gate's input has no column " + name,
                          nearest.empty() ? "" : "did you mean " + nearest + "?"});
    }
    return {};
  }

  /// Table expression of the row; a field that is wrong is null.
  std::string Table() const {
    return "(SELECT " + columns_ + "0::UBIGINT AS file_index, 0::BIGINT AS file_row_number)";
  }

 private:
  Status ReadField(const Field& field, std::vector<RowFinding>& findings) {
    prepare::Cell cell;
    const auto found = row_.find(field.name);
    if (found == row_.end()) {
      findings.push_back({"", "missing_field", field.name, true,
                          "the row has no field " + field.name, "give it, or null"});
    } else if (!prepare::IsCellType(field.type)) {
      if (!found->is_null()) {
        return Error{ErrorCode::kUser,
                     "a value of this type cannot be given in a single row: " + field.name +
                         " is " + TypeText(field.type),
                     "give null to leave it out"};
      }
    } else if (auto read = prepare::ReadCell(*found, field); !read.ok()) {
      findings.push_back(
          {"", "wrong_type", field.name, true, read.error().message, read.error().hint});
    } else if (const auto* text = std::get_if<std::string>(&*read);
               text != nullptr && text->find('\0') != std::string::npos) {
      // The engine's own texts end there.
      findings.push_back({"", "wrong_type", field.name, true,
                          "field `" + field.name + "` has a character U+0000", ""});
    } else {
      cell = *std::move(read);
    }
    const std::string value = prepare::IsNull(cell)
                                  ? "CAST(NULL AS " + engine::TypeSql(field.type) + ")"
                                  : prepare::CellSql(cell, field.type);
    columns_ += value + " AS " + engine::QuoteName(field.name) + ", ";
    return {};
  }

  const Schema& schema_;
  const Json& row_;
  std::string columns_;
};

bool IsAbout(const std::vector<RowFinding>& findings, const std::string& column) {
  return !column.empty() &&
         std::any_of(findings.begin(), findings.end(),
                     [&](const RowFinding& finding) { return finding.column == column; });
}

// Takes out of a gate what a row alone cannot tell; returns the names.
Result<std::vector<std::string>> KeepRowChecks(contract::Gate& gate, const gate::GateInput& input) {
  std::vector<std::string> others;
  std::vector<CheckDecl> kept;
  for (CheckDecl& decl : gate.checks) {
    const gate::CheckKind* kind = gate::FindCheck(decl.kind);
    if (kind == nullptr) {
      return Error{ErrorCode::kInternal, "no such check kind: " + decl.kind, ""};
    }
    TRY_ASSIGN(const gate::CompiledCheck compiled,
               kind->compile({decl.params, input.schema, input.table, "_assay_pass_0"})
                   .While(PlaceText(decl.place) + ": check " + decl.name));
    if (compiled.form == gate::CheckForm::kRows && compiled.pass.empty()) {
      // So many bad rows are allowed: one is no error, and it is still bad.
      if (decl.bound) decl.severity = CheckSeverity::kWarning;
      decl.bound.reset();
      kept.push_back(std::move(decl));
    } else if (compiled.form != gate::CheckForm::kSchema) {  // types were read with the fields
      others.push_back(decl.name);
    }
  }
  gate.checks = std::move(kept);
  gate.by.clear();
  return others;
}

}  // namespace

Result<RowVerdict> ValidateRow(Session& session, const contract::Gate& gate, const Json& row) {
  RowVerdict verdict;
  verdict.gate = gate.name;
  TRY_ASSIGN(const Schema schema, InputSchema(session, gate));
  RowReader reader(schema, row);
  TRY(reader.Read(verdict.findings));
  const std::vector<RowFinding> of_row = verdict.findings;
  const gate::GateInput input{
      schema, reader.Table(), reader.Table(), {std::string()}, {}, session.clock().NowMicros()};
  contract::Gate row_gate = gate;
  TRY_ASSIGN(verdict.not_judged, KeepRowChecks(row_gate, input));
  if (!row_gate.checks.empty()) {
    TRY_ASSIGN(engine::Engine * engine, session.Engine());
    const auto ordered = []() -> Result<gate::Ordered> {
      return Error{ErrorCode::kInternal, "a check of one row asks for its order", ""};
    };
    TRY_ASSIGN(const gate::Judgement judged, gate::Judge(*engine, ordered, row_gate, input));
    for (std::size_t i = 0; i < judged.verdict.checks.size(); ++i) {
      const gate::CheckFinding& check = judged.verdict.checks[i];
      // What is no value of the column was told already.
      if (check.bad == 0 || IsAbout(of_row, check.column)) continue;
      const CheckDecl& decl = row_gate.checks.at(i);
      const bool is_error = decl.severity == CheckSeverity::kError;
      verdict.findings.push_back(
          {check.name, check.kind, check.column, is_error, "expected: " + check.expected, ""});
    }
  }
  const auto is_error = [](const RowFinding& finding) { return finding.is_error; };
  verdict.verdict = std::any_of(verdict.findings.begin(), verdict.findings.end(), is_error) ? "fail"
                    : verdict.findings.empty()                                              ? "pass"
                                               : "warn";
  return verdict;
}

Json RowVerdictJson(const RowVerdict& verdict) {
  Json findings = Json::array();
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
  };
  for (const RowFinding& finding : verdict.findings) {
    findings.push_back(Json{{"check", text_or_null(finding.check)},
                            {"kind", finding.kind},
                            {"column", text_or_null(finding.column)},
                            {"severity", finding.is_error ? "error" : "warning"},
                            {"message", finding.message},
                            {"hint", finding.hint}});
  }
  return Json{{"gate", verdict.gate},
              {"verdict", verdict.verdict},
              {"findings", findings},
              {"not_judged", verdict.not_judged}};
}

}  // namespace assay::run
