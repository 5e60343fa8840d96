#include "contract/mapping.h"

#include <algorithm>

namespace assay::contract {

MappingReader::MappingReader(const YamlNode& node, const std::string& what,
                             Diagnostics& diagnostics)
    : node_(node), diagnostics_(diagnostics) {
  if (node.is_mapping()) return;
  diagnostics.Error(node.place, what + " must be a mapping, found " + FormText(node),
                    "write `key: value` lines under it");
}

const YamlNode* MappingReader::Take(const std::string& key) {
  const YamlEntry* entry = TakeEntry(key);
  if (entry == nullptr) return nullptr;
  if (!entry->value.is_null()) return &entry->value;
  diagnostics_.Error(entry->key_place, "key has no value: " + key, "write one or remove the key");
  return nullptr;
}

const YamlEntry* MappingReader::TakeEntry(const std::string& key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  for (const YamlEntry& entry : node_.entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

const YamlNode* MappingReader::Need(const std::string& key, const Place& place,
                                    const std::string& hint) {
  const YamlEntry* entry = TakeEntry(key);
  if (entry == nullptr) {
    if (is_mapping()) diagnostics_.Error(place, "missing key: " + key, hint);
    return nullptr;
  }
  if (!entry->value.is_null()) return &entry->value;
  diagnostics_.Error(entry->key_place, "key has no value: " + key, hint);
  return nullptr;
}

void MappingReader::Accept(std::initializer_list<const char*> keys) {
  for (const char* key : keys) TakeEntry(key);
}

void MappingReader::Misspelt(const std::string& key, const std::string& hint) {
  misspelt_.push_back(Hint{key, hint});
}

void MappingReader::Finish() {
  int unknown = 0;
  for (const YamlEntry& entry : node_.entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    std::string hint;
    for (const Hint& known : misspelt_) {
      if (known.key == entry.key) hint = known.hint;
    }
    // Looking for near names takes time that a file of garbage is not worth.
    const bool is_early = ++unknown <= 100;
    if (hint.empty() && is_early) hint = NearestHint(entry.key, known_, "known here");
    diagnostics_.Error(entry.key_place, "unknown key: " + entry.key, hint);
  }
}

}  // namespace assay::contract
