#include "engine/sql_text.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

// By what a class is counted. A float's not-a-number is not in order with other numbers, and its
// zeros are two: it is counted by its text. For others that would cost a text for each row.
std::string ClassSql(const Field& label) {
  const std::string name = engine::QuoteName(label.name);
  switch (label.type.kind) {
    case TypeKind::kFloat32:
    case TypeKind::kFloat64:
      return "(" + name + " + 0)::VARCHAR";
    default:
      return IsInteger(label.type) || label.type.kind == TypeKind::kBool ? name
                                                                         : name + "::VARCHAR";
  }
}

Status CheckRatio(const Json& params) { return CheckAtMost(params, "1"); }

Result<CompiledCheck> Compile(const CheckContext& context) {
  TRY_ASSIGN(const Field* field, CheckedColumn(context, "label"));
  const std::string counts = "histogram(" + ClassSql(*field) + ")";
  // From the rarest class to the most frequent one; classes that are alike by their text.
  const std::string sorted = "list_sort(list_transform(map_entries(" + counts +
                             "), lambda each: {'n': each.value, 'k': each.key::VARCHAR}))";
  CompiledCheck check;
  check.form = CheckForm::kAggregate;
  check.column = field->name;
  check.bound = AtMostBound(context.params);
  std::string number;
  std::string words;
  std::string classes;
  for (const Json& value : context.params.value("classes", Json::array())) {
    const std::string text = value.get<std::string>();
    TRY_ASSIGN(const std::string literal, Literal(value, field->type));
    const std::string absent = " WHEN count(*) FILTER (WHERE " + engine::QuoteName(field->name) +
                               " = " + literal + ") = 0 THEN ";
    number += absent + "'inf'::DOUBLE";
    words += absent + engine::QuoteText("class " + text + " does not occur");
    classes += (classes.empty() ? "" : ", ") + text;
  }
  check.expected =
      classes.empty() ? "ratio of classes" : "has classes " + classes + "; their ratio";
  const std::string one = " WHEN len(" + sorted + ") = 1 THEN ";
  check.sql = "CASE WHEN " + counts + " IS NULL THEN NULL" + number + one + "'inf'::DOUBLE ELSE " +
              sorted + "[-1].n::DOUBLE / " + sorted + "[1].n::DOUBLE END";
  check.words = "CASE WHEN " + counts + " IS NULL THEN NULL" + words + one + "'only class ' || " +
                sorted + "[1].k || ' occurs' ELSE format('{:.6g}', " + sorted +
                "[-1].n::DOUBLE / " + sorted + "[1].n::DOUBLE) || ' (' || " + sorted +
                "[-1].k || ' ' || " + sorted + "[-1].n || ', ' || " + sorted + "[1].k || ' ' || " +
                sorted + "[1].n || ')' END";
  return check;
}

}  // namespace

CheckKind imbalance_check() {
  using contract::ParamType;
  return {
      .info = {.name = "imbalance",
               .summary = "the most frequent class is not too many times the rarest",
               .help = "The ratio of the numbers of rows of both, over the rows that the gate's "
                       "row checks let through; by slice too, with the gate's `by`. Compared "
                       "are the classes that occur, null not among them; a label with one "
                       "class only fails. `classes` names those that must all occur.",
               .params = {{.name = "label",
                           .type = ParamType::kColumn,
                           .summary = "the column that has the label",
                           .required = true},
                          {.name = "at_most",
                           .type = ParamType::kNumber,
                           .summary = "the largest ratio, at least 1",
                           .required = true},
                          {.name = "classes",
                           .type = ParamType::kScalars,
                           .summary = "values of the label that must all occur"}},
               .subject = "label",
               .axis = contract::kClassBalance,
               .over_parts = contract::OverParts::kNumber,
               .check = CheckRatio,
               .example = "- {imbalance: late, at_most: 20}\n"},
      .compile = Compile};
}

}  // namespace assay::gate
