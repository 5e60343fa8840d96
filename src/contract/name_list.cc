#include "contract/name_list.h"

#include "base/nearest.h"

namespace assay::contract {

std::string Join(const std::vector<std::string>& parts, const std::string& separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

std::string NearestHint(const std::string& word, const std::vector<std::string>& known,
                        const std::string& label) {
  const std::string nearest = NearestName(word, known);
  if (!nearest.empty()) return "did you mean " + nearest + "?";
  return known.empty() ? "" : label + ": " + Join(known);
}

}  // namespace assay::contract
