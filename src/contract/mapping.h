/// Reading a mapping whose keys are known: whatever is not asked for is an error.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "contract/diagnostic.h"
#include "contract/name_list.h"
#include "contract/yaml.h"

namespace assay::contract {

class MappingReader {
 public:
  /// `what` is said when the node is no mapping: `gate must be a mapping, found a list`.
  MappingReader(const YamlNode& node, const std::string& what, Diagnostics& diagnostics);

  bool is_mapping() const { return node_.is_mapping(); }
  const YamlNode& node() const { return node_; }
  /// The value of a known key, or nullptr. A key without a value is an error.
  const YamlNode* Take(const std::string& key);
  /// The same with the key's place; the value may be empty.
  const YamlEntry* TakeEntry(const std::string& key);
  /// The value of a key that must be there; its absence is reported at `place` with the hint.
  const YamlNode* Need(const std::string& key, const Place& place, const std::string& hint);
  /// Keys that are known and have no effect here.
  void Accept(std::initializer_list<const char*> keys);
  /// A known name under which people write another: `rule` -> "write `metric` instead".
  void Misspelt(const std::string& key, const std::string& hint);
  /// Reports every key that was not asked for, with the nearest known one.
  void Finish();

 private:
  struct Hint {
    std::string key;
    std::string hint;
  };
  const YamlNode& node_;
  Diagnostics& diagnostics_;
  std::vector<std::string> known_;
  std::vector<Hint> misspelt_;
};

}  // namespace assay::contract
