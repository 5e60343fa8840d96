// A text file in records, and a regular expression of a stranger: each record is valid UTF-8 or has
// a reason, lines ascend, and what is captured stands in the record.
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "contract/utf8.h"
#include "source/text_records.h"

namespace {

using assay::source::RecordUnit;
using assay::source::TextPattern;
using assay::source::TextRecord;
using assay::source::TextRecordOptions;
using assay::source::TextRecords;

void Require(bool holds) {
  if (!holds) std::abort();
}

TextRecordOptions OptionsFrom(unsigned bits) {
  TextRecordOptions options;
  if ((bits & 3U) == 1) options.unit = RecordUnit::kParagraph;
  if ((bits & 3U) == 2) options.unit = RecordUnit::kFile;
  if (options.unit == RecordUnit::kLine && (bits & 4U) != 0) {
    options.start = *TextPattern::Compile("^[#>]");
  }
  if (options.unit == RecordUnit::kLine && (bits & 8U) != 0) {
    options.end = *TextPattern::Compile(";$");
  }
  options.detects = (bits & 16U) != 0;
  if ((bits & 32U) != 0) options.encoding = assay::source::Encoding::kLatin1;
  return options;
}

bool IsWithin(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

void CheckRecord(const TextRecord& record, const TextPattern& pattern) {
  if (!record.reason.empty()) return;
  Require(!assay::contract::FindInvalidUtf8(record.text));
  Require(record.text.find('\0') == std::string_view::npos);
  std::vector<std::optional<std::string_view>> values;
  if (!pattern.Capture(record.text, values)) return;
  Require(values.size() == pattern.names().size());
  for (const auto& value : values) Require(!value || IsWithin(*value, record.text));
  for (const std::string_view each : pattern.FindAll(record.text)) {
    Require(each.empty() || IsWithin(each, record.text));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// The first byte says how the rest is read, its first line is the expression.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string input(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::size_t end = std::min(input.find('\n'), input.size());
  const auto pattern = TextPattern::Compile(input.substr(0, end));
  if (!pattern.ok()) {
    Require(pattern.error().code == assay::ErrorCode::kUser && !pattern.error().hint.empty());
    return 0;
  }
  static const std::filesystem::path kPath =
      std::filesystem::temp_directory_path() / ("assay_text_fuzz_" + std::to_string(getpid()));
  std::ofstream(kPath, std::ios::binary) << input.substr(std::min(end + 1, input.size()));
  const auto records = TextRecords::Open({kPath, "a.txt"}, OptionsFrom(data[0]));
  Require(records.ok());
  std::int64_t line = 0;
  for (TextRecord record;;) {
    const auto is_record = (*records)->Next(record);
    Require(is_record.ok());
    if (!*is_record) break;
    Require(record.line > line);
    line = record.line;
    CheckRecord(record, *pattern);
  }
  std::filesystem::remove(kPath);
  return 0;
}
