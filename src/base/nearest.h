/// The nearest known name to a mistyped one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// The candidate with the smallest edit distance (swaps of neighbours count one) that is at most a
/// third of the word's length, at least one; empty when none is near. Case is not looked at.
std::string NearestName(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace assay
