#include "cli/progress.h"

#include <cstdio>

#include "cli/verdict_text.h"

namespace assay::cli {
namespace {

constexpr auto kInterval = std::chrono::milliseconds(100);
constexpr int kBarWidth = 20;
constexpr std::size_t kMostShown = 3;  // nodes in the line

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

void RunProgress::NodeStarted(const std::string&, std::size_t, std::size_t) {}

void RunProgress::NodeTold(const std::string& node, const std::string& what) {
  Finish();
  if (!quiet_) terminal_.Talk(node + ": " + what);
}

// `3/8  unique [=====     ] 45 %  2.1 s, airports  0.1 s`
void RunProgress::Working(const std::vector<run::RunningNode>& running, std::size_t done,
                          std::size_t count) {
  const auto now = std::chrono::steady_clock::now();
  if (quiet_ || !terminal_.can_redraw() || running.empty() || now - drawn_at_ < kInterval) return;
  std::string line = std::to_string(done) + "/" + std::to_string(count) + "  ";
  for (std::size_t i = 0; i < running.size(); ++i) {
    const run::RunningNode& node = running[i];
    const bool is_long = i >= kMostShown;
    if (is_long) {
      line += ", and " + std::to_string(running.size() - i) + " more";
      break;
    }
    line += (i > 0 ? ", " : "") + node.name + Bar(node.share) + "  " + Duration(node.seconds);
  }
  ClearLine();
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
  drawn_ = true;
  drawn_at_ = now;
}

void RunProgress::NodeFinished(const run::NodeReport& node, std::size_t index, std::size_t count) {
  Finish();
  if (quiet_ || node.status == "fused") return;
  if (node.status == "cached" && node.verdict != "fail") return;
  std::string line = std::to_string(index + 1) + "/" + std::to_string(count) + "  " +
                     Padded(node.type, 7) + "  " + Padded(node.name, 16) + "  " + node.status;
  if (node.status == "ran") {
    line += "  " + Rows(node.rows_out);
    if (node.rows_refused > 0) line += ", " + Grouped(node.rows_refused) + " refused";
    if (!node.verdict.empty()) line += "  " + PaintVerdict(terminal_, node.verdict, true);
    line += "  " + terminal_.Paint(Duration(node.seconds), Tone::kDim, true);
  } else if (node.verdict == "fail") {
    line += "  " + PaintVerdict(terminal_, node.verdict, true);
  } else if (node.status != "failed") {
    // Of a failed one the error at the end tells why; its own reason is why it was tried.
    line += "  " + node.reason;
  }
  terminal_.Talk(line);
}

void RunProgress::Finish() {
  if (!drawn_) return;
  ClearLine();
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace assay::cli
