#include "source/text_records.h"

#include "contract/utf8.h"

namespace assay::source {
namespace {

// One encoding for all of a file: a line of ASCII tells nothing.
Result<Encoding> DetectEncoding(const SourceFile& file) {
  TRY_ASSIGN(auto unpacked, UnpackedFile::Open(file));
  LineReader lines(std::move(unpacked));
  for (;;) {
    TRY_ASSIGN(const auto line, lines.Next());
    if (!line) return Encoding::kUtf8;
    if (!line->is_too_long && contract::FindInvalidUtf8(line->text)) return Encoding::kWindows1252;
  }
}

std::string TooLong() { return "longer than " + std::to_string(kLongestText >> 20) + " MiB"; }

bool IsBlankText(std::string_view text) { return contract::Trim(text).empty(); }

// Takes the blank lines at the end away, and the end of the last line.
void DropBlankEnd(std::string& lines) {
  std::size_t end = lines.size();
  while (end > 0) {
    --end;  // before the line feed
    const std::size_t before = end == 0 ? std::string::npos : lines.rfind('\n', end - 1);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    if (!IsBlankText(std::string_view(lines).substr(begin, end - begin))) break;
    end = begin;
  }
  lines.resize(end);
}

}  // namespace

TextRecords::TextRecords(SourceFile file, TextRecordOptions options)
    : file_(std::move(file)), options_(std::move(options)), encoding_(options_.encoding) {}

Result<std::unique_ptr<TextRecords>> TextRecords::Open(const SourceFile& file,
                                                       const TextRecordOptions& options) {
  std::unique_ptr<TextRecords> records(new TextRecords(file, options));
  if (options.unit == RecordUnit::kFile) return records;
  if (options.detects) {
    TRY_ASSIGN(records->encoding_, DetectEncoding(file));
  }
  TRY_ASSIGN(auto unpacked, UnpackedFile::Open(file));
  records->lines_ = std::make_unique<LineReader>(std::move(unpacked));
  return records;
}

Result<bool> TextRecords::Next(TextRecord& record) {
  if (options_.unit == RecordUnit::kFile) return NextFile(record);
  const bool is_plain = options_.unit == RecordUnit::kLine && !options_.start && !options_.end;
  return is_plain ? NextLine(record) : NextBlock(record);
}

// Why bytes are no text of the encoding; `line` is that of the file, 0 where they are all of it.
std::string TextRecords::Fault(std::string_view bytes, std::int64_t line) const {
  const auto place = [&](std::size_t offset) {
    const contract::LineColumn found = contract::LineColumnOf(bytes, offset);
    const std::int64_t shown = line == 0 ? found.line : line;
    const bool tells_line =
        line == 0 || options_.unit != RecordUnit::kLine || options_.start || options_.end;
    return (tells_line ? " in line " + std::to_string(shown) : "") + " as character " +
           std::to_string(found.column);
  };
  if (encoding_ == Encoding::kUtf8) {
    if (const auto invalid = contract::FindInvalidUtf8(bytes)) {
      return "not UTF-8: the byte " + std::to_string(static_cast<unsigned char>(bytes[*invalid])) +
             place(*invalid);
    }
  }
  const std::size_t zero = bytes.find('\0');
  return zero == std::string_view::npos ? "" : "no text: a zero byte" + place(zero);
}

std::string_view TextRecords::Decoded(std::string_view bytes) {
  if (encoding_ == Encoding::kUtf8) return bytes;
  decoded_.clear();
  AppendInUtf8(bytes, encoding_, decoded_);
  return decoded_;
}

Result<bool> TextRecords::NextFile(TextRecord& record) {
  if (is_read_) return false;
  is_read_ = true;
  TRY_ASSIGN(const bool is_whole, ReadWhole(file_, kLongestText, bytes_));
  if (options_.detects) {
    const bool is_utf8 = !contract::FindInvalidUtf8(bytes_);
    encoding_ = is_utf8 ? Encoding::kUtf8 : Encoding::kWindows1252;
  }
  record.line = 1;
  record.reason = is_whole ? Fault(bytes_, 0) : TooLong();
  record.text = record.reason.empty() ? Decoded(bytes_) : std::string_view(bytes_);
  return true;
}

Result<bool> TextRecords::NextLine(TextRecord& record) {
  TRY_ASSIGN(const auto line, lines_->Next());
  if (!line) return false;
  record.line = line->number;
  record.reason = line->is_too_long ? TooLong() : Fault(line->text, line->number);
  record.text = record.reason.empty() ? Decoded(line->text) : line->text;
  return true;
}

// Reads a line ahead; false where there is none.
Result<bool> TextRecords::Hold() {
  if (held_) return true;
  TextRecord line;
  TRY_ASSIGN(const bool is_line, NextLine(line));
  if (is_line) held_ = Line{line.line, std::string(line.text), std::move(line.reason)};
  return is_line;
}

// Puts the line that was read ahead into the block.
void TextRecords::TakeHeld() {
  if (block_reason_.empty()) block_reason_ = held_->reason;
  if (block_.size() + held_->text.size() >= kLongestText) {
    block_reason_ = TooLong();
  } else {
    block_ += held_->text;
    block_ += '\n';
  }
  held_.reset();
}

bool TextRecords::Begins(const Line& line) const {
  return options_.start && options_.start->IsFoundIn(line.text);
}

bool TextRecords::Ends(const Line& line) const {
  return options_.end && options_.end->IsFoundIn(line.text);
}

// The lines behind the first one.
Status TextRecords::ReadBlock(bool is_record, bool& is_closed) {
  while (!is_closed) {
    TRY_ASSIGN(const bool is_line, Hold());
    if (!is_line || Begins(*held_)) return {};
    const bool is_paragraph = options_.unit == RecordUnit::kParagraph;
    if (is_paragraph && held_->reason.empty() && IsBlankText(held_->text)) return {};
    is_closed = is_record && Ends(*held_);
    TakeHeld();
  }
  return {};
}

Result<bool> TextRecords::NextBlock(TextRecord& record) {
  for (;; held_.reset()) {
    TRY_ASSIGN(const bool is_line, Hold());
    if (!is_line) return false;
    if (!held_->reason.empty() || !IsBlankText(held_->text)) break;
  }
  block_.clear();
  block_reason_.clear();
  record.line = held_->number;
  const bool is_record = !options_.start || Begins(*held_);
  bool is_closed = is_record && Ends(*held_);
  TakeHeld();
  TRY(ReadBlock(is_record, is_closed));
  DropBlankEnd(block_);
  record.text = block_;
  record.reason = block_reason_;
  if (!record.reason.empty()) return true;
  if (!is_record) {
    record.reason = "of no record: `start_pattern` is not found in a line before";
  } else if (options_.end && !is_closed) {
    record.reason = "a record without an end: `end_pattern` is found in none of its lines";
  }
  return true;
}

}  // namespace assay::source
