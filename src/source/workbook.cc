#include "source/workbook.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "base/letter_case.h"
#include "source/xml_part.h"
#include "source/zip_entry.h"

namespace assay::source {
namespace {

constexpr std::size_t kMostSharedText = std::size_t{1} << 30;
constexpr std::size_t kMostStyles = 1 << 20;
constexpr std::size_t kMostSheets = 10'000;

struct PartLink {
  std::string type;  // the last word of it: `worksheet`
  std::string target;
};

// A file that names other parts, `_rels/*.rels`, by id.
class LinksHandler : public XmlHandler {
 public:
  void OnStart(std::string_view name, const XmlAttributes& attributes) override {
    if (name != "Relationship") return;
    const std::string_view type = attributes.Get("Type");
    if (links.size() == kMostSheets) return Fail("too many links");
    links[std::string(attributes.Get("Id"))] = {std::string(type.substr(type.rfind('/') + 1)),
                                                std::string(attributes.Get("Target"))};
  }
  void OnEnd(std::string_view) override {}
  void OnText(std::string_view) override {}

  std::map<std::string, PartLink> links;
};

class WorkbookHandler : public XmlHandler {
 public:
  struct Sheet {
    std::string name, link;
    bool is_visible = true;
  };

  void OnStart(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "workbookPr") {
      const std::string_view from_1904 = attributes.Get("date1904");
      is_from_1904 = from_1904 == "1" || from_1904 == "true" || from_1904 == "on";
    } else if (name == "sheet") {
      if (sheets.size() == kMostSheets) return Fail("too many sheets");
      const std::string_view state = attributes.Get("state");
      sheets.push_back({std::string(attributes.Get("name")), std::string(attributes.Get(":id")),
                        state.empty() || state == "visible"});
    }
  }
  void OnEnd(std::string_view) override {}
  void OnText(std::string_view) override {}

  std::vector<Sheet> sheets;
  bool is_from_1904 = false;
};

// Texts that cells refer to by number. What stands over characters as their reading is no text.
class SharedTextHandler : public XmlHandler {
 public:
  SharedTextHandler(std::string& texts, std::vector<std::size_t>& ends)
      : texts_(texts), ends_(ends) {}

  void OnStart(std::string_view name, const XmlAttributes&) override {
    if (name == "si") {
      text_.clear();
    } else if (name == "rPh") {
      is_reading_ = true;
    } else if (name == "t") {
      is_text_ = !is_reading_;
    }
  }
  void OnEnd(std::string_view name) override {
    if (name == "si") {
      texts_ += WithoutEscapes(text_);
      ends_.push_back(texts_.size());
      CheckSize(0);
    } else if (name == "rPh") {
      is_reading_ = false;
    } else if (name == "t") {
      is_text_ = false;
    }
  }
  void OnText(std::string_view text) override {
    if (!is_text_) return;
    CheckSize(text.size());
    text_ += text;
  }

 private:
  void CheckSize(std::size_t more) {
    const std::size_t size =
        texts_.size() + text_.size() + more + ends_.size() * sizeof(std::size_t);
    if (size > kMostSharedText) Fail("more than 1 GiB of texts");
  }

  std::string& texts_;
  std::vector<std::size_t>& ends_;
  std::string text_;
  bool is_reading_ = false;
  bool is_text_ = false;
};

class StylesHandler : public XmlHandler {
 public:
  void OnStart(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "cellXfs") {
      is_in_cells_ = true;
    } else if (name == "numFmt") {
      if (formats_.size() == kMostStyles) return Fail("too many formats");
      formats_[std::string(attributes.Get("numFmtId"))] =
          MeaningOfFormat(attributes.Get("formatCode"));
    } else if (name == "xf" && is_in_cells_) {
      if (styles.size() == kMostStyles) return Fail("too many styles");
      styles.push_back(MeaningOfId(std::string(attributes.Get("numFmtId"))));
    }
  }
  void OnEnd(std::string_view name) override {
    if (name == "cellXfs") is_in_cells_ = false;
  }
  void OnText(std::string_view) override {}

  std::vector<FormatMeaning> styles;

 private:
  FormatMeaning MeaningOfId(const std::string& id) const {
    const auto found = formats_.find(id);
    if (found != formats_.end()) return found->second;
    int number = 0;
    std::from_chars(id.data(), id.data() + id.size(), number);
    return MeaningOfBuiltInFormat(number);
  }

  std::map<std::string, FormatMeaning> formats_;
  bool is_in_cells_ = false;
};

// Names of parts, whatever their case, as the archive has them.
class PartNames {
 public:
  explicit PartNames(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      std::string key = Lower(name);
      std::replace(key.begin(), key.end(), '\\', '/');
      names_.emplace(std::move(key), name);
    }
  }

  // A target as it is written in a part that stands in `folder`; empty where no such part is.
  std::string Find(const std::string& folder, const std::string& target) const {
    const bool is_whole = target.starts_with('/');
    const auto path = std::filesystem::path(is_whole ? target.substr(1) : folder + target);
    const auto found = names_.find(Lower(path.lexically_normal().string()));
    return found == names_.end() ? "" : found->second;
  }

 private:
  std::map<std::string, std::string> names_;
};

Error NoWorkbook(const SourceFile& file, const std::string& why) {
  return {ErrorCode::kData, file.location + " is no Excel workbook (.xlsx): " + why,
          "declare the kind that it is of, or save it as .xlsx"};
}

