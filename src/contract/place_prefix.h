/// The place that an error's message begins with. Knows nothing of what is wrong there.
#pragma once

#include <string>
#include <string_view>

namespace assay::contract {

/// `assay.yaml:12:9` of `assay.yaml:12:9: what is wrong`; empty where no place with line and column
/// stands first.
std::string PlacePrefix(std::string_view message);

}  // namespace assay::contract
