/// Texts of one byte a character, in UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace assay::source {

enum class Encoding { kUtf8, kLatin1, kWindows1252 };

/// `utf-8`, `latin-1`, `windows-1252`.
const char* EncodingName(Encoding encoding);

/// Appends a text of `encoding`, which is not UTF-8, in UTF-8. The five bytes that windows-1252
/// leaves without a character become the control characters of the same numbers, as browsers have
/// it; so every byte has a meaning.
void AppendInUtf8(std::string_view bytes, Encoding encoding, std::string& text);

}  // namespace assay::source
