/// Where in a YAML text something stands, and what the parser's errors mean to a person.
#pragma once

#include <yaml-cpp/mark.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/diagnostic.h"

namespace assay::contract {

/// A YAML text that begins at `origin` of a file; turns the parser's marks into places.
class YamlSource {
 public:
  YamlSource(Place origin, const std::string& text);

  const std::vector<std::string>& lines() const { return lines_; }
  Place At(const YAML::Mark& mark) const;
  /// The line from the mark on; empty behind the text.
  std::string_view Rest(const YAML::Mark& mark) const;
  /// Where the text of the scalar at `mark` begins.
  Place TextPlace(const YAML::Mark& mark, std::string_view value, bool quoted) const;
  /// Whether the scalar at the mark, if it is quoted, has its closing quote.
  bool IsClosed(const YAML::Mark& mark) const;
  /// Whether a colon stands behind the key at the mark, on its line.
  bool HasColon(const YAML::Mark& mark, const std::string& key) const;
  /// The last character of the text.
  Place End() const;
  /// The first quote that may open a text behind `place`.
  Place FindQuote(const Place& place) const;
  /// The first quoted text behind `place` that nothing closes.
  std::optional<Place> FindUnclosedQuote(const Place& place) const;

 private:
  // A line and a byte of it, from 0.
  struct Spot {
    std::size_t line, column;
  };
  // Behind the closing quote of the text whose opening one stands there.
  std::optional<Spot> BehindText(Spot spot) const;
  std::optional<Spot> NextQuote(Spot spot) const;
  Spot SpotOf(const Place& place) const;
  Place PlaceOf(const Spot& spot) const;
  // Characters before byte `column` of a line. Marks mostly go forward, so counting goes on where
  // it stopped; a file of one long line would take quadratic time otherwise.
  int CharactersBefore(std::size_t line, std::size_t column) const;

  Place origin_;
  std::vector<std::string> lines_;
  struct Counted {
    std::size_t line = 0;
    std::size_t column = 0;
    int characters = 0;
  };
  mutable Counted counted_;
};

/// How far the parser had come: the innermost list or mapping still open, the last scalar read.
struct ParsePosition {
  Place open;
  Place last;
};

/// Reports an error of the parser in words that name the cause.
void ReportYamlError(const YamlSource& source, const std::string& message, const YAML::Mark& mark,
                     const ParsePosition& position, Diagnostics& diagnostics);

}  // namespace assay::contract
