/// Text of files that a program writes for a person to go on with: lines with remarks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::run {

/// Remarks behind `#` stand one below the other, or above the line where they are long.
class RemarkedText {
 public:
  void Line(const std::string& text) { text_ += text + "\n"; }
  void Line(const std::string& text, const std::string& remark);
  std::string Take() && { return std::move(text_); }

 private:
  void Remark(std::size_t indent, std::string_view remark);

  std::string text_;
};

/// `[a, "b c"]`, each as `scalar` writes it.
std::string BracketList(const std::vector<std::string>& texts,
                        std::string (*scalar)(std::string_view));

/// `1,234`
std::string GroupedDigits(std::int64_t number);
/// `1,234 rows`, `1 row`.
std::string CountOf(std::int64_t number, const std::string& what);

}  // namespace assay::run
