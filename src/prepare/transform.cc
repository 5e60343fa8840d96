#include "prepare/transform.h"

#include <charconv>
#include <cmath>

namespace assay::prepare {

const std::vector<TransformKind>& AllTransforms() {
  static const std::vector<TransformKind> kAll = {
#include "prepare/all_transforms.inc"
  };
  return kAll;
}

const TransformKind* FindTransform(const std::string& name) {
  for (const TransformKind& kind : AllTransforms()) {
    if (kind.info.name == name) return &kind;
  }
  return nullptr;
}

Status NeedsNumber(const TransformContext& context) {
  if (IsNumber(context.type) || context.type.kind == TypeKind::kBool) return {};
  const std::string hint = IsMoment(context.type)
                               ? "take parts of it with `calendar` before"
                               : "make numbers of it with `one_hot` or `ordinal`";
  return Error{ErrorCode::kUser,
               "`" + context.column + "` is no number, it is " + TypeText(context.type), hint};
}

std::string OutputName(const TransformContext& context) {
  return context.params.value("as", context.column);
}

std::string NumberSql(const std::string& x, const Type& type) {
  const bool may_be_nan = IsFloat(type);
  const std::string number = "CAST(" + x + " AS DOUBLE)";
  return may_be_nan ? "CASE WHEN NOT isnan(" + x + ") THEN " + number + " END" : number;
}

bool NumberOf(const Cell& x, const Type& type, double& number) {
  if (IsNull(x)) return false;
  number = CellNumber(x, type);
  return !std::isnan(number);
}

std::string DoubleSql(double value) { return "CAST('" + DoubleText(value) + "' AS DOUBLE)"; }

Result<double> StateNumber(const Json& state, const char* name) {
  const auto found = state.find(name);
  if (found != state.end() && found->is_string()) {
    const std::string& text = found->get_ref<const std::string&>();
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size()) return value;
  }
  return Error{ErrorCode::kData, std::string("the state of a transform has no number: ") + name,
               ""};
}

Result<std::vector<std::string>> StateTexts(const Json& state, const char* name) {
  const auto found = state.find(name);
  const Error wrong{ErrorCode::kData,
                    std::string("the state of a transform has no list of texts: ") + name, ""};
  if (found == state.end() || !found->is_array()) return wrong;
  std::vector<std::string> texts;
  for (const Json& text : *found) {
    if (!text.is_string()) return wrong;
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

contract::Param ColumnParam() {
  return {.name = "column",
          .type = contract::ParamType::kColumns,
          .summary = "the column; a list stands for one transform each",
          .required = true};
}

contract::Param AsParam() {
  return {.name = "as",
          .type = contract::ParamType::kString,
          .summary = "name of what it makes; without it the column's own"};
}

}  // namespace assay::prepare
