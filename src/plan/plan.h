/// Decides which nodes must run, and why. Pure: what is known comes in as data or look-ups, a list
/// of decisions goes out; nothing is executed. The run makes the same decisions with the same
/// function.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "plan/graph.h"
#include "plan/manifest.h"

namespace assay::plan {

/// What the catalog has on a node that ran to its end.
struct Known {
  std::map<std::string, std::string> outputs;  ///< output ("" is what passed) -> content id
  std::string verdict;                         ///< gates: pass, warn, fail; else empty
  std::string evidence;                        ///< datasets: what their newest commit rests on
  bool judged_again = false;                   ///< gates: the verdict changed with the clock
};

/// The catalog, as far as planning looks into it.
struct Lookups {
  /// The result of an execution with this fingerprint. For datasets: only when the head of main was
  /// made by it, so that a version that came back is committed again.
  std::function<Result<std::optional<Known>>(const Node&, const std::string& fingerprint)> result;
  /// The manifest of the newest result of the node of this name.
  std::function<Result<std::optional<std::string>>(const std::string& node)> newest_manifest;
};

/// What a person wants beyond what must be.
struct Wish {
  std::vector<bool> selected;  ///< by NodeId; empty: all
  bool force = false;          ///< what is selected runs though nothing changed

  bool Selects(NodeId id) const { return selected.empty() || selected[id]; }
};

enum class Action {
  kCached,  ///< nothing to do
  kRun,     ///< must run
  kWait,    ///< runs or not as its inputs turn out
  kSkip,    ///< an input gate failed or an input could not run
  kFuse,    ///< is computed by what reads it
  kLeave,   ///< not selected, and not up to date
  kRefuse,  ///< selected, but reads what is left out of date
};

std::string ActionText(Action action);

struct Decision {
  Action action = Action::kRun;
  std::string fingerprint;  ///< empty while inputs are not known
  std::string manifest;     ///< as text; empty while inputs are not known
  std::string reason;
  std::string verdict;         ///< of a cached gate
  std::string evidence;        ///< of the node and all before it; empty while inputs are not known
  std::optional<Known> known;  ///< what was found, of a cached node
};

/// What is known of the nodes before: per node the content ids of its outputs, or the reason why
/// there are none (it failed, its verdict is `fail`), or neither (it has not run yet).
struct Progress {
  struct State {
    std::optional<std::map<std::string, std::string>> outputs;
    std::string stopped;   ///< why what depends on it must not run; empty when it may
    bool left = false;     ///< `stopped`, because it was not selected
    std::string evidence;  ///< of its decision
  };
  std::vector<State> states;  ///< by NodeId
};

/// Decides one node from the state of those before it.
Result<Decision> Decide(const Graph& graph, NodeId id, const Resolved& files,
                        const Progress& progress, std::string_view engine, const Lookups& lookups,
                        const Wish& wish = {});

struct Plan {
  std::vector<Decision> decisions;  ///< by NodeId

  /// No node would run, and no gate stops one.
  bool nothing_to_do() const;
};

/// Decides all nodes; `files` holds what is known of each source's files, by NodeId.
Result<Plan> MakePlan(const Graph& graph, const std::vector<Resolved>& files,
                      std::string_view engine, const Lookups& lookups, const Wish& wish = {});

/// After a node was found cached or ran with this result: its state for those behind it.
Progress::State StateAfter(const Node& node, const Decision& decision, const Known& known);
/// The state of a node that others compute (kFuse).
Progress::State StateOfFused(const Decision& decision);
/// The state of a node that did not run, by its decision (kSkip, kLeave, kRefuse).
Progress::State StateOfStopped(const Node& node, const Decision& decision);

}  // namespace assay::plan
