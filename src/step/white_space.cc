#include "step/white_space.h"

#include "engine/sql_text.h"

namespace assay::step {
namespace {

// The property White_Space of the Unicode Character Database.
constexpr char kWhiteSpace[] =
    "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000";

}  // namespace

std::string TrimmedSql(const std::string& sql) {
  return "trim(" + sql + ", " + engine::QuoteText(kWhiteSpace) + ")";
}

std::string CollapsedSql(const std::string& sql) {
  return "regexp_replace(" + sql + ", " + engine::QuoteText("[" + std::string(kWhiteSpace) + "]+") +
         ", ' ', 'g')";
}

}  // namespace assay::step
