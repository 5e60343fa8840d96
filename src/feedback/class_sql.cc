#include "feedback/class_sql.h"

namespace assay::feedback {

std::string ClassSql(const std::string& expression) {
  const std::string whole =
      "regexp_replace(" + expression + ", '^(-?(?:0|[1-9][0-9]*))\\.0+$', '\\1')";
  return "CASE WHEN lower(" + expression + ") IN ('true', 'false') THEN lower(" + expression +
         ") WHEN " + whole + " = '-0' THEN '0' ELSE " + whole + " END";
}

}  // namespace assay::feedback
