#include "source/delimited_text.h"

#include <algorithm>
#include <cctype>

#include "source/cell_reader.h"
#include "source/csv_columns.h"
#include "source/decoded_file.h"
#include "source/engine_csv.h"
#include "source/laid_out_table.h"
#include "source/laid_out_text.h"

namespace assay::source {
namespace {

Status CheckOthers(const Json& params) {
  for (const char* mark : {"quote", "escape"}) {
    const std::string text = params.value(mark, "");
    if (text.size() <= 1 || (text == kNoQuote && std::string(mark) == "quote")) continue;
    return Error{ErrorCode::kUser, std::string("`") + mark + "` is not one character: " + text,
                 "write the character itself, or `quote: none`"};
  }
  return CheckLayout(params);
}

// What was found where `detect` is declared.
struct Detected {
  std::string delimiter;               // of all files; empty: it is declared
  std::vector<std::string> encodings;  // of each file
  std::vector<std::string> told;
};

Status DetectEncodings(const SourceContext& context, Detected& detected) {
  const std::string declared = context.params.value("encoding", "utf-8");
  detected.encodings.assign(context.files.size(), declared);
  if (declared != kDetected) return {};
  for (std::size_t i = 0; i < context.files.size(); ++i) {
    TRY_ASSIGN(detected.encodings[i], DetectFileEncoding(context.files[i]));
    if (detected.encodings[i] == "utf-8") continue;
    detected.told.push_back(context.files[i].location + " is taken for " + detected.encodings[i]);
  }
  return {};
}

Status DetectDelimiters(const SourceContext& context, Detected& detected) {
  if (context.params.value("delimiter", ",") != kDetected) return {};
  TextLayout layout = DelimitedLayout(context.params);
  for (std::size_t i = 0; i < context.files.size(); ++i) {
    layout.encoding = detected.encodings[i];
    TRY_ASSIGN(const std::string delimiter, DetectDelimiter(context.files[i], layout));
    if (i > 0 && delimiter != detected.delimiter) {
      return Error{ErrorCode::kData,
                   "files of one source are cut by different delimiters: " +
                       context.files[0].location + ", " + context.files[i].location,
                   "declare them as two sources"};
    }
    detected.delimiter = delimiter;
  }
  const std::string name = detected.delimiter == "\t" ? "\\t" : detected.delimiter;
  detected.told.push_back("cells of " + context.files[0].location +
                          (context.files.size() > 1 ? " and the other files" : "") +
                          " are cut at `" + name + "`");
  return {};
}

bool AreAllUtf8(const std::vector<std::string>& encodings) {
  return std::all_of(encodings.begin(), encodings.end(), [](const std::string& encoding) {
    const auto known = KnownEncoding(encoding);
    return known.ok() && *known == "utf-8";
  });
}

// Names that the engine made, because one was repeated or missing.
std::vector<std::string> NamesMadeByEngine(const SourceContext& context) {
  const TextLayout layout = DelimitedLayout(context.params);
  const auto table = LaidOutTable::Open(context.files[0], layout);
  return table.ok() ? (*table)->made_names() : std::vector<std::string>();
}

}  // namespace

TextLayout DelimitedLayout(const Json& params) {
  TextLayout layout = LayoutOf(params);
  layout.delimiter = params.value("delimiter", ",");
  if (layout.delimiter == "\\t") layout.delimiter = "\t";
  const std::string quote = params.value("quote", "\"");
  const std::string escape = params.value("escape", "");
  layout.quote = quote.empty() ? '"' : quote[0];
  if (quote == kNoQuote) layout.quote = '\0';
  layout.escape = escape.empty() ? layout.quote : escape[0];
  return layout;
}

Status CheckDelimited(const Json& params) {
  const std::string delimiter = params.value("delimiter", ",");
  if (delimiter == kDetected) return CheckOthers(params);
  const bool has_letter = std::any_of(delimiter.begin(), delimiter.end(),
                                      [](unsigned char c) { return std::isalnum(c) != 0; });
  if ((has_letter && delimiter != "\\t") || delimiter.size() > 4) {
    return Error{ErrorCode::kUser, "not a delimiter: " + delimiter,
                 "write the character itself, a tab as \"\\t\", or `detect`"};
  }
  return CheckOthers(params);
}

std::vector<contract::Param> DelimitedParams(const std::string& delimiter) {
  using contract::ParamType;
  std::vector<contract::Param> params = {
      {.name = "files",
       .type = ParamType::kPaths,
       .summary = "path or glob, or a list of them",
       .required = true},
      {.name = "delimiter",
       .type = ParamType::kString,
       .summary = "what stands between cells; `detect`: a comma, a semicolon, a tab or a bar",
       .by_default = delimiter},
      {.name = "quote",
       .type = ParamType::kString,
       .summary = "what stands around cells; `none`: a quote is a character like others",
       .by_default = "\""},
      {.name = "escape",
       .type = ParamType::kString,
       .summary = "what stands before a quote within a cell",
       .by_default = "\""},
      {.name = "header",
       .type = ParamType::kBool,
       .summary = "the first row names the columns",
       .by_default = true},
      {.name = "nulls",
       .type = ParamType::kScalars,
       .summary = "words that mean null",
       .by_default = Json::array({""})},
      {.name = "columns",
       .type = ParamType::kCellTypes,
       .summary = "column name to type, for columns whose type is not to be detected, or to "
                  "how its cells are read",
       .choices = NumberFormNames()},
      {.name = "file_column",
       .type = ParamType::kString,
       .summary = "name of a column that gets each row's file name"}};
  const std::vector<contract::Param> layout = LayoutParams();
  params.insert(params.end(), layout.begin(), layout.end());
  return params;
}

Result<SourceRead> ReadDelimited(const SourceContext& context) {
  Detected detected;
  TRY(DetectEncodings(context, detected));
  TRY(DetectDelimiters(context, detected));
  Json params = context.params;
  if (!detected.delimiter.empty()) params["delimiter"] = detected.delimiter;
  if (AreAllUtf8(detected.encodings)) params.erase("encoding");
  SourceContext settled{context.engine, params, context.files, context.as_text};
  settled.may_guess = context.may_guess;
  Result<SourceRead> read = SourceRead();
  // Rows that are held to a schema are told with their lines.
  if (NeedsOwnReader(params) || !context.as_text.empty() || context.wants_lines) {
    const TextLayout layout = DelimitedLayout(params);
    std::vector<TextLayout> layouts(context.files.size(), layout);
    for (std::size_t i = 0; i < layouts.size(); ++i) layouts[i].encoding = detected.encodings[i];
    read = ReadLaidOut(settled, std::move(layouts));
  } else {
    read = ReadByEngine(settled);
    const std::vector<std::string> made = NamesMadeByEngine(settled);
    if (read.ok() && !made.empty()) read->told.push_back(MadeNamesText(context.files[0], made));
  }
  if (read.ok()) read->told.insert(read->told.begin(), detected.told.begin(), detected.told.end());
  return read;
}

}  // namespace assay::source
