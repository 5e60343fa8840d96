/// Text of the data in a page of HTML.
#pragma once

#include <string>
#include <string_view>

namespace assay::contract {

/// The text as it may stand between tags and in a quoted attribute: `&`, `<`, `>` and both quotes
/// as entities, what cannot be shown as `Printable` has it.
std::string EscapeHtml(std::string_view text);

}  // namespace assay::contract
