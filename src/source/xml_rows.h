/// Rows of an XML document, read as a stream: memory is that of the rows that are open, whatever
/// the document's size.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "source/cell_rows.h"
#include "source/xml_path.h"

namespace assay::source {

struct XmlOptions {
  XmlRowPath rows;
  /// Columns and where their values are. Empty: all attributes and elements below a row.
  std::vector<std::pair<std::string, XmlCellPath>> paths;
  /// Columns that hold a JSON list of all their values.
  std::vector<std::string> lists;
  std::string encoding;  ///< a charset's label; empty: what the document says
};

/// A document that is not well-formed, has a declared encoding that it is not in, nests deeper than
/// 512 elements, or names an external entity is kData, with line and column, while it is read.
/// Nothing but the file itself is ever opened, and what entities of its own expand to is limited.
Result<std::unique_ptr<CellRows>> OpenXmlRows(const SourceFile& file, const XmlOptions& options);

/// The paths of the first elements of a document, for people to choose from: `/catalog,
/// /catalog/book, ...`; empty where it cannot be read.
std::string FirstXmlPaths(const SourceFile& file, const std::string& encoding);

}  // namespace assay::source
