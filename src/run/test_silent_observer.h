/// Who watches a run and says nothing. For tests only.
#pragma once

#include <string>
#include <vector>

#include "run/runner.h"

namespace assay::run {

class SilentObserver : public RunObserver {
 public:
  void NodeStarted(const std::string&, std::size_t, std::size_t) override {}
  void NodeFinished(const NodeReport&, std::size_t, std::size_t) override {}
  void NodeTold(const std::string&, const std::string&) override {}
  void Working(const std::vector<RunningNode>&, std::size_t, std::size_t) override {}
};

}  // namespace assay::run
