#include "source/declared_values.h"

#include "engine/checked_cast.h"
#include "engine/sql_text.h"

namespace assay::source {

std::string MisfitSql(const Type& type, const std::string& cell) {
  const auto matches = [&](const char* regex) {
    return "regexp_full_match(" + cell + ", " + engine::QuoteText(regex) + ")";
  };
  const std::string cast = "TRY_CAST(" + cell + " AS " + engine::TypeSql(type) + ")";
  std::string wrong = cast + " IS NULL";
  if (const std::string loss = engine::LossOfText(type, cell).condition; !loss.empty()) {
    wrong += " OR coalesce(" + loss + ", false)";
  }
  if (IsInteger(type)) {
    // The engine also reads 0x1f and 1_000. A number with an exponent may have been rounded.
    wrong += " OR NOT " + matches("-?[0-9]+(\\.0+)?");
  } else if (type.kind == TypeKind::kDecimal) {
    wrong += " OR NOT " + matches("-?[0-9]+(\\.[0-9]+)?");
  } else if (IsFloat(type)) {
    wrong +=
        " OR NOT " + matches("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?|[+-]?(?i:nan|inf|infinity)");
  } else if (type.kind == TypeKind::kBool) {
    wrong += " OR NOT " + matches("true|false");
  } else if (type.kind == TypeKind::kTime) {
    wrong += " OR NOT " + matches("[0-9]+:[0-9]+:[0-9]+(\\.[0-9]{1,6}0*)?");
  } else if (type.kind == TypeKind::kTimestamp) {
    // The engine drops what tells a place of the world.
    wrong += " OR NOT " + matches("[0-9]{4,6}-[0-9]+-[0-9]+([ T][0-9:.]+)?");
  } else if (type.kind == TypeKind::kDate || type.kind == TypeKind::kTimestampUtc) {
    wrong += " OR NOT " + matches("[0-9]{4,6}-[0-9]+-[0-9]+([ T].*)?");
  }
  return cell + " IS NOT NULL AND (" + wrong + ")";
}

std::string MisfitReasonSql(const Type& type, const std::string& cell) {
  return engine::QuoteText("not a value of type " + TypeText(type) + ": ") + " || left(" + cell +
         ", 100)";
}

}  // namespace assay::source
