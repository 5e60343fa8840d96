#include "run/remarked_text.h"

#include <algorithm>

namespace assay::run {

void RemarkedText::Line(const std::string& text, const std::string& remark) {
  constexpr std::size_t kRemarkAt = 44, kWidest = 110;
  const std::size_t at = std::max(text.size() + 2, kRemarkAt);
  if (at + 2 + remark.size() > kWidest) {
    Remark(std::min(text.find_first_not_of(' '), text.size()), remark);
    return Line(text);
  }
  Line(text + std::string(at - text.size(), ' ') + "# " + remark);
}

void RemarkedText::Remark(std::size_t indent, std::string_view remark) {
  constexpr std::size_t kWidth = 96;
  while (!remark.empty()) {
    std::size_t end = remark.size();
    if (indent + 2 + end > kWidth) end = remark.rfind(' ', kWidth - indent - 2);
    if (end == std::string_view::npos) end = remark.size();
    Line(std::string(indent, ' ') + "# " + std::string(remark.substr(0, end)));
    remark.remove_prefix(std::min(end + 1, remark.size()));
  }
}

std::string BracketList(const std::vector<std::string>& texts,
                        std::string (*scalar)(std::string_view)) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + scalar(text);
  return "[" + list + "]";
}

std::string GroupedDigits(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string CountOf(std::int64_t number, const std::string& what) {
  return GroupedDigits(number) + " " + what + (number == 1 ? "" : "s");
}

}  // namespace assay::run
