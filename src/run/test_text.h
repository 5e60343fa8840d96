/// Looking into text that tests got.
#pragma once

#include <cstddef>
#include <string>

namespace assay::run {

/// How often `what` stands in a text.
inline std::size_t Count(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; ++at) ++count;
  return count;
}

}  // namespace assay::run
