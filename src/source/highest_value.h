/// The highest value of a column whose type nobody has declared: how far an incremental load came.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace assay::source {

/// Numbers are compared as numbers, dates and moments in ISO form as moments, all else as text.
class HighestValue {
 public:
  /// `is_number`: it was written as one. Texts that are numbers or moments count as such where all
  /// are.
  void Note(const std::string& text, bool is_number);
  /// Takes over what an earlier load came to, as `AsJson` gave it; null: nothing.
  Status NoteBefore(const Json& before);

  /// As it was written; nothing where nothing was noted. An error (kData) where numbers and texts
  /// that are none are mixed, or texts are dates whose order as text is another.
  Result<std::optional<std::string>> Get() const;
  /// {"value": TEXT, "is_number": BOOL}; null where there is none.
  Result<Json> AsJson() const;

 private:
  std::string number_, moment_, moment_as_written_, text_;  // the highest of each
  std::uint64_t count_ = 0, numbers_ = 0, moments_ = 0, written_as_numbers_ = 0;
  std::string other_date_;  // one whose order as text is not that of the days
};

}  // namespace assay::source
