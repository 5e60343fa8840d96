#include "source/html_tables.h"

#include <gumbo.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <optional>
#include <unordered_set>

#include "base/letter_case.h"
#include "contract/utf8.h"
#include "source/html_depth.h"

namespace assay::source {
namespace {

constexpr std::size_t kDeepestHtml = 2000;
constexpr std::size_t kMostHtmlColumns = 2000;
constexpr std::size_t kMostHtmlText = std::size_t{1} << 30;
constexpr std::size_t kMostHtmlPlaces = 50'000'000;  // of cells in rows
constexpr std::string_view kHtmlBlanks = " \t\n\f\r";

// Elements.

bool IsHtmlElement(const GumboNode& node) {
  return node.type == GUMBO_NODE_ELEMENT || node.type == GUMBO_NODE_TEMPLATE;
}

GumboTag TagOf(const GumboNode& node) {
  return IsHtmlElement(node) ? node.v.element.tag : GUMBO_TAG_UNKNOWN;
}

std::vector<const GumboNode*> ChildrenOf(const GumboNode& node) {
  if (!IsHtmlElement(node) && node.type != GUMBO_NODE_DOCUMENT) return {};
  const GumboVector& children =
      node.type == GUMBO_NODE_DOCUMENT ? node.v.document.children : node.v.element.children;
  std::vector<const GumboNode*> nodes;
  nodes.reserve(children.length);
  for (unsigned i = 0; i < children.length; ++i) {
    nodes.push_back(static_cast<const GumboNode*>(children.data[i]));
  }
  return nodes;
}

std::optional<std::string_view> AttributeOf(const GumboNode& node, const char* name) {
  if (!IsHtmlElement(node)) return std::nullopt;
  const GumboAttribute* attribute = gumbo_get_attribute(&node.v.element.attributes, name);
  if (attribute == nullptr) return std::nullopt;
  return attribute->value;
}

bool HasClass(const GumboNode& node, std::string_view wanted) {
  std::string_view classes = AttributeOf(node, "class").value_or("");
  while (!classes.empty()) {
    const std::size_t end = std::min(classes.find_first_of(kHtmlBlanks), classes.size());
    if (classes.substr(0, end) == wanted) return true;
    classes.remove_prefix(std::min(end + 1, classes.size()));
  }
  return false;
}

// `display: none` and `visibility: hidden` of a style attribute.
bool IsHiddenByStyle(std::string_view style) {
  std::string plain;
  for (const char c : Lower(style)) {
    if (kHtmlBlanks.find(c) == kHtmlBlanks.npos) plain += c;
  }
  std::string_view rest = plain;
  bool is_hidden = false;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    std::string_view one = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (one.ends_with("!important")) one.remove_suffix(10);
    is_hidden = is_hidden || one == "display:none" || one == "visibility:hidden" ||
                one == "visibility:collapse";
  }
  return is_hidden;
}

bool IsNeverShown(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_TITLE:
    case GUMBO_TAG_DATALIST:
    case GUMBO_TAG_RP:
      return true;
    default:
      return false;
  }
}

// Code and styles are no text, whoever asks.
bool IsShown(const GumboNode& node, const HtmlOptions& options) {
  if (!IsHtmlElement(node)) return true;
  if (IsNeverShown(node.v.element.tag)) return false;
  if (!options.displayed_only) return true;
  return !AttributeOf(node, "hidden") && !IsHiddenByStyle(AttributeOf(node, "style").value_or(""));
}

// Visits what is shown below a node, each in the order of the page; `enter` says whether to go on
// below it. The stack is ours: pages nest deeper than calls may.
void WalkShown(const GumboNode& top, const HtmlOptions& options,
               const std::function<bool(const GumboNode&)>& enter,
               const std::function<void(const GumboNode&)>& leave) {
  struct Open {
    const GumboNode* node;
    std::vector<const GumboNode*> children;
    std::size_t next = 0;
  };
  std::vector<Open> open;
  open.push_back({&top, ChildrenOf(top)});
  while (!open.empty()) {
    Open& last = open.back();
    if (last.next == last.children.size()) {
      if (open.size() > 1) leave(*last.node);
      open.pop_back();
      continue;
    }
    const GumboNode& child = *last.children[last.next++];
    if (!IsShown(child, options) || !enter(child)) continue;
    open.push_back({&child, ChildrenOf(child)});
  }
}

// Text.

bool IsBlock(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_P:
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_CENTER:
      return true;
    default:
      return false;
  }
}

