#include "base/clock.h"

#include <chrono>
#include <ctime>
#include <random>

#include "base/hash.h"

namespace assay {

std::int64_t SystemClock::NowMicros() const {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string UtcText(std::int64_t micros) {
  std::int64_t seconds = micros / 1'000'000;
  if (micros % 1'000'000 < 0) --seconds;
  const std::time_t time = seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  char buffer[40];
  const std::size_t length = std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return std::string(buffer, length);
}

std::string UtcMillisText(std::int64_t micros) {
  std::int64_t within = micros % 1'000'000;
  if (within < 0) within += 1'000'000;
  std::string text = UtcText(micros);
  text.pop_back();  // the zone
  return text + "." + std::to_string(1000 + within / 1000).substr(1) + "Z";
}

std::string NewRunId(const Clock& clock) {
  std::random_device random;
  const auto millis = static_cast<Uint128>(clock.NowMicros() / 1000);
  Uint128 id = millis << 80;
  id |= static_cast<Uint128>(0x7000U | (random() & 0xfffU)) << 64;
  id |= static_cast<Uint128>(0x8000000000000000ULL | (random() & 0x3fffffffULL)) |
        (static_cast<Uint128>(random()) << 30);
  const std::string hex = Hex128(id);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

}  // namespace assay
