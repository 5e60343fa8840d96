/// `logicalTypeOptions` of a contract's column and the checks they stand for.
#pragma once

#include "contract/odcs_draft.h"

namespace assay::contract {

void ReadLogicalTypeOptions(const YamlNode& node, const ContractColumn& column,
                            ContractDraft& draft);

}  // namespace assay::contract
