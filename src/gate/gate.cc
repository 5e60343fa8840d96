#include "gate/gate.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "engine/sql_text.h"

namespace assay::gate {
namespace {

using contract::CheckDecl;
using contract::CheckSeverity;
using engine::QuoteName;
using engine::QuoteText;

// Bits of a mask column; the 63 lower ones of a BIGINT.
constexpr std::size_t kBitsPerMask = 62;

struct Compiled {
  CheckDecl decl;
  CompiledCheck check;
  bool refuses = false;  // its bad rows do not pass
  bool counts = false;   // its bad rows are counted by a bit in the mask
  std::size_t bit = 0;
};

std::string MaskName(std::size_t index) { return "_assay_mask" + std::to_string(index); }

std::string BitOf(const Compiled& check) {
  return "(" + MaskName(check.bit / kBitsPerMask) + " & " +
         std::to_string(std::int64_t{1} << (check.bit % kBitsPerMask)) + ") <> 0";
}

// A person's expression stands inside a query of ours: it must be one whole expression, read no
// table and have the same value at every call; over one row it may have no window.
Status CheckExpression(engine::Engine& engine, const std::string& text, bool one_row,
                       const std::string& where) {
  const auto bad = [&](const std::string& why, const std::string& hint) {
    return Error{ErrorCode::kUser, where + ": " + why + ": " + text, hint};
  };
  // Parsed as it stands, so that it closes no bracket of ours, and in brackets, so that it is one.
  for (const std::string& query : {"SELECT " + text + "\n", "SELECT (" + text + "\n) IS NULL"}) {
    const auto facts = engine.Parse(query, nullptr);
    if (!facts.ok()) return bad("not an expression (" + facts.error().message + ")", "");
    if (!facts->reads.empty() || !facts->functions.empty()) {
      return bad("an expression reads no tables",
                 "use a query check, or a sql step before the gate");
    }
    if (!facts->calls.empty()) {
      return bad("the value differs from call to call (" + facts->calls[0].name + ")",
                 "take it from a column, or write the value down");
    }
    if (one_row && !facts->windows.empty()) {
      return bad("it must see one row alone, not a window",
                 "compute the column in a sql step before");
    }
  }
  return {};
}

// Compiles and scans the checks of one gate.
class GateScan {
 public:
  GateScan(engine::Engine& engine, const contract::Gate& gate, const GateInput& input)
      : engine_(engine), gate_(gate), input_(input) {}

  Status Compile();
  Status RunPasses();
  Result<std::vector<SliceCounts>> Count();
  std::vector<JudgedCheck> Judged() const;
  std::string PassedQuery(bool nothing_refused) const;
  std::string RefusedQuery() const;

 private:
  std::string MaskedRows() const;
  std::string RefusedSql() const;
  std::string NumberSql(const Compiled& check) const;
  std::string CountQuery() const;
  Status Take(const std::vector<std::optional<std::string>>& row,
              std::vector<SliceCounts>& slices) const;
  Status RunQueries(std::vector<SliceCounts>& slices);
  Error BlameCheck(Error error) const;
  Status CheckNumbers(const Schema& schema) const;

