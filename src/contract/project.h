/// The project file `assay.yaml`: what a person declares. No I/O beyond reading the files it names.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/check_decl.h"
#include "contract/diagnostic.h"
#include "contract/duration.h"
#include "contract/execution.h"
#include "contract/kind_info.h"
#include "contract/load_section.h"
#include "contract/odcs.h"
#include "contract/partition.h"
#include "contract/source_schema.h"
#include "contract/text_place.h"

namespace assay::contract {

/// A source or step: a named kind with its parameters.
struct Declared {
  std::string name;
  std::string kind;
  Json params;                          ///< as ParamType says, defaults written in
  std::map<std::string, Place> places;  ///< of each parameter's value that was written
  /// Where the text of a kText parameter stands, so that an error inside it can be shown there.
  std::map<std::string, TextPlace> text_places;
  Place place;          ///< of the name
  std::string license;  ///< sources only; an SPDX expression or LicenseRef-...
  /// Sources only: what `remote:` says, as parameters of contract/remote_options.h; null without.
  Json remote;
  std::optional<Partition> partition;  ///< sources only
  std::optional<SourceSchema> schema;  ///< sources only; nothing: whatever is in the files
  Load load;                           ///< sources only
  Execution execution;
};

struct Gate {
  std::string name;
  std::string input;
  std::optional<Contract> contract;
  BadRows bad_rows = BadRows::kQuarantine;
  Threshold warn_above;           ///< default 0 rows
  Threshold fail_above;           ///< default 0 rows
  std::string by;                 ///< SQL expression of the slice, `month(date)`; empty without
  std::int64_t min_rows = 100;    ///< a smaller slice is reported, not judged
  std::vector<CheckDecl> checks;  ///< the contract's, then the gate's own
  Owner owner;                    ///< the gate's, else the contract's, else the project's
  Execution execution;
  Place place, input_place, by_place;
};

/// A transform of a dataset's preparation.
struct TransformDecl {
  std::string kind;    ///< name of a transform kind
  std::string column;  ///< what it reads
  Json params;         ///< as ParamType says, defaults written in; without the column
  bool keep = false;   ///< the column stays beside what is made of it
  Place place;
};

struct Dataset {
  std::string name;
  std::string input;
  std::string ungated;           ///< reason when the input is no gate
  std::vector<std::string> key;  ///< empty for `key: none`
  std::string label;             ///< empty without
  std::string split_kind;        ///< name of a split kind; empty without: one split `all`
  Json split_params;
  std::vector<TransformDecl> prepare;  ///< in order; each reads what those before it left
  std::vector<CheckDecl> checks;       ///< judged by split; no row is refused
  Owner owner;                         ///< the dataset's, else the project's
  std::string description;
  Execution execution;
  Place place, input_place, label_place, key_place, split_place;
};

/// Predictions of a model and what came of them.
struct FeedbackStream {
  std::string name;
  std::string model;     ///< whose predictions those are that name none; the stream's name
  std::string positive;  ///< the outcome that a score speaks of, as `ClassText`; empty without
  std::string id = "id", time = "time";  ///< columns of imported files
  std::vector<std::string> slices;       ///< columns by which quality is told
  Place place;
};

/// A program to be started: its name and arguments, no shell between.
struct Command {
  std::vector<std::string> argv;
  /// As declared, `${NAME}` still in it: what is recorded, so that no secret of the environment is.
  std::vector<std::string> as_written;
};

/// A standing comparison (docs/design/0003, section 5).
struct Monitor {
  std::string name;
  std::string watch;            ///< a node's output or a version; empty with `skew`
  std::string reference;        ///< a version, or a model: then the version it was trained on
  std::string split = "train";  ///< of the reference; empty for all of it
  std::string skew;             ///< a stream of feedback whose requests are watched; empty without
  std::string against;          ///< the node whose rows they should equal
  std::string id = "id";        ///< column of `against` that holds the requests' ids
  std::vector<std::string> columns;               ///< empty: all that both have
  std::map<std::string, std::string> methods;     ///< column -> method
  std::map<std::string, std::string> thresholds;  ///< column -> number
  std::int64_t drift_share = 500'000;             ///< millionths of the columns
  std::string webhook;                            ///< may hold a secret: never shown, never stored
  std::optional<Command> command;
  Owner owner;  ///< the monitor's, else the project's
  Place place, subject_place, reference_place;
};

/// One reason to train again: a kind of signal with its parameters.
struct SignalDecl {
  std::string kind;
  Json params;                          ///< as ParamType says, defaults written in
  Place place;                          ///< of the kind
  std::map<std::string, Place> places;  ///< of each parameter's value that was written
};

/// When a model is trained anew, how, and what the new one must be better at.
struct RetrainPolicy {
  std::string name;
  std::string model;    ///< its registered name; defaults to the policy's
  std::string dataset;  ///< trained on its newest version
  bool needs_all = false;
  std::vector<SignalDecl> signals;
  Duration cooldown{0, "0 s"};         ///< after a training that came to its end
  std::optional<std::int64_t> budget;  ///< trainings in `budget_window`; nothing: any number
  Duration budget_window;
  std::optional<Duration> data_window;  ///< nothing: all rows of the training split
  Command train;
  Duration max_duration{3600, "1 hour"};
  std::optional<Command> predict;  ///< lets a model predict a split it has not seen
  std::string split;               ///< on which champion and challenger are compared
  std::string metric;
  std::string positive = "true";  ///< the label that a score speaks of
  std::string better_by = "0";    ///< a number
  bool needs_approval = false;
  Place place, dataset_place, data_window_place;
};

struct Project {
  std::filesystem::path folder;  ///< absolute
  int format = 1;
  std::string name;
  std::string environment;  ///< whose values its variables have; empty without
  Owner owner;
  std::vector<Declared> sources;
  std::vector<Declared> steps;
  std::vector<Gate> gates;
  std::vector<Dataset> datasets;
  std::vector<FeedbackStream> feedback;
  std::vector<Monitor> monitors;
  std::vector<RetrainPolicy> policies;
  /// Every file the project is made of (assay.yaml, what it includes, its environment, SQL,
  /// contracts): path in the project -> text.
  std::map<std::string, std::string> files;
};

/// Reads `folder/assay.yaml` and the files it names. All errors of all files are in `diagnostics`;
/// nothing is returned when there was one. A missing assay.yaml is an error with a hint. With an
/// `environment`, variables have the values that `environments/NAME.yaml` gives them.
std::optional<Project> LoadProject(const std::filesystem::path& folder, const KindTables& kinds,
                                   Diagnostics& diagnostics, const std::string& environment = "");

/// The same from texts, for tests and fuzzing: `files` maps paths in the project to their texts.
std::optional<Project> ParseProject(const std::map<std::string, std::string>& files,
                                    const KindTables& kinds, Diagnostics& diagnostics,
                                    const std::string& environment = "");

/// The environments that a project folder has, `environments/NAME.yaml`, sorted.
std::vector<std::string> EnvironmentsOf(const std::filesystem::path& folder);

/// JSON Schema (draft 2020-12) of the project file for editors, derived from the kinds.
Json ProjectSchema(const KindTables& kinds);

/// True for `[a-z][a-z0-9_]{0,62}`.
bool IsNodeName(std::string_view name);

/// `Flights-2001` as `flights_2001`; empty when nothing of it can stay.
std::string AsNodeName(std::string_view text);

}  // namespace assay::contract
