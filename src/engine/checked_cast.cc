#include "engine/checked_cast.h"

#include <vector>

#include "engine/sql_text.h"

namespace assay::engine {
namespace {

constexpr char kFinerThanMicroseconds[] = "\\.[0-9]{6}[0-9]*[1-9]";

std::string Matches(const std::string& sql, const std::string& regex) {
  return "regexp_matches(" + sql + ", " + QuoteText(regex) + ")";
}

std::string TryCast(const std::string& sql, const std::string& type) {
  return "TRY_CAST(" + sql + " AS " + type + ")";
}

bool IsNested(const Type& type) { return !type.children.empty(); }

bool IsDayOrMomentType(const Type& type) {
  return type.kind == TypeKind::kDate || type.kind == TypeKind::kTimestamp ||
         type.kind == TypeKind::kTimestampUtc;
}

bool IsNumberOrTruth(const Type& type) { return IsNumber(type) || type.kind == TypeKind::kBool; }

// Quicker than a regular expression.
std::string HasOneOf(const std::vector<const char*>& marks, const std::string& sql) {
  std::string has;
  for (const char* mark : marks) {
    has += (has.empty() ? "(contains(" : " OR contains(") + sql + ", '" + mark + "')";
  }
  return has + ")";
}

// What a single value must not lose beyond what is looked for over a whole column of a file.
std::string FurtherLoss(const Type& type, const std::string& sql) {
  const std::string number = TryCast(sql, "DOUBLE");
  if (IsInteger(type)) {
    // Where doubles have no fractions any more, the text alone tells.
    return "abs(" + number + ") >= 9007199254740992 AND " + Matches(sql, "[.eE]");
  }
  if (type.kind == TypeKind::kDecimal) {
    return HasOneOf({"e", "E"}, sql) + " AND " + TryCast(TryCast(sql, TypeSql(type)), "DOUBLE") +
           " <> " + number;
  }
  if (type.kind == TypeKind::kTime) {
    return Matches(sql, "[-+zZ]") + " OR " + Matches(sql, kFinerThanMicroseconds);
  }
  return "";
}

// Whether a text has anything that could be lost at all, where that is quickly told.
std::string MayLose(const Type& type, const std::string& sql) {
  if (!IsInteger(type) && type.kind != TypeKind::kDecimal) return "";
  return HasOneOf({".", "e", "E"}, sql) + " AND ";
}

std::string CastOfText(const std::string& sql, const Type& to) {
  const std::string cast = TryCast(sql, TypeSql(to));
  std::string lost;
  for (const std::string& condition : {LossOfText(to, sql).condition, FurtherLoss(to, sql)}) {
    if (!condition.empty()) lost += (lost.empty() ? "(" : " OR (") + condition + ")";
  }
  if (lost.empty()) return cast;
  return "CASE WHEN " + MayLose(to, sql) + "(" + lost + ") THEN NULL ELSE " + cast + " END";
}

}  // namespace

Loss LossOfText(const Type& type, const std::string& sql) {
  if (IsInteger(type)) {
    const std::string number = TryCast(sql, "DOUBLE");
    return {number + " <> trunc(" + number + ")", "of whole numbers has fractions"};
  }
  switch (type.kind) {
    case TypeKind::kDecimal:
      return {Matches(sql, "\\.[0-9]{" + std::to_string(type.scale) + "}[0-9]*[1-9]"),
              "has more decimals than its type"};
    case TypeKind::kDate:
      return {Matches(sql, "[0-9][T ].*[1-9]"), "of days has hours"};
    case TypeKind::kTimestamp:
      return {Matches(sql, kFinerThanMicroseconds), "of microseconds has finer ones"};
    case TypeKind::kTimestampUtc:
      return {sql + " IS NOT NULL AND " + TryCast(sql, "TIMESTAMPTZ") + " IS NULL OR " +
                  Matches(sql, kFinerThanMicroseconds),
              "of moments in UTC has what is none"};
    case TypeKind::kFloat32:
    case TypeKind::kFloat64:
      return {"isinf(" + TryCast(sql, TypeSql(type)) + ") AND NOT " + Matches(sql, "[iI][nN][fF]"),
              "has numbers too large for its type"};
    default:
      return {"", ""};
  }
}

bool CanCast(const Type& from, const Type& to) {
  if (from == to) return true;
  if (from.kind == TypeKind::kBytes || to.kind == TypeKind::kBytes || IsNested(to)) return false;
  if (to.kind == TypeKind::kString) return true;
  if (IsNested(from)) return false;
  if (from.kind == TypeKind::kString) return true;
  return (IsNumberOrTruth(from) && IsNumberOrTruth(to)) ||
         (IsDayOrMomentType(from) && IsDayOrMomentType(to));
}

std::string CheckedCast(const std::string& sql, const Type& from, const Type& to) {
  if (from == to) return sql;
  if (from.kind == TypeKind::kString) return CastOfText(sql, to);
  const std::string cast = TryCast(sql, TypeSql(to));
  const bool rounds = IsFloat(to) && (IsFloat(from) || from.kind == TypeKind::kDecimal);
  if (to.kind == TypeKind::kString || rounds) return cast;
  return "CASE WHEN " + TryCast(cast, TypeSql(from)) + " IS DISTINCT FROM " + sql +
         " THEN NULL ELSE " + cast + " END";
}

}  // namespace assay::engine
