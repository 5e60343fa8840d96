/// Scripts that complete the command line in a shell, made of what the verbs declare.
#pragma once

#include <string>

#include "cli/verb_text.h"

namespace assay::cli {

std::string BashCompletion(const VerbText& program);
std::string ZshCompletion(const VerbText& program);
std::string FishCompletion(const VerbText& program);

/// How a value is completed: `files`, `folders`, `words/a,b` (one of these), `names/nodes` (what
/// `assay completion --names nodes` prints), or `none`.
std::string CompletionOf(const OptionText& option);

}  // namespace assay::cli
