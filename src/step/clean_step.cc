#include <algorithm>

#include "base/letter_case.h"
#include "contract/type_name.h"
#include "engine/checked_cast.h"
#include "engine/sql_text.h"
#include "step/step.h"

namespace assay::step {
namespace {

using contract::PairsOf;
using contract::TextsOf;
using engine::QuoteName;
using engine::QuoteText;

bool IsText(const Field& field) { return field.type.kind == TypeKind::kString; }

// The text columns that are cleaned.
Result<std::vector<std::string>> CleanedColumns(const StepInput& input, const Json& params) {
  std::vector<std::string> columns;
  if (!params.contains("columns")) {
    for (const Field& field : input.schema) {
      if (IsText(field)) columns.push_back(field.name);
    }
    return columns;
  }
  for (const std::string& name : TextsOf(params, "columns")) {
    TRY_ASSIGN(const Field field, ColumnOf(input, name));
    if (!IsText(field)) {
      return Error{
          ErrorCode::kUser,
          "`" + field.name + "` of `" + input.name + "` is no text: it is " + TypeText(field.type),
          "take it out of `columns`; a `cast` does not need it there"};
    }
    columns.push_back(field.name);
  }
  return columns;
}

// A text as it is after white space, form and case were seen to.
std::string Cleaned(std::string sql, const Json& params) {
  if (params.contains("unicode")) sql = "nfc_normalize(" + sql + ")";
  if (params.value("trim", true)) sql = "assay_trim(" + sql + ")";
  if (params.value("collapse", false)) sql = "assay_collapse(" + sql + ")";
  const std::string letters = params.value("case", "");
  return letters.empty() ? sql : letters + "(" + sql + ")";
}

// The words that mean null, as they are after cleaning; empty where none does.
std::string NullWords(const Json& params) {
  std::string words;
  const std::string letters = params.value("case", "");
  if (params.value("empty_to_null", true)) words = "''";
  for (const std::string& word : TextsOf(params, "null_words")) {
    words += words.empty() ? "" : ", ";
    words += letters.empty() ? QuoteText(word) : letters + "(" + QuoteText(word) + ")";
  }
  return words;
}

struct Cast {
  Field from;
  Type to;
  std::string value;       // the cleaned one
  std::string with_point;  // SQL of numbers with other marks, which becomes the column `plain`
  std::string plain;
  std::string made;   // SQL, which becomes the column `typed`
  std::string typed;  // null where the value does not fit
};

bool HasMarks(const Json& params) {
  return params.contains("decimal") || params.contains("thousands");
}

// A number that is written with other marks, with a point alone; null where the marks stand wrong.
std::string WithPoint(const std::string& sql, const Json& params) {
  const std::string point = params.value("decimal", ".");
  const std::string thousands = params.value("thousands", "");
  const auto mark = [](const std::string& text) { return "\\x{" + text + "}"; };
  const auto hex = [](const std::string& one) {
    constexpr char kDigits[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(one[0]);
    return std::string{kDigits[byte >> 4], kDigits[byte & 15]};
  };
  std::string whole = "[0-9]+";
  std::string plain = sql;
  if (!thousands.empty()) {
    whole = "([0-9]+|[0-9]{1,3}(" + mark(hex(thousands)) + "[0-9]{3})+)";
    plain = "replace(" + plain + ", " + QuoteText(thousands) + ", '')";
  }
  if (point != ".") plain = "replace(" + plain + ", " + QuoteText(point) + ", '.')";
  const std::string form = "[+-]?(" + whole + "(" + mark(hex(point)) + "[0-9]*)?|" +
                           mark(hex(point)) + "[0-9]+)([eE][+-]?[0-9]+)?";
  return "CASE WHEN regexp_full_match(" + sql + ", " + QuoteText(form) + ") THEN " + plain + " END";
}

// `values` names the cleaned value of a column.
template <typename Values>
Result<std::vector<Cast>> CastsOf(const StepInput& input, const Json& params, Values values) {
  std::vector<Cast> casts;
  for (const auto& [name, type] : PairsOf(params, "cast")) {
    Cast cast;
    TRY_ASSIGN(cast.from, ColumnOf(input, name));
    TRY_ASSIGN(cast.to, contract::TypeNamed(type));
    if (!engine::CanCast(cast.from.type, cast.to)) {
      return Error{ErrorCode::kUser,
                   "`" + cast.from.name + "` of `" + input.name + "` is " +
                       TypeText(cast.from.type) + ", which cannot become " + TypeText(cast.to),
                   "make it by an expression in a derive step"};
    }
    cast.value = values(cast.from);
    const bool has_marks = HasMarks(params) && IsText(cast.from) && IsNumber(cast.to);
    if (has_marks) {
      cast.with_point = WithPoint(cast.value, params);
      cast.plain = QuoteName("_assay_plain_" + cast.from.name);
    }
    cast.made = engine::CheckedCast(has_marks ? cast.plain : cast.value, cast.from.type, cast.to);
    cast.typed = QuoteName("_assay_typed_" + cast.from.name);
    casts.push_back(std::move(cast));
  }
  return casts;
}

std::string Fits(const Cast& cast) {
  return "(" + cast.value + " IS NULL OR " + cast.typed + " IS NOT NULL)";
}

// The same, so written that DuckDB 1.5.5 does not put the SQL of `typed` into the condition and
// compute it twice: it leaves a condition that may fail above what it is about. No time of day is
// below midnight.
std::string FitsOnce(const Cast& cast) {
  return "CASE WHEN " + Fits(cast) + " THEN true ELSE TRY_CAST(CAST(" + cast.value +
         " AS VARCHAR) AS TIME) < TIME '00:00:00' END";
}

bool Contains(const std::vector<std::string>& columns, const std::string& column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

std::string Replaced(const std::string& replaced, const std::string& from) {
  return "SELECT *" + (replaced.empty() ? "" : " REPLACE (" + replaced + ")") + " FROM " + from;
}

// `from` with the columns `typed`, and `plain` below them: what a column has is computed once, not
// wherever it is named.
std::string WithTyped(const std::vector<Cast>& casts, const std::string& from) {
  std::string plain, typed;
  for (const Cast& cast : casts) {
    if (!cast.plain.empty()) plain += ", " + cast.with_point + " AS " + cast.plain;
    typed += ", " + cast.made + " AS " + cast.typed;
  }
  return "(SELECT *" + typed + " FROM " +
         (plain.empty() ? from : "(SELECT *" + plain + " FROM " + from + ")") + ")";
}

// Words are compared with a column of a subselect: an expression in their place would be computed
// for each of them.
std::string WithoutWords(const std::string& name, const std::string& words) {
  return "CASE WHEN " + name + " IN (" + words + ") THEN NULL ELSE " + name + " END";
}

Result<std::string> ToSql(const StepContext& context) {
  const StepInput& input = InputOf(context);
  const Json& params = context.params;
  TRY_ASSIGN(const auto columns, CleanedColumns(input, params));
  const auto named = [](const Field& field) { return QuoteName(field.name); };
  TRY_ASSIGN(const auto casts, CastsOf(input, params, named));
  const std::string words = NullWords(params);
  std::string cleaned, worded, typed, hidden, fits;
  const auto add = [](std::string& list, const std::string& sql, const std::string& name) {
    list += (list.empty() ? "" : ", ") + sql + " AS " + name;
  };
  for (const std::string& column : columns) {
    const std::string name = QuoteName(column);
    const std::string text = Cleaned(name, params);
    if (text != name) add(cleaned, text, name);
    if (!words.empty()) add(worded, WithoutWords(name, words), name);
  }
  for (const Cast& cast : casts) {
    add(typed, cast.typed, cast.value);
    hidden += (hidden.empty() ? "" : ", ") + cast.typed;
    if (!cast.plain.empty()) hidden += ", " + cast.plain;
    fits += (fits.empty() ? " WHERE " : " AND ") + FitsOnce(cast);
  }
  std::string sql = Replaced(cleaned, QuoteName(input.name));
  if (!worded.empty()) sql = Replaced(worded, "(" + sql + ")");
  if (typed.empty()) return sql;
  return "SELECT * EXCLUDE (" + hidden + ") REPLACE (" + typed + ") FROM " +
         WithTyped(casts, "(" + sql + ")") + fits;
}

Result<std::string> Refusals(const StepContext& context) {
  const StepInput& input = InputOf(context);
  const Json& params = context.params;
  TRY_ASSIGN(const auto columns, CleanedColumns(input, params));
  const auto hidden = [](const Field& field) { return QuoteName("_assay_clean_" + field.name); };
  TRY_ASSIGN(const auto casts, CastsOf(input, params, hidden));
  const std::string words = NullWords(params);
  std::string cleaned, worded, reasons, fits;
  for (const Cast& cast : casts) {
    const std::string name = QuoteName(cast.from.name);
    const bool is_cleaned = Contains(columns, cast.from.name);
    cleaned += ", " + (is_cleaned ? Cleaned(name, params) : name) + " AS " + cast.value;
    if (is_cleaned && !words.empty()) {
      worded +=
          (worded.empty() ? "" : ", ") + WithoutWords(cast.value, words) + " AS " + cast.value;
    }
    reasons += ", CASE WHEN NOT " + Fits(cast) + " THEN " +
               QuoteText(cast.from.name + ": no " + TypeText(cast.to)) + " END";
    fits += (fits.empty() ? "" : " AND ") + Fits(cast);
  }
  const std::string own =
      engine::NameList(FieldNames(input.schema)) + ", file_index, file_row_number";
  std::string from = "(SELECT " + own + cleaned + " FROM " + input.table + ")";
  if (!worded.empty()) from = "(" + Replaced(worded, from) + ")";
  return "SELECT " + own + ", concat_ws('; '" + reasons + ") AS reason FROM " +
         WithTyped(casts, from) + " WHERE NOT (" + fits + ")";
}

// What was counted of a column: how often it came to a change.
struct CountedChange {
  std::string column, change, condition;
};

// Each text as it came, cleaned, and without the words for null, side by side.
Result<std::string> Ledger(const StepContext& context) {
  const StepInput& input = InputOf(context);
  const Json& params = context.params;
  TRY_ASSIGN(const auto columns, CleanedColumns(input, params));
  const auto clean = [](const std::string& name) { return QuoteName("_assay_clean_" + name); };
  const auto worded = [](const Field& field) { return QuoteName("_assay_worded_" + field.name); };
  TRY_ASSIGN(const auto casts, CastsOf(input, params, worded));
  const std::string words = NullWords(params);
  std::vector<Field> fields;
  for (const Field& field : input.schema) {
    const bool is_cast =
        std::ranges::any_of(casts, [&](const Cast& one) { return one.from.name == field.name; });
    if (is_cast || Contains(columns, field.name)) fields.push_back(field);
  }
  if (fields.empty()) {
    return std::string(
        "SELECT '' AS \"column\", '' AS change, '' AS spelling, '' AS became, 0 AS cells, 0 AS "
        "\"of\" WHERE false");
  }
  std::string own, cleaned, without_words;
  std::vector<CountedChange> changes;
  for (const Field& field : fields) {
    const std::string name = QuoteName(field.name);
    const bool is_cleaned = Contains(columns, field.name);
    const std::string text = clean(field.name);
    own += (own.empty() ? "" : ", ") + name;
    cleaned += ", " + (is_cleaned ? Cleaned(name, params) : name) + " AS " + text;
    without_words += ", " + (is_cleaned && !words.empty() ? WithoutWords(text, words) : text) +
                     " AS " + worded(field);
    if (!is_cleaned) continue;
    changes.push_back({field.name, "tidied", text + " <> " + name});
    changes.push_back(
        {field.name, "nulls", text + " IS NOT NULL AND " + worded(field) + " IS NULL"});
  }
  for (const Cast& cast : casts) {
    const std::string is_typed = cast.typed + " IS NOT NULL";
    changes.push_back({cast.from.name, "casts", is_typed});
    changes.push_back({cast.from.name, "refused", "NOT " + Fits(cast)});
    if (cast.plain.empty()) continue;
    const auto has = [&](const std::string& mark) {
      return is_typed + " AND contains(" + cast.value + ", " + QuoteText(mark) + ")";
    };
    if (params.value("decimal", ".") != ".") {
      changes.push_back(
          {cast.from.name, "decimal_marks", has(params["decimal"].get<std::string>())});
    }
    if (params.contains("thousands")) {
      changes.push_back(
          {cast.from.name, "thousands_marks", has(params["thousands"].get<std::string>())});
    }
  }
  std::string counts;
  for (const CountedChange& one : changes) {
    counts += (counts.empty() ? "{'column': " : ", {'column': ") + QuoteText(one.column) +
              ", 'change': " + QuoteText(one.change) + ", 'cells': count(CASE WHEN " +
              one.condition + " THEN 1 END), 'of': count(" + QuoteName(one.column) + ")}";
  }
  return "SELECT counted.\"column\", counted.change, NULL AS spelling, NULL AS became, "
         "counted.cells, counted.\"of\" FROM (SELECT unnest([" +
         counts + "]) AS counted FROM " +
         WithTyped(casts, "(SELECT *" + without_words + " FROM (SELECT " + own + cleaned +
                              " FROM " + input.table + "))") +
         ")";
}

bool Refuses(const Json& params) { return params.contains("cast"); }

Status CheckMark(const Json& params, const char* param) {
  const std::string mark = params.value(param, ".");
  constexpr std::string_view kInNumbers = "0123456789+-eE";
  const bool is_mark = mark.size() == 1 && static_cast<unsigned char>(mark[0]) < 0x80 &&
                       kInNumbers.find(mark[0]) == std::string_view::npos;
  if (is_mark) return {};
  return Error{ErrorCode::kUser, std::string("no mark within a number: ") + param + ": " + mark,
               "write one character, such as \",\""};
}

Status Check(const Json& params) {
  for (const auto& [name, type] : PairsOf(params, "cast")) {
    TRY(contract::TypeNamed(type).While("cast: " + name));
  }
  if (!HasMarks(params)) return {};
  if (!params.contains("cast")) {
    return Error{ErrorCode::kUser, "`decimal` and `thousands` say nothing without a `cast`",
                 "write `cast: {COLUMN: float64}`"};
  }
  TRY(CheckMark(params, "decimal"));
  if (!params.contains("thousands")) return {};
  TRY(CheckMark(params, "thousands"));
  if (params.value("decimal", ".") != params["thousands"].get<std::string>()) return {};
  return Error{ErrorCode::kUser, "`decimal` and `thousands` are the same mark",
               "a decimal point is the default: write `decimal: \",\"` where it is a comma"};
}

}  // namespace

StepKind clean_step() {
  using contract::ParamType;
  return {
      .info =
          {.name = "clean",
           .summary = "tidies texts and casts columns without losing anything",
           .help =
               "Texts are seen to in this order: `unicode`, `trim`, `collapse`, `case`, "
               "`empty_to_null` and `null_words`, `cast`. White space is all that Unicode calls "
               "so, no-break spaces too. `null_words` are compared with the cleaned text, letter "
               "by letter; where `case` is given, they are brought to it as well.\n\nA value that "
               "does not fit the type of its `cast`, or would lose something by it (fractions as a "
               "whole number, digits as a decimal, hours as a day, a size that is out of range), "
               "makes its row refused, with a reason such as `delay: no int32`. Refused rows are "
               "readable as `NAME.refused`, as they came. Columns of other types than text may be "
               "cast as well, by the same rule. Null stays null. Truths may be written true, t, "
               "yes, y, 1 and false, f, no, n, 0; days and moments as ISO 8601 has them, a moment "
               "without a zone is UTC.\n\nWith `decimal` or `thousands`, numbers must be written "
               "with these marks: `1.234,5` with `decimal: \",\"` and `thousands: \".\"`. "
               "`1.2` is refused then.\n\n`NAME.ledger`, which is counted where a node reads it, "
               "tells of each column in how many `cells` `of` all with a value the text was "
               "`tidied`, became one of the `nulls`, or one of the `casts` to another type, was "
               "`refused`, or came with `decimal_marks` or `thousands_marks`.",
           .version = 1,
           .params = {{.name = "input",
                       .type = ParamType::kInput,
                       .summary = "the node whose rows are cleaned",
                       .required = true},
                      {.name = "columns",
                       .type = ParamType::kColumns,
                       .summary = "the text columns that are cleaned (default: all)"},
                      {.name = "trim",
                       .type = ParamType::kBool,
                       .summary = "white space at both ends goes",
                       .by_default = true},
                      {.name = "collapse",
                       .type = ParamType::kBool,
                       .summary = "a run of white space becomes one blank",
                       .by_default = false},
                      {.name = "case",
                       .type = ParamType::kChoice,
                       .summary = "the case that letters are brought to",
                       .choices = {"lower", "upper"}},
                      {.name = "unicode",
                       .type = ParamType::kChoice,
                       .summary = "the Unicode form that texts are brought to",
                       .choices = {"nfc"}},
                      {.name = "empty_to_null",
                       .type = ParamType::kBool,
                       .summary = "an empty text becomes null",
                       .by_default = true},
                      {.name = "null_words",
                       .type = ParamType::kScalars,
                       .summary = "texts that mean null, such as [NA, n/a]"},
                      {.name = "cast",
                       .type = ParamType::kMapping,
                       .summary = "columns and the types they get: {delay: int32}"},
                      {.name = "decimal",
                       .type = ParamType::kString,
                       .summary = "the decimal mark of numbers in texts (default: a point)"},
                      {.name = "thousands",
                       .type = ParamType::kString,
                       .summary = "the mark between groups of three digits (default: none)"}},
           .over_parts = contract::OverParts::kLocal,
           .refuses = Refuses,
           .ledger = contract::Ledger::kIfRead,
           .check = Check,
           .example = "steps:\n  tidy:\n    kind: clean\n    input: flights\n    null_words: [NA, "
                      "\"-\"]\n    cast: {delay: int32, date: date}\n"},
      .to_sql = ToSql,
      .refusals = Refusals,
      .ledger = Ledger,
      .row_for_row = true,
      .order_free = true};
}

}  // namespace assay::step
