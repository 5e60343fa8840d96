/// What the program's verbs declare of themselves, as data: completion and manual are made of it.
#pragma once

#include <string>
#include <vector>

namespace assay::cli {

struct OptionText {
  std::vector<std::string> names;    ///< as written, `--message`, `-m`; of an argument its one name
  std::string value;                 ///< what its value is called, `FILE`; empty for a flag
  std::vector<std::string> choices;  ///< the words it takes, where there is a list of them
  std::string help, variable;        ///< `variable` of the environment that gives it, or empty
  bool required = false;
  bool takes_many = false;  ///< values
};

struct VerbText {
  std::string name, summary;
  std::vector<OptionText> options;    ///< those with dashes
  std::vector<OptionText> arguments;  ///< those without, in order
  std::vector<VerbText> verbs;
  std::string after;  ///< text behind the options: examples
};

}  // namespace assay::cli
