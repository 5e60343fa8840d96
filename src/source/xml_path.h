/// Paths of elements and attributes in XML: the small part of XPath that a stream can follow.
/// Knows no parser.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace assay::source {

/// Prefixes that a project declares, and their namespaces.
using XmlNamespaces = std::vector<std::pair<std::string, std::string>>;

struct XmlName {
  std::string space;  ///< the namespace, or empty
  std::string local;
};

/// `title` (in whatever namespace), `dc:title`, `*`, `dc:*`.
struct XmlNameTest {
  std::optional<std::string> space;
  std::string local;  ///< empty: any

  bool Matches(const XmlName& name) const {
    return (local.empty() || local == name.local) && (!space || *space == name.space);
  }
};

/// Where rows are: `/catalog/book`, `//book`, `/feed/*/entry`; `book` is `//book`.
class XmlRowPath {
 public:
  static Result<XmlRowPath> Parse(const std::string& text, const XmlNamespaces& namespaces);

  /// How far a path of elements has come is a set of places in this one.
  using Reached = std::uint64_t;
  static Reached AtRoot() { return 1; }
  /// Below an element that reached `above`, for a child of that name.
  Reached Below(Reached above, const XmlName& name) const;
  bool IsAtEnd(Reached reached) const { return (reached >> steps_.size() & 1U) != 0; }

 private:
  struct Step {
    XmlNameTest name;
    bool anywhere = false;  // behind `//`
  };
  std::vector<Step> steps_;
};

/// Where a value is, seen from a row: `title`, `title/@lang`, `@id`, `.`, `../filename`.
struct XmlCellPath {
  std::size_t up = 0;              ///< how many elements above the row it begins
  std::vector<XmlNameTest> steps;  ///< from there down to the element
  std::optional<XmlNameTest> attribute;

  static Result<XmlCellPath> Parse(const std::string& text, const XmlNamespaces& namespaces);
};

}  // namespace assay::source
