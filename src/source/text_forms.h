/// The type that texts of one column have in common: what is detected where none is declared.
#pragma once

#include <string_view>

#include "base/type.h"

namespace assay::source {

class TextForms {
 public:
  void Note(std::string_view text);
  /// `int64`, `float64`, `bool` (`true`, `false`), `date`, `timestamp[us]`, `timestamp[us,utc]` in
  /// ISO form, or string. Digits that a number would lose (`007`, one too long) make a string.
  Type Common() const;

 private:
  bool has_whole_ = false;     // a whole number that fits int64
  bool has_bent_ = false;      // one of those that float64 would bend
  bool has_fraction_ = false;  // another number that float64 holds, perhaps rounded
  bool has_bool_ = false;
  bool has_date_ = false;
  bool has_time_ = false;  // a day and a time of day
  bool has_utc_ = false;   // the same with an offset from UTC
  bool has_text_ = false;  // all else
};

}  // namespace assay::source
