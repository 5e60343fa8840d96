#include "source/cell_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

#include "contract/utf8.h"
#include "source/decoded_file.h"
#include "source/line_reader.h"

namespace assay::source {
namespace {

constexpr std::size_t kCellBlock = 256 * 1024;
// A quote that is never closed takes all that follows for one cell.
constexpr std::size_t kLongestRow = 64 << 20;
constexpr char kUnclosed[] = " begins a quote that is never closed";

// Cells between delimiters.
class DelimitedReader : public CellReader {
 public:
  DelimitedReader(std::unique_ptr<UnpackedFile> text, std::string location,
                  const TextLayout& layout)
      : file_(std::move(text)),
        location_(std::move(location)),
        delimiter_(layout.delimiter),
        comment_(layout.comment),
        quote_(layout.quote),
        escape_(layout.escape) {}

  Result<bool> Next(CellRow& row) override {
    for (;;) {
      TRY(Begin());
      TRY_ASSIGN(const bool there, Has(0));
      if (!there) return false;
      TRY_ASSIGN(const bool is_comment, BeginsWithComment());
      if (!is_comment) break;
      TRY(SkipLine());
    }
    row.line = line_;
    row.fault.clear();
    TRY(ReadRow(row.fault));
    PutCells(row);
    return true;
  }

  Result<bool> SkipLine() override {
    TRY(Begin());
    TRY_ASSIGN(bool there, Has(0));
    if (!there) return false;
    std::size_t at = 0;
    while (there && !IsLineEnd(At(at))) {
      // What is passed over need not stay.
      if (++at >= kCellBlock) {
        begin_ += at;
        at = 0;
      }
      TRY_ASSIGN(there, Has(at));
    }
    if (there) {
      TRY_ASSIGN(at, BehindLineEnd(at));
    }
    begin_ += at;
    return true;
  }

 private:
  struct Cell {
    std::size_t begin, size;
    bool is_plain;  // it stands in the text as it is
  };

  static bool IsLineEnd(char c) { return c == '\n' || c == '\r'; }
  char At(std::size_t at) const { return buffer_[begin_ + at]; }

  // Whether there is a byte at a place of the row.
  Result<bool> Has(std::size_t at) {
    while (begin_ + at >= end_) {
      if (at_end_) return false;
      TRY(FillMore());
    }
    return true;
  }

  Status FillMore() {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (buffer_.size() < end_ + kCellBlock) {
      buffer_.resize(std::max(buffer_.size() * 2, end_ + kCellBlock));
    }
    TRY_ASSIGN(const std::size_t size, file_->Read(buffer_.data() + end_, buffer_.size() - end_));
    end_ += size;
    at_end_ = size == 0;
    return {};
  }

  // The byte-order mark before the first row.
  Status Begin() {
    if (has_begun_) return {};
    has_begun_ = true;
    TRY(Has(2));
    const std::string_view text(buffer_.data() + begin_, end_ - begin_);
    begin_ += text.size() - contract::WithoutByteOrderMark(text).size();
    return {};
  }

  Result<bool> StandsAt(std::size_t at, const std::string& word) {
    if (word.empty()) return false;
    TRY_ASSIGN(const bool there, Has(at + word.size() - 1));
    return there && std::memcmp(buffer_.data() + begin_ + at, word.data(), word.size()) == 0;
  }

  Result<bool> BeginsWithComment() { return StandsAt(0, comment_); }

  // Counts the line that ends here.
  Result<std::size_t> BehindLineEnd(std::size_t at) {
    ++line_;
    if (At(at) == '\n') return at + 1;
    TRY_ASSIGN(const bool there, Has(at + 1));
    return there && At(at + 1) == '\n' ? at + 2 : at + 1;
  }

  Status CheckLength(std::size_t at) const {
    if (at <= kLongestRow) return {};
    return Error{ErrorCode::kData,
                 location_ + ":" + std::to_string(row_line_) + " begins a row of over " +
                     std::to_string(kLongestRow >> 20) + " MiB",
                 "look for a quote that is not closed, or another `delimiter` or `quote`"};
  }

