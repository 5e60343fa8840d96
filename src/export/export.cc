#include "export/export.h"

namespace assay::exports {

const std::vector<ExportKind>& AllExports() {
  static const std::vector<ExportKind> kKinds = {
#include "export/all_exports.inc"
  };
  return kKinds;
}

const ExportKind* FindExport(const std::string& name) {
  for (const ExportKind& kind : AllExports()) {
    if (kind.info.name == name) return &kind;
  }
  return nullptr;
}

}  // namespace assay::exports
