/// What the bytes of a text file tell without an engine: whether they are text at all, and on which
/// line a byte stands.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "source/source.h"

namespace assay::source {

/// An error when the file is no UTF-8 text that begins with a line: empty, compressed, of another
/// encoding, binary, a page of HTML or XML. Looks at the first line and at no more than 64 KiB;
/// `what` is that line, `its header` say.
Status CheckIsText(const SourceFile& file, const std::string& what);

/// An error when the file begins with the mark of another format or encoding: packed without a name
/// that tells so, Parquet, UTF-16.
Status CheckHasNoMark(const SourceFile& file);

/// The lines, counted from 1, on which bytes stand; `offsets` ascend. Lines end with a line feed,
/// or in a file without any with a carriage return. One pass over the file. Of a packed file the
/// bytes are those of its text.
Result<std::vector<std::int64_t>> LinesOf(const SourceFile& file,
                                          const std::vector<std::int64_t>& offsets);

}  // namespace assay::source
