/// Reads values by the type their parameter declares. Each mistake becomes one diagnostic at the
/// value's place; nothing is guessed from what a value looks like.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "contract/check_decl.h"
#include "contract/kind_info.h"
#include "contract/mapping.h"
#include "contract/text_files.h"
#include "contract/text_place.h"
#include "contract/variables.h"
#include "contract/yaml.h"

namespace assay::contract {

/// Where the texts of parameters begin that are SQL or another text of their own: of a kText and a
/// kExpression by the parameter's name, of a kExpressions by `PARAMETER.NAME` for each.
using TextPlaces = std::map<std::string, TextPlace>;

/// The parameters of a node or check, and where they stand.
struct ReadParams {
  Json params = Json::object();
  std::map<std::string, Place> places;  ///< of each value that was written
  TextPlaces text_places;
};

/// A value with everything put in.
struct Expanded {
  std::string text;
  bool from_environment = false;  ///< holds what an environment variable holds
};

class ValueReader {
 public:
  /// `files` serves `{file: PATH}`, nullptr forbids it. With `reads_environment`, `${NAME}` in a
  /// value stands for the environment variable, `${vars.NAME}` for one of `variables` and `$${` for
  /// `${`. In texts (kText) only `${vars.NAME}` is replaced, and `$${vars.` stands for `${vars.`.
  ValueReader(Diagnostics& diagnostics, TextFiles* files, bool reads_environment,
              const Variables* variables = nullptr)
      : diagnostics_(diagnostics),
        files_(files),
        reads_environment_(reads_environment),
        variables_(variables) {}

  Diagnostics& diagnostics() { return diagnostics_; }

  /// Text that is not empty. `what` names the value in messages: `label must be text, found a
  /// list`.
  std::optional<std::string> Text(const YamlNode& node, const std::string& what,
                                  bool allows_space = false);
  std::optional<bool> Bool(const YamlNode& node, const std::string& what);
  std::optional<std::int64_t> Integer(const YamlNode& node, const std::string& what);
  std::optional<Threshold> ReadThreshold(const YamlNode& node, const std::string& what);
  /// What `parse` makes of a text; its error is reported behind `what`.
  template <typename T>
  std::optional<T> Parsed(const YamlNode& node, const std::string& what,
                          Result<T> (*parse)(std::string_view)) {
    const std::optional<std::string> text = Text(node, what);
    if (!text) return std::nullopt;
    Result<T> value = parse(*text);
    if (value.ok()) return std::move(value).value();
    diagnostics_.Error(node.place, what + ": " + value.error().message, value.error().hint);
    return std::nullopt;
  }
  /// A list of texts, or one text; no text twice.
  std::optional<std::vector<std::string>> Texts(const YamlNode& node, const std::string& what);
  /// One of `choices`.
  std::optional<std::string> Choice(const YamlNode& node, const std::string& what,
                                    const std::vector<std::string>& choices);
  std::optional<Owner> ReadOwner(const YamlNode& node);
  /// `flights`, `checked.refused`
  std::optional<std::string> NodeOutput(const YamlNode& node, const std::string& what);
  /// A text, or `{file: PATH}`; `place` becomes where it stands.
  std::optional<std::string> LongText(const YamlNode& node, const std::string& what,
                                      TextPlace& place);
  /// The text of a scalar with everything put in; it may be empty.
  std::optional<Expanded> Expand(const YamlNode& node);

  /// The value of one parameter, as its type says.
  std::optional<Json> Value(const Param& param, const YamlNode& node, TextPlaces& text_places);
  /// All parameters of a kind out of a mapping, with defaults; the subject of a check stands under
  /// the kind's name. What is missing is reported at `place`.
  ReadParams Params(const KindInfo& kind, MappingReader& mapping, const Place& place);

 private:
  std::optional<Json> ScalarValue(const std::string& what, const YamlNode& node);
  std::optional<Json> ScalarList(const Param& param, const YamlNode& node);
  std::optional<Json> Range(const Param& param, const YamlNode& node);
  std::optional<Json> Names(const Param& param, const YamlNode& node);
  std::optional<Json> Outputs(const Param& param, const YamlNode& node);
  std::optional<Json> Mapping(const Param& param, const YamlNode& node);
  std::optional<Json> CellTypes(const Param& param, const YamlNode& node);
  std::optional<Json> CellReading(const Param& param, const YamlEntry& entry, std::string& type);
  std::optional<Json> LongText(const Param& param, const YamlNode& node, TextPlaces& text_places);
  std::optional<std::string> Expression(const std::string& what, const YamlNode& node,
                                        TextPlace& place);
  std::optional<Json> Expressions(const Param& param, const YamlNode& node,
                                  TextPlaces& text_places);
  std::optional<Json> Taxonomy(const Param& param, const YamlNode& node);
  std::optional<Json> Labels(const Param& param, const YamlNode& node);
  std::optional<Json> Secret(const Param& param, const YamlNode& node);
  /// A text with its variables put in.
  std::optional<std::string> PutVariablesIn(const std::string& written, TextPlace& place);
  /// What stands for the `${vars.NAME}` or `${NAME}` that begins `rest` is appended to `expanded`;
  /// its length is returned. Nothing, and a message at `place`, where there is none.
  template <typename PlaceOf>
  std::optional<std::size_t> AppendValue(std::string_view rest, Expanded& expanded, PlaceOf place);
  /// The variable whose `${vars.NAME}` begins `rest`, or nullptr.
  const Variable* FindVariable(std::string_view rest) const;
  void ReportVariable(std::string_view rest, const Place& place);
  void ReportEnvironment(std::string_view rest, const Place& place);
  void Wrong(const YamlNode& node, const std::string& what, const std::string& expected,
             const std::string& hint);

  Diagnostics& diagnostics_;
  TextFiles* files_;
  bool reads_environment_;
  const Variables* variables_;  ///< null where no variable can stand
};

/// What a value of this type looks like, for hints: `a list of columns`.
std::string ParamForm(const Param& param);

/// True for `name` or `name.output`.
bool IsNodeOutput(std::string_view text);

}  // namespace assay::contract
