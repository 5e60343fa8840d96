#include "source/xml_rows.h"

#include <expat.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string_view>

#include "contract/utf8.h"
#include "source/charset.h"
#include "source/line_reader.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

constexpr std::size_t kBytesOfXml = 64 * 1024;
constexpr std::size_t kXmlPrologLooked = 1024;
constexpr std::size_t kDeepestXml = 512;
constexpr int kMostEntities = 1000;  // of a document's own; one in the other, each is a call
constexpr std::size_t kMostXmlShown = 1 << 20;
constexpr std::size_t kMostHeld = 64 << 20;  // bytes of rows that wait for a value behind them
constexpr char kNameSeparator = '\x01';      // between namespace and name; in no document
constexpr std::string_view kXmlBlanks = " \t\r\n";
constexpr std::string_view kInstanceSpace = "http://www.w3.org/2001/XMLSchema-instance";

XmlName NameOf(const char* text) {
  const std::string_view whole(text);
  const std::size_t at = whole.find(kNameSeparator);
  if (at == whole.npos) return {"", std::string(whole)};
  return {std::string(whole.substr(0, at)), std::string(whole.substr(at + 1))};
}

std::string TrimmedXml(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kXmlBlanks);
  if (first == text.npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(kXmlBlanks) + 1 - first));
}

// What `encoding="..."` in the first bytes says.
std::string DeclaredEncoding(std::string_view bytes) {
  if (!bytes.starts_with("<?xml")) return "";
  const std::string_view prolog = bytes.substr(0, bytes.find("?>"));
  std::size_t at = prolog.find("encoding");
  if (at == prolog.npos) return "";
  at = prolog.find_first_of("'\"", at);
  if (at == prolog.npos) return "";
  const std::size_t end = prolog.find(prolog[at], at + 1);
  return end == prolog.npos ? "" : std::string(prolog.substr(at + 1, end - at - 1));
}

// The text of a document in UTF-8, in parts.
class XmlText {
 public:
  static Result<std::unique_ptr<XmlText>> Open(const SourceFile& file,
                                               const std::string& encoding) {
    auto text = std::make_unique<XmlText>();
    text->location_ = file.location;
    TRY_ASSIGN(text->file_, UnpackedFile::Open(file));
    TRY(text->Fill(kXmlPrologLooked));
    const std::string_view bytes = text->bytes_;
    const std::string declared = encoding.empty() ? DeclaredEncoding(bytes) : encoding;
    const auto mark = CharsetOfMark(bytes);
    const auto charset = CharsetOf(declared.empty() ? "utf-8" : declared);
    if (!charset && !mark) {
      return Error{ErrorCode::kData,
                   file.location + " is in an encoding that is not known: " +
                       contract::Escaped(declared.substr(0, 100)),
                   "convert it to UTF-8"};
    }
    // A document that a program can read so far is not in UTF-16, whatever it says.
    const bool is_wide = charset && charset->starts_with("utf-16");
    text->charset_ = mark ? *mark : is_wide && encoding.empty() ? "utf-8" : *charset;
    text->decoder_.emplace(text->charset_);
    return text;
  }

  // Appends the next part; false behind the last.
  Result<bool> Append(std::string& text) {
    if (bytes_.empty()) TRY(Fill(kBytesOfXml));
    const bool is_last = bytes_.empty();
    const std::size_t before = text.size();
    if (const auto fault = decoder_->Append(bytes_, is_last, text)) {
      lines_ += std::count(text.begin() + static_cast<std::ptrdiff_t>(before), text.end(), '\n');
      return Error{ErrorCode::kData,
                   location_ + ":" + std::to_string(lines_) + " is not " + charset_ +
                       " at offset " + std::to_string(*fault) + ByteText(*fault),
                   "say what it is in, as `encoding: windows-1252`, or convert it"};
    }
    lines_ += std::count(text.begin() + static_cast<std::ptrdiff_t>(before), text.end(), '\n');
    taken_ += bytes_.size();
    bytes_.clear();
    return !is_last;
  }

