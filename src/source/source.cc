#include "source/source.h"

#include <algorithm>

#include "base/letter_case.h"

namespace assay::source {

bool SourceContext::WantsText(std::string_view column) const {
  return std::ranges::any_of(as_text,
                             [&](const std::string& each) { return Lower(each) == Lower(column); });
}

const std::vector<SourceKind>& AllSources() {
  static const std::vector<SourceKind> kKinds = {
#include "source/all_sources.inc"
  };
  return kKinds;
}

const SourceKind* FindSource(const std::string& name) {
  for (const SourceKind& kind : AllSources()) {
    if (kind.info.name == name) return &kind;
  }
  return nullptr;
}

Error NameSourceFile(Error error, const std::vector<SourceFile>& files) {
  if (error.code != ErrorCode::kUser && error.code != ErrorCode::kData) return error;
  for (const SourceFile& file : files) {
    const std::string object = file.object.string();
    const std::size_t at = error.message.find(object);
    if (at == std::string::npos) continue;
    // `... file "OBJECT": the reason`, or `the reason: OBJECT`
    const std::size_t behind = error.message.find(": ", at + object.size());
    const std::size_t before = error.message.rfind(": ", at);
    std::string reason;
    if (behind != std::string::npos) {
      reason = error.message.substr(behind);
    } else if (before != std::string::npos) {
      reason = ": " + error.message.substr(0, before);
    }
    return {ErrorCode::kData, file.location + " cannot be read" + reason,
            "copy or write the file again, or take it away"};
  }
  // What breaks within a file is told without its name (`Invalid Error: Out of buffer`).
  if (error.code == ErrorCode::kData && error.hint.empty()) {
    const std::string which = files.size() == 1 ? files[0].location : "a file of the source";
    return {ErrorCode::kData, which + " cannot be read: " + error.message,
            "copy or write the file again, or take it away"};
  }
  return error;
}

}  // namespace assay::source