// `xl/workbook.xml`, wherever the archive says it is.
Result<std::string> FindWorkbookPart(const SourceFile& file, const PartNames& names) {
  const std::string links_part = names.Find("", "_rels/.rels");
  if (!links_part.empty()) {
    LinksHandler links;
    TRY(ReadXmlPart(file, links_part, links));
    for (const auto& [id, link] : links.links) {
      if (link.type != "officeDocument") continue;
      const std::string part = names.Find("", link.target);
      if (!part.empty()) return part;
    }
  }
  const std::string part = names.Find("", "xl/workbook.xml");
  if (!part.empty()) return part;
  if (!names.Find("", "xl/workbook.bin").empty()) {
    return NoWorkbook(file, "it is of the binary form .xlsb");
  }
  if (!names.Find("", "content.xml").empty()) {
    return NoWorkbook(file, "it is of the form .ods");
  }
  return NoWorkbook(file, "the archive holds no workbook");
}

std::string FolderOfPart(const std::string& part) { return part.substr(0, part.rfind('/') + 1); }

}  // namespace

std::string WithoutEscapes(std::string_view text) {
  constexpr std::size_t kLength = 7;  // _xHHHH_
  const auto unit_at = [&](std::size_t at) -> std::optional<unsigned> {
    const std::string_view escape = text.substr(std::min(at, text.size()), kLength);
    if (escape.size() != kLength || !escape.starts_with("_x") || escape[6] != '_') return {};
    unsigned unit = 0;
    const auto parsed = std::from_chars(escape.data() + 2, escape.data() + 6, unit, 16);
    return parsed.ptr == escape.data() + 6 ? std::optional(unit) : std::nullopt;
  };
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    std::optional<unsigned> unit = unit_at(at);
    std::size_t taken = kLength;
    unsigned character = unit.value_or(0);
    if (unit && *unit >= 0xd800 && *unit < 0xe000) {
      const std::optional<unsigned> low = *unit < 0xdc00 ? unit_at(at + kLength) : std::nullopt;
      if (low && *low >= 0xdc00 && *low < 0xe000) {
        character = 0x10000 + ((*unit - 0xd800) << 10U) + (*low - 0xdc00);
        taken = 2 * kLength;
      } else {
        unit.reset();  // half a character is none
      }
    }
    if (!unit) {
      plain += text[at++];
      continue;
    }
    at += taken;
    const auto byte = [&](unsigned lead, unsigned shift) {
      plain += static_cast<char>(lead | ((character >> shift) & (lead == 0x80 ? 0x3fU : 0xffU)));
    };
    if (character < 0x80) {
      byte(0, 0);
    } else if (character < 0x800) {
      byte(0xc0, 6);
      byte(0x80, 0);
    } else if (character < 0x10000) {
      byte(0xe0, 12);
      byte(0x80, 6);
      byte(0x80, 0);
    } else {
      byte(0xf0, 18);
      byte(0x80, 12);
      byte(0x80, 6);
      byte(0x80, 0);
    }
  }
  return plain;
}

Result<std::shared_ptr<const Workbook>> Workbook::Open(const SourceFile& file) {
  TRY_ASSIGN(const std::vector<std::string> all, ZipEntryNames(file));
  const PartNames names(all);
  TRY_ASSIGN(const std::string part, FindWorkbookPart(file, names));
  std::shared_ptr<Workbook> book(new Workbook(file));
  WorkbookHandler content;
  TRY(ReadXmlPart(file, part, content));
  book->from_1904_ = content.is_from_1904;

  const std::string folder = FolderOfPart(part);
  LinksHandler links;
  const std::string links_part =
      names.Find(folder, "_rels/" + part.substr(folder.size()) + ".rels");
  if (links_part.empty()) return NoWorkbook(file, "it lacks the list of its parts");
  TRY(ReadXmlPart(file, links_part, links));
  for (WorkbookHandler::Sheet& sheet : content.sheets) {
    const auto link = links.links.find(sheet.link);
    if (link == links.links.end()) return NoWorkbook(file, "a sheet has no part: " + sheet.name);
    if (link->second.type != "worksheet") continue;
    const std::string found = names.Find(folder, link->second.target);
    if (found.empty()) return NoWorkbook(file, "a sheet's part is missing: " + sheet.name);
    book->sheets_.push_back({std::move(sheet.name), found, sheet.is_visible});
  }
  for (const auto& [id, link] : links.links) {
    const std::string linked = names.Find(folder, link.target);
    if (linked.empty()) continue;
    if (link.type == "sharedStrings") {
      SharedTextHandler texts(book->texts_, book->text_ends_);
      TRY(ReadXmlPart(file, linked, texts));
    } else if (link.type == "styles") {
      StylesHandler styles;
      TRY(ReadXmlPart(file, linked, styles));
      book->styles_ = std::move(styles.styles);
    }
  }
  return std::shared_ptr<const Workbook>(std::move(book));
}

std::optional<std::string_view> Workbook::SharedText(std::size_t number) const {
  if (number >= text_ends_.size()) return std::nullopt;
  const std::size_t first = number == 0 ? 0 : text_ends_[number - 1];
  return std::string_view(texts_).substr(first, text_ends_[number] - first);
}

FormatMeaning Workbook::MeaningOfStyle(std::size_t style) const {
  return style < styles_.size() ? styles_[style] : FormatMeaning::kNumber;
}

}  // namespace assay::source