 private:
  Status Fill(std::size_t most) {
    std::size_t size = 0;
    bytes_.resize(most);
    while (size < most) {
      TRY_ASSIGN(const std::size_t more, file_->Read(bytes_.data() + size, most - size));
      if (more == 0) break;
      size += more;
    }
    bytes_.resize(size);
    return {};
  }

  std::string ByteText(std::size_t offset) const {
    if (offset < taken_ || offset - taken_ >= bytes_.size()) return "";
    return ": the byte " + std::to_string(static_cast<unsigned char>(bytes_[offset - taken_]));
  }

  std::string location_, charset_, bytes_;
  std::unique_ptr<UnpackedFile> file_;
  std::optional<CharsetDecoder> decoder_;
  std::size_t taken_ = 0;
  std::int64_t lines_ = 1;
};

struct ParserFree {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using OwnedParser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, ParserFree>;

// An element below a row, for rows whose columns are what is there.
struct XmlNode {
  std::size_t parent = 0;
  std::string name;                // of its column
  std::size_t begin = 0, end = 0;  // in the row's text
  bool has_text = false;           // of its own, not blank
  bool has_elements = false;
  std::vector<std::pair<std::string, std::string>> attributes;
};

// A row that is not handed out yet.
struct HeldRow {
  NamedRow row;
  bool is_open = true;
  std::size_t waits = 0;                         // values of elements above that may still come
  std::size_t depth = 0;                         // of its element, the root's is 0
  std::int64_t begin = 0;                        // its first byte
  bool has_text = false;                         // `row.text` is filled
  std::vector<std::vector<std::string>> values;  // by column
  std::vector<bool> waits_for;                   // by column
  // Where columns are what is there:
  std::vector<XmlNode> nodes;
  std::string text;
  std::vector<std::pair<std::string, std::string>> found;
};

struct Frame {
  XmlName name;
  XmlRowPath::Reached reached = 0;
  HeldRow* row = nullptr;
  // Of rows below, by column; empty: none yet.
  std::vector<std::vector<std::string>> values;
  std::vector<bool> served;  // columns that a row below takes from here
  struct Capture {
    std::size_t column = 0;
    std::size_t context = 0;  // depth of the element that the path begins at
    std::size_t begin = 0;    // in the text that is captured
  };
  std::vector<Capture> captures;
  std::vector<std::size_t> nodes;  // one for each open row, outermost first
};

class XmlRows : public CellRows {
 public:
  XmlRows(std::string location, const XmlOptions& options)
      : location_(std::move(location)), options_(options) {}

