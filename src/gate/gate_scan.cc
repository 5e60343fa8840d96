#include "gate/gate_scan.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/sql_text.h"
#include "gate/user_sql.h"

namespace assay::gate {
namespace {

using contract::CheckDecl;
using contract::CheckSeverity;
using engine::QuoteName;
using engine::QuoteText;

// Columns of the counting query before those of the checks.
constexpr std::size_t kFirstCheck = 8;

std::string PassName(std::size_t index) { return "_assay_pass_" + std::to_string(index); }

// Not with FILTER: for each of those the engine keeps room for all that is counted, and 1,700
// checks took 12 s of CPU and 3 GB.
std::string CountWhere(const std::string& condition) {
  return "count(CASE WHEN " + condition + " THEN 1 END)";
}

SliceCounts* FindSlice(std::vector<SliceCounts>& slices, const SliceCounts& like) {
  const auto found = std::find_if(slices.begin(), slices.end(), [&](const SliceCounts& slice) {
    return slice.is_total == like.is_total && slice.slice == like.slice;
  });
  return found == slices.end() ? nullptr : &*found;
}

void Add(const SliceCounts& more, SliceCounts& counts) {
  counts.rows += more.rows;
  counts.passed += more.passed;
  counts.refused += more.refused;
  counts.faulty += more.faulty;
  counts.fail_union += more.fail_union;
  counts.warn_union += more.warn_union;
  for (std::size_t i = 0; i < counts.bad.size(); ++i) counts.bad[i] += more.bad[i];
}

}  // namespace

Status GateScan::Compile() {
  for (std::size_t i = 0; i < gate_.checks.size(); ++i) {
    const CheckDecl& decl = gate_.checks[i];
    const CheckKind* kind = FindCheck(decl.kind);
    if (kind == nullptr) {
      return Error{ErrorCode::kInternal, "no such check kind: " + decl.kind, ""};
    }
    const CheckContext context{decl.params, input_.schema,   input_.table,
                               PassName(i), &input_.targets, input_.now_micros};
    auto compiled = kind->compile(context).While(PlaceText(decl.place) + ": check " + decl.name);
    if (!compiled.ok()) return std::move(compiled).error();
    Compiled check{decl, std::move(compiled).value(), false, false, false, ""};
    if (!check.check.user_sql.empty()) {
      const bool is_query = check.check.form == CheckForm::kQuery;
      const bool one_row = check.check.form == CheckForm::kRows;
      const std::string& text = check.check.user_sql;
      TRY(WithText(is_query ? CheckQuery(engine_, text)
                            : CheckExpression(engine_, text, one_row, input_.table),
                   check.check.expected)
              .While(WhereOf(check)));
    }
    if (check.check.form == CheckForm::kRows) {
      check.counts = true;
      check.bad = "_assay_bad_" + std::to_string(i);
      check.faults = !decl.bound && decl.severity == CheckSeverity::kError;
      check.refuses = check.faults && gate_.bad_rows != contract::BadRows::kKeep;
    }
    checks_.push_back(std::move(check));
  }
  return {};
}

Status GateScan::RunPasses() {
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    CompiledCheck& check = checks_[i].check;
    if (check.pass.empty() || !LooksFor(checks_[i])) continue;
    const std::string table = QuoteName(PassName(i));
    TRY(engine_.Execute("CREATE OR REPLACE TEMP TABLE " + table + " AS " + check.pass));
    TRY_ASSIGN(const engine::Grid rows, engine_.Query("SELECT count(*) FROM " + table));
    if (rows.rows.at(0).at(0) == "0") check.sql = "false";
  }
  return {};
}

bool GateScan::LooksFor(const Compiled& check) const {
  return scope_ == Scope::kAll || (scope_ == Scope::kRows) == check.counts;
}

std::vector<std::string> GateScan::Temporaries() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    const bool made = !checks_[i].check.pass.empty() && LooksFor(checks_[i]);
    if (made) names.push_back(QuoteName(PassName(i)));
  }
  return names;
}

// A table with a column beside its own for each check that looks into another table, so that it
// does so once. The others are cheaper computed where they are asked for than kept: neither bits of
// one number nor a column each was faster.
std::string GateScan::JudgedRows(const std::string& from, const std::string& place) const {
  std::string bad;
  for (const Compiled& check : checks_) {
    if (check.counts && !check.check.pass.empty() && LooksFor(check)) {
      bad += ", (" + check.check.sql + "\n) AS " + check.bad;
    }
  }
  return "(SELECT *" + place + bad + " FROM " + from + " AS _assay_input) AS _assay_input";
}

// True for a row that the check found bad, else false or null.
std::string GateScan::BadSql(const Compiled& check) {
  return check.check.pass.empty() ? "(" + check.check.sql + "\n)" : check.bad;
}

