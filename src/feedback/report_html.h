/// A report as one HTML page that needs nothing beside itself: no script, no font, no network.
#pragma once

#include <string>
#include <string_view>

#include "feedback/report.h"

namespace assay::feedback {

/// Tables, a calibration plot and one small chart for each metric over the windows. Everything that
/// comes from the data is escaped.
std::string ReportHtml(const Report& report);

/// Text as HTML shows it, also inside a quoted attribute; control characters and bytes that are no
/// UTF-8 become U+FFFD.
std::string EscapeHtml(std::string_view text);

}  // namespace assay::feedback
