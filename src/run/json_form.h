/// Where the rows of a JSON file stand, guessed from the whole of it. Knows no engine.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "source/source.h"

namespace assay::run {

struct JsonFileForm {
  bool is_lines = false;  ///< no document, but an object in each line
  std::string records;    ///< JSON Pointer to the one list of objects below; empty at the top
  /// One object whose keys seem to name rows: so many; 0 otherwise.
  std::size_t keyed_rows = 0;
  bool rows_are_objects = false;  ///< of those
};

/// What is neither is left to the source to tell; a document that is too large to be one, too.
Result<JsonFileForm> GuessJsonForm(const source::SourceFile& file);

}  // namespace assay::run
