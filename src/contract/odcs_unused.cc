#include "contract/odcs_unused.h"

#include <array>
#include <string_view>
#include <vector>

namespace assay::contract {
namespace {

// Key names of the standard, v3.1.0 (its JSON Schema). Required ones first.
struct Section {
  std::string_view name;
  bool is_list;
  std::vector<std::string_view> required;
  std::vector<std::string_view> optional;
  std::vector<std::string_view> nested;  // keys that are sections themselves
};

const std::vector<Section>& Sections() {
  static const std::vector<Section> kSections = {
      {"servers",
       true,
       {"server", "type"},
       // Of all types of servers together.
       {"id",          "description", "environment", "account",  "catalog",    "database",
        "dataset",     "delimiter",   "endpointUrl", "format",   "host",       "location",
        "path",        "port",        "project",     "region",   "regionName", "schema",
        "serviceName", "stagingDir",  "stream",      "warehouse"},
       {"roles", "customProperties"}},
      {"support",
       true,
       {"channel"},
       {"id", "url", "description", "tool", "scope", "invitationUrl"},
       {"customProperties"}},
      {"price", false, {}, {"id", "priceAmount", "priceCurrency", "priceUnit"}, {}},
      {"roles",
       true,
       {"role"},
       {"id", "description", "access", "firstLevelApprovers", "secondLevelApprovers"},
       {"customProperties"}},
      {"slaProperties",
       true,
       {"property", "value"},
       {"id", "valueExt", "unit", "element", "driver", "description", "scheduler", "schedule"},
       {}},
      {"customProperties", true, {"property", "value"}, {"id", "description"}, {}},
      {"authoritativeDefinitions", true, {"url", "type"}, {"id", "description"}, {}},
      {"relationships", true, {"to"}, {"type", "from"}, {"customProperties"}},
      {"tags", true, {}, {}, {}},
  };
  return kSections;
}

const Section& FindSection(const std::string& name) {
  for (const Section& section : Sections()) {
    if (section.name == name) return section;
  }
  return Sections().back();
}

void CheckItem(const YamlNode& node, const Section& section, Diagnostics& diagnostics) {
  const std::string name(section.name);
  if (section.name == "tags") {
    if (!node.is_scalar()) {
      diagnostics.Error(node.place, std::string("a tag must be text, found ") + FormText(node), "");
    }
    return;
  }
  MappingReader mapping(node, "an item of " + name, diagnostics);
  if (!mapping.is_mapping()) return;
  for (const std::string_view key : section.required) {
    if (mapping.TakeEntry(std::string(key)) != nullptr) continue;
    diagnostics.Error(node.place, "missing key: " + std::string(key),
                      "each item of " + name + " has one");
  }
  for (const std::string_view key : section.optional) mapping.TakeEntry(std::string(key));
  for (const std::string_view key : section.nested) {
    CheckUnused(mapping, std::string(key), diagnostics);
  }
  mapping.Finish();
}

}  // namespace

void CheckUnused(MappingReader& mapping, const std::string& section, Diagnostics& diagnostics) {
  const YamlNode* node = mapping.Take(section);
  if (node == nullptr) return;
  const Section& form = FindSection(section);
  if (!form.is_list) return CheckItem(*node, form, diagnostics);
  if (!node->is_list()) {
    diagnostics.Error(node->place, section + " must be a list, found " + FormText(*node),
                      "write `- ` lines under it");
    return;
  }
  for (const YamlNode& item : node->items) CheckItem(item, form, diagnostics);
}

void CheckUnusedExtras(MappingReader& mapping, Diagnostics& diagnostics) {
  CheckUnused(mapping, "tags", diagnostics);
  CheckUnused(mapping, "customProperties", diagnostics);
  CheckUnused(mapping, "authoritativeDefinitions", diagnostics);
}

}  // namespace assay::contract
