/// Amounts of memory as people write them.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace assay::contract {

/// `4GB`, `512 MB`, `2000000` as bytes; units of 1000. Less than 64 MB is kUser: nothing runs in
/// it.
Result<std::uint64_t> ParseMemory(const std::string& text);

}  // namespace assay::contract
