#include "source/text_file.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/letter_case.h"
#include "contract/utf8.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

constexpr std::size_t kLooked = 64 * 1024;

struct Mark {
  std::string_view bytes;
  const char* format;
};
constexpr std::array kMarks = {
    Mark{"\x1f\x8b", "compressed with gzip"}, Mark{"\x28\xb5\x2f\xfd", "compressed with zstd"},
    Mark{"BZh", "compressed with bzip2"},     Mark{"PK\x03\x04", "a zip file"},
    Mark{"PAR1", "a Parquet file"},           Mark{"\xff\xfe", "UTF-16 text"},
    Mark{"\xfe\xff", "UTF-16 text"},
};

Result<std::string> FirstBytes(const SourceFile& file) {
  TRY_ASSIGN(const auto unpacked, UnpackedFile::Open(file));
  std::string bytes(kLooked, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    TRY_ASSIGN(const std::size_t more, unpacked->Read(bytes.data() + size, bytes.size() - size));
    if (more == 0) break;
    size += more;
  }
  bytes.resize(size);
  return bytes;
}

Status CheckMarks(const SourceFile& file, const std::string& bytes) {
  for (const Mark& mark : kMarks) {
    if (!bytes.starts_with(mark.bytes)) continue;
    return Error{ErrorCode::kData,
                 file.location + " is " + mark.format + ", not plain text in UTF-8",
                 "unpack or convert it, or declare the kind it is of"};
  }
  return {};
}

// A page that a browser or a script was given instead of the file.
Status CheckIsNoPage(const SourceFile& file, std::string_view text) {
  constexpr std::size_t kBeginning = 20;
  const std::string beginning = Lower(contract::Trim(text).substr(0, kBeginning));
  for (const char* mark : {"<!doctype html", "<html", "<?xml"}) {
    if (!beginning.starts_with(mark)) continue;
    const bool is_xml = std::string_view(mark) == "<?xml";
    return Error{ErrorCode::kData,
                 file.location +
                     (is_xml ? " is XML, no lines of cells" : " is a web page, no lines of cells"),
                 is_xml ? "convert it, or take it away"
                        : "look at it: it may be a page for logging in, saved instead of the file"};
  }
  return {};
}

}  // namespace

Status CheckHasNoMark(const SourceFile& file) {
  TRY_ASSIGN(const std::string bytes, FirstBytes(file));
  return CheckMarks(file, bytes);
}

Status CheckIsText(const SourceFile& file, const std::string& what) {
  TRY_ASSIGN(const std::string bytes, FirstBytes(file));
  TRY(CheckMarks(file, bytes));
  const std::string_view text = contract::WithoutByteOrderMark(bytes);
  TRY(CheckIsNoPage(file, text));
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  if (contract::Trim(line).empty()) {
    return Error{ErrorCode::kData, file.location + " has no first line, so " + what + " is missing",
                 "write it again, or take it away"};
  }
  if (line.find('\0') != std::string_view::npos) {
    return Error{ErrorCode::kData, file.location + " is no text: " + what + " holds zero bytes",
                 "convert it to UTF-8, or take it away"};
  }
  // A line that goes on behind what was looked at may be cut within a character.
  const auto invalid = contract::FindInvalidUtf8(line);
  if (invalid && (bytes.size() < kLooked || *invalid + 4 < line.size())) {
    return Error{ErrorCode::kData,
                 file.location + " is not UTF-8: " + what + " has the byte " +
                     std::to_string(static_cast<unsigned char>(line[*invalid])) + " as character " +
                     std::to_string(contract::LineColumnOf(line, *invalid).column),
                 "convert it, as with `iconv -f latin1 -t utf-8`"};
  }
  return {};
}

Result<std::vector<std::int64_t>> LinesOf(const SourceFile& file,
                                          const std::vector<std::int64_t>& offsets) {
  TRY_ASSIGN(const auto unpacked, UnpackedFile::Open(file));
  std::vector<std::int64_t> feeds;
  std::vector<std::int64_t> returns;
  std::int64_t fed = 0;
  std::int64_t returned = 0;
  std::int64_t at = 0;
  std::string block(1 << 20, '\0');
  while (feeds.size() < offsets.size()) {
    TRY_ASSIGN(const std::size_t size, unpacked->Read(block.data(), block.size()));
    if (size == 0) break;
    for (std::size_t i = 0; i < size && feeds.size() < offsets.size(); ++i, ++at) {
      while (feeds.size() < offsets.size() && offsets[feeds.size()] <= at) {
        feeds.push_back(fed);
        returns.push_back(returned);
      }
      fed += static_cast<std::int64_t>(block[i] == '\n');
      returned += static_cast<std::int64_t>(block[i] == '\r');
    }
  }
  feeds.resize(offsets.size(), fed);
  returns.resize(offsets.size(), returned);
  std::vector<std::int64_t> lines = fed == 0 ? std::move(returns) : std::move(feeds);
  for (std::int64_t& line : lines) ++line;
  return lines;
}

}  // namespace assay::source
