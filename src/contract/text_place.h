/// Where a text stands in a file of the project, and where a byte of it stands there.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "contract/diagnostic.h"

namespace assay::contract {

/// Place of a text's first character, and the variables that were put into the text.
struct TextPlace : Place {
  /// One variable: its bytes in the text as written, and those that stand for it.
  struct PutIn {
    std::size_t written_at = 0, written_length = 0;
    std::size_t at = 0, length = 0;
  };
  std::vector<PutIn> put_in;  ///< in the order of the text
  std::string written;        ///< the text before anything was put in; empty where nothing was

  /// Place of a byte of the text; of a variable's value that of its `${`.
  Place Of(const std::string& text, std::size_t offset) const;
  /// Puts `by` in the place of some bytes of the text, so that what stands behind is still found.
  void Replace(std::string& text, std::size_t at, std::size_t length, const std::string& by);
};

}  // namespace assay::contract
