#include "monitor/drift_rule.h"

#include <algorithm>
#include <array>

#include "base/nearest.h"

namespace assay::monitor {
namespace {

constexpr std::uint64_t kMostTestedRows = 1000;
constexpr std::uint64_t kFewNumbers = 5;
constexpr std::uint64_t kMostWholeCategories = 10;

struct NamedMethod {
  DriftMethod method;
  const char* name;
};
constexpr std::array kMethods = {
    NamedMethod{DriftMethod::kKolmogorov, "ks"},
    NamedMethod{DriftMethod::kChiSquare, "chi_square"},
    NamedMethod{DriftMethod::kShares, "z_test"},
    NamedMethod{DriftMethod::kStability, "psi"},
    NamedMethod{DriftMethod::kJensenShannon, "jensen_shannon"},
    NamedMethod{DriftMethod::kWasserstein, "wasserstein"},
};

struct NamedKind {
  ColumnKind kind;
  const char* name;
};
constexpr std::array kKinds = {
    NamedKind{ColumnKind::kNumeric, "numeric"}, NamedKind{ColumnKind::kCategorical, "categorical"},
    NamedKind{ColumnKind::kTime, "time"},       NamedKind{ColumnKind::kText, "text"},
    NamedKind{ColumnKind::kOther, "other"},
};

bool IsTimeType(const Type& type) {
  return type.kind >= TypeKind::kDate && type.kind <= TypeKind::kTimestampUtc;
}

bool IsMostlyDistinct(std::uint64_t distinct, std::uint64_t rows) { return 2 * distinct > rows; }

}  // namespace

std::string KindName(ColumnKind kind) {
  for (const NamedKind& one : kKinds) {
    if (one.kind == kind) return one.name;
  }
  return "";
}

std::optional<ColumnKind> ParseKind(std::string_view name) {
  for (const NamedKind& one : kKinds) {
    if (one.name == name) return one.kind;
  }
  return {};
}

std::string MethodName(DriftMethod method) {
  for (const NamedMethod& one : kMethods) {
    if (one.method == method) return one.name;
  }
  return "";
}

std::vector<std::string> MethodNames() {
  std::vector<std::string> names;
  names.reserve(kMethods.size());
  for (const NamedMethod& one : kMethods) names.emplace_back(one.name);
  return names;
}

Result<DriftMethod> ParseMethod(std::string_view name) {
  for (const NamedMethod& one : kMethods) {
    if (one.name == name) return one.method;
  }
  const std::string nearest = NearestName(std::string(name), MethodNames());
  std::string hint = "methods are ";
  for (std::size_t i = 0; i < kMethods.size(); ++i) {
    hint += (i > 0 ? ", " : "") + std::string(kMethods[i].name);
  }
  if (!nearest.empty()) hint = "did you mean " + nearest + "?";
  return Error{ErrorCode::kUser, "no such method of drift: " + std::string(name), hint};
}

bool GivesP(DriftMethod method) {
  return method == DriftMethod::kKolmogorov || method == DriftMethod::kChiSquare ||
         method == DriftMethod::kShares;
}

Status CheckMethodFits(DriftMethod method, const Field& field) {
  const bool is_number = IsNumber(field.type) || IsTimeType(field.type);
  if (is_number) return {};
  const bool needs_numbers =
      method == DriftMethod::kKolmogorov || method == DriftMethod::kWasserstein;
  if (field.type.kind == TypeKind::kBytes || field.type.kind >= TypeKind::kList) {
    return Error{ErrorCode::kUser,
                 "columns of type " + TypeText(field.type) + " are not compared: " + field.name,
                 "leave the method out"};
  }
  if (!needs_numbers) return {};
  return Error{ErrorCode::kUser,
               "method `" + MethodName(method) + "` needs numbers, and this is " +
                   TypeText(field.type) + ": " + field.name,
               "chi_square, z_test, psi and jensen_shannon compare values"};
}

ColumnKind KindOf(const ColumnFacts& facts) {
  const Type& type = facts.type;
  if (type.kind == TypeKind::kBytes || type.kind >= TypeKind::kList) return ColumnKind::kOther;
  if (type.kind == TypeKind::kBool) return ColumnKind::kCategorical;
  if (type.kind == TypeKind::kString) {
    const bool is_text = IsMostlyDistinct(facts.reference_distinct, facts.reference_rows) &&
                         IsMostlyDistinct(facts.current_distinct, facts.current_rows);
    return is_text ? ColumnKind::kText : ColumnKind::kCategorical;
  }
  if (IsTimeType(type)) return ColumnKind::kTime;
  if (IsInteger(type) && facts.distinct <= kMostWholeCategories) return ColumnKind::kCategorical;
  return ColumnKind::kNumeric;
}

std::optional<DriftMethod> ChooseMethod(ColumnKind kind, const ColumnFacts& facts) {
  if (kind != ColumnKind::kNumeric && kind != ColumnKind::kCategorical) return {};
  const bool as_number = kind == ColumnKind::kNumeric && facts.distinct > kFewNumbers;
  if (facts.reference_rows > kMostTestedRows) {
    return as_number ? DriftMethod::kWasserstein : DriftMethod::kJensenShannon;
  }
  if (as_number) return DriftMethod::kKolmogorov;
  return facts.distinct > 2 ? DriftMethod::kChiSquare : DriftMethod::kShares;
}

double DefaultThreshold(DriftMethod method) { return GivesP(method) ? 0.05 : 0.1; }

bool SaysDrift(DriftMethod method, double statistic, double threshold) {
  if (method == DriftMethod::kKolmogorov) return statistic <= threshold;
  return GivesP(method) ? statistic < threshold : statistic >= threshold;
}

}  // namespace assay::monitor
