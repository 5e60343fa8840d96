/// Columns of text that are something else in disguise: numbers with words for null among them,
/// numbers with decimal commas or the sign of a currency, days in other forms than ISO's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "run/seen_source.h"

namespace assay::run {

/// A column of which most values are numbers, or days, and the others.
struct NearlyTyped {
  std::string column;
  const char* type;  ///< our own name of it
  const char* what;  ///< `numbers`
  std::int64_t values = 0;
  /// The values that are none, the most frequent first, with their rows; no more than 20.
  std::vector<std::pair<std::string, std::int64_t>> others;
};

/// Among the text columns of a table expression.
Result<std::vector<NearlyTyped>> FindNearlyTyped(engine::Engine& engine, const std::string& table,
                                                 const Schema& schema);

/// Sets `cast` of text columns all of whose values, as far as a sample tells, have one other form.
/// Else, of values that differ in case or spaces alone, `cast` makes one, and `has_variants` is
/// set; spaces at the ends go. `stays_words` is set with both. A number such as 1,234 is read as
/// its delimiter suggests: with a comma as between cells, it is a thousand.
Status FindCasts(engine::Engine& engine, const std::string& table, bool commas_are_decimal,
                 std::vector<SeenColumn>& columns);

/// Words that stand for a missing value in other programs: `NA`, `null`, `-`.
bool IsNullWord(std::string_view text);

}  // namespace assay::run
