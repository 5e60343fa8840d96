/// Text as YAML that a program writes: every reader, ours and those of other languages, gets the
/// same text back.
#pragma once

#include <string>
#include <string_view>

namespace assay::contract {

/// One value or key, in a block or between brackets: as it is where no reader could take it for
/// something else, in double quotes otherwise. `text` is UTF-8 without the character 0.
std::string YamlScalar(std::string_view text);

/// The same as a value of the project file, where `${` would begin a variable.
std::string ProjectScalar(std::string_view text);

/// What may stand behind a `#`: one line, no character that a terminal cannot show, the first
/// `longest` characters.
std::string CommentText(std::string_view text, std::size_t longest = 60);

}  // namespace assay::contract
