/// The text of a source's file in UTF-8, whatever encoding its bytes are of.
#pragma once

#include <memory>
#include <string>

#include "source/unpacked_file.h"

namespace assay::source {

/// The name by which an encoding is known here: `utf-8`, `latin-1`, `windows-1252` for `UTF8`,
/// `latin1`, `cp1252` and the like; others in lower case. An error where there is no such encoding.
Result<std::string> KnownEncoding(const std::string& name);

/// The file's text. Of an encoding other than UTF-8, a byte that means nothing in it is kData with
/// its place; UTF-8 is passed on as it is, for the rows to be judged one by one. A byte-order mark
/// stays, as that of UTF-8.
Result<std::unique_ptr<UnpackedFile>> OpenDecoded(const SourceFile& file,
                                                  const std::string& encoding);

/// What the bytes tell: `utf-16` by its mark or its zero bytes, `utf-8` where all of them are that,
/// else `windows-1252`. Reads the whole file.
Result<std::string> DetectFileEncoding(const SourceFile& file);

}  // namespace assay::source
