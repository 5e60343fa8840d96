/// What a person sees: tables, numbers, colours where they are wanted. stdout is data, stderr is
/// talk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "contract/diagnostic.h"

namespace assay::cli {

enum class Tone { kPlain, kGood, kWarning, kBad, kDim, kBold };

class Terminal {
 public:
  Terminal();
  /// One without colours, for text that goes elsewhere.
  static Terminal Plain();

  /// True when stderr is a terminal that takes control characters: progress may be redrawn.
  bool can_redraw() const { return can_redraw_; }
  /// Text in a tone, when this stream shows colours; tone never says what the words do not.
  std::string Paint(const std::string& text, Tone tone, bool to_stderr) const;

  void Out(const std::string& text) const;   ///< to stdout, with a line feed
  void Talk(const std::string& text) const;  ///< to stderr, with a line feed
  void OutJson(const Json& json) const;
  void Say(const Error& error) const;
  void Warn(const std::string& text) const;

 private:
  std::string Marked(const std::string& mark, Tone tone, const std::string& text) const;

  bool can_redraw_ = false;
  bool colour_out_ = false, colour_err_ = false;
};

/// Columns of text; those in `right` stand flush right.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header, std::vector<std::size_t> right = {});
  void Add(std::vector<std::string> row);
  /// Two spaces between columns, no line feed at the end; the header only when not empty.
  std::string Text(const std::string& indent = "") const;

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> right_;
};

/// `2,497,772`.
std::string Grouped(std::uint64_t number);
/// `1 row`, `1,234 rows`.
std::string Rows(std::uint64_t number);
/// `1.2 s`, `35 ms`, `4 min 10 s`.
std::string Duration(double seconds);
/// `12.3 MB`.
std::string Bytes(std::uint64_t bytes);
/// First twelve digits of an id.
std::string Short(const std::string& id);
/// Width in columns: code points, wide ones twice.
std::size_t TextWidth(const std::string& text);

}  // namespace assay::cli
