// Programs that a project names.
#include <utility>

#include "contract/sections.h"

namespace assay::contract {

std::optional<Command> ReadCommand(MappingReader& mapping, const Place& place,
                                   ValueReader& values) {
  constexpr auto kForm = "write [python3, train.py]: a program and its arguments, no shell";
  const YamlNode* node = mapping.Need("command", place, kForm);
  if (node == nullptr) return std::nullopt;
  if (!node->is_list() || node->items.empty()) {
    values.diagnostics().Error(node->place,
                               std::string("command must be a list of words, found ") +
                                   (node->is_list() ? "an empty one" : FormText(*node)),
                               kForm);
    return std::nullopt;
  }
  Command command;
  for (const YamlNode& item : node->items) {
    const std::optional<std::string> word = values.Text(item, "command", true);
    if (!word) return std::nullopt;
    command.argv.push_back(*word);
    command.as_written.push_back(item.text);
  }
  return command;
}

}  // namespace assay::contract
