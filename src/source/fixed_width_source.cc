#include <algorithm>
#include <cstdlib>

#include "source/decoded_file.h"
#include "source/laid_out_text.h"
#include "source/text_layout.h"

namespace assay::source {
namespace {

Result<std::vector<std::size_t>> PlacesOf(const Json& params, const char* param) {
  std::vector<std::size_t> places;
  for (const std::string& text : contract::TextsOf(params, param)) {
    const bool is_count =
        !text.empty() && text.size() < 8 &&
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    const std::size_t place = is_count ? std::strtoull(text.c_str(), nullptr, 10) : 0;
    if (place == 0) {
      return Error{ErrorCode::kUser,
                   std::string("`") + param + "` holds what is no width or place: " + text,
                   "count characters from 1"};
    }
    places.push_back(place);
  }
  return places;
}

// The places where columns begin, and where the last one ends.
Status PutPlaces(const Json& params, TextLayout& layout) {
  TRY_ASSIGN(const auto widths, PlacesOf(params, "widths"));
  TRY_ASSIGN(const auto starts, PlacesOf(params, "starts"));
  if (widths.empty() == starts.empty()) {
    return Error{ErrorCode::kUser, "columns stand at fixed places, told by `widths` or by `starts`",
                 "write one of them, as `widths: [10, 4, 12]` or `starts: [1, 11, 15]`"};
  }
  for (const std::size_t width : widths) {
    layout.starts.push_back(layout.end);
    layout.end += width;
  }
  for (const std::size_t start : starts) {
    if (!layout.starts.empty() && start - 1 <= layout.starts.back()) {
      return Error{ErrorCode::kUser, "`starts` do not ascend: " + std::to_string(start),
                   "write where each column begins, from left to right"};
    }
    layout.starts.push_back(start - 1);
  }
  return {};
}

Status Check(const Json& params) {
  TextLayout layout;
  TRY(PutPlaces(params, layout));
  const std::vector<std::string> names = contract::TextsOf(params, "names");
  if (!names.empty() && names.size() != layout.starts.size()) {
    return Error{ErrorCode::kUser,
                 "`names` and columns are not as many: " + std::to_string(names.size()) + " and " +
                     std::to_string(layout.starts.size()),
                 "name each column"};
  }
  return CheckLayout(params);
}

Result<SourceRead> Read(const SourceContext& context) {
  Json params = context.params;
  if (!params.contains("header")) params["header"] = false;
  if (!params.contains("short_rows")) params["short_rows"] = "pad";
  TextLayout layout = LayoutOf(params);
  TRY(PutPlaces(params, layout));
  layout.trims = true;
  std::vector<TextLayout> layouts(context.files.size(), layout);
  std::vector<std::string> told;
  for (std::size_t i = 0; i < layouts.size(); ++i) {
    if (layout.encoding != kDetected) break;
    TRY_ASSIGN(layouts[i].encoding, DetectFileEncoding(context.files[i]));
    if (layouts[i].encoding == "utf-8") continue;
    told.push_back(context.files[i].location + " is taken for " + layouts[i].encoding);
  }
  TRY_ASSIGN(SourceRead read, ReadLaidOut(context, std::move(layouts)));
  read.told.insert(read.told.begin(), told.begin(), told.end());
  read.refused_hint = "look at `widths` or `starts`, at `skip`, and at how the columns are read";
  return read;
}

std::vector<contract::Param> Params() {
  using contract::ParamType;
  std::vector<contract::Param> params = {
      {.name = "files",
       .type = ParamType::kPaths,
       .summary = "path or glob, or a list of them",
       .required = true},
      {.name = "widths",
       .type = ParamType::kScalars,
       .summary = "how many characters each column has; text behind the last refuses a row"},
      {.name = "starts",
       .type = ParamType::kScalars,
       .summary = "where each column begins, from 1, in place of `widths`; the last goes to the "
                  "line's end"},
      {.name = "header",
       .type = ParamType::kBool,
       .summary = "the first row names the columns",
       .by_default = false},
      {.name = "nulls",
       .type = ParamType::kScalars,
       .summary = "words that mean null",
       .by_default = Json::array({""})},
      {.name = "columns",
       .type = ParamType::kCellTypes,
       .summary = "column name to type, for columns whose type is not to be detected, or to how "
                  "its cells are read",
       .choices = NumberFormNames()},
      {.name = "file_column",
       .type = ParamType::kString,
       .summary = "name of a column that gets each row's file name"}};
  for (const contract::Param& param : LayoutParams()) {
    if (param.name == "long_rows" || param.name == "trim") continue;
    params.push_back(param);
    if (param.name != "short_rows") continue;
    params.back().summary =
        "lines that end before a column begins: `pad` with nulls, as where not "
        "said, or `refuse`";
  }
  return params;
}

}  // namespace

SourceKind fixed_width_source() {
  return {
      .info = {.name = "fixed_width",
               .summary = "text files whose columns stand at fixed places in the line",
               .help = "Places are counted in characters, whatever the encoding; blanks around a "
                       "cell are taken away, and blank lines are left out. Types are declared or "
                       "detected as for `csv`, and a row whose cells do not fit is refused and "
                       "readable as `NAME.refused`. Files whose name ends in `.gz` or `.zst` are "
                       "unpacked as they are read.\n\n" +
                       LayoutHelp(),
               .version = 2,
               .params = Params(),
               .refuses = [](const Json&) { return true; },
               .ledger = contract::Ledger::kAlways,
               .check = Check,
               .example = "sources:\n  stations:\n    kind: fixed_width\n"
                          "    files: data/stations.txt\n    widths: [11, 9, 10, 7]\n"
                          "    names: [id, latitude, longitude, elevation]\n"
                          "    columns: {elevation: {type: float64, nulls: [\"-999.9\"]}}\n"},
      .read = Read};
}

}  // namespace assay::source