  engine::Engine& engine_;
  const contract::Gate& gate_;
  const GateInput& input_;
  std::vector<Compiled> checks_;
  std::size_t bits_ = 0;
};

Status GateScan::Compile() {
  for (std::size_t i = 0; i < gate_.checks.size(); ++i) {
    const CheckDecl& decl = gate_.checks[i];
    const CheckKind* kind = FindCheck(decl.kind);
    if (kind == nullptr) {
      return Error{ErrorCode::kInternal, "no such check kind: " + decl.kind, ""};
    }
    const CheckContext context{decl.params, input_.schema, input_.table,
                               "_assay_pass_" + std::to_string(i)};
    auto compiled = kind->compile(context).While(PlaceText(decl.place) + ": check " + decl.name);
    if (!compiled.ok()) return std::move(compiled).error();
    Compiled check{decl, std::move(compiled).value(), false, false, 0};
    if (!check.check.user_sql.empty()) {
      const bool one_row = check.check.form == CheckForm::kRows;
      TRY(CheckExpression(engine_, check.check.user_sql, one_row,
                          PlaceText(decl.place) + ": check " + decl.name));
    }
    if (check.check.form == CheckForm::kRows) {
      check.counts = true;
      check.bit = bits_++;
      check.refuses = !decl.bound && decl.severity == CheckSeverity::kError &&
                      gate_.bad_rows != contract::BadRows::kKeep;
    }
    checks_.push_back(std::move(check));
  }
  return {};
}

Status GateScan::RunPasses() {
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    CompiledCheck& check = checks_[i].check;
    if (check.pass.empty()) continue;
    const std::string table = QuoteName("_assay_pass_" + std::to_string(i));
    TRY(engine_.Execute("CREATE OR REPLACE TEMP TABLE " + table + " AS " + check.pass));
    TRY_ASSIGN(const engine::Grid rows, engine_.Query("SELECT count(*) FROM " + table));
    if (rows.rows.at(0).at(0) == "0") check.sql = "false";
  }
  return {};
}

// The input with one mask column per 62 row checks: a set bit is a bad row.
std::string GateScan::MaskedRows() const {
  std::string masks;
  for (std::size_t first = 0; first < bits_; first += kBitsPerMask) {
    std::string mask;
    for (const Compiled& check : checks_) {
      if (!check.counts || check.bit < first || check.bit >= first + kBitsPerMask) continue;
      mask += (mask.empty() ? "" : " | ") + std::string("CASE WHEN ") + check.check.sql + " THEN " +
              std::to_string(std::int64_t{1} << (check.bit - first)) + "::BIGINT ELSE 0 END";
    }
    masks += ", (" + mask + ") AS " + MaskName(first / kBitsPerMask);
  }
  return "(SELECT *, file_index AS _assay_file_index, file_row_number AS _assay_row_number" +
         masks + " FROM " + input_.table + " AS _assay_input)";
}

std::string GateScan::RefusedSql() const {
  std::string refused;
  for (const Compiled& check : checks_) {
    if (check.refuses) refused += (refused.empty() ? "" : " OR ") + BitOf(check);
  }
  return refused.empty() ? "false" : "(" + refused + ")";
}

// The number of a check over the rows of a group that pass.
std::string GateScan::NumberSql(const Compiled& check) const {
  if (check.check.form == CheckForm::kAggregate) return check.check.sql;
  if (check.check.form == CheckForm::kShare) {
    return "count(*) FILTER (WHERE " + check.check.sql + ")";
  }
  return "NULL";
}

// Rows are grouped by slice and by whether they pass, so one scan gives the counts of bad rows and
// the numbers over good ones.
std::string GateScan::CountQuery() const {
  const bool sliced = !gate_.by.empty();
  std::string select = "SELECT _assay_refused, count(*)";
  select += sliced ? ", grouping(_assay_slice), _assay_slice" : ", 1, NULL";
  for (const Compiled& check : checks_) {
    select +=
        ", " + (check.counts ? "count(*) FILTER (WHERE " + BitOf(check) + ")" : NumberSql(check));
  }
  const std::string slice =
      sliced ? ", (" + SliceSql(gate_.by) + "\n)::VARCHAR AS _assay_slice" : "";
  return select + " FROM (SELECT *, " + RefusedSql() + " AS _assay_refused" + slice + " FROM " +
         MaskedRows() + ") GROUP BY " +
         (sliced ? "GROUPING SETS ((_assay_slice, _assay_refused), (_assay_refused))"
                 : "_assay_refused");
}

Status GateScan::Take(const std::vector<std::optional<std::string>>& row,
                      std::vector<SliceCounts>& slices) const {
  const bool refused = row[0] == "true";
  const auto number = [](const std::optional<std::string>& text) {
    return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
  };
  const std::int64_t rows = number(row[1]);
  const bool total = number(row[2]) != 0;
  const std::string slice = total ? "" : row[3].value_or("null");
  SliceCounts* counts = nullptr;
  for (SliceCounts& known : slices) {
    if (known.is_total == total && known.slice == slice) counts = &known;
  }
  if (counts == nullptr) {
    counts = &slices.emplace_back();
    counts->slice = slice;
    counts->is_total = total;
    counts->bad.resize(checks_.size());
    counts->numbers.resize(checks_.size());
  }
  counts->rows += rows;
  (refused ? counts->refused : counts->passed) += rows;
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    const auto& cell = row[4 + i];
    if (checks_[i].counts) {
      counts->bad[i] += number(cell);
    } else if (!refused) {
      counts->numbers[i] = cell;
    }
  }
  return {};
}

