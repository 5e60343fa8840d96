#include "source/http_rate.h"

#include <charconv>
#include <cstdint>

#include "base/letter_case.h"
#include "contract/number_text.h"
#include "contract/utf8.h"
#include "source/http_client.h"

namespace assay::source {
namespace {

std::int64_t MillisecondsOf(std::string_view unit) {
  if (unit == "s" || unit == "sec" || unit == "second") return 1'000;
  if (unit == "min" || unit == "minute") return 60'000;
  if (unit == "h" || unit == "hour") return 3'600'000;
  return unit == "day" ? 86'400'000 : 0;
}

}  // namespace

Result<std::chrono::milliseconds> ParseRate(const std::string& text) {
  const std::string_view all = text;
  const std::size_t slash = std::min(all.find('/'), all.size());
  const std::string_view count = contract::Trim(all.substr(0, slash));
  const std::string unit = Lower(contract::Trim(all.substr(std::min(slash + 1, all.size()))));
  std::int64_t times = 0;
  const auto parsed = std::from_chars(count.data(), count.data() + count.size(), times);
  const std::int64_t milliseconds = MillisecondsOf(unit);
  constexpr std::int64_t kMost = 1'000'000;
  if (!contract::IsDigits(count) || parsed.ec != std::errc() || times < 1 || times > kMost ||
      milliseconds == 0) {
    return Error{ErrorCode::kUser, "not a rate: " + text,
                 "write 5/second, 100/minute or 1000/hour"};
  }
  return std::chrono::milliseconds((milliseconds + times - 1) / times);
}

bool Pace::Wait(const std::function<bool()>& stopped) {
  using Clock = std::chrono::steady_clock;
  if (last_) {
    const Clock::duration left = *last_ + interval_ - Clock::now();
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(left);
    if (!WaitUnless(stopped, wait)) return false;
  }
  last_ = Clock::now();
  return !stopped();
}

}  // namespace assay::source
