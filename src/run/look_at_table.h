/// One source that is yet to be declared: which options its files need, its columns as they are
/// then, what is unique in them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "run/seen_source.h"
#include "source/source.h"

namespace assay::run {

struct TableLook {
  engine::Engine& engine;
  const source::SourceKind& kind;
  const std::vector<source::SourceFile>& files;
  std::filesystem::path scratch;  ///< folder for what is read; the engine may use it
  char delimiter = '\0';          ///< of text in cells; 0 where it is not known
  int title_lines = 0;            ///< of text in cells: lines before the header
  std::string encoding = "";      ///< of text in cells; empty: UTF-8
  std::string records = "";       ///< of JSON documents: where in them the rows are
};

/// Everything but the patterns and the name. Rows that do not parse are counted; files of which no
/// row does are an error.
Result<SeenSource> LookAtTable(const TableLook& look);

/// Columns of files as they are without any option, as one text: files of one text may be a source.
Result<std::string> ColumnsText(const TableLook& look);

}  // namespace assay::run
