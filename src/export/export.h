/// Kinds of exports: how a version's rows leave the store. One kind is one file, `*_export.cc`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/type.h"
#include "contract/kind_info.h"

namespace assay::exports {

struct ExportKind {
  contract::KindInfo info;
  /// True when the stored files are what is wanted: they are copied byte for byte.
  bool copies_files = false;
  /// Statement that writes the rows of a query, in its order, to a file. Not for copied files.
  std::string (*to_sql)(const std::string& query, const Schema& schema,
                        const std::filesystem::path& path) = nullptr;
};

// One declaration for each *_export.cc, generated from the file names.
#include "export/all_exports_declared.inc"

const std::vector<ExportKind>& AllExports();
const ExportKind* FindExport(const std::string& name);

}  // namespace assay::exports
