#include "cli/progress.h"

#include <cstdio>

#include "cli/verdict_text.h"

namespace assay::cli {
namespace {

constexpr auto kInterval = std::chrono::milliseconds(100);
constexpr int kBarWidth = 20;

std::string Bar(double share) {
  if (share < 0) return "";
  const int full = static_cast<int>(share * kBarWidth);
  return " [" + std::string(static_cast<std::size_t>(full), '=') +
         std::string(static_cast<std::size_t>(kBarWidth - full), ' ') + "] " +
         std::to_string(static_cast<int>(share * 100)) + " %";
}

void ClearLine() { std::fputs("\r\033[K", stderr); }

std::string Padded(const std::string& text, std::size_t width) {
  return text + std::string(text.size() < width ? width - text.size() : 0, ' ');
}

}  // namespace

RunProgress::RunProgress(const Terminal& terminal, bool quiet)
    : terminal_(terminal), quiet_(quiet) {}

RunProgress::~RunProgress() { Finish(); }

void RunProgress::NodeStarted(const std::string& node, std::size_t index, std::size_t count,
                              engine::Engine* engine) {
  if (quiet_ || !terminal_.can_redraw()) return;
  node_ = node;
  index_ = index;
  count_ = count;
  engine_ = engine;
  started_ = std::chrono::steady_clock::now();
  drawing_ = true;
  drawer_ = std::thread([this] { Redraw(); });
}

void RunProgress::Redraw() {
  std::unique_lock lock(mutex_);
  while (drawing_) {
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    const double share = engine_ == nullptr ? -1 : engine_->Progress();
    ClearLine();
    std::fprintf(stderr, "%zu/%zu %s%s  %s", index_ + 1, count_, node_.c_str(), Bar(share).c_str(),
                 Duration(seconds).c_str());
    std::fflush(stderr);
    wake_.wait_for(lock, kInterval);
  }
  ClearLine();
  std::fflush(stderr);
}

void RunProgress::StopDrawing() {
  if (!drawer_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    drawing_ = false;
  }
  wake_.notify_all();
  drawer_.join();
}

void RunProgress::NodeFinished(const run::NodeReport& node, std::size_t index, std::size_t count) {
  StopDrawing();
  if (quiet_ || (node.status == "cached" && node.verdict != "fail")) return;
  std::string line = std::to_string(index + 1) + "/" + std::to_string(count) + "  " +
                     Padded(node.type, 7) + "  " + Padded(node.name, 16) + "  " + node.status;
  if (node.status == "ran") {
    line += "  " + Rows(node.rows_out);
    if (node.rows_refused > 0) line += ", " + Grouped(node.rows_refused) + " refused";
    if (!node.verdict.empty()) line += "  " + PaintVerdict(terminal_, node.verdict, true);
    line += "  " + terminal_.Paint(Duration(node.seconds), Tone::kDim, true);
  } else if (node.verdict == "fail") {
    line += "  " + PaintVerdict(terminal_, node.verdict, true);
  } else {
    line += "  " + node.reason;
  }
  terminal_.Talk(line);
}

void RunProgress::Finish() { StopDrawing(); }

}  // namespace assay::cli
