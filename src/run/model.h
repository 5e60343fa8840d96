/// Models: what was trained, on which version, and how well it did (docs/design/0003, section 3).
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "run/session.h"
#include "run/version_ref.h"
#include "store/model_registry.h"

namespace assay::run {

/// The role of the model that is in use.
inline constexpr char kChampion[] = "champion";

/// The part of a training split that a model was trained on, where it was not all of it.
struct TrainingWindow {
  std::string column;
  std::string from;  ///< UTC, the first moment that is in
  std::uint64_t rows = 0;
};

/// What the stored text `assay.model/1` says.
struct Model {
  std::string name, dataset, version, commit;
  std::vector<std::string> splits;
  std::string preparation;  ///< sha256 of the fitted state; empty without
  std::optional<TrainingWindow> window;
  std::string file_name;
  store::FileRef file;
  std::map<std::string, std::string> metrics;  ///< as whoever trained it told them
  std::map<std::string, std::string>
      predictions;  ///< digest of a split -> sha256 of a Parquet file
  std::string run;  ///< in which it was trained; empty where that is not known
  std::string created_at, created_by;
};

/// The text that is stored; its sha256 is the model's id.
Result<std::string> ModelText(const Model& model);
/// Reads such a text; `what` names it in errors.
Result<Model> ParseModel(const std::string& text, const std::string& what);

/// Metrics as people hand them in: a JSON object of numbers, or of such objects, whose members get
/// `OUTER.INNER` as name. Anything else, NaN and infinities are an error. `what` names the text.
Result<std::map<std::string, std::string>> ParseMetrics(const std::string& text,
                                                        const std::string& what);

/// The same from a file of at most 1 MB.
Result<std::map<std::string, std::string>> ReadMetrics(const std::filesystem::path& file);

struct NamedModel {
  std::string name;
  std::int64_t number = 0;
  std::string id;                  ///< of the text
  std::vector<std::string> roles;  ///< that it has
  Model body;

  /// `late@v2`.
  std::string Ref() const { return name + "@v" + std::to_string(number); }
};

/// Finds `NAME` (newest), `NAME@vN` or `NAME@ROLE`. What is not there is an error with the nearest
/// name that is.
Result<NamedModel> FindModel(Session& session, const std::string& text);
/// The model with a role, or nothing; an unknown name is nothing too.
Result<std::optional<NamedModel>> FindRole(Session& session, const std::string& name,
                                           const std::string& role);
/// All models of a name ("" = all), by name and number.
Result<std::vector<NamedModel>> AllModels(Session& session, const std::string& name = "");

/// The version a model was trained on as people write it: `flights_train@v1`.
Result<std::string> TrainedOn(Session& session, const Model& model);

/// The model for other programs; `trained_on` as `TrainedOn` gives it.
Json ModelJson(const NamedModel& model, const std::string& trained_on);
/// What a version's commit tells of the data: the exact rows, where they came from, what was
/// judged.
Json TrainingDataJson(const store::Commit& commit);

struct AddModelRequest {
  std::filesystem::path file;
  std::string file_name;  ///< to be recorded; empty: the file's own
  NamedVersion from;      ///< the version it was trained on
  std::string name;       ///< empty: from the file's name
  std::string role;       ///< to be given at once; may be empty
  std::vector<std::string> splits = {"train"};
  std::optional<TrainingWindow> window;
  std::map<std::string, std::string> metrics;
  std::map<std::string, std::string> predictions;
  std::string run;
  std::string created_at;  ///< UTC; empty: now
};

struct AddedModel {
  NamedModel model;
  bool is_new = false;  ///< false: the same file, version and metrics were there already
  bool promoted = false;
};

/// Stores the file and the model's text. The caller holds the lock. `also` runs in the same
/// transaction as the model's row.
Result<AddedModel> AddModel(Session& session, const AddModelRequest& request,
                            const std::function<Status(const NamedModel&)>& also = nullptr);

/// Gives a role to a model; false when it has it already. Stands in the caller's transaction.
Result<bool> GiveRole(Session& session, const NamedModel& model, const std::string& role);

/// Copies a model's file out of the store, into a folder under its own name; returns the file. One
/// that is there already is an error unless `overwrite`.
Result<std::filesystem::path> ExportModel(Session& session, const NamedModel& model,
                                          const std::filesystem::path& to, bool overwrite);

}  // namespace assay::run
