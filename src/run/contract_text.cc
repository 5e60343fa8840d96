#include "run/contract_text.h"

#include <algorithm>

#include "contract/number_text.h"
#include "contract/yaml_scalar.h"
#include "run/column_guess.h"
#include "run/remarked_text.h"

namespace assay::run {
namespace {

using contract::CommentText;
using contract::YamlScalar;

const char* LogicalTypeOf(const Type& type) {
  switch (type.kind) {
    case TypeKind::kFloat32:
    case TypeKind::kFloat64:
    case TypeKind::kDecimal:
      return "number";
    case TypeKind::kString:
    case TypeKind::kBytes:
      return "string";
    case TypeKind::kBool:
      return "boolean";
    case TypeKind::kDate:
      return "date";
    case TypeKind::kTime:
      return "time";
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampUtc:
      return "timestamp";
    case TypeKind::kList:
      return "array";
    case TypeKind::kStruct:
    case TypeKind::kMap:
      return "object";
    default:
      return "integer";
  }
}

std::string SeenText(const SeenColumn& column) {
  constexpr std::size_t kShown = 24;
  const stats::ColumnProfile& profile = column.profile;
  if (profile.distinct == 0) return "no value at all";
  const std::string least = profile.min ? CommentText(profile.min->text, kShown) : "";
  const std::string greatest = profile.max ? CommentText(profile.max->text, kShown) : "";
  std::string text = CountOf(profile.distinct, "value");
  if (profile.distinct == 1 && !least.empty()) {
    text = "always " + least;
  } else if (!least.empty()) {
    text += ", " + least + " to " + greatest;
  }
  if (profile.nulls > 0) text += "; null in " + CountOf(profile.nulls, "row");
  return text;
}

void WriteCategories(const Classes& categories, RemarkedText& page) {
  std::vector<std::string> values;
  for (const auto& [value, rows] : categories) values.push_back(value);
  page.Line("        # all that were seen; a row with another value is refused");
  page.Line("        quality:");
  page.Line("          - metric: invalidValues");
  page.Line("            mustBe: 0");
  page.Line("            arguments: {validValues: " + BracketList(values, YamlScalar) + "}");
}

// The types, and those that the step in the project's comments would make.
void WriteTypes(const SeenColumn& column, const std::string& step, RemarkedText& page) {
  const std::string logical = std::string("        logicalType: ") + LogicalTypeOf(column.type);
  const std::string physical = "        physicalType: " + YamlScalar(TypeText(column.type));
  if (column.cast && column.cast->makes != TypeKind::kString) {
    const Type made{column.cast->makes, 0, 0, {}};
    page.Line(logical, LogicalTypeOf(made) + std::string(" behind ") + step);
    page.Line(physical, TypeText(made) + " behind " + step);
    return;
  }
  page.Line(logical);
  if (!IsNested(column.type)) page.Line(physical);
}

void WriteColumn(const SeenSource& source, const SeenColumn& column, const std::string& name,
                 RemarkedText& page) {
  const stats::ColumnProfile& profile = column.profile;
  page.Line("      - name: " + YamlScalar(column.name), SeenText(column));
  page.Line("        # description:");
  WriteTypes(column, name + "_typed", page);
  if (source.rows > 0 && profile.nulls == 0) page.Line("        required: true");
  const auto key = std::find(source.key.begin(), source.key.end(), column.name);
  if (key != source.key.end()) {
    page.Line("        primaryKey: true");
    if (source.key.size() == 1) {
      page.Line("        unique: true");
    } else {
      page.Line("        primaryKeyPosition: " + std::to_string(key - source.key.begin() + 1));
    }
  }
  const bool has_range = IsNumber(column.type) && profile.min && profile.max &&
                         profile.distinct > 1 && contract::IsNumber(profile.min->text) &&
                         contract::IsNumber(profile.max->text);
  if (has_range && key == source.key.end()) {
    page.Line("        # logicalTypeOptions: {minimum: " + CommentText(profile.min->text) +
              ", maximum: " + CommentText(profile.max->text) + "}");
  }
  const Classes categories = CategoriesOf(column);
  if (!categories.empty()) WriteCategories(categories, page);
}

}  // namespace

std::string ContractText(const SeenSource& source, const std::string& name) {
  RemarkedText page;
  page.Line("# A draft, made of what was seen in " + CountOf(source.rows, "row") + ".");
  page.Line("# It asks for what is seldom true by chance: types, no nulls where none was seen" +
            std::string(source.key.empty() ? "." : ", a unique key."));
  page.Line(
      "# Ranges are comments: today's largest value is no law. Turn on what must hold, take out");
  page.Line("# what need not, and say in `description` what a column means.");
  page.Line("apiVersion: v3.1.0");
  page.Line("kind: DataContract");
  page.Line("id: " + name);
  page.Line("version: 0.1.0");
  page.Line("status: draft", "active, once somebody answers for it");
  page.Line("# description: {purpose: what it is for, limitations: what it is not for}");
  page.Line("# team: {members: [{username: data@example.org, name: Data team, role: owner}]}");
  page.Line("schema:");
  page.Line("  - name: " + name);
  page.Line("    logicalType: object");
  page.Line("    properties:");
  for (const SeenColumn& column : source.columns) WriteColumn(source, column, name, page);
  return std::move(page).Take();
}

}  // namespace assay::run