std::string GateScan::PlacedRows() const {
  return JudgedRows(input_.placed,
                    ", file_index AS _assay_file_index, file_row_number AS _assay_row_number");
}

// True for a row that one of the chosen checks found bad, else false.
std::string GateScan::AnyOf(bool (*chosen)(const Compiled&)) const {
  std::string any;
  for (const Compiled& check : checks_) {
    if (chosen(check) && LooksFor(check)) any += (any.empty() ? "" : " OR ") + BadSql(check);
  }
  return any.empty() ? "false" : "coalesce(" + any + ", false)";
}

std::string GateScan::RefusedSql() const {
  return AnyOf([](const Compiled& check) { return check.refuses; });
}

// The number of a check over the rows of a group that pass.
std::string GateScan::NumberSql(const Compiled& check) const {
  const CheckForm form = check.check.form;
  if (form == CheckForm::kAggregate || form == CheckForm::kAge) return check.check.sql;
  if (check.check.form == CheckForm::kShare) {
    return CountWhere(check.check.sql);
  }
  return "NULL";
}

// Rows are grouped by slice and by whether they pass, so one scan gives the counts of bad rows and
// the numbers over good ones. Where nothing is asked of the good ones the groups would cost more
// than the checks.
std::string GateScan::CountQuery() const {
  const bool sliced = !gate_.by.empty();
  const std::string refused = RefusedSql();
  // In most gates these are the refused rows themselves, which are known by then.
  const auto count_of = [&](bool (*chosen)(const Compiled&)) {
    const std::string any = AnyOf(chosen);
    return ", " + CountWhere(any == refused ? "_assay_refused" : any);
  };
  const bool grouped =
      sliced || std::any_of(checks_.begin(), checks_.end(), [&](const auto& check) {
        return !check.counts && !check.check.sql.empty() && LooksFor(check);
      });
  std::string select = grouped ? "SELECT _assay_refused" : "SELECT NULL";
  select += ", count(*), " + CountWhere("_assay_refused");
  select += count_of([](const Compiled& check) { return check.faults; });
  select += count_of([](const Compiled& check) { return check.faults && !check.decl.fail_above; });
  select += count_of([](const Compiled& check) { return check.faults && !check.decl.warn_above; });
  select += sliced ? ", grouping(_assay_slice), _assay_slice" : ", 1, NULL";
  for (const Compiled& check : checks_) {
    select += !LooksFor(check) ? ", NULL"
              : check.counts   ? ", " + CountWhere(BadSql(check))
                               : ", " + NumberSql(check);
  }
  for (const Compiled& check : checks_) {
    const bool has_words = !check.check.words.empty() && LooksFor(check);
    select += ", " + (has_words ? check.check.words : "NULL");
  }
  const std::string slice =
      sliced ? ", (" + SliceSql(gate_.by) + "\n)::VARCHAR AS _assay_slice" : "";
  return select + " FROM (SELECT *, " + refused + " AS _assay_refused" + slice + " FROM " +
         JudgedRows(input_.table, "") + ") AS _assay_input" +
         (sliced    ? " GROUP BY GROUPING SETS ((_assay_slice, _assay_refused), (_assay_refused))"
          : grouped ? " GROUP BY _assay_refused"
                    : "");
}

Status GateScan::Take(const std::vector<std::optional<std::string>>& row,
                      std::vector<SliceCounts>& slices) const {
  const bool refused = row[0] == "true";
  const auto number = [](const std::optional<std::string>& text) {
    return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
  };
  const std::int64_t rows = number(row[1]);
  const bool total = number(row[6]) != 0;
  // The text `null` is another slice than no value.
  const std::string text = row[7].value_or("null");
  const std::string slice = total ? "" : row[7] == "null" ? "'null'" : text;
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
    counts->words.resize(checks_.size());
  }
  counts->rows += rows;
  counts->refused += number(row[2]);
  counts->passed += rows - number(row[2]);
  counts->faulty += number(row[3]);
  counts->fail_union += number(row[4]);
  counts->warn_union += number(row[5]);
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    const auto& cell = row[kFirstCheck + i];
    if (checks_[i].counts) {
      counts->bad[i] += number(cell);
    } else if (!refused) {
      counts->numbers[i] = cell;
      counts->words[i] = row[kFirstCheck + checks_.size() + i].value_or("");
    }
  }
  return {};
}

