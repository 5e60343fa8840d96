/// `vars:` of a project: names that stand for texts in its values.
#pragma once

#include <map>
#include <string>

#include "contract/mapping.h"
#include "contract/text_files.h"

namespace assay::contract {

struct Variable {
  std::string text;
  /// Holds what the environment says: it may be a secret, and stands in no text of the project.
  bool from_environment = false;
  Place place;  ///< of the name
};

/// By name.
using Variables = std::map<std::string, Variable>;

/// The folder whose files `NAME.yaml` are the environments of a project.
inline constexpr std::string_view kEnvironmentFolder = "environments";

/// The environments that a project has, sorted.
std::vector<std::string> EnvironmentNames(TextFiles& files);

class ValueReader;

/// The `vars:` of the project's files, and what an environment says of them.
class VariableReader {
 public:
  /// `values` reads values in which no variable can stand.
  explicit VariableReader(ValueReader& values) : values_(values) {}

  /// Takes the section `vars` of a mapping; its values are read by `Finish`.
  void Declare(MappingReader& mapping);
  /// Takes what `environments/NAME.yaml` puts in the place of declared values.
  void Override(TextFiles& files, const std::string& environment);
  /// The variables with their values. Those that were overridden are not looked at.
  Variables Finish();

 private:
  void OverrideBy(const YamlNode& root);

  struct Written {
    Place place;
    YamlNode value;
  };
  ValueReader& values_;
  std::map<std::string, Written> written_;
};

}  // namespace assay::contract