  // Finds the cells of a row and its end; `begin_` stays.
  Status ReadRow(std::string& fault) {
    cells_.clear();
    made_.clear();
    row_line_ = line_;
    std::size_t at = 0;
    for (bool goes_on = true; goes_on;) {
      TRY_ASSIGN(const bool there, Has(at));
      if (there && quote_ != '\0' && At(at) == quote_) {
        TRY_ASSIGN(at, ReadQuoted(at, fault));
      } else {
        TRY_ASSIGN(at, ReadPlain(at));
      }
      TRY(CheckLength(at));
      TRY_ASSIGN(goes_on, StandsAt(at, delimiter_));
      if (goes_on) at += delimiter_.size();
    }
    size_ = at;
    TRY_ASSIGN(const bool there, Has(at));
    next_ = at;
    if (there) {
      TRY_ASSIGN(next_, BehindLineEnd(at));
    }
    return {};
  }

  // The place behind a cell, where a delimiter or a line end stands.
  Result<std::size_t> ReadPlain(std::size_t begin) {
    TRY_ASSIGN(const std::size_t at, EndOfCell(begin));
    cells_.push_back({begin, at - begin, true});
    return at;
  }

  Result<std::size_t> EndOfCell(std::size_t at) {
    for (;; ++at) {
      if (begin_ + at >= end_) {
        TRY(CheckLength(at));
        TRY_ASSIGN(const bool there, Has(at));
        if (!there) return at;
      }
      const char c = At(at);
      if (IsLineEnd(c)) return at;
      if (c != delimiter_[0]) continue;
      TRY_ASSIGN(const bool ends, StandsAt(at, delimiter_));
      if (ends) return at;
    }
  }

  Result<std::size_t> ReadQuoted(std::size_t begin, std::string& fault) {
    const std::int64_t opened = line_;
    const std::size_t made = made_.size();
    bool is_plain = true;
    std::size_t at = begin + 1;
    for (;; ++at) {
      if (begin_ + at >= end_) {
        TRY(CheckLength(at));
        TRY_ASSIGN(const bool there, Has(at));
        if (!there) return Unclosed(opened);
      }
      const char c = At(at);
      if (c == escape_ || c == quote_) {
        TRY_ASSIGN(const bool more, Has(at + 1));
        const char next = more ? At(at + 1) : '\0';
        const bool is_escaped =
            c == escape_ && more && (next == quote_ || (next == escape_ && escape_ != quote_));
        if (is_escaped) {
          if (is_plain) made_.append(buffer_, begin_ + begin + 1, at - begin - 1);
          is_plain = false;
          made_ += next;
          ++at;
          continue;
        }
        if (c == quote_) break;
      }
      // A line of two characters is counted at the second.
      if (c == '\n') ++line_;
      if (c == '\r') {
        TRY_ASSIGN(const bool more, Has(at + 1));
        if (!more || At(at + 1) != '\n') ++line_;
      }
      if (!is_plain) made_ += c;
    }
    cells_.push_back(is_plain ? Cell{begin + 1, at - begin - 1, true}
                              : Cell{made, made_.size() - made, false});
    ++at;
    TRY_ASSIGN(const std::size_t end, EndOfCell(at));
    if (end != at && fault.empty()) fault = "text behind the quote that closes a cell";
    return end;
  }

  Error Unclosed(std::int64_t line) const {
    return {ErrorCode::kData, location_ + ":" + std::to_string(line) + kUnclosed,
            "close it, or declare `quote: none` where a quote is a character like others"};
  }

  void PutCells(CellRow& row) {
    row.text = std::string_view(buffer_).substr(begin_, size_);
    row.cells.clear();
    if (size_ > 0) {
      for (const Cell& cell : cells_) {
        row.cells.push_back(cell.is_plain ? row.text.substr(cell.begin, cell.size)
                                          : std::string_view(made_).substr(cell.begin, cell.size));
      }
    }
    begin_ += next_;
  }

  std::unique_ptr<UnpackedFile> file_;
  std::string location_, delimiter_, comment_;
  char quote_, escape_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of the row
  std::size_t end_ = 0;    // of what was read
  bool at_end_ = false;
  bool has_begun_ = false;
  std::int64_t line_ = 1;  // of what is looked at
  std::int64_t row_line_ = 1;
  std::vector<Cell> cells_;
  std::string made_;  // cells without their escapes
  std::size_t size_ = 0, next_ = 0;
};

// Cells at places in the line.
class FixedWidthReader : public CellReader {
 public:
  FixedWidthReader(std::unique_ptr<UnpackedFile> text, const TextLayout& layout)
      : lines_(std::move(text)),
        starts_(layout.starts),
        end_(layout.end),
        comment_(layout.comment) {}

  Result<bool> Next(CellRow& row) override {
    for (;;) {
      TRY_ASSIGN(const auto line, lines_.Next());
      if (!line) return false;
      if (!comment_.empty() && line->text.starts_with(comment_)) continue;
      row.line = line->number;
      row.text = line->text;
      row.fault = line->is_too_long ? "a line of over 256 MiB" : "";
      row.cells.clear();
      if (!contract::Trim(row.text).empty()) Cut(row);
      return true;
    }
  }

