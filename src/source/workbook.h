/// What the sheets of a workbook (.xlsx, ECMA-376) share: their names, the texts and the number
/// formats that their cells refer to. Does not read the sheets themselves.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "source/number_format.h"
#include "source/source.h"

namespace assay::source {

struct WorkbookSheet {
  std::string name;
  std::string part;  ///< its file in the archive
  bool is_visible = true;
};

class Workbook {
 public:
  static Result<std::shared_ptr<const Workbook>> Open(const SourceFile& file);

  const SourceFile& file() const { return file_; }
  /// Those with cells, in the order of their tabs: sheets of charts are none.
  const std::vector<WorkbookSheet>& sheets() const { return sheets_; }
  bool from_1904() const { return from_1904_; }
  /// The text with this number; nullopt where there is none.
  std::optional<std::string_view> SharedText(std::size_t number) const;
  /// What the format of a cell's style makes of numbers; a style that is not there is that of
  /// numbers.
  FormatMeaning MeaningOfStyle(std::size_t style) const;

 private:
  explicit Workbook(SourceFile file) : file_(std::move(file)) {}

  SourceFile file_;
  std::vector<WorkbookSheet> sheets_;
  bool from_1904_ = false;
  std::string texts_;
  std::vector<std::size_t> text_ends_;
  std::vector<FormatMeaning> styles_;
};

/// Text in which characters that XML cannot hold stand as `_x000D_`, as it was.
std::string WithoutEscapes(std::string_view text);

}  // namespace assay::source