// The numbers of a slice in which no row passed: what SQL gives for no rows, mostly null, but
// `count(*)` is 0.
Status GateScan::CountOverNoRows(std::vector<SliceCounts>& slices) {
  const bool needed = std::any_of(slices.begin(), slices.end(),
                                  [](const SliceCounts& slice) { return slice.passed == 0; });
  for (std::size_t i = 0; needed && i < checks_.size(); ++i) {
    if (checks_[i].check.form != CheckForm::kAggregate) continue;
    TRY_ASSIGN(const engine::Grid grid, engine_
                                            .Query("SELECT " + checks_[i].check.sql + " FROM " +
                                                   input_.table + " AS _assay_input WHERE false")
                                            .While(WhereOf(checks_[i])));
    for (SliceCounts& slice : slices) {
      if (slice.passed == 0) slice.numbers[i] = grid.rows.at(0).at(0);
    }
  }
  return {};
}

Status GateScan::RunQueries(std::vector<SliceCounts>& slices) {
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (checks_[i].check.form != CheckForm::kQuery) continue;
    TRY_ASSIGN(const engine::Grid grid,
               engine_.Query(checks_[i].check.sql).While(WhereOf(checks_[i])));
    const bool one = grid.rows.size() == 1 && grid.rows[0].size() == 1;
    const bool is_truth = one && grid.schema[0].type.kind == TypeKind::kBool;
    if (!one || (!is_truth && !IsNumber(grid.schema[0].type))) {
      const std::string found = one ? "one of type " + TypeText(grid.schema[0].type)
                                    : std::to_string(grid.rows.size()) + " rows of " +
                                          std::to_string(grid.schema.size()) + " columns";
      return Error{
          ErrorCode::kUser,
          WhereOf(checks_[i]) +
              ": the query must give one row with one number, or true or false; it gives " + found,
          ""};
    }
    std::optional<std::string> number = grid.rows[0][0];
    if (is_truth && number) number = *number == "true" ? "1" : "0";
    for (SliceCounts& slice : slices) {
      if (slice.is_total) slice.numbers[i] = number;
    }
  }
  return {};
}

Status GateScan::Measure(std::vector<SliceCounts>& slices) {
  for (SliceCounts& slice : slices) {
    if (!slice.is_total) continue;
    const std::string rows = "(" + PassedQuery(slice.refused == 0) + ")";
    for (std::size_t i = 0; i < checks_.size(); ++i) {
      if (checks_[i].check.form != CheckForm::kMeasure) continue;
      TRY_ASSIGN(Measured measured,
                 checks_[i].check.measure(engine_, rows).While(WhereOf(checks_[i])));
      slice.numbers[i] = std::move(measured.number);
      slice.words[i] = std::move(measured.words);
    }
  }
  return {};
}

std::vector<bool> GateScan::OrderDependent() const {
  std::vector<bool> dependent;
  for (const Compiled& check : checks_) {
    std::string query;
    if (check.check.form == CheckForm::kQuery) query = check.check.sql;
    if (check.check.form == CheckForm::kAggregate && !check.check.user_sql.empty()) {
      query = "SELECT " + check.check.sql + " FROM " + input_.table + " AS _assay_input";
    }
    dependent.push_back(!query.empty() && engine_.Describe(query).ok() &&
                        !engine_.FindOrderDependence(query).reason.empty());
  }
  return dependent;
}

// One query holds all checks; when it fails, each is tried alone to find the one meant.
Error GateScan::BlameCheck(Error error) const {
  if (error.code != ErrorCode::kUser && error.code != ErrorCode::kData) return error;
  const std::string from = " FROM " + input_.table + " AS _assay_input";
  if (!engine_.Describe("SELECT *" + from).ok()) return error;  // no check's fault
  // What cannot be bound is told without reading rows; a value that cannot be cast needs them.
  for (const bool reads : {false, true}) {
    if (reads && error.code != ErrorCode::kData) break;
    const auto fault = [&](const std::string& sql) -> std::optional<Error> {
      const std::string query = "SELECT " + sql + " AS bad" + from;
      if (auto bound = engine_.Describe(query); !bound.ok()) return std::move(bound).error();
      if (!reads) return std::nullopt;
      auto rows = engine_.Query("SELECT count(*) FROM (" + query + ") WHERE bad::VARCHAR = ''");
      if (!rows.ok()) return std::move(rows).error();
      return std::nullopt;
    };
    if (!gate_.by.empty()) {
      if (auto found = fault("(" + SliceSql(gate_.by) + "\n)")) {
        return std::move(*found).While(PlaceText(gate_.by_place) + ": by: " + gate_.by);
      }
    }
    for (const Compiled& check : checks_) {
      if (check.check.sql.empty() || check.check.form == CheckForm::kQuery) continue;
      if (auto found = fault(check.check.sql)) return std::move(*found).While(WhereOf(check));
    }
  }
  return error;
}

