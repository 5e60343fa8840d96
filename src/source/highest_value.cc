#include "source/highest_value.h"

#include <algorithm>
#include <cctype>

#include "contract/number_text.h"

namespace assay::source {
namespace {

bool IsDigitAt(const std::string& text, std::size_t at) {
  return at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0;
}

// `31/12/2026`, `12.31.26`, `Thu, 31 Dec 2026 ...`
bool IsDateOfOtherOrder(const std::string& text) {
  const std::size_t mark = text.find_first_of("/.");
  const bool has_day_first = IsDigitAt(text, 0) && (mark == 1 || mark == 2);
  if (has_day_first) {
    const std::size_t second = text.find(text[mark], mark + 1);
    return second != std::string::npos && second - mark <= 3 && IsDigitAt(text, mark + 1) &&
           IsDigitAt(text, second + 1);
  }
  static const std::string kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  return std::ranges::any_of(kDays,
                             [&](const std::string& day) { return text.starts_with(day); }) &&
         text.find(", ") != std::string::npos;
}

}  // namespace

void HighestValue::Note(const std::string& text, bool is_number) {
  ++count_;
  written_as_numbers_ += is_number ? 1 : 0;
  if (contract::IsNumber(text)) {
    if (numbers_++ == 0 || contract::CompareNumbers(text, number_) > 0) number_ = text;
  }
  if (const auto moment = contract::ParseTime(text); moment.ok()) {
    if (moments_++ == 0 || contract::CompareTimes(*moment, moment_) > 0) {
      moment_ = *moment;
      moment_as_written_ = text;
    }
  }
  if (other_date_.empty() && IsDateOfOtherOrder(text) && !contract::IsNumber(text)) {
    other_date_ = text;
  }
  if (count_ == 1 || text > text_) text_ = text;
}

Status HighestValue::NoteBefore(const Json& before) {
  if (before.is_null()) return {};
  if (!before.is_object() || !before.contains("value") || !before["value"].is_string() ||
      !before.contains("is_number") || !before["is_number"].is_boolean()) {
    return Error{ErrorCode::kData, "the state of a load is damaged",
                 "`assay run --fetch-anew` asks for everything again"};
  }
  Note(before["value"].get<std::string>(), before["is_number"].get<bool>());
  return {};
}

Result<std::optional<std::string>> HighestValue::Get() const {
  if (count_ == 0) return std::optional<std::string>();
  if (numbers_ == count_) return std::optional(number_);
  if (written_as_numbers_ > 0) {
    return Error{ErrorCode::kData, "it holds numbers and texts: " + number_ + ", " + text_,
                 "name a column whose values are of one form"};
  }
  if (moments_ == count_) return std::optional(moment_as_written_);
  if (!other_date_.empty()) {
    return Error{ErrorCode::kData, "it holds dates whose order as text is another: " + other_date_,
                 "name a column of numbers or of dates such as 2001-05-01T09:00:00Z"};
  }
  return std::optional(text_);
}

Result<Json> HighestValue::AsJson() const {
  TRY_ASSIGN(const std::optional<std::string> value, Get());
  if (!value) return Json();
  Json json = Json::object();
  json["value"] = *value;
  json["is_number"] = written_as_numbers_ == count_;
  return json;
}

}  // namespace assay::source
