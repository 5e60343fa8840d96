// The keys that every node has, whatever its kind.
#include "contract/sections.h"

namespace assay::contract {
namespace {

constexpr std::int64_t kMostRetries = 100;

}  // namespace

Execution ReadExecution(MappingReader& mapping, ValueReader& values) {
  Execution execution;
  if (const YamlNode* tags = mapping.Take("tags")) {
    execution.tags = values.Texts(*tags, "tags").value_or(std::vector<std::string>{});
    for (const std::string& tag : execution.tags) {
      if (IsNodeName(tag)) continue;
      values.diagnostics().Error(tags->place, "not a tag: " + tag,
                                 "use a-z, 0-9 and _, a letter first, at most 63");
    }
  }
  if (const YamlNode* timeout = mapping.Take("timeout")) {
    execution.timeout = values.Parsed(*timeout, "timeout", ParseDuration);
    if (execution.timeout && execution.timeout->seconds == 0) {
      values.diagnostics().Error(timeout->place, "a timeout of nothing lets nothing run",
                                 "leave it out for no limit");
    }
  }
  if (const YamlNode* retries = mapping.Take("retries")) {
    const auto count = values.Integer(*retries, "retries");
    if (count && (*count < 0 || *count > kMostRetries)) {
      values.diagnostics().Error(retries->place,
                                 "retries must be from 0 to " + std::to_string(kMostRetries) +
                                     ", found " + std::to_string(*count),
                                 "");
    }
    execution.retries = count.value_or(0);
  }
  if (const YamlNode* wait = mapping.Take("retry_wait")) {
    execution.retry_wait =
        values.Parsed(*wait, "retry_wait", ParseDuration).value_or(execution.retry_wait);
    if (mapping.node().Find("retries") == nullptr) {
      values.diagnostics().Warning(wait->place, "`retry_wait` has no effect without `retries`",
                                   "add `retries: 3`");
    }
  }
  return execution;
}

}  // namespace assay::contract
