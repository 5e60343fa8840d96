#include <algorithm>
#include <map>

#include "base/letter_case.h"
#include "base/white_space.h"
#include "engine/sql_text.h"
#include "step/step.h"

namespace assay::step {
namespace {

using engine::QuoteName;
using engine::QuoteText;

// The tables of the SELECT.
constexpr char kRows[] = "_assay_rows";
constexpr char kLabels[] = "_assay_labels";

struct Labels {
  std::vector<std::string> spellings, labels;
};

bool IsAscii(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// The spellings as the key of a row is written: trimmed, in lower case where case is not looked at.
Result<Labels> LabelsOf(const Json& params) {
  Labels labels;
  std::map<std::string, std::string> known;
  for (auto [spelling, label] : contract::PairsOf(params, "labels")) {
    if (params.value("trim", true)) spelling = std::string(TrimWhiteSpace(spelling));
    if (params.value("ignore_case", false)) spelling = Lower(spelling);
    const auto [other, is_new] = known.emplace(spelling, label);
    if (is_new) {
      labels.spellings.push_back(spelling);
      labels.labels.push_back(label);
    } else if (other->second != label) {
      return Error{
          ErrorCode::kUser,
          "one spelling of the labels " + other->second + " and " + label + ": " + spelling,
          "take it from one of them, or set `ignore_case` and `trim` to false where they "
          "make it the same"};
    }
  }
  return labels;
}

std::string Column(const Json& params) {
  return std::string(kRows) + "." + QuoteName(params.at("column").get<std::string>());
}

std::string Text(const Json& params) { return "CAST(" + Column(params) + " AS VARCHAR)"; }

// What is looked up.
std::string Key(const Json& params) {
  std::string key = Text(params);
  if (params.value("trim", true)) key = "assay_trim(" + key + ")";
  return params.value("ignore_case", false) ? "lower(" + key + ")" : key;
}

// How the label of a row is found: by a map of constants, or in a table of them that is joined
// where they are many, or letters beyond ASCII must be brought to lower case by the engine.
struct LookUp {
  std::string label;  // null where the spelling is unknown
  std::string join;
};
LookUp LookUpOf(const Json& params, const Labels& labels) {
  constexpr std::size_t kFew = 64;
  const bool ignore_case = params.value("ignore_case", false);
  const bool is_plain =
      !ignore_case || std::all_of(labels.spellings.begin(), labels.spellings.end(), IsAscii);
  const std::string spellings = engine::TextList(labels.spellings);
  const std::string values = engine::TextList(labels.labels);
  const std::string key = Key(params);
  if (is_plain && labels.spellings.size() <= kFew) {
    return {"map(" + spellings + ", " + values + ")[" + key + "]", ""};
  }
  std::string table =
      "SELECT unnest(" + spellings + ") AS spelling, unnest(" + values + ") AS label";
  if (!is_plain) {
    table =
        "SELECT lower(spelling) AS spelling, CASE WHEN min(label) = max(label) THEN min(label) "
        "ELSE error('one spelling of the labels ' || min(label) || ' and ' || max(label) || "
        "': ' || min(spelling)) END AS label FROM (" +
        table + ") GROUP BY 1";
  }
  return {std::string(kLabels) + ".label", std::string(" LEFT JOIN (") + table + ") AS " + kLabels +
                                               " ON " + kLabels + ".spelling = " + key};
}

std::string Unknown(const Json& params) { return params.value("unknown", "refuse"); }

Result<std::string> Select(const Json& params) {
  TRY_ASSIGN(const Labels labels, LabelsOf(params));
  const LookUp look_up = LookUpOf(params, labels);
  std::string label = look_up.label;
  if (Unknown(params) == "keep") label = "coalesce(" + label + ", " + Text(params) + ")";
  const std::string into = params.value("into", "");
  std::string sql = std::string("SELECT ") + kRows + ".*";
  if (into.empty()) {
    sql += " REPLACE (" + label + " AS " + QuoteName(params.at("column").get<std::string>()) + ")";
  } else {
    sql += ", " + label + " AS " + QuoteName(into);
  }
  sql +=
      " FROM " + QuoteName(params.at("input").get<std::string>()) + " AS " + kRows + look_up.join;
  if (Unknown(params) == "refuse") {
    sql += " WHERE " + Column(params) + " IS NULL OR " + look_up.label + " IS NOT NULL";
  }
  return sql;
}

// `; nearest: NO`, where a spelling is near and there are few to look through.
std::string Nearest(const std::string& key, const Labels& labels) {
  constexpr std::size_t kFew = 1000;
  if (labels.spellings.size() > kFew) return "''";
  return "coalesce('; nearest: ' || list_min(list_filter(list_transform(" +
         engine::TextList(labels.spellings) +
         ", lambda s: {'d': damerau_levenshtein(lower(s), lower(" + key +
         ")), 's': s}), lambda c: c.d <= greatest(1, length(" + key + ") // 3))).s, '')";
}

Result<std::string> Refusals(const StepContext& context) {
  const StepInput& input = InputOf(context);
  const Json& params = context.params;
  TRY_ASSIGN(const Labels labels, LabelsOf(params));
  const LookUp look_up = LookUpOf(params, labels);
  const std::string column = params.at("column").get<std::string>();
  const std::string rows = std::string(kRows) + ".";
  return "SELECT " + engine::NameList(FieldNames(input.schema), rows) + ", " + rows +
         "file_index, " + rows + "file_row_number, " + QuoteText(column + ": unknown spelling '") +
         " || " + Text(params) + " || '''' || " + Nearest(Key(params), labels) +
         " AS reason FROM (SELECT " + engine::NameList(FieldNames(input.schema)) +
         ", file_index, file_row_number FROM " + input.table + ") AS " + kRows + look_up.join +
         " WHERE " + Column(params) + " IS NOT NULL AND " + look_up.label + " IS NULL";
}

// Spellings are looked up once each. Those beyond the most frequent ones are counted together.
Result<std::string> Ledger(const StepContext& context) {
  constexpr int kMostSpellings = 1000;
  const Json& params = context.params;
  TRY_ASSIGN(const Labels labels, LabelsOf(params));
  const LookUp look_up = LookUpOf(params, labels);
  const std::string name = params.at("column").get<std::string>();
  const std::string counted = "(SELECT " + QuoteName(name) + ", count(*) AS _assay_cells FROM " +
                              InputOf(context).table + " WHERE " + QuoteName(name) +
                              " IS NOT NULL GROUP BY 1) AS " + kRows;
  const std::string found = "(SELECT " + Text(params) + " AS spelling, " + look_up.label +
                            " AS became, " + kRows + "._assay_cells AS cells FROM " + counted +
                            look_up.join + ")";
  const std::string ranked =
      "(SELECT *, sum(cells) OVER () AS all_cells, row_number() OVER (ORDER BY cells DESC, "
      "spelling) <= " +
      std::to_string(kMostSpellings) + " AS is_told FROM " + found + ")";
  return "SELECT " + QuoteText(name) +
         " AS \"column\", CASE WHEN became IS NULL THEN 'unknown' WHEN became = spelling THEN "
         "'none' ELSE 'mapped' END AS change, CASE WHEN is_told THEN spelling END AS spelling, "
         "became, sum(cells) AS cells, any_value(all_cells) AS of FROM " +
         ranked + " GROUP BY ALL";
}

bool Refuses(const Json& params) { return Unknown(params) == "refuse"; }

Status Check(const Json& params) {
  TRY(LabelsOf(params));
  return {};
}

Status CheckSchema(const StepContext& context) {
  const StepInput& input = InputOf(context);
  TRY_ASSIGN(const Field field, ColumnOf(input, context.params.at("column").get<std::string>()));
  const bool is_plain = field.type.children.empty() && field.type.kind != TypeKind::kBytes;
  if (!is_plain) {
    return Error{ErrorCode::kUser,
                 "`" + field.name + "` of `" + input.name + "` holds no labels: it is " +
                     TypeText(field.type),
                 "make a text of it in a derive step"};
  }
  const std::string into = context.params.value("into", "");
  if (into.empty() || !ColumnOf(input, into).ok()) return {};
  return Error{ErrorCode::kUser, "`" + input.name + "` has a column already: " + into,
               "give the new one another name, or leave `into` out to replace the old one"};
}

}  // namespace

StepKind map_labels_step() {
  using contract::ParamType;
  return {
      .info =
          {.name = "map_labels",
           .summary = "brings each spelling of a label to one",
           .help =
               "`labels` says what labels there are and how else they are spelt; a file may hold "
               "it, so that several projects share one. A label is always a spelling of itself. "
               "Null stays null. What a column of another type than text holds is compared as "
               "text (`1`, `true`); the answer is text.\n\nA spelling that is not listed makes its "
               "row refused, with a reason such as `label: unknown spelling 'NOO'; nearest: NO`; "
               "the rows are readable as `NAME.refused`, as they came. `unknown: keep` lets the "
               "value stand, `unknown: null` makes it null.\n\n`NAME.ledger` tells for each "
               "spelling what it became, in how many `cells` `of` all with a value: `change` is "
               "`none`, `mapped` or `unknown`; spellings beyond the 1,000 most frequent are "
               "counted together, with none told. A spelling that was not among them the time "
               "before is told as a warning.",
           .version = 2,
           .params = {{.name = "input",
                       .type = ParamType::kInput,
                       .summary = "the node whose rows it reads",
                       .required = true},
                      {.name = "column",
                       .type = ParamType::kColumn,
                       .summary = "the column with the labels",
                       .required = true},
                      {.name = "labels",
                       .type = ParamType::kTaxonomy,
                       .summary = "labels and their spellings: {yes: [y, \"1\"], no: [n, \"0\"]}",
                       .required = true},
                      {.name = "into",
                       .type = ParamType::kColumn,
                       .summary =
                           "a new column for the label (default: it replaces the old value)"},
                      {.name = "unknown",
                       .type = ParamType::kChoice,
                       .summary = "what becomes of a spelling that is not listed",
                       .by_default = "refuse",
                       .choices = {"refuse", "keep", "null"}},
                      {.name = "ignore_case",
                       .type = ParamType::kBool,
                       .summary = "upper and lower case are the same",
                       .by_default = false},
                      {.name = "trim",
                       .type = ParamType::kBool,
                       .summary = "white space around a spelling does not count",
                       .by_default = true}},
           .refuses = Refuses,
           .ledger = contract::Ledger::kAlways,
           .by_select = true,
           .check = Check,
           .example = "steps:\n  labelled:\n    kind: map_labels\n    input: answers\n    column: "
                      "label\n    labels: {spam: [SPAM, junk], ham: [HAM, ok]}\n"},
      .select = Select,
      .check = CheckSchema,
      .refusals = Refusals,
      .ledger = Ledger,
      .row_for_row = true,
      .order_free = true};
}

}  // namespace assay::step
