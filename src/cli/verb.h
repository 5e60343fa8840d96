/// One verb of the program: a file `NAME_verb.cc` each, found by its name.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cli/terminal.h"
#include "cli/verb_text.h"
#include "run/session.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace assay::cli {

/// What all verbs share: global options and the way out.
struct Context {
  std::string project = ".";
  std::string environment;  ///< of the project; empty without
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
  /// Says for which environment a verb works, where there is one.
  void TellEnvironment() const;
  /// A session on the project folder; nothing is opened yet.
  Result<std::unique_ptr<run::Session>> OpenSession();
};

/// One option or argument of a verb, while it is described.
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(&option) {}

  Option& Required();
  /// What the help calls its value: FILE.
  Option& ValueName(const std::string& name);
  Option& OneOf(const std::vector<std::string>& words);
  Option& Between(std::int64_t least, std::int64_t most);
  /// Accepts a number of rows or the like: digits alone.
  Option& IsCount();
  /// Of a list: one value each time the option is given.
  Option& OneEach();
  /// Where the command line does not give it, this variable of the environment may.
  Option& Environment(const std::string& variable);

 private:
  CLI::Option* option_;  ///< of the verb
};

/// A verb while its command line is described; a handle, the program owns what it describes.
/// The library behind it is slow to compile: only verb.cc and main.cc include it.
class Verb {
 public:
  explicit Verb(CLI::App& app) : app_(&app) {}

  Verb AddVerb(const std::string& name, const std::string& summary);
  /// The same with `--json`, done by a function with these options.
  template <class Options>
  Verb AddVerb(const std::string& name, const std::string& summary, Context& context,
               const std::shared_ptr<Options>& options,
               Result<int> (*function)(Context&, const Options&)) {
    Verb verb = AddVerb(name, summary);
    verb.AddJson(context);
    verb.OnCall(context, [&context, options, function] { return function(context, *options); });
    return verb;
  }
  /// The verbs added so far.
  std::vector<Verb> verbs() const;
  /// All that was declared of it and of its verbs.
  VerbText Describe() const;
  /// It does nothing itself: one of its verbs must follow.
  void NeedsVerb();

  /// `name`: `--name`, `--name,-n`, or `name` of what needs no dashes. The value is written into
  /// what is referred to, which lives as long as the program.
  Option AddOption(const std::string& name, std::string& value, const std::string& help);
  /// Nothing is not the same as an empty text here.
  Option AddOption(const std::string& name, std::optional<std::string>& value,
                   const std::string& help);
  Option AddOption(const std::string& name, std::vector<std::string>& values,
                   const std::string& help);
  Option AddOption(const std::string& name, std::int64_t& value, const std::string& help);
  Option AddOption(const std::string& name, int& value, const std::string& help);
  Option AddOption(const std::string& name, std::uint64_t& value, const std::string& help);
  void AddFlag(const std::string& name, bool& value, const std::string& help);
  /// `--json`, of a verb that reads.
  void AddJson(Context& context);
  /// Text behind the options.
  void AddExamples(const std::string& examples);

  /// What is done when the verb is called; gives the exit status.
  void OnCall(Context& context, std::function<Result<int>()> action);

 private:
  CLI::App* app_;
};

struct VerbKind {
  std::string name;
  void (*add)(Verb& program, Context& context) = nullptr;
};

#include "cli/all_verbs_declared.inc"

}  // namespace assay::cli