class ShownTextMaker {
 public:
  void Add(std::string_view text, bool is_pre) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text.substr(i).starts_with("\xc2\xa0")) {  // a blank that does not break
        Put(' ');
        ++i;
      } else if (kHtmlBlanks.find(text[i]) == kHtmlBlanks.npos || is_pre) {
        Put(text[i]);
      } else {
        has_blank_ = true;
      }
    }
  }
  void BreakLine() {
    has_blank_ = false;
    Put('\n');
  }
  // A block begins or ends: what follows stands on a line of its own.
  void EndLine() { ends_line_ = true; }
  void EndCell() { ends_cell_ = true; }

  std::string Text() const { return std::string(Trimmed(text_)); }

 private:
  static std::string_view Trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kHtmlBlanks);
    if (first == text.npos) return "";
    return text.substr(first, text.find_last_not_of(kHtmlBlanks) + 1 - first);
  }

  void Put(char c) {
    const bool is_begun = !text_.empty() && text_.back() != '\n';
    if (ends_line_ && is_begun) {
      text_ += '\n';
    } else if (ends_cell_ && is_begun) {
      text_ += '\t';
    } else if (has_blank_ && is_begun) {
      text_ += ' ';
    }
    ends_line_ = ends_cell_ = has_blank_ = false;
    text_ += c;
  }

  std::string text_;
  bool has_blank_ = false;
  bool ends_line_ = false;
  bool ends_cell_ = false;
};

// A `sup` that says so, or that is a link within the page.
bool IsFootnoteMark(const GumboNode& node, const HtmlOptions& options) {
  if (TagOf(node) != GUMBO_TAG_SUP) return false;
  for (const char* name : {"reference", "noteref", "footnote-ref", "footnote"}) {
    if (HasClass(node, name)) return true;
  }
  bool is_mark = false;
  WalkShown(
      node, options,
      [&](const GumboNode& below) {
        const bool is_link = TagOf(below) == GUMBO_TAG_A;
        is_mark = is_mark || (is_link && AttributeOf(below, "href").value_or("").starts_with('#'));
        return true;
      },
      [](const GumboNode&) {});
  return is_mark;
}

void ReadContent(const GumboNode& top, const HtmlOptions& options, HtmlCell& cell) {
  ShownTextMaker text;
  int in_pre = TagOf(top) == GUMBO_TAG_PRE ? 1 : 0;
  const auto is_cell = [](GumboTag tag) { return tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH; };
  const auto enter = [&](const GumboNode& node) {
    if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE ||
        node.type == GUMBO_NODE_CDATA) {
      text.Add(node.v.text.text, in_pre > 0);
      return false;
    }
    if (!IsHtmlElement(node)) return false;
    if (!options.with_footnotes && IsFootnoteMark(node, options)) return false;
    const GumboTag tag = TagOf(node);
    if (tag == GUMBO_TAG_BR) text.BreakLine();
    if (IsBlock(tag)) text.EndLine();
    if (tag == GUMBO_TAG_PRE) ++in_pre;
    const auto href = AttributeOf(node, "href");
    if (tag == GUMBO_TAG_A && href && cell.link.empty()) cell.link = *href;
    return true;
  };
  WalkShown(top, options, enter, [&](const GumboNode& node) {
    if (IsBlock(TagOf(node))) text.EndLine();
    if (is_cell(TagOf(node))) text.EndCell();
    if (TagOf(node) == GUMBO_TAG_PRE) --in_pre;
  });
  cell.text = text.Text();
}

// Tables.

std::size_t SpanOf(const GumboNode& cell, const char* name, std::size_t least, std::size_t most) {
  const std::string_view text = contract::Trim(AttributeOf(cell, name).value_or(""));
  std::size_t span = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
    span = std::min(most, 10 * span + static_cast<std::size_t>(text[digits] - '0'));
  }
  return digits == 0 || span < least ? 1 : span;
}

class TableMaker {
 public:
  TableMaker(const HtmlOptions& options, std::size_t& text, std::size_t& places)
      : options_(options), text_(text), places_(places) {}