  Status Open(const SourceFile& file) {
    TRY_ASSIGN(text_, XmlText::Open(file, options_.encoding));
    const char separator[] = {kNameSeparator, '\0'};
    parser_.reset(XML_ParserCreate_MM("UTF-8", nullptr, separator));
    if (parser_ == nullptr) return Error{ErrorCode::kInternal, "no memory for an XML parser", ""};
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), &XmlRows::OnStart, &XmlRows::OnEnd);
    XML_SetCharacterDataHandler(parser_.get(), &XmlRows::OnText);
    XML_SetEntityDeclHandler(parser_.get(), &XmlRows::OnEntityDeclared);
    XML_SetExternalEntityRefHandler(parser_.get(), &XmlRows::OnExternalEntity);
    XML_SetSkippedEntityHandler(parser_.get(), &XmlRows::OnSkippedEntity);
    return {};
  }

  Result<bool> Next(NamedRow& row) override {
    while (!IsFirstReady()) {
      if (at_end_) return false;
      TRY(Feed());
    }
    row = std::move(held_.front().row);
    held_bytes_ -= std::min(held_bytes_, row.text.size());
    held_.pop_front();
    return true;
  }

 private:
  bool IsFirstReady() const {
    return !held_.empty() && !held_.front().is_open && held_.front().waits == 0;
  }

  Status Feed() {
    part_.clear();
    TRY_ASSIGN(const bool is_more, text_->Append(part_));
    window_ += part_;
    const XML_Status status =
        XML_Parse(parser_.get(), part_.data(), static_cast<int>(part_.size()), is_more ? 0 : 1);
    if (error_) return *error_;
    if (status == XML_STATUS_ERROR) {
      return At(std::string("is not well-formed XML: ") +
                    XML_ErrorString(XML_GetErrorCode(parser_.get())),
                "mend the file, or take it away");
    }
    at_end_ = !is_more;
    ShortenWindow();
    if (held_bytes_ > kMostHeld && !IsFirstReady()) {
      return At("has rows that wait for what stands behind them, more than " +
                    std::to_string(kMostHeld >> 20) + " MiB of them",
                "take rows that hold no such rows, and paths of what stands before them");
    }
    return {};
  }

  Error At(const std::string& what, const std::string& hint) const {
    return {ErrorCode::kData,
            location_ + ":" + std::to_string(XML_GetCurrentLineNumber(parser_.get())) + ":" +
                std::to_string(XML_GetCurrentColumnNumber(parser_.get()) + 1) + " " + what,
            hint};
  }

  void Stop(const std::string& what, const std::string& hint) {
    if (error_) return;
    error_ = At(what, hint);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  // The text of the rows that are open is kept to its first mebibyte; before them nothing is.
  void ShortenWindow() {
    const std::int64_t end = window_begin_ + static_cast<std::int64_t>(window_.size());
    std::int64_t keep = end;
    for (const HeldRow* row : open_) {
      if (!row->has_text) keep = std::min(keep, row->begin);
    }
    if (end - keep > static_cast<std::int64_t>(kMostXmlShown)) {
      for (HeldRow* row : open_) TakeText(*row, end);
      keep = end;
    }
    window_.erase(0, static_cast<std::size_t>(keep - window_begin_));
    window_begin_ = keep;
  }

  void TakeText(HeldRow& row, std::int64_t end) const {
    if (row.has_text) return;
    row.has_text = true;
    const std::int64_t begin = std::max(row.begin, window_begin_);
    const auto size = static_cast<std::size_t>(std::max<std::int64_t>(end - begin, 0));
    const auto at = static_cast<std::size_t>(begin - window_begin_);
    if (at <= window_.size()) row.row.text = window_.substr(at, std::min(size, kMostXmlShown));
  }

  // Elements.

  static void OnStart(void* self, const char* name, const char** attributes) {
    static_cast<XmlRows*>(self)->Start(NameOf(name), attributes);
  }
  static void OnEnd(void* self, const char* /*name*/) { static_cast<XmlRows*>(self)->End(); }
  static void OnText(void* self, const char* text, int size) {
    static_cast<XmlRows*>(self)->Text({text, static_cast<std::size_t>(size)});
  }

  void Start(XmlName name, const char** attributes) {
    if (error_) return;
    if (frames_.size() == kDeepestXml) {
      return Stop("nests deeper than " + std::to_string(kDeepestXml) + " elements",
                  "no table is so deep; take the file away");
    }
    const XmlRowPath::Reached above =
        frames_.empty() ? XmlRowPath::AtRoot() : frames_.back().reached;
    Frame& frame = frames_.emplace_back();
    frame.name = std::move(name);
    frame.reached = options_.rows.Below(above, frame.name);
    if (options_.rows.IsAtEnd(frame.reached)) OpenRow();
    if (options_.paths.empty()) {
      AddNodes(attributes);
    } else {
      BeginCells(attributes);
    }
  }

  void Text(std::string_view text) {
    if (error_) return;
    const bool is_blank = text.find_first_not_of(kXmlBlanks) == text.npos;
    for (HeldRow* row : open_) {
      if (row->text.size() + text.size() > kLongestText) return TooLong();
      if (options_.paths.empty()) row->text += text;
    }
    if (!frames_.empty() && !is_blank) {
      const std::vector<std::size_t>& nodes = frames_.back().nodes;
      for (std::size_t i = 0; i < nodes.size(); ++i) open_[i]->nodes[nodes[i]].has_text = true;
    }
    if (num_captures_ == 0) return;
    if (captured_.size() + text.size() > kLongestText) return TooLong();
    captured_ += text;
  }

  void TooLong() {
    Stop("has a row with more than " + std::to_string(kLongestText >> 20) + " MiB of text",
         "take smaller elements as rows");
  }

  void End() {
    if (error_) return;
    Frame& frame = frames_.back();
    for (std::size_t i = 0; i < frame.nodes.size(); ++i) {
      open_[i]->nodes[frame.nodes[i]].end = open_[i]->text.size();
    }
    for (const Frame::Capture& capture : frame.captures) {
      PutValue(capture.column, capture.context,
               TrimmedXml(std::string_view(captured_).substr(capture.begin)));
    }
    num_captures_ -= frame.captures.size();
    if (num_captures_ == 0) captured_.clear();
    if (frame.row != nullptr) CloseRow(*frame.row);
    EndWaiting(frames_.size() - 1);
    frames_.pop_back();
  }

  // Rows.

  void OpenRow() {
    HeldRow& row = held_.emplace_back();
    row.depth = frames_.size() - 1;
    row.begin = XML_GetCurrentByteIndex(parser_.get());
    row.row.line = static_cast<std::int64_t>(XML_GetCurrentLineNumber(parser_.get()));
    row.values.resize(options_.paths.size());
    row.waits_for.resize(options_.paths.size());
    for (std::size_t i = 0; i < options_.paths.size(); ++i) {
      const std::size_t up = options_.paths[i].second.up;
      if (up == 0 || up > row.depth) continue;
      Frame& above = frames_[row.depth - up];
      above.served.resize(options_.paths.size());
      above.served[i] = true;
      if (!above.values.empty() && !above.values[i].empty()) {
        row.values[i] = above.values[i];
      } else {
        row.waits_for[i] = true;
        ++row.waits;
        ++num_waits_[row.depth - up];
      }
    }
    frames_.back().row = &row;
    open_.push_back(&row);
  }

  void CloseRow(HeldRow& row) {
    TakeText(row, XML_GetCurrentByteIndex(parser_.get()) + XML_GetCurrentByteCount(parser_.get()));
    row.is_open = false;
    open_.pop_back();
    held_bytes_ += row.row.text.size();
    if (options_.paths.empty()) FindCells(row);
    if (row.waits == 0) Finish(row);
  }

  // All values are there: makes cells of them.
  void Finish(HeldRow& row) {
    std::vector<NamedCell>& cells = row.row.cells;
    if (options_.paths.empty()) return FinishFound(row);
    cells.reserve(options_.paths.size());
    for (std::size_t i = 0; i < options_.paths.size(); ++i) {
      if (!AddCell(options_.paths[i].first, row.values[i], row.row)) return;
    }
    row.values.clear();
  }

  void FinishFound(HeldRow& row) {
    // By name, in the order in which names first appear.
    std::map<std::string_view, std::size_t> places;
    std::vector<std::pair<std::string, std::vector<std::string>>> columns;
    for (const auto& [name, value] : row.found) {
      const auto [place, is_new] = places.try_emplace(name, columns.size());
      if (is_new) columns.push_back({name, {}});
      columns[place->second].second.push_back(value);
    }
    for (const auto& [name, values] : columns) {
      if (!AddCell(name, values, row.row)) break;
    }
    row.found.clear();
    row.nodes.clear();
    row.text.clear();
  }

  // False where the row is refused.
  bool AddCell(const std::string& name, const std::vector<std::string>& values,
               NamedRow& row) const {
    NamedCell cell{name, std::nullopt};
    if (std::ranges::find(options_.lists, name) != options_.lists.end()) {
      if (!values.empty()) cell.text = Json(values).dump();
    } else if (values.size() > 1) {
      row.cells.clear();
      row.column = name;
      row.reason = "comes " + std::to_string(values.size()) + " times in the row";
      return false;
    } else if (!values.empty()) {
      cell.text = values[0];
    }
    row.cells.push_back(std::move(cell));
    return true;
  }

  // Values by declared paths.

  void BeginCells(const char** attributes) {
    const std::size_t depth = frames_.size() - 1;
    for (std::size_t i = 0; i < options_.paths.size(); ++i) {
      const XmlCellPath& path = options_.paths[i].second;
      if (path.steps.size() > depth) continue;
      const std::size_t context = depth - path.steps.size();
      if (path.up == 0 && frames_[context].row == nullptr) continue;
      bool matches = true;
      for (std::size_t step = 0; matches && step < path.steps.size(); ++step) {
        matches = path.steps[step].Matches(frames_[context + 1 + step].name);
      }
      if (!matches) continue;
      if (!path.attribute) {
        frames_.back().captures.push_back({i, context, captured_.size()});
        ++num_captures_;
        continue;
      }
      for (const char** attribute = attributes; *attribute != nullptr; attribute += 2) {
        if (!path.attribute->Matches(NameOf(attribute[0]))) continue;
        PutValue(i, context, TrimmedXml(attribute[1]));
      }
    }
  }

  void PutValue(std::size_t column, std::size_t context, std::string value) {
    Frame& frame = frames_[context];
    const std::size_t up = options_.paths[column].second.up;
    if (up == 0) {
      frame.row->values[column].push_back(std::move(value));
      return;
    }
    if (frame.values.empty()) frame.values.resize(options_.paths.size());
    std::vector<std::string>& values = frame.values[column];
    if (!values.empty() && !frame.served.empty() && frame.served[column]) {
      return Stop("has a second value of `" + options_.paths[column].first +
                      "`, which is above the rows: " + contract::Escaped(value.substr(0, 100)),
                  "a row has one such value; take the path of one that comes once");
    }
    for (std::size_t i = 0; num_waits_[context] > 0 && i < held_.size(); ++i) {
      HeldRow& row = held_[i];
      if (!row.waits_for[column] || row.depth != context + up) continue;
      row.values[column].push_back(value);
      EndWait(row, column);
    }
    values.push_back(std::move(value));
  }

  void EndWait(HeldRow& row, std::size_t column) {
    row.waits_for[column] = false;
    --num_waits_[row.depth - options_.paths[column].second.up];
    if (--row.waits == 0 && !row.is_open) Finish(row);
  }

  // The element of that depth ends: what it did not have, rows below it go without.
  void EndWaiting(std::size_t depth) {
    if (num_waits_[depth] == 0) return;
    for (HeldRow& row : held_) {
      if (row.waits == 0) continue;
      for (std::size_t i = 0; i < options_.paths.size(); ++i) {
        if (row.waits_for[i] && row.depth - options_.paths[i].second.up == depth) EndWait(row, i);
      }
    }
  }

  // Values of all that is there.

  void AddNodes(const char** attributes) {
    Frame& frame = frames_.back();
    const std::vector<std::size_t> above =
        frames_.size() > 1 ? frames_[frames_.size() - 2].nodes : std::vector<std::size_t>();
    for (std::size_t i = 0; i < open_.size(); ++i) {
      HeldRow& row = *open_[i];
      const bool is_row = i >= above.size();
      XmlNode node;
      node.parent = is_row ? 0 : above[i];
      node.begin = row.text.size();
      node.name = frame.name.local;
      if (!is_row) {
        XmlNode& parent = row.nodes[node.parent];
        parent.has_elements = true;
        if (node.parent != 0) node.name = parent.name + "_" + node.name;
      }
      const std::string prefix = is_row ? "" : node.name + "_";
      for (const char** attribute = attributes; *attribute != nullptr; attribute += 2) {
        const XmlName name = NameOf(attribute[0]);
        if (name.space == kInstanceSpace) continue;
        node.attributes.emplace_back(prefix + name.local, TrimmedXml(attribute[1]));
      }
      frame.nodes.push_back(row.nodes.size());
      row.nodes.push_back(std::move(node));
    }
  }

  // Elements with text and no others below, or with text between others, become values.
  void FindCells(HeldRow& row) {
    std::vector<bool> is_inline(row.nodes.size());  // part of another's value
    for (std::size_t i = 0; i < row.nodes.size(); ++i) {
      const XmlNode& node = row.nodes[i];
      const XmlNode& parent = row.nodes[node.parent];
      is_inline[i] = i > 0 && (is_inline[node.parent] || (parent.has_text && parent.has_elements));
      if (is_inline[i]) continue;
      row.found.insert(row.found.end(), node.attributes.begin(), node.attributes.end());
      if (node.has_elements && !node.has_text) continue;
      std::string value =
          TrimmedXml(std::string_view(row.text).substr(node.begin, node.end - node.begin));
      const bool tells_nothing = value.empty() && (!node.attributes.empty() || i == 0);
      if (!tells_nothing) row.found.emplace_back(node.name, std::move(value));
    }
  }

  // Entities.

  static void OnEntityDeclared(void* self, const char* /*name*/, int /*is_parameter*/,
                               const char* /*value*/, int /*size*/, const char* /*base*/,
                               const char* /*system*/, const char* /*public*/,
                               const char* /*notation*/) {
    auto* rows = static_cast<XmlRows*>(self);
    if (++rows->num_entities_ <= kMostEntities) return;
    rows->Stop("declares more than " + std::to_string(kMostEntities) + " entities",
               "write their text in their place");
  }

  static int OnExternalEntity(XML_Parser parser, const char* context, const char* /*base*/,
                              const char* system, const char* /*public*/) {
    auto* rows = static_cast<XmlRows*>(XML_GetUserData(parser));
    rows->Stop("takes text from elsewhere, which is never opened: " +
                   contract::Escaped(system != nullptr ? system : context),
               "write the text in the place of the entity");
    return XML_STATUS_ERROR;
  }

  static void OnSkippedEntity(void* self, const char* name, int is_parameter) {
    if (is_parameter != 0) return;
    static_cast<XmlRows*>(self)->Stop(
        std::string("has an entity that is declared elsewhere: &") + name + ";",
        "write its text in its place, or declare it in the document");
  }

  std::string location_;
  const XmlOptions options_;
  std::unique_ptr<XmlText> text_;
  OwnedParser parser_;
  std::optional<Error> error_;
  std::vector<Frame> frames_;
  std::deque<HeldRow> held_;    // in the order in which they begin
  std::vector<HeldRow*> open_;  // the outermost first
  std::string part_;
  std::string window_;  // what was read of rows that are open
  std::int64_t window_begin_ = 0;
  std::string captured_;
  std::size_t num_captures_ = 0;
  std::size_t held_bytes_ = 0;
  std::array<std::size_t, kDeepestXml> num_waits_{};  // by depth of the element that has the value
  bool at_end_ = false;
  int num_entities_ = 0;
};