  Result<bool> SkipLine() override {
    TRY_ASSIGN(const auto line, lines_.Next());
    return line.has_value();
  }

 private:
  void Cut(CellRow& row) {
    const std::string_view text = row.text;
    std::size_t at = 0;         // in bytes
    std::size_t character = 0;  // the same in characters
    const auto go_to = [&](std::size_t place) {
      for (; character < place && at < text.size(); ++character) {
        do {
          ++at;
        } while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U);
      }
      return at;
    };
    if (!contract::Trim(text.substr(0, go_to(starts_[0]))).empty()) {
      row.fault = "text before the first column";
    }
    for (std::size_t i = 0; i < starts_.size(); ++i) {
      const std::size_t begin = go_to(starts_[i]);
      if (begin == text.size()) return;
      const bool is_last = i + 1 == starts_.size();
      const std::size_t end =
          is_last && end_ == 0 ? text.size() : go_to(is_last ? end_ : starts_[i + 1]);
      row.cells.push_back(contract::Trim(text.substr(begin, end - begin)));
    }
    if (end_ > 0 && !contract::Trim(text.substr(at)).empty()) {
      row.fault = "text behind the last column";
    }
  }

  LineReader lines_;
  std::vector<std::size_t> starts_;
  std::size_t end_;
  std::string comment_;
};

struct Evenness {
  std::size_t rows = 0;   // with as many cells as most have
  std::size_t cells = 0;  // how many those are
};

// How alike the rows of the beginning are cut.
Result<Evenness> EvennessOf(const SourceFile& file, const TextLayout& layout) {
  constexpr std::size_t kLookedRows = 1000;
  TRY_ASSIGN(const auto reader, CellReader::Open(file, layout));
  for (std::int64_t i = 0; i < layout.skip.rows; ++i) TRY(reader->SkipLine());
  std::map<std::size_t, std::size_t> counts;
  CellRow row;
  for (std::size_t i = 0; i < kLookedRows; ++i) {
    const auto there = reader->Next(row);
    // Another delimiter may make a quote of what is none.
    if (!there.ok() && there.error().code != ErrorCode::kData) return there.error();
    if (!there.ok() || !*there) break;
    if (row.cells.size() > 1 && row.fault.empty()) ++counts[row.cells.size()];
  }
  Evenness most;
  for (const auto& [cells, rows] : counts) {
    if (rows >= most.rows) most = {rows, cells};
  }
  return most;
}

}  // namespace

Result<std::unique_ptr<CellReader>> CellReader::Open(const SourceFile& file,
                                                     const TextLayout& layout) {
  TRY_ASSIGN(auto text, OpenDecoded(file, layout.encoding));
  if (!layout.starts.empty()) {
    return std::unique_ptr<CellReader>(std::make_unique<FixedWidthReader>(std::move(text), layout));
  }
  return std::unique_ptr<CellReader>(
      std::make_unique<DelimitedReader>(std::move(text), file.location, layout));
}

Result<std::string> DetectDelimiter(const SourceFile& file, const TextLayout& layout) {
  constexpr std::array kDelimiters = {",", ";", "\t", "|"};
  TextLayout tried = layout;
  std::string found;
  Evenness best;
  for (const char* candidate : kDelimiters) {
    tried.delimiter = candidate;
    TRY_ASSIGN(const Evenness even, EvennessOf(file, tried));
    const bool is_better =
        even.rows > best.rows || (even.rows == best.rows && even.cells > best.cells);
    if (even.cells < 2 || !is_better) continue;
    best = even;
    found = candidate;
  }
  if (!found.empty()) return found;
  return Error{ErrorCode::kData, file.location + " is cut by no comma, semicolon, tab or bar",
               "declare its `delimiter`"};
}

Status CheckQuotesAreClosed(const SourceFile& file, const TextLayout& layout) {
  TRY_ASSIGN(const auto reader, CellReader::Open(file, layout));
  CellRow row;
  for (;;) {
    const auto there = reader->Next(row);
    if (!there.ok()) {
      const bool is_unclosed =
          there.error().message.ends_with(kUnclosed) ||
          there.error().message.find(" begins a row of over ") != std::string::npos;
      return is_unclosed ? Status(there.error()) : Status();
    }
    if (!*there) return {};
  }
}

}  // namespace assay::source
