#include <algorithm>

#include "contract/type_name.h"
#include "source/charset.h"
#include "source/unpacked_file.h"
#include "source/xml_rows.h"

namespace assay::source {
namespace {

constexpr char kChildrenOfRoot[] = "/*/*";

Result<XmlOptions> OptionsOf(const Json& params) {
  XmlOptions options;
  const XmlNamespaces namespaces = contract::PairsOf(params, "namespaces");
  TRY_ASSIGN(options.rows,
             XmlRowPath::Parse(params.value("rows", kChildrenOfRoot), namespaces).While("rows"));
  for (const auto& [name, path] : contract::PairsOf(params, "paths")) {
    TRY_ASSIGN(XmlCellPath parsed, XmlCellPath::Parse(path, namespaces).While("paths: " + name));
    options.paths.emplace_back(name, std::move(parsed));
  }
  options.lists = contract::TextsOf(params, "lists");
  options.encoding = params.value("encoding", "");
  return options;
}

Status Check(const Json& params) {
  TRY_ASSIGN(const XmlOptions options, OptionsOf(params));
  for (const std::string& name : options.lists) {
    if (options.paths.empty()) break;
    const auto path = std::ranges::find(
        options.paths, name, [](const auto& one) -> const auto& { return one.first; });
    if (path == options.paths.end()) {
      return Error{ErrorCode::kUser, "`lists` names no column of `paths`: " + name,
                   "add its path, or take it out"};
    }
    if (path->second.up > 0) {
      return Error{ErrorCode::kUser, "a value from above the row is no list: " + name,
                   "take it out of `lists`"};
    }
  }
  if (!options.encoding.empty() && !CharsetOf(options.encoding)) {
    return Error{ErrorCode::kUser, "an encoding that is not known: " + options.encoding,
                 "write a name as `windows-1252`, `shift_jis`, `utf-16le`"};
  }
  return contract::CheckDeclaredTypes(params);
}

Result<SourceRead> Read(const SourceContext& context) {
  TRY_ASSIGN(const XmlOptions options, OptionsOf(context.params));
  CellTable table;
  for (const auto& [name, path] : options.paths) table.columns.push_back({name});
  table.open = [options](const SourceFile& file) { return OpenXmlRows(file, options); };
  table.row_word = "row";
  table.hint =
      "look at `rows` and `paths`; `lists: [NAME]` takes all values of one that comes more than "
      "once in a row";
  const SourceFile first = context.files[0];
  const std::string rows = context.params.value("rows", kChildrenOfRoot);
  table.no_rows = [first, rows, encoding = options.encoding] {
    return Error{
        ErrorCode::kData, "no element is at `rows`: " + rows,
        "the first elements of " + first.location + " are " + FirstXmlPaths(first, encoding)};
  };
  table.no_values = [first, options](const std::string& column) {
    return Error{ErrorCode::kUser, "no row has anything at the path of this column: " + column,
                 "the first elements of " + first.location + " are " +
                     FirstXmlPaths(first, options.encoding)};
  };
  return ReadCellRows(context, std::move(table));
}

}  // namespace

SourceKind xml_source() {
  using contract::ParamType;
  return {
      .info =
          {.name = "xml",
           .summary = "XML documents, a row for each element of a path",
           .help =
               "`rows` says which elements are rows: a path from the root down (`/catalog/book`; "
               "`*` is any name, `//` any depth), or a name alone, which is found at any depth.\n\n"
               "Without `paths` the columns are what is in the rows: attributes, and elements that "
               "hold text. What lies deeper has the names on its way (`bndbox_xmin`, `title_lang` "
               "of an attribute). An element that has text beside other elements is one value, all "
               "of its text. With `paths` the columns are those, in that order: `title`, "
               "`bndbox/xmin`, `title/@lang`, `@id`, `.` for the row's own text, and `..` for what "
               "is above the row, as `../filename`; a value is all text of its element. White "
               "space at its ends is left out. A value that comes more than once in a row refuses "
               "the row, unless its column is one of `lists`, which hold all of them as JSON "
               "(`from_json` in a sql step takes them apart).\n\n"
               "Names without a prefix are found in every namespace; prefixes are those of "
               "`namespaces`, whatever the document calls them. The encoding is that of the mark "
               "or the first line of the document, else UTF-8. Documents are read as a stream, in "
               "memory that does not grow with their size. One that is not well-formed is an "
               "error that names line and column. Nothing is ever read from elsewhere: a document "
               "that takes text from another file or address is an error, as is one whose entities "
               "expand without bounds.\n\n" +
               CellsHelp(),
           .version = 2,
           .params = CellParams(
               {{.name = "rows",
                 .type = ParamType::kString,
                 .summary = "which elements are rows",
                 .by_default = kChildrenOfRoot},
                {.name = "paths",
                 .type = ParamType::kMapping,
                 .summary = "column name to where its value is, seen from the row"},
                {.name = "lists",
                 .type = ParamType::kColumns,
                 .summary = "columns that hold a JSON list of all their values"},
                {.name = "namespaces",
                 .type = ParamType::kMapping,
                 .summary = "prefix to namespace, for prefixes in `rows` and `paths`"},
                {.name = "encoding",
                 .type = ParamType::kString,
                 .summary = "how characters are written in bytes, whatever the document says"}}),
           .refuses = [](const Json&) { return true; },
           .ledger = contract::Ledger::kAlways,
           .check = Check,
           .suffixes = WithPacked({".xml"}),
           .example = "sources:\n  boxes:\n    files: annotations/*.xml\n    rows: "
                      "/annotation/object\n    paths:\n      image: ../filename\n      width: "
                      "../size/width\n      label: name\n      xmin: bndbox/xmin\n      xmax: "
                      "bndbox/xmax\n    columns: {width: int32}\n"},
      .read = Read};
}

}  // namespace assay::source
