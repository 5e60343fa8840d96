#include "engine/sql_text.h"
#include "gate/check.h"

namespace assay::gate {
namespace {

// The repeated values come from a pass of their own; a null is a repeat of nothing.
Result<CompiledCheck> Compile(const CheckContext& context) {
  CompiledCheck check;
  std::vector<std::string> names;
  std::string present;
  std::string same;
  for (const Json& column : context.params.at("columns")) {
    const CheckContext one{Json{{"column", column}}, context.schema, "", ""};
    TRY_ASSIGN(const Field* field, CheckedColumn(one, "column"));
    const std::string name = engine::QuoteName(field->name);
    names.push_back(field->name);
    present += (present.empty() ? "" : " AND ") + name + " IS NOT NULL";
    same += (same.empty() ? "" : " AND ") + std::string("_assay_repeated.") + name +
            " = _assay_input." + name;
  }
  for (const std::string& name : names) check.column += (check.column.empty() ? "" : ", ") + name;
  check.expected = "unique";
  check.pass = "SELECT " + engine::NameList(names) + " FROM " + context.table + " WHERE " +
               present + " GROUP BY " + engine::NameList(names) + " HAVING count(*) > 1";
  check.sql = "EXISTS (SELECT 1 FROM " + engine::QuoteName(context.pass_table) +
              " AS _assay_repeated WHERE " + same + ")";
  return check;
}

}  // namespace

CheckKind unique_check() {
  using contract::ParamType;
  return {.info = {.name = "unique",
                   .summary = "no two rows have the same values in these columns",
                   .help = "Every row whose values occur more than once is bad, not only the later "
                           "ones: which of them is right is not for the check to say. Rows with a "
                           "null in one of the columns are not looked at. Needs a pass of its own "
                           "over the data.",
                   .params = {{.name = "columns",
                               .type = ParamType::kColumns,
                               .summary = "the column, or a list of columns taken together",
                               .required = true}},
                   .subject = "columns",
                   .axis = contract::kIntegrity,
                   .over_parts = contract::OverParts::kCounts,
                   .together = "columns",
                   .example = "- {unique: [flight, date]}\n"},
          .compile = Compile,
          .needs_pass = true};
}

}  // namespace assay::gate
