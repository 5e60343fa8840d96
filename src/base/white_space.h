/// White space as Unicode has it (the property White_Space) in UTF-8 text: no-break spaces, the
/// ideographic space and line ends of all kinds too; a zero-width space is none.
#pragma once

#include <string>
#include <string_view>

namespace assay {

/// The text without the white space at both ends.
std::string_view TrimWhiteSpace(std::string_view text);

/// The text with each run of white space as one blank.
std::string CollapseWhiteSpace(std::string_view text);

}  // namespace assay
