/// Reference pages, written from what the kinds tell of themselves.
#pragma once

#include <string>

#include "base/result.h"
#include "contract/kind_info.h"

namespace assay::contract {

/// A parameter's form in words: `list of columns`.
std::string ParamTypeText(ParamType type);

/// Markdown page of a group of kinds: `sources`, `steps`, `splits`, `checks`, `transforms`,
/// `exports` or `signals`.
Result<std::string> KindPage(const KindTables& kinds, const std::string& group);

}  // namespace assay::contract
