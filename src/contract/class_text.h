/// The name of a class, as of a prediction or an outcome: one spelling for what several programs
/// write differently.
#pragma once

#include <string>
#include <string_view>

namespace assay::contract {

/// `True` and `TRUE` are `true`, likewise `false`; `1.0` is `1`, `-0` is `0`; any other text stays
/// as it is.
std::string ClassText(std::string_view text);

}  // namespace assay::contract
