/// Ctrl-C and SIGTERM while a verb works: the first asks for a clean end, the second ends the
/// process at once with 130.
#pragma once

namespace assay::cli {

/// Catches the signals while it lives; one at a time.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// True once a signal came.
  static bool asked();
};

}  // namespace assay::cli