Status GateScan::RunQueries(std::vector<SliceCounts>& slices) {
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (checks_[i].check.form != CheckForm::kQuery) continue;
    TRY_ASSIGN(const engine::Grid grid,
               engine_.Query(checks_[i].check.sql)
                   .While(PlaceText(checks_[i].decl.place) + ": check " + checks_[i].decl.name));
    if (grid.rows.size() != 1 || grid.rows[0].size() != 1 || !IsNumber(grid.schema[0].type)) {
      return Error{ErrorCode::kUser,
                   PlaceText(checks_[i].decl.place) +
                       ": the query must give one row with one "
                       "number; rows: " +
                       std::to_string(grid.rows.size()),
                   ""};
    }
    for (SliceCounts& slice : slices) {
      if (slice.is_total) slice.numbers[i] = grid.rows[0][0];
    }
  }
  return {};
}

// One query holds all checks; when it cannot be bound, each is tried alone to find the one meant.
Error GateScan::BlameCheck(Error error) const {
  if (error.code != ErrorCode::kUser) return error;
  const std::string from = " FROM " + input_.table + " AS _assay_input";
  if (!gate_.by.empty() && !engine_.Describe("SELECT (" + SliceSql(gate_.by) + "\n)" + from).ok()) {
    return std::move(error).While(PlaceText(gate_.by_place) + ": by: " + gate_.by);
  }
  for (const Compiled& check : checks_) {
    if (check.check.form == CheckForm::kQuery || check.check.form == CheckForm::kSchema) continue;
    auto alone = engine_.Describe("SELECT " + check.check.sql + " AS bad" + from);
    if (alone.ok()) continue;
    return std::move(alone).error().While(PlaceText(check.decl.place) + ": check " +
                                          check.decl.name);
  }
  return error;
}

// Only a number can be compared with a bound.
Status GateScan::CheckNumbers(const Schema& schema) const {
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (checks_[i].check.form != CheckForm::kAggregate) continue;
    const Type& type = schema.at(4 + i).type;
    if (IsNumber(type)) continue;
    return Error{ErrorCode::kUser,
                 PlaceText(checks_[i].decl.place) + ": check " + checks_[i].decl.name +
                     ": expected one number, the expression gives " + TypeText(type) + ": " +
                     checks_[i].check.user_sql,
                 "count, sum, average or cast to a number"};
  }
  return {};
}

Result<std::vector<SliceCounts>> GateScan::Count() {
  auto counted = engine_.Query(CountQuery());
  if (!counted.ok()) return BlameCheck(std::move(counted).error());
  const engine::Grid grid = std::move(counted).value();
  TRY(CheckNumbers(grid.schema));
  std::vector<SliceCounts> slices;
  for (const auto& row : grid.rows) TRY(Take(row, slices));
  bool has_total = false;
  for (SliceCounts& slice : slices) {
    has_total = has_total || slice.is_total;
    for (std::size_t i = 0; i < checks_.size(); ++i) {
      if (!slice.numbers[i]) slice.numbers[i] = checks_[i].check.over_no_rows;
      if (checks_[i].decl.bound && checks_[i].counts) {
        slice.numbers[i] = std::to_string(slice.bad[i]);
      }
    }
  }
  if (!has_total) {
    SliceCounts& none = slices.emplace_back();
    none.is_total = true;
    none.bad.resize(checks_.size());
    none.numbers.resize(checks_.size());
    for (std::size_t i = 0; i < checks_.size(); ++i) {
      none.numbers[i] = checks_[i].check.over_no_rows;
      if (checks_[i].decl.bound && checks_[i].counts) none.numbers[i] = "0";
    }
  }
  TRY(RunQueries(slices));
  std::sort(slices.begin(), slices.end(), [](const SliceCounts& a, const SliceCounts& b) {
    return std::pair(!a.is_total, a.slice) < std::pair(!b.is_total, b.slice);
  });
  return slices;
}

