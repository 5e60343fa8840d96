// The bytes of a text file, packed or not: unpacked or refused with a message, and cut into the
// same lines as its whole text is; in an encoding of one byte a character it is valid UTF-8.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "contract/utf8.h"
#include "source/line_reader.h"
#include "source/text_encoding.h"
#include "source/text_file.h"
#include "source/unpacked_file.h"

namespace {

using assay::source::Encoding;
using assay::source::SourceFile;

// Bytes that unpack to more say no more of the code.
constexpr std::size_t kMost = 4 << 20;

void Require(bool holds) {
  if (!holds) std::abort();
}

void RequireShowable(const assay::Error& error) {
  Require(error.code == assay::ErrorCode::kData);
  Require(!error.message.empty() && !error.hint.empty());
  Require(!assay::contract::FindInvalidUtf8(error.message));
}

void CheckEncodings(const std::string& bytes) {
  for (const Encoding encoding : {Encoding::kLatin1, Encoding::kWindows1252}) {
    std::string text;
    assay::source::AppendInUtf8(bytes, encoding, text);
    Require(!assay::contract::FindInvalidUtf8(text));
    Require(assay::contract::CountCharacters(text) == static_cast<int>(bytes.size()));
  }
}

void CheckLines(const SourceFile& file, const std::string& text) {
  auto unpacked = assay::source::UnpackedFile::Open(file);
  Require(unpacked.ok());
  assay::source::LineReader lines(std::move(*unpacked));
  const std::vector<std::string> expected = assay::contract::SplitLines(text);
  for (const std::string& line : expected) {
    const auto found = lines.Next();
    Require(found.ok() && *found && !(*found)->is_too_long && (*found)->text == line);
  }
  const auto end = lines.Next();
  Require(end.ok() && !*end);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// The first byte says how the rest is packed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const std::filesystem::path kPath =
      std::filesystem::temp_directory_path() / ("assay_fuzz_" + std::to_string(getpid()));
  constexpr const char* kNames[] = {"a.txt", "a.txt.gz", "a.txt.zst"};
  std::ofstream(kPath, std::ios::binary)
      .write(reinterpret_cast<const char*>(data + 1), static_cast<std::streamsize>(size - 1));
  const SourceFile file{kPath, kNames[data[0] % 3]};
  std::string text;
  const auto whole = assay::source::ReadWhole(file, kMost, text);
  if (!whole.ok()) {
    RequireShowable(whole.error());
    Require(!assay::source::CheckUnpacks(file).ok());
  } else if (*whole) {
    Require(assay::source::CheckUnpacks(file).ok());
    CheckEncodings(text);
    CheckLines(file, text);
    const auto status = assay::source::CheckIsText(file, "its first line");
    if (!status.ok()) RequireShowable(status.error());
  }
  std::filesystem::remove(kPath);
  return 0;
}
