/// What of an Arrow schema and its values a version can hold. The arrays are whole in themselves: a
/// library has looked at their offsets and lengths.
#pragma once

#include <memory>

#include "base/result.h"
#include "engine/arrow_data.h"

namespace assay::engine {

/// kData for a column with a type that no version holds or with a name that is no text: by its name
/// and type. Takes marks of extension types away that the engine would read as another type; such a
/// column is what stores it.
Status CheckArrowColumns(ArrowSchema& schema);

/// Looks at values that the engine would take as they are and change or choke on: text that is not
/// UTF-8, decimals with more digits than their type, nanoseconds with a time zone.
class ArrowValueCheck {
 public:
  /// The schema must stay.
  explicit ArrowValueCheck(const ArrowSchema& schema);
  ~ArrowValueCheck();
  ArrowValueCheck(const ArrowValueCheck&) = delete;
  ArrowValueCheck& operator=(const ArrowValueCheck&) = delete;

  Status Check(const ArrowArray& batch);

 private:
  struct View;
  const ArrowSchema& schema_;
  std::unique_ptr<View> view_;
};

}  // namespace assay::engine