std::vector<JudgedCheck> GateScan::Judged() const {
  std::vector<JudgedCheck> judged;
  for (const Compiled& check : checks_) {
    JudgedCheck one;
    one.decl = check.decl;
    one.column = check.check.column;
    one.expected = check.check.expected;
    one.finding = check.check.finding;
    one.bound = check.decl.bound ? check.decl.bound : check.check.bound;
    one.is_share = check.check.form == CheckForm::kShare ||
                   (check.counts && check.decl.bound && check.decl.bound->percent);
    one.over_all_rows = check.counts;
    one.is_number =
        check.decl.bound.has_value() || (!check.counts && check.check.form != CheckForm::kSchema);
    judged.push_back(std::move(one));
  }
  return judged;
}

std::string GateScan::PassedQuery(bool nothing_refused) const {
  const std::string columns = engine::NameList(FieldNames(input_.schema));
  if (nothing_refused) return "SELECT " + columns + " FROM " + input_.table;
  return "SELECT " + columns + " FROM " + MaskedRows() + " WHERE NOT " + RefusedSql();
}

std::string GateScan::RefusedQuery() const {
  std::string reasons;
  for (const Compiled& check : checks_) {
    if (!check.refuses) continue;
    reasons += (reasons.empty() ? "" : ", ") + std::string("CASE WHEN ") + BitOf(check) + " THEN " +
               QuoteText(check.decl.name) + " END";
  }
  std::string files;
  for (const std::string& file : input_.files) {
    files += (files.empty() ? "" : ", ") + QuoteText(file);
  }
  return "SELECT " + engine::NameList(FieldNames(input_.schema)) + ", [" + files +
         "][(_assay_file_index + 1)::BIGINT] AS _assay_file, _assay_row_number AS _assay_row, "
         "list_filter([" +
         reasons + "], lambda reason: reason IS NOT NULL) AS _assay_reasons FROM " + MaskedRows() +
         " WHERE " + RefusedSql();
}

struct Calendar {
  std::string_view function;
  std::string_view format;
};
constexpr std::array kCalendars = {Calendar{"year", "%Y"}, Calendar{"month", "%Y-%m"},
                                   Calendar{"day", "%Y-%m-%d"}, Calendar{"hour", "%Y-%m-%d %H"}};

// A plain name is a column, also when the name is a keyword of SQL; anything else is an expression.
std::string ColumnOrExpression(const std::string& text) {
  const bool plain = !text.empty() && text.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyz"
                                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_") == std::string::npos;
  return plain ? QuoteName(text) : text;
}

}  // namespace

std::string SliceSql(const std::string& by) {
  for (const Calendar& calendar : kCalendars) {
    const std::string prefix = std::string(calendar.function) + "(";
    if (by.starts_with(prefix) && by.ends_with(")") && by.find('(', prefix.size()) == by.npos) {
      const std::string column = by.substr(prefix.size(), by.size() - prefix.size() - 1);
      return "strftime(" + ColumnOrExpression(column) + ", " + QuoteText(calendar.format) + ")";
    }
  }
  return ColumnOrExpression(by);
}

std::vector<std::string> ExtraPasses(const contract::Gate& gate) {
  std::vector<std::string> passes;
  for (const CheckDecl& check : gate.checks) {
    const CheckKind* kind = FindCheck(check.kind);
    if (kind != nullptr && kind->needs_pass) passes.push_back(check.name);
  }
  return passes;
}

Result<Judgement> Judge(engine::Engine& engine, const contract::Gate& gate,
                        const GateInput& input) {
  GateScan scan(engine, gate, input);
  if (!gate.by.empty()) {
    TRY(CheckExpression(engine, SliceSql(gate.by), true, PlaceText(gate.by_place) + ": by"));
  }
  TRY(scan.Compile());
  TRY(scan.RunPasses());
  TRY_ASSIGN(const std::vector<SliceCounts> counts, scan.Count());
  const Thresholds thresholds{gate.warn_above, gate.fail_above, gate.min_rows};
  Judgement judgement;
  TRY_ASSIGN(judgement.verdict, JudgeCounts(scan.Judged(), thresholds, counts));
  judgement.verdict.gate = gate.name;
  judgement.verdict.owner = gate.owner;
  judgement.verdict.by = gate.by;
  judgement.passed_query = scan.PassedQuery(judgement.verdict.refused == 0);
  judgement.refused_query = scan.RefusedQuery();
  return judgement;
}

}  // namespace assay::gate