// Only a number can be compared with a bound.
Status GateScan::CheckNumbers(const Schema& schema) const {
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (checks_[i].check.form != CheckForm::kAggregate || !LooksFor(checks_[i])) continue;
    const Type& type = schema.at(kFirstCheck + i).type;
    if (IsNumber(type)) continue;
    return Error{ErrorCode::kUser,
                 WhereOf(checks_[i]) + ": expected one number, the expression gives " +
                     TypeText(type) + ": " + checks_[i].check.user_sql,
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
  const bool has_total = std::any_of(slices.begin(), slices.end(),
                                     [](const SliceCounts& slice) { return slice.is_total; });
  if (!has_total) {
    SliceCounts& none = slices.emplace_back();
    none.is_total = true;
    none.bad.resize(checks_.size());
    none.numbers.resize(checks_.size());
    none.words.resize(checks_.size());
  }
  return slices;
}

Status GateScan::Complete(std::vector<SliceCounts>& slices) {
  for (SliceCounts& slice : slices) {
    for (std::size_t i = 0; i < checks_.size(); ++i) {
      if (checks_[i].decl.bound && checks_[i].counts) {
        slice.numbers[i] = std::to_string(slice.bad[i]);
      }
    }
  }
  TRY(CountOverNoRows(slices));
  TRY(RunQueries(slices));
  std::sort(slices.begin(), slices.end(), [](const SliceCounts& a, const SliceCounts& b) {
    return std::pair(!a.is_total, a.slice) < std::pair(!b.is_total, b.slice);
  });
  return {};
}

Result<std::vector<SliceCounts>> GateScan::AddUp(
    const std::vector<std::vector<SliceCounts>>& parts) {
  std::vector<SliceCounts> sums;
  for (const auto& part : parts) {
    for (const SliceCounts& counts : part) {
      if (counts.bad.size() != checks_.size()) {
        return Error{ErrorCode::kInternal, "a part was counted by other checks", ""};
      }
      if (SliceCounts* const sum = FindSlice(sums, counts)) {
        Add(counts, *sum);
      } else {
        sums.push_back(counts);
      }
    }
  }
  const bool has_numbers = std::any_of(checks_.begin(), checks_.end(), [](const auto& check) {
    return !check.counts && !check.check.sql.empty();
  });
  if (!has_numbers) return sums;
  TRY_ASSIGN(std::vector<SliceCounts> numbers, Count());
  for (SliceCounts& slice : numbers) {
    SliceCounts* const sum = FindSlice(sums, slice);
    if (sum == nullptr) continue;
    for (std::size_t i = 0; i < checks_.size(); ++i) {
      if (checks_[i].counts) continue;
      sum->numbers[i] = std::move(slice.numbers[i]);
      sum->words[i] = std::move(slice.words[i]);
    }
  }
  return sums;
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
    const CheckForm form = check.check.form;
    one.total_only =
        form == CheckForm::kQuery || form == CheckForm::kMeasure || form == CheckForm::kAge;
    one.age = check.check.age;
    one.is_number =
        check.decl.bound.has_value() || (!check.counts && check.check.form != CheckForm::kSchema);
    judged.push_back(std::move(one));
  }
  return judged;
}

std::string GateScan::PassedQuery(bool nothing_refused) const {
  const std::string columns = engine::NameList(FieldNames(input_.schema));
  if (nothing_refused) return "SELECT " + columns + " FROM " + input_.table;
  return "SELECT " + columns + " FROM " + JudgedRows(input_.table, "") + " WHERE NOT " +
         RefusedSql();
}

std::string GateScan::RefusedQuery() const {
  return "SELECT " + engine::NameList(FieldNames(input_.schema)) +
         ", _assay_file_index AS file_index, _assay_row_number AS file_row_number FROM " +
         PlacedRows() + " WHERE " + RefusedSql();
}

std::string GateScan::BadQuery() const {
  std::string reasons;
  for (const Compiled& check : checks_) {
    if (!check.faults) continue;
    reasons += (reasons.empty() ? "CASE WHEN " : ", CASE WHEN ") + BadSql(check) + " THEN " +
               QuoteText(check.decl.name) + " END";
  }
  return "SELECT " + engine::NameList(FieldNames(input_.schema)) + ", " +
         engine::TextList(input_.files) +
         "[(_assay_file_index + 1)::BIGINT] AS _assay_file, _assay_row_number AS _assay_row, "
         "list_filter([" +
         reasons + "], lambda reason: reason IS NOT NULL) AS _assay_reasons, " +
         engine::RowIdSql("_assay_file_index", "_assay_row_number") + " AS _assay_row_id FROM " +
         PlacedRows() + " WHERE " + AnyOf([](const Compiled& check) { return check.faults; });
}

}  // namespace assay::gate
