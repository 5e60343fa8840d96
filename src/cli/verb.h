/// One verb of the program: a file `NAME_verb.cc` each, found by its name.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cli/terminal.h"
#include "run/session.h"

namespace assay::cli {

/// What all verbs share: global options and the way out.
struct Context {
  std::string project = ".";
  bool json = false;
  bool json_errors = false;
  int threads = 0;
  std::uint64_t memory_bytes = 0;
  Terminal terminal;
  SystemClock clock;
  /// Set by the verb that was called; returns the exit status.
  std::function<Result<int>()> action;

  /// Tells an error as a person reads it, or as programs do.
  void Tell(const Error& error) const;
  /// A session on the project folder; nothing is opened yet.
  Result<std::unique_ptr<run::Session>> OpenSession();
};

struct VerbKind {
  std::string name;
  void (*add)(CLI::App& app, Context& context) = nullptr;
};

#include "cli/all_verbs_declared.inc"

/// Adds `--json` to a verb that reads.
void AddJson(CLI::App& app, Context& context);

/// Accepts a number of rows or the like: digits alone.
CLI::Validator IsCount();

/// Text behind the options: examples.
void AddExamples(CLI::App& app, const std::string& examples);

}  // namespace assay::cli
