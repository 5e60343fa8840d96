/// An engine in memory. For tests only.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "engine/engine.h"

namespace assay::prepare {

inline std::unique_ptr<engine::Engine> OpenEngine(int threads) {
  engine::Options options;
  options.threads = threads;
  auto engine = engine::Open(options);
  EXPECT_TRUE(engine.ok());
  return std::move(engine).value();
}

}  // namespace assay::prepare
