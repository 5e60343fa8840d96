/// The records of a text file, one after the other: lines, paragraphs, lines between marks, or the
/// whole file. Knows nothing of what stands in them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "source/line_reader.h"
#include "source/text_encoding.h"
#include "source/text_pattern.h"
#include "source/unpacked_file.h"

namespace assay::source {

enum class RecordUnit { kLine, kParagraph, kFile };

struct TextRecordOptions {
  RecordUnit unit = RecordUnit::kLine;
  /// With one of them a record is of several lines: it begins at each line in which `start` is
  /// found, and ends with one in which `end` is.
  std::optional<TextPattern> start, end;
  bool detects = false;  ///< UTF-8 where all of the file is that, else windows-1252
  Encoding encoding = Encoding::kUtf8;
};

struct TextRecord {
  std::int64_t line = 0;  ///< on which it begins, from 1
  std::string_view text;  ///< in UTF-8 unless there is a reason; lives until the next one is read
  std::string reason;     ///< why it cannot be used; empty: it can
};

class TextRecords {
 public:
  static Result<std::unique_ptr<TextRecords>> Open(const SourceFile& file,
                                                   const TextRecordOptions& options);

  /// False behind the last. Lines of a record of several end with a line feed each but the last;
  /// blank lines between records are in none. Memory is that of one record.
  Result<bool> Next(TextRecord& record);

  /// Declared, or detected in the file.
  Encoding encoding() const { return encoding_; }

 private:
  // A line, decoded.
  struct Line {
    std::int64_t number = 0;
    std::string text;
    std::string reason;
  };

  TextRecords(SourceFile file, TextRecordOptions options);

  Result<bool> NextFile(TextRecord& record);
  Result<bool> NextLine(TextRecord& record);
  Result<bool> NextBlock(TextRecord& record);
  Status ReadBlock(bool is_record, bool& is_closed);
  Result<bool> Hold();
  void TakeHeld();
  bool Begins(const Line& line) const;
  bool Ends(const Line& line) const;
  std::string Fault(std::string_view bytes, std::int64_t line) const;
  std::string_view Decoded(std::string_view bytes);

  SourceFile file_;
  TextRecordOptions options_;
  Encoding encoding_;
  std::unique_ptr<LineReader> lines_;
  bool is_read_ = false;      // of a whole file
  std::optional<Line> held_;  // the line behind those of the record
  std::string bytes_, decoded_;
  std::string block_, block_reason_;
};

}  // namespace assay::source