  Status Make(const GumboNode& node) {
    table.id = AttributeOf(node, "id").value_or("");
    std::vector<const GumboNode*> heads, bodies, feet;
    for (const GumboNode* child : ChildrenOf(node)) {
      if (!IsShown(*child, options_)) continue;
      const GumboTag tag = TagOf(*child);
      if (tag == GUMBO_TAG_CAPTION && table.caption.empty()) {
        HtmlCell caption;
        ReadContent(*child, options_, caption);
        table.caption = std::move(caption.text);
      }
      if (tag == GUMBO_TAG_THEAD) heads.push_back(child);
      if (tag == GUMBO_TAG_TBODY) bodies.push_back(child);
      if (tag == GUMBO_TAG_TFOOT) feet.push_back(child);
    }
    for (const GumboNode* head : heads) TRY(AddSection(*head));
    table.header_rows = table.rows.size();
    for (const GumboNode* body : bodies) TRY(AddSection(*body));
    for (const GumboNode* foot : feet) TRY(AddSection(*foot));
    while (heads.empty() && table.header_rows < table.rows.size() &&
           IsAllHeader(table.rows[table.header_rows])) {
      ++table.header_rows;
    }
    for (HtmlRow& row : table.rows) row.cells.resize(std::min(row.cells.size(), table.width));
    return {};
  }

  HtmlTable table;

 private:
  struct Spanning {
    std::size_t cell = 0;
    std::size_t rows = 0;  // that it still covers
  };

  bool IsAllHeader(const HtmlRow& row) const {
    return std::ranges::all_of(row.cells,
                               [&](std::size_t cell) { return table.cells[cell].is_header; });
  }

  // A cell does not cover rows of another section.
  Status AddSection(const GumboNode& section) {
    std::vector<Spanning> above;  // by column
    for (const GumboNode* child : ChildrenOf(section)) {
      if (TagOf(*child) != GUMBO_TAG_TR || !IsShown(*child, options_)) continue;
      HtmlRow row;
      row.line = child->v.element.start_pos.line;
      TRY(AddCells(*child, above, row));
      if (!row.cells.empty()) table.rows.push_back(std::move(row));
    }
    return {};
  }

  Status AddCells(const GumboNode& tr, std::vector<Spanning>& above, HtmlRow& row) {
    const auto take_above = [&] {
      while (row.cells.size() < above.size() && above[row.cells.size()].rows > 0) {
        Spanning& spanning = above[row.cells.size()];
        --spanning.rows;
        row.cells.push_back(spanning.cell);
      }
    };
    for (const GumboNode* child : ChildrenOf(tr)) {
      const GumboTag tag = TagOf(*child);
      if ((tag != GUMBO_TAG_TD && tag != GUMBO_TAG_TH) || !IsShown(*child, options_)) continue;
      take_above();
      HtmlCell cell;
      cell.is_header = tag == GUMBO_TAG_TH;
      cell.columns = SpanOf(*child, "colspan", 1, 1000);
      const std::size_t rows = SpanOf(*child, "rowspan", 0, 65534);
      ReadContent(*child, options_, cell);
      text_ += cell.text.size();
      // Columns that only a wide cell reaches are not there.
      table.width = std::max(table.width, row.cells.size() + 1);
      const std::size_t place = table.cells.size();
      for (std::size_t i = 0; i < cell.columns; ++i) {
        if (above.size() <= row.cells.size()) above.resize(row.cells.size() + 1);
        // No rows: to the end of the section.
        above[row.cells.size()] = {place,
                                   rows == 0 ? std::numeric_limits<std::size_t>::max() : rows - 1};
        row.cells.push_back(place);
      }
      table.cells.push_back(std::move(cell));
      if (row.cells.size() > kMostHtmlColumns) return TooLarge("more than 2000 columns");
    }
    take_above();
    places_ += row.cells.size();
    if (text_ > kMostHtmlText) return TooLarge("more than 1 GiB of text, tables in tables counted");
    if (places_ > kMostHtmlPlaces) return TooLarge("more than 50 million cells");
    return {};
  }

  static Error TooLarge(const std::string& what) {
    return {ErrorCode::kData, "the page has a table of " + what, "take the page away"};
  }

  const HtmlOptions& options_;
  std::size_t& text_;
  std::size_t& places_;
};

Status ReadTables(const GumboNode& document, const HtmlOptions& options,
                  std::vector<HtmlTable>& tables) {
  std::size_t text = 0;
  std::size_t places = 0;
  Status status;
  WalkShown(
      document, options,
      [&](const GumboNode& node) {
        if (!status.ok()) return false;
        if (TagOf(node) != GUMBO_TAG_TABLE) return true;
        TableMaker maker(options, text, places);
        status = maker.Make(node);
        if (!maker.table.cells.empty()) tables.push_back(std::move(maker.table));
        return true;
      },
      [](const GumboNode&) {});
  return status;
}

