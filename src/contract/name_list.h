/// Names in a sentence. Reads no YAML.
#pragma once

#include <string>
#include <vector>

namespace assay::contract {

/// `did you mean X?` when one of the names is near, else `LABEL: a, b, c`.
std::string NearestHint(const std::string& word, const std::vector<std::string>& known,
                        const std::string& label);

/// `a, b, c`
std::string Join(const std::vector<std::string>& parts, const std::string& separator = ", ");

}  // namespace assay::contract
