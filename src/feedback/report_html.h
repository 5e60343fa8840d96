/// A report as one HTML page that needs nothing beside itself: no script, no font, no network.
#pragma once

#include <string>

#include "feedback/report.h"

namespace assay::feedback {

/// Tables, a calibration plot and one small chart for each metric over the windows. Everything that
/// comes from the data is escaped.
std::string ReportHtml(const Report& report);

}  // namespace assay::feedback
