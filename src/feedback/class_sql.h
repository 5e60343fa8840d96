/// `contract::ClassText` as SQL.
#pragma once

#include <string>

namespace assay::feedback {

/// The class that a text expression names: what `contract::ClassText` gives for its value.
std::string ClassSql(const std::string& expression);

}  // namespace assay::feedback
