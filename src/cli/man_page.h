/// The manual page of the program, made of what the verbs declare.
#pragma once

#include <string>

#include "cli/verb_text.h"

namespace assay::cli {

/// A page for `man`, section 1, in roff.
std::string ManPage(const VerbText& program, const std::string& version);

}  // namespace assay::cli
