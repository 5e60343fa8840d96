#include "gate/check.h"

#include "base/nearest.h"
#include "contract/number_text.h"
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

Result<std::string> Literal(const Json& scalar, const Type& type) {
  const std::string text = scalar.get<std::string>();
  const auto refused = [&](const char* expected) {
    return Error{ErrorCode::kUser,
                 std::string("expected ") + expected + " to compare with a column of type " +
                     TypeText(type) + ": " + text,
                 ""};
  };
  if (IsNumber(type)) {
    if (!contract::IsNumber(text)) return refused("a number");
    // `5e0` would make a list of whole numbers one of doubles.
    return contract::PlainNumber(text);
  }
  switch (type.kind) {
    case TypeKind::kBool: {
      const auto is = [&](const char* a, const char* b, const char* c) {
        return text == a || text == b || text == c;
      };
      if (is("true", "True", "TRUE")) return std::string("true");
      if (is("false", "False", "FALSE")) return std::string("false");
      return refused("true or false");
    }
    case TypeKind::kString:
      return engine::QuoteText(text);
    case TypeKind::kBytes:
      return engine::QuoteText(text) + "::BLOB";
    case TypeKind::kDate:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampUtc: {
      const auto moment = contract::ParseTime(text);
      if (!moment.ok()) return refused("a date or timestamp");
      const bool zoned = type.kind == TypeKind::kTimestampUtc;
      return "CAST(" + engine::QuoteText(*moment) + " AS " +
             (zoned ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP") + ")";
    }
    case TypeKind::kTime:
      if (!contract::ParseTime("2000-01-01T" + text).ok()) return refused("a time");
      return "CAST(" + engine::QuoteText(text) + " AS TIME)";
    default:
      return refused("a plain value, which does not exist,");
  }
}

Status CheckPlainBorders(const Json& params) {
  for (const Json& border : params.at("between")) {
    const std::string text = border.get<std::string>();
    if (!text.ends_with('%')) continue;
    return Error{ErrorCode::kUser, "a percentage where a plain number is expected: " + text,
                 "write it without %"};
  }
  return {};
}

Status CheckAtMost(const Json& params, const std::string& lowest) {
  const std::string text = params.at("at_most").get<std::string>();
  if (contract::CompareNumbers(text, lowest) >= 0) return {};
  return Error{ErrorCode::kUser, "at_most lies below " + lowest + ", so nothing passes: " + text,
               ""};
}

contract::Bound AtMostBound(const Json& params) {
  return {contract::BoundOp::kLessOrEqual, {params.at("at_most").get<std::string>()}, false};
}

std::optional<contract::Bound> BetweenBound(const Json& params) {
  if (!params.contains("between")) return std::nullopt;
  contract::Bound bound;
  bound.op = contract::BoundOp::kBetween;
  for (const Json& value : params["between"]) bound.values.push_back(value.get<std::string>());
  return bound;
}

}  // namespace assay::gate