// The parser calls itself once for each element in an element when it frees them.
void* RunWork(void* work) {
  (*static_cast<std::function<void()>*>(work))();
  return nullptr;
}

Status RunWithStack(std::size_t bytes, std::function<void()> work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, bytes);
  pthread_t thread{};
  const int failed = pthread_create(&thread, &attributes, &RunWork, &work);
  pthread_attr_destroy(&attributes);
  if (failed != 0) {
    return Error{ErrorCode::kIo, "no memory to read a page of so many elements", "split the page"};
  }
  pthread_join(thread, nullptr);
  return {};
}

Status WithDocument(std::string_view page, const std::function<void(const GumboNode&)>& use) {
  if (NestsDeeper(page, kDeepestHtml)) {
    return Error{ErrorCode::kData,
                 "elements of the page nest deeper than " + std::to_string(kDeepestHtml),
                 "no page that people read does; take it away"};
  }
  constexpr std::size_t kBytesOfElement = 256;
  const auto tags = static_cast<std::size_t>(std::ranges::count(page, '<'));
  return RunWithStack((std::size_t{8} << 20) + kBytesOfElement * tags, [&] {
    GumboOptions parsing = kGumboDefaultOptions;
    parsing.max_errors = 0;
    GumboOutput* output = gumbo_parse_with_options(&parsing, page.data(), page.size());
    use(*output->document);
    gumbo_destroy_output(&parsing, output);
  });
}

std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool is_blank = kHtmlBlanks.find(c) != kHtmlBlanks.npos;
    if (!is_blank) line += c;
    if (is_blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  return line;
}

}  // namespace

const std::string& HtmlTable::TextAt(const HtmlRow& row, std::size_t column) const {
  static const std::string kNone;
  return column < row.cells.size() ? cells[row.cells[column]].text : kNone;
}

bool HtmlTable::IsTitle(const HtmlRow& row) const {
  return width > 1 && row.cells.size() == width &&
         std::ranges::all_of(row.cells, [&](std::size_t cell) { return cell == row.cells[0]; });
}

bool HtmlTable::IsBlank(const HtmlRow& row) const {
  return std::ranges::all_of(row.cells, [&](std::size_t cell) { return cells[cell].text.empty(); });
}

Result<std::vector<HtmlTable>> TablesOf(std::string_view page, const HtmlOptions& options) {
  std::vector<HtmlTable> tables;
  Status status;
  TRY(WithDocument(
      page, [&](const GumboNode& document) { status = ReadTables(document, options, tables); }));
  TRY(status);
  return tables;
}

Result<std::string> ShownTextOf(std::string_view page) {
  HtmlCell all;
  TRY(WithDocument(page, [&](const GumboNode& document) { ReadContent(document, {}, all); }));
  return std::move(all.text);
}

std::string DeclaredHtmlCharset(std::string_view bytes) {
  const std::string text = Lower(bytes.substr(0, 1024));
  for (std::size_t at = text.find("<meta"); at != text.npos; at = text.find("<meta", at + 1)) {
    const std::string_view tag = std::string_view(text).substr(at, text.find('>', at) - at);
    std::size_t value = tag.find("charset");
    if (value == tag.npos) continue;
    value = tag.find_first_not_of(" \t\r\n", value + 7);
    if (value == tag.npos || tag[value] != '=') continue;
    value = tag.find_first_not_of(" \t\r\n\"'", value + 1);
    if (value == tag.npos) continue;
    return std::string(tag.substr(value, tag.find_first_of(" \t\r\n\"';/>", value) - value));
  }
  return "";
}

std::vector<std::string> ColumnNamesOf(const HtmlTable& table, std::size_t header_rows) {
  const std::size_t count = std::min(header_rows, table.rows.size());
  std::vector<std::string> names;
  std::unordered_set<std::string> taken;
  for (std::size_t column = 0; column < table.width; ++column) {
    std::string name;
    std::string last;
    for (std::size_t i = 0; i < count; ++i) {
      const HtmlRow& row = table.rows[i];
      if (count > 1 && table.IsTitle(row)) continue;
      const std::string part = OneLine(table.TextAt(row, column));
      if (!part.empty() && part != last) name += (name.empty() ? "" : " ") + part;
      last = part;
    }
    if (name.empty()) name = "column" + std::to_string(column);
    std::string unique = name;
    for (int i = 1; !taken.insert(Lower(unique)).second; ++i) {
      unique = name + "_" + std::to_string(i);
    }
    names.push_back(std::move(unique));
  }
  return names;
}

}  // namespace assay::source
