#include "source/cell_loss.h"

#include "engine/sql_text.h"

namespace assay::source {

Loss LossOf(const Type& type, const std::string& cell) {
  const auto matches = [&](const std::string& regex) {
    return "regexp_matches(" + cell + ", " + engine::QuoteText(regex) + ")";
  };
  if (IsInteger(type)) {
    const std::string number = "TRY_CAST(" + cell + " AS DOUBLE)";
    return {number + " <> trunc(" + number + ")", "of whole numbers has fractions"};
  }
  switch (type.kind) {
    case TypeKind::kDecimal:
      return {matches("\\.[0-9]{" + std::to_string(type.scale) + "}[0-9]*[1-9]"),
              "has more decimals than its type"};
    case TypeKind::kDate:
      return {matches("[0-9][T ].*[1-9]"), "of days has hours"};
    case TypeKind::kTimestamp:
      return {matches("\\.[0-9]{6}[0-9]*[1-9]"), "of microseconds has finer ones"};
    case TypeKind::kTimestampUtc:
      return {cell + " IS NOT NULL AND TRY_CAST(" + cell + " AS TIMESTAMPTZ) IS NULL OR " +
                  matches("\\.[0-9]{6}[0-9]*[1-9]"),
              "of moments in UTC has what is none"};
    case TypeKind::kFloat32:
    case TypeKind::kFloat64:
      return {"isinf(TRY_CAST(" + cell + " AS " + engine::TypeSql(type) + ")) AND NOT " +
                  matches("[iI][nN][fF]"),
              "has numbers too large for its type"};
    default:
      return {"", ""};
  }
}

}  // namespace assay::source
