#include "source/html_depth.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/letter_case.h"

namespace assay::source {
namespace {

using std::string_view;

// Names between blanks.
constexpr string_view kVoid =
    " area base br col embed hr img input link meta param source track wbr frame ";
constexpr string_view kRawText = " script style textarea title xmp iframe noembed noframes ";
constexpr string_view kTableParts = " table caption tbody thead tfoot tr td th ";
// What an end tag does not reach through.
constexpr string_view kScope = " table td th caption object marquee applet template html ";
constexpr string_view kTableScope = " table template html ";
constexpr string_view kListScope =
    " ol ul dl table td th caption object marquee applet template html ";
constexpr string_view kButtonScope =
    " button table td th caption object marquee applet template html ";
constexpr string_view kEndsParagraph =
    " address article aside blockquote center details dialog dir div dl fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr main menu nav ol p pre section summary table ul li dt "
    "dd ";

bool IsOneOf(string_view name, string_view names) {
  for (std::size_t at = names.find(name); at != names.npos; at = names.find(name, at + 1)) {
    if (names[at - 1] == ' ' && names[at + name.size()] == ' ') return true;
  }
  return false;
}

class OpenElements {
 public:
  explicit OpenElements(std::size_t most) : most_(most) {}

  bool is_too_deep() const { return open_.size() > most_; }

  void Start(string_view name, bool closes_itself) {
    if (IsOneOf(name, kVoid)) return;
    if (closes_itself && (Has("svg") || Has("math"))) return;
    if (IsOneOf(name, kEndsParagraph)) PopTo(" p ", kButtonScope);
    if (name == "li") PopTo(" li ", kListScope);
    if (name == "dt" || name == "dd") PopTo(" dt dd ", kListScope);
    if (name == "option") PopTo(" option ", kScope);
    if (name == "td" || name == "th") PopTo(" td th ", kTableScope);
    if (name == "tr") PopTo(" tr ", kTableScope);
    if (name == "tbody" || name == "thead" || name == "tfoot") {
      PopTo(" tbody thead tfoot ", kTableScope);
    }
    if (name == "a") PopTo(" a ", kScope);
    open_.emplace_back(name);
  }

  void End(string_view name) {
    PopTo(" " + std::string(name) + " ", IsOneOf(name, kTableParts) ? kTableScope : kScope);
  }

 private:
  bool Has(string_view name) const { return std::ranges::find(open_, name) != open_.end(); }

  // Closes the innermost of these, and what is in it, where no boundary is between.
  void PopTo(string_view names, string_view boundaries) {
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (IsOneOf(open_[i], names)) return open_.resize(i);
      if (IsOneOf(open_[i], boundaries)) return;
    }
  }

  std::size_t most_;
  std::vector<std::string> open_;
};

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Behind the `>` of a tag; quotes of attributes may hold one.
std::size_t TagEnd(string_view page, std::size_t at) {
  char quote = '\0';
  char last = ' ';
  for (; at < page.size(); ++at) {
    const char c = page[at];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '>') {
      return at + 1;
    } else if ((c == '"' || c == '\'') && last == '=') {
      quote = c;
    }
    if (c != ' ' && c != '\n') last = c;
  }
  return at;
}

std::size_t Behind(string_view page, string_view text, std::size_t at) {
  const std::size_t found = page.find(text, at);
  return found == page.npos ? page.size() : found + text.size();
}

// Where the text of a script and its like ends.
std::size_t RawTextEnd(string_view page, string_view name, std::size_t at) {
  for (at = page.find("</", at); at != page.npos; at = page.find("</", at + 2)) {
    if (Lower(page.substr(at + 2, name.size())) == name) return at;
  }
  return page.size();
}

}  // namespace

bool NestsDeeper(string_view page, std::size_t most) {
  OpenElements open(most);
  std::size_t at = 0;
  while ((at = page.find('<', at)) != page.npos && !open.is_too_deep()) {
    const string_view rest = page.substr(at);
    const bool is_end = rest.starts_with("</");
    const std::size_t begin = at + (is_end ? 2 : 1);
    if (rest.starts_with("<!--")) {
      at = Behind(page, "-->", at + 4);
    } else if (begin >= page.size() || !IsLetter(page[begin])) {
      ++at;
    } else {
      const std::size_t name_end = std::min(page.find_first_of(" \t\r\n\f/>", begin), page.size());
      const std::string name =
          Lower(page.substr(begin, std::min<std::size_t>(name_end - begin, 32)));
      at = TagEnd(page, name_end);
      if (is_end) {
        open.End(name);
      } else if (IsOneOf(name, kRawText)) {
        at = RawTextEnd(page, name, at);
      } else {
        open.Start(name, at >= 2 && page[at - 2] == '/');
      }
    }
  }
  return open.is_too_deep();
}

}  // namespace assay::source