// The paths of elements, each once.
class XmlOutline {
 public:
  static constexpr std::size_t kMostPaths = 12;

  static void OnStart(void* self, const char* name, const char** /*attributes*/) {
    auto* outline = static_cast<XmlOutline*>(self);
    outline->path_.push_back(outline->path_.empty() ? "" : outline->path_.back());
    outline->path_.back() += "/" + NameOf(name).local;
    std::vector<std::string>& paths = outline->paths;
    const bool is_known = std::ranges::find(paths, outline->path_.back()) != paths.end();
    if (!is_known && paths.size() < kMostPaths && outline->path_.size() < kDeepestShown) {
      paths.push_back(outline->path_.back());
    }
  }
  static void OnEnd(void* self, const char* /*name*/) {
    static_cast<XmlOutline*>(self)->path_.pop_back();
  }

  std::vector<std::string> paths;

 private:
  static constexpr std::size_t kDeepestShown = 8;
  std::vector<std::string> path_;
};

}  // namespace

Result<std::unique_ptr<CellRows>> OpenXmlRows(const SourceFile& file, const XmlOptions& options) {
  auto rows = std::make_unique<XmlRows>(file.location, options);
  TRY(rows->Open(file));
  return std::unique_ptr<CellRows>(std::move(rows));
}

std::string FirstXmlPaths(const SourceFile& file, const std::string& encoding) {
  auto text = XmlText::Open(file, encoding);
  if (!text.ok()) return "";
  std::string part;
  if (const auto more = (*text)->Append(part); !more.ok()) return "";
  const char separator[] = {kNameSeparator, '\0'};
  const OwnedParser parser(XML_ParserCreate_MM("UTF-8", nullptr, separator));
  XmlOutline outline;
  XML_SetUserData(parser.get(), &outline);
  XML_SetElementHandler(parser.get(), &XmlOutline::OnStart, &XmlOutline::OnEnd);
  XML_Parse(parser.get(), part.data(), static_cast<int>(part.size()), 0);
  std::string shown;
  for (const std::string& path : outline.paths) shown += (shown.empty() ? "" : ", ") + path;
  return contract::Printable(shown);
}

}  // namespace assay::source
