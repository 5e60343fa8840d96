/// The two pieces of SQL that people write for a window: the call and the frame.
#pragma once

#include <string>

#include "base/result.h"

namespace assay::step {

/// An error where an expression is anything but one call of a function, such as `lag(delay)` or
/// `count(*) FILTER (WHERE late)`: what stands behind it as `OVER (...)` must belong to that call.
Status CheckWindowCall(const std::string& name, const std::string& expression);

/// An error where a text is no frame of rows, such as `ROWS 6 PRECEDING` or
/// `ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING`. Frames by value (RANGE, GROUPS) are refused: they
/// need an order by one column, in which rows tie.
Status CheckFrame(const std::string& frame);

}  // namespace assay::step
