/// Time as a collaborator: the system's clock, or a test's that moves when told.
#pragma once

#include <cstdint>
#include <string>

namespace assay {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Microseconds since 1970-01-01T00:00:00Z.
  virtual std::int64_t NowMicros() const = 0;
};

class SystemClock : public Clock {
 public:
  std::int64_t NowMicros() const override;
};

/// A clock for tests.
class FakeClock : public Clock {
 public:
  explicit FakeClock(std::int64_t micros) : micros_(micros) {}
  std::int64_t NowMicros() const override { return micros_; }
  void Advance(std::int64_t micros) { micros_ += micros; }

 private:
  std::int64_t micros_;
};

/// `2026-01-31T09:00:00Z`, whole seconds.
std::string UtcText(std::int64_t micros);

/// `2026-01-31T09:00:00.125Z`, whole milliseconds: where several things happen in a second.
std::string UtcMillisText(std::int64_t micros);

/// A new run id, an RFC 9562 UUID version 7: ids sort by the time they were made.
std::string NewRunId(const Clock& clock);

}  // namespace assay
