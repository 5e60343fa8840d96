#include "source/open_quote.h"

#include "contract/utf8.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

constexpr std::size_t kShownBeginning = 40;  // bytes

// Follows a text byte by byte.
class QuoteFollower {
 public:
  explicit QuoteFollower(const QuoteForm& form) : form_(form) {}

  // True when the byte shows a fault.
  bool Take(char c) {
    const bool is_fault = Follow(c);
    feeds_ += static_cast<std::int64_t>(c == '\n');
    returns_ += static_cast<std::int64_t>(c == '\r');
    return is_fault;
  }

  QuoteFault Fault(bool is_closed) const {
    return {LineAt(cell_feeds_, cell_returns_), LineAt(feeds_, returns_), is_closed, beginning_};
  }

  // Behind the last byte.
  std::optional<QuoteFault> FaultAtEnd() const {
    if (!IsOpen()) return std::nullopt;
    return Fault(false);
  }

 private:
  enum class State {
    kCellStart,
    kPlain,
    kQuoted,
    kEscaped,  // behind an escape that is no quote
    kBehind,   // behind a quote that closes the cell or is the first of two
    kSpaces,   // between the closing quote and the end of the cell
  };

  bool IsOpen() const { return state_ == State::kQuoted || state_ == State::kEscaped; }

  // Lines end with a line feed; in a text without any, with a carriage return.
  std::int64_t LineAt(std::int64_t feeds, std::int64_t returns) const {
    return (feeds_ == 0 ? returns : feeds) + 1;
  }

  // True when the byte completes a delimiter.
  bool EndsDelimiter(char c) {
    if (c != form_.delimiter[matched_]) matched_ = 0;
    if (c != form_.delimiter[matched_]) return false;
    if (++matched_ < form_.delimiter.size()) return false;
    matched_ = 0;
    return true;
  }

  void Open(char c) {
    state_ = State::kQuoted;
    cell_feeds_ = feeds_;
    cell_returns_ = returns_;
    beginning_.assign(1, c);
    keeps_beginning_ = true;
  }

  void KeepBeginning(char c) {
    keeps_beginning_ =
        keeps_beginning_ && c != '\n' && c != '\r' && beginning_.size() < kShownBeginning;
    if (keeps_beginning_) beginning_ += c;
  }

  bool Follow(char c) {
    if (IsOpen() || state_ == State::kBehind || state_ == State::kSpaces) KeepBeginning(c);
    switch (state_) {
      case State::kEscaped:
        state_ = State::kQuoted;
        return false;
      case State::kQuoted:
        if (c == form_.quote) {
          state_ = State::kBehind;
        } else if (c == form_.escape) {
          state_ = State::kEscaped;
        }
        return false;
      case State::kCellStart:
        if (c == form_.quote) {
          Open(c);
          return false;
        }
        break;
      case State::kBehind:
        if (c == form_.quote && form_.escape == form_.quote) {
          state_ = State::kQuoted;
          return false;
        }
        break;
      case State::kPlain:
      case State::kSpaces:
        break;
    }
    const bool was_quoted = state_ == State::kBehind || state_ == State::kSpaces;
    if (c == '\n' || c == '\r' || EndsDelimiter(c)) {
      matched_ = 0;
      state_ = State::kCellStart;
      return false;
    }
    state_ = was_quoted ? State::kSpaces : State::kPlain;
    return was_quoted && c != ' ' && matched_ == 0;
  }

  const QuoteForm& form_;
  State state_ = State::kCellStart;
  std::size_t matched_ = 0;  // bytes of a delimiter
  std::int64_t feeds_ = 0, returns_ = 0;
  std::int64_t cell_feeds_ = 0, cell_returns_ = 0;
  std::string beginning_;
  bool keeps_beginning_ = false;
};

QuoteForm QuoteFormOf(const Json& params) {
  QuoteForm form;
  const std::string delimiter = params.value("delimiter", "");
  if (!delimiter.empty()) form.delimiter = delimiter == "\\t" ? "\t" : delimiter;
  const std::string quote = params.value("quote", "");
  if (!quote.empty()) form.quote = quote[0];
  const std::string escape = params.value("escape", "");
  form.escape = escape.empty() ? form.quote : escape[0];
  return form;
}

Error FaultError(const SourceFile& file, const QuoteFault& fault) {
  const std::string place = file.location + ":" + std::to_string(fault.line);
  const std::string cell = ": " + contract::Printable(fault.beginning);
  const std::string or_none = ", or declare `quote: none` where a quote is a character like others";
  if (!fault.is_closed) {
    return {ErrorCode::kData, place + " begins a quote that is never closed", "close it" + or_none};
  }
  if (fault.line < fault.end_line) {
    return {ErrorCode::kData,
            place + " begins a quote that is not closed before line " +
                std::to_string(fault.end_line) + cell,
            "close it in its line" + or_none};
  }
  return {ErrorCode::kData, place + " has text behind the quote that closes a cell" + cell,
          "write a quote within a quoted cell twice" + or_none};
}

}  // namespace

std::optional<QuoteFault> FindQuoteFault(std::string_view text, const QuoteForm& form) {
  QuoteFollower follower(form);
  for (const char c : contract::WithoutByteOrderMark(text)) {
    if (follower.Take(c)) return follower.Fault(true);
  }
  return follower.FaultAtEnd();
}

Result<std::optional<QuoteFault>> FindQuoteFault(const SourceFile& file, const QuoteForm& form) {
  TRY_ASSIGN(const auto unpacked, UnpackedFile::Open(file));
  QuoteFollower follower(form);
  std::string block(std::size_t{1} << 20, '\0');
  bool is_first = true;
  while (true) {
    TRY_ASSIGN(const std::size_t size, unpacked->Read(block.data(), block.size()));
    if (size == 0) break;
    std::string_view text(block.data(), size);
    if (is_first) text = contract::WithoutByteOrderMark(text);
    is_first = false;
    for (const char c : text) {
      if (follower.Take(c)) return std::optional<QuoteFault>(follower.Fault(true));
    }
  }
  return follower.FaultAtEnd();
}

Status CheckQuotes(const SourceFile& file, const Json& params) {
  if (params.value("quote", "") == "none") return {};
  TRY_ASSIGN(const auto fault, FindQuoteFault(file, QuoteFormOf(params)));
  if (!fault) return {};
  return FaultError(file, *fault);
}

}  // namespace assay::source
