/// What is wrong in a file a person wrote: place, message, way out. All of a file's at once.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay::contract {

/// Where in which file; line and column count from 1, 0 means unknown.
struct Place {
  std::string file;  ///< as the user would name it, relative to the project where it lies inside
  int line = 0;
  int column = 0;  ///< in characters, not bytes
};

/// `file:line:column`, without what is unknown.
std::string PlaceText(const Place& place);

enum class Severity { kError, kWarning };

struct Diagnostic {
  Severity severity = Severity::kError;
  Place place;
  std::string message;  ///< what is wrong and what was expected; as Error::message
  std::string hint;     ///< way out, nearest known name; may be empty
};

/// Collects diagnostics with the texts of the files they speak of, so that they can be shown with
/// the line and a caret.
class Diagnostics {
 public:
  /// Remembers a file's text for `Render`.
  void AddText(const std::string& file, const std::string& text);
  /// Keeps the first 200 and counts the rest; the first error is always kept.
  void Add(Diagnostic diagnostic);
  /// Takes over the texts and diagnostics of another collection.
  void AddAll(const Diagnostics& other);
  void Error(const Place& place, std::string message, std::string hint = "");
  void Warning(const Place& place, std::string message, std::string hint = "");

  const std::vector<Diagnostic>& all() const { return all_; }
  bool has_errors() const;

  /// All of them sorted by file and place, each as
  /// ```
  /// assay.yaml:12:5: error: unknown key: fial_above
  ///    12 |     fial_above: 0.1 %
  ///       |     ^
  ///   hint: did you mean fail_above?
  /// ```
  std::string Render() const;
  /// `[{"severity", "file", "line", "column", "message", "hint"}]`
  Json ToJson() const;
  /// All errors as one Error of kUser, the rendered text its message.
  assay::Error ToError() const;

 private:
  struct Text {
    std::string file;
    std::vector<std::string> lines;
  };
  std::vector<Diagnostic> Sorted() const;

  std::vector<Text> texts_;
  std::vector<Diagnostic> all_;
  int left_out_ = 0;
};

}  // namespace assay::contract
