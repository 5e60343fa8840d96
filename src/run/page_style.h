/// How our pages look, all alike: they need nothing beside themselves and print on paper.
#pragma once

#include <string>

namespace assay::run {

/// A page of this title up to its `<body>`, with the style of all pages; the title is escaped.
std::string PageBegin(const std::string& title);

}  // namespace assay::run
