#include "gate/check.h"

#include <charconv>
#include <string_view>

#include "base/nearest.h"
#include "engine/sql_text.h"

namespace assay::gate {

const std::vector<CheckKind>& AllChecks() {
  static const std::vector<CheckKind> kKinds = {
#include "gate/all_checks.inc"
  };
  return kKinds;
}

const CheckKind* FindCheck(const std::string& name) {
  for (const CheckKind& kind : AllChecks()) {
    if (kind.info.name == name) return &kind;
  }
  return nullptr;
}

Result<const Field*> CheckedColumn(const CheckContext& context, const std::string& param) {
  const std::string name = context.params.at(param).get<std::string>();
  if (const Field* field = FindField(context.schema, name)) return field;
  const auto names = FieldNames(context.schema);
  std::string hint = NearestName(name, names);
  if (!hint.empty()) {
    hint = "did you mean " + hint + "?";
  } else {
    for (const std::string& each : names) hint += (hint.empty() ? "its columns are " : ", ") + each;
  }
  return Error{ErrorCode::kUser, "the data has no column: " + name, hint};
}

namespace {

// A decimal number as SQL takes it: no `inf`, no `nan`, no hexadecimal.
bool IsNumberText(std::string_view text) {
  if (text.starts_with("+")) text.remove_prefix(1);
  if (text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return false;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return end == text.data() + text.size() && error != std::errc::invalid_argument;
}

// `2001-06-01`, with or without `00:00`, `00:00:00`, a fraction of a second.
bool IsMomentText(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00 00:00:00.000000";
  if (text.size() > kForm.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    const bool separator_fits = text[i] == kForm[i] || (kForm[i] == ' ' && text[i] == 'T');
    if (kForm[i] == '0' ? !is_digit : !separator_fits) return false;
  }
  return text.size() == 10 || text.size() == 16 || text.size() == 19 || text.size() > 20;
}

}  // namespace

Result<std::string> Literal(const Json& scalar, const Type& type) {
  const std::string text = scalar.is_string() ? scalar.get<std::string>() : scalar.dump();
  const auto refused = [&](const char* expected) {
    return Error{ErrorCode::kUser,
                 std::string("expected ") + expected + " to compare with a column of type " +
                     TypeText(type) + ": " + text,
                 ""};
  };
  if (IsNumber(type)) {
    if (!IsNumberText(text)) return refused("a number");
    return text;
  }
  switch (type.kind) {
    case TypeKind::kBool:
      if (text != "true" && text != "false") return refused("true or false");
      return text;
    case TypeKind::kString:
      return engine::QuoteText(text);
    case TypeKind::kBytes:
      return engine::QuoteText(text) + "::BLOB";
    case TypeKind::kDate:
    case TypeKind::kTimestamp: {
      if (!IsMomentText(text)) return refused("a date or timestamp");
      return "CAST(" + engine::QuoteText(text) + " AS TIMESTAMP)";
    }
    case TypeKind::kTimestampUtc:
    case TypeKind::kTime:
      return "CAST(" + engine::QuoteText(text) + " AS " + engine::TypeSql(type) + ")";
    default:
      return refused("a plain value, which does not exist,");
  }
}

std::optional<contract::Bound> BetweenBound(const Json& params) {
  if (!params.contains("between")) return std::nullopt;
  contract::Bound bound;
  bound.op = contract::BoundOp::kBetween;
  for (const Json& value : params["between"]) bound.values.push_back(value.get<std::string>());
  return bound;
}

}  // namespace assay::gate
