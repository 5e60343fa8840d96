/// Letters of ASCII in lower case: names, words and types that are alike but for their case.
#pragma once

#include <string>
#include <string_view>

namespace assay {

/// The text with A to Z as a to z; whatever the locale, all other bytes stay.
std::string Lower(std::string_view text);

}  // namespace assay
