#include "stats/number_sql.h"

namespace assay::stats {

std::string NumberSql(const Type& type, const std::string& expression) {
  const auto when_finite = [&](const std::string& number) {
    return "CASE WHEN NOT isfinite(" + expression + ") THEN 'infinity'::DOUBLE ELSE " + number +
           " END";
  };
  switch (type.kind) {
    case TypeKind::kDate:
      // Days: the microseconds of the farthest dates leave their range.
      return when_finite("(" + expression + " - DATE '1970-01-01')::DOUBLE");
    case TypeKind::kTime:
      return "epoch_us(DATE '1970-01-01' + " + expression + ")::DOUBLE";
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampUtc:
      return when_finite("epoch_us(" + expression + ")::DOUBLE");
    default:
      return expression + "::DOUBLE";
  }
}

}  // namespace assay::stats
