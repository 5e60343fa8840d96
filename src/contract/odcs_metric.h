/// The metrics of ODCS's quality library and the checks they stand for.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "contract/odcs_draft.h"

namespace assay::contract {

/// Reads a rule of type library; `read_operator` reads the one operator that it must have.
CheckDraft* ReadMetric(MappingReader& mapping, const std::string& column,
                       const std::vector<std::string>& columns,
                       const std::function<std::optional<Bound>()>& read_operator,
                       ContractDraft& draft);

}  // namespace assay::contract
