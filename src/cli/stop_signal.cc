#include "cli/stop_signal.h"

#include <unistd.h>

#include <csignal>

namespace assay::cli {
namespace {

constexpr int kCancelled = 130;

volatile std::sig_atomic_t signals_seen = 0;

extern "C" {
static void NoteSignal(int) {
  if (signals_seen > 0) _exit(kCancelled);
  signals_seen = 1;
}
}

void Handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

StopSignal::StopSignal() {
  signals_seen = 0;
  Handle(SIGINT, NoteSignal);
  Handle(SIGTERM, NoteSignal);
}

StopSignal::~StopSignal() {
  Handle(SIGINT, SIG_DFL);
  Handle(SIGTERM, SIG_DFL);
}

bool StopSignal::asked() { return signals_seen > 0; }

}  // namespace assay::cli
