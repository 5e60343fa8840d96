/// Stored decisions in words.
#pragma once

#include <string>

#include "retrain/trigger.h"

namespace assay::retrain {

/// Several lines: what was asked, each signal, what held it back, what followed.
std::string ExplainText(const Explanation& explanation);

/// The signals of a decision's body, one line each, `indent` before it.
std::string SignalLines(const Json& decision, const std::string& indent);

}  // namespace assay::retrain
