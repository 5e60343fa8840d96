/// Amounts as people read them, the same in the terminal and on pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay::contract {

/// `2,497,772`.
std::string GroupedText(std::uint64_t number);
/// `1 row`, `1,234 rows`.
std::string RowsText(std::uint64_t number);
/// `1.2 s`, `35 ms`, `4 min 10 s`.
std::string SecondsText(double seconds);
/// `12.3 MB`.
std::string BytesText(std::uint64_t bytes);

/// At most so many characters of valid UTF-8, with `…` where some are left out.
std::string CutText(std::string_view text, std::size_t most);

}  // namespace assay::contract
