#include "retrain/train.h"

#include <algorithm>
#include <cmath>

#include "contract/number_text.h"
#include "retrain/evaluate.h"
#include "retrain/training_data.h"
#include "run/command.h"
#include "run/model.h"
#include "run/work_folder.h"
#include "store/decision_log.h"

namespace assay::retrain {
namespace {

namespace fs = std::filesystem;

// What a command left in its folder; an error (kData) is the command's fault.
struct Product {
  fs::path model;
  fs::path predictions;  ///< empty where there are none
  std::map<std::string, std::string> metrics;
};

Result<Product> CollectProduct(const fs::path& folder) {
  Product product;
  std::vector<std::string> models;
  std::error_code error;
  for (auto entry = fs::directory_iterator(folder, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    const bool is_file = fs::is_regular_file(entry->symlink_status(ignored));
    if (name.starts_with("model") && is_file) models.push_back(name);
    if (name == "predictions.parquet" && is_file) product.predictions = entry->path();
  }
  if (error) return Error{ErrorCode::kIo, "cannot list " + folder.string(), ""};
  std::sort(models.begin(), models.end());
  const std::string hint = "write one file `model*` and `metrics.json` into $ASSAY_OUTPUT";
  if (models.empty()) return Error{ErrorCode::kData, "the command wrote no model", hint};
  if (models.size() > 1) {
    return Error{ErrorCode::kData,
                 "the command wrote more than one model: " + models[0] + ", " + models[1], hint};
  }
  product.model = folder / models[0];
  if (!fs::exists(folder / "metrics.json", error)) {
    return Error{ErrorCode::kData, "the command wrote no metrics.json", hint};
  }
  auto metrics = run::ReadMetrics(folder / "metrics.json");
  if (!metrics.ok()) {
    Error wrong = std::move(metrics).error();
    // The folder is gone when this is read.
    const std::string path = (folder / "metrics.json").string();
    const std::size_t at = wrong.message.find(path);
    if (at != std::string::npos) wrong.message.replace(at, path.size(), "metrics.json");
    wrong.code = ErrorCode::kData;
    return std::move(wrong).While("the command's metrics cannot be read");
  }
  product.metrics = std::move(metrics).value();
  return product;
}

// What people compare; the record's `evaluation` has all digits.
constexpr int kFewDigits = 4;
constexpr int kAllDigits = 17;

// As many digits as it takes to tell two values apart, at least a few.
int DigitsThatTell(double a, double b) {
  int digits = kFewDigits;
  while (a != b && digits < kAllDigits &&
         contract::RoundedNumber(DoubleText(a), digits) ==
             contract::RoundedNumber(DoubleText(b), digits)) {
    ++digits;
  }
  return digits;
}

// Better by more than `better_by`, which is a decimal and stays one.
bool IsBetter(const feedback::MetricInfo& metric, double champion, double challenger,
              const std::string& better_by) {
  const double gain = metric.higher_is_better ? challenger - champion : champion - challenger;
  return contract::CompareNumbers(DoubleText(gain), better_by) > 0;
}

class Training {
 public:
  Training(run::Session& session, const TrainingRequest& request)
      : session_(session),
        request_(request),
        policy_(request.policy),
        newest_(*request.observation.newest),
        champion_(*request.observation.champion),
        run_(NewRunId(session.clock())),
        as_of_(UtcText(request.observation.inputs.now * 1'000'000)),
        work_(session.objects().StagingPath("training")) {}

  Result<Outcome> Run() {
    body_ = Json{{"policy", policy_.name},
                 {"decision", request_.decision},
                 {"decision_id", request_.decision_id},
                 {"as_of", as_of_},
                 {"run", run_},
                 {"champion", champion_.Ref()},
                 {"dataset", newest_.dataset},
                 {"version", newest_.body.version},
                 {"commit", newest_.commit}};
    const Status done = TrainAndCompare();
    if (done.ok()) return std::move(outcome_);
    outcome_.action = kFailed;
    outcome_.reason = done.error().message;
    outcome_.challenger.clear();
    TRY(Record());
    // What the command did wrong is an outcome, what the machine did is an error beside it.
    if (done.error().code != ErrorCode::kData) return Error(done.error());
    return std::move(outcome_);
  }

 private:
  const store::SplitTable* FindSplit(const run::NamedVersion& version, const std::string& name) {
    for (const store::SplitTable& split : version.body.tables) {
      if (split.name == name) return &split;
    }
    return nullptr;
  }

  // Runs a command of the policy with ours added to the environment; a failure is an error (kData).
  Status RunOne(const contract::Command& command, std::map<std::string, std::string> added,
                const std::string& name) {
    session_.CloseEngines();
    run::CommandRequest request;
    request.argv = command.argv;
    request.folder = session_.folder();
    request.added = std::move(added);
    request.log = work_.path() / (name + ".log");
    request.max_seconds = policy_.max_duration.seconds;
    TRY_ASSIGN(const run::CommandEnd end, run::RunCommand(request));
    outcome_.log_tail += (outcome_.log_tail.empty() ? "" : "\n") + run::LogTail(request.log);
    body_[name == "train" ? "seconds" : "predict_seconds"] =
        static_cast<std::int64_t>(std::llround(end.seconds));
    TRY_ASSIGN(const store::FileRef log, session_.objects().Adopt(request.log, 0));
    objects_.push_back(log);
    body_[name == "train" ? "log" : "predict_log"] = log.sha256;
    if (end.failure.empty()) return {};
    return Error{ErrorCode::kData, "the command of `" + name + "` " + end.failure, ""};
  }

  Status TrainAndCompare() {
    TRY_ASSIGN(const fs::path data, work_.Make("data"));
    TRY_ASSIGN(const fs::path output, work_.Make("output"));
    std::string from;
    if (policy_.data_window) {
      from = UtcText((request_.observation.inputs.now - policy_.data_window->seconds) * 1'000'000);
    }
    TRY_ASSIGN(const auto window, WriteSplits(session_, newest_, data, from));
    std::map<std::string, std::string> added = {
        {"ASSAY_DATASET", newest_.dataset},
        {"ASSAY_VERSION", NameOf(newest_).substr(newest_.dataset.size() + 1)},
        {"ASSAY_LABEL", newest_.body.label.value("column", "")},
        {"ASSAY_TRAIN", (data / "train").string()},
        {"ASSAY_VALIDATION", (data / "validation").string()},
        {"ASSAY_TEST", (data / "test").string()},
        {"ASSAY_OUTPUT", output.string()}};
    for (const auto& [variable, split] : {std::pair{"ASSAY_TRAIN_PREPARED", "train_prepared"},
                                          {"ASSAY_VALIDATION_PREPARED", "validation_prepared"},
                                          {"ASSAY_TEST_PREPARED", "test_prepared"}}) {
      std::error_code ignored;
      if (fs::is_directory(data / split, ignored)) added[variable] = (data / split).string();
    }
    TRY(RunOne(policy_.train, std::move(added), "train"));
    TRY_ASSIGN(const Product product, CollectProduct(output));
    return Compare(product, window);
  }

  Status Compare(const Product& product, const std::optional<run::TrainingWindow>& window) {
    const feedback::MetricInfo* metric = feedback::FindMetric(policy_.metric);
    const store::SplitTable* split = FindSplit(newest_, policy_.split);
    if (metric == nullptr || split == nullptr) {
      return Error{ErrorCode::kUser,
                   "the newest version has no split to evaluate on: " + policy_.split,
                   "run `assay run`"};
    }
    if (product.predictions.empty()) {
      return Error{ErrorCode::kData, "the command wrote no predictions.parquet",
                   "the challenger is judged by its predictions of split " + policy_.split};
    }
    TRY_ASSIGN(const double challenger, Judge(*split, product.predictions, *metric));
    TRY_ASSIGN(const store::FileRef predictions,
               session_.objects().Adopt(product.predictions, split->rows));
    objects_.push_back(predictions);
    Json evaluation{{"split", split->name},
                    {"digest", split->digest},
                    {"rows", split->rows},
                    {"metric", metric->name},
                    {"better", metric->higher_is_better ? "higher" : "lower"},
                    {"better_by", policy_.better_by},
                    {"challenger", DoubleText(challenger)},
                    {"challenger_predictions", predictions.sha256}};
    TRY_ASSIGN(const auto champion, ChampionValue(*split, *metric, evaluation));

    run::AddModelRequest add;
    add.file = product.model;
    add.from = newest_;
    add.name = policy_.model;
    add.window = window;
    add.metrics = product.metrics;
    add.predictions = {{split->digest, predictions.sha256}};
    add.run = run_;
    add.created_at = as_of_;
    const int digits = champion ? DigitsThatTell(*champion, challenger) : kFewDigits;
    const std::string numbers = metric->title + " of " + split->name + ": challenger " +
                                contract::RoundedNumber(DoubleText(challenger), digits);
    if (!champion) {
      outcome_.action = kNeedsApproval;
      outcome_.reason = numbers + "; " + not_compared_;
    } else {
      evaluation["champion"] = DoubleText(*champion);
      const bool better = IsBetter(*metric, *champion, challenger, policy_.better_by);
      outcome_.action = better ? kPromoted : kKept;
      outcome_.reason = numbers + ", champion " +
                        contract::RoundedNumber(DoubleText(*champion), digits) + " (" +
                        (metric->higher_is_better ? "higher" : "lower") +
                        " is better, by more than " + policy_.better_by + ")";
    }
    body_["evaluation"] = std::move(evaluation);
    const auto record = [&](const run::NamedModel& model) -> Status {
      outcome_.challenger = model.Ref();
      body_["challenger_id"] = model.id;
      if (model.id == champion_.id) {
        outcome_.action = kKept;
        outcome_.reason = "the command made the champion again: " + model.Ref();
      }
      if (outcome_.action == kPromoted) {
        TRY_ASSIGN(const bool moved, run::GiveRole(session_, model, run::kChampion));
        body_["moved"] = moved;
      }
      return RecordRow();
    };
    TRY(run::AddModel(session_, add, record));
    return {};
  }

  Result<double> Judge(const store::SplitTable& split, const fs::path& predictions,
                       const feedback::MetricInfo& metric) {
    return Evaluate(session_, {newest_.body, split, policy_.positive, predictions}, metric);
  }

  // The champion on the same rows: by predictions it has left of them, or by making it predict.
  // Nothing where neither is possible; `not_compared_` says why.
  Result<std::optional<double>> ChampionValue(const store::SplitTable& split,
                                              const feedback::MetricInfo& metric,
                                              Json& evaluation) {
    const auto kept = champion_.body.predictions.find(split.digest);
    if (kept != champion_.body.predictions.end()) {
      evaluation["champion_predictions"] = kept->second;
      TRY_ASSIGN(const double value, Judge(split, session_.objects().PathOf(kept->second), metric));
      return std::optional(value);
    }
    if (!policy_.predict) {
      not_compared_ = "not compared: " + champion_.Ref() +
                      " has no predictions of this split, and "
                      "the policy has no `predict` to make them";
      return std::optional<double>();
    }
    TRY_ASSIGN(const fs::path files, work_.Make("predict"));
    TRY_ASSIGN(const fs::path output, work_.Make("predicted"));
    TRY(WriteSplit(session_, newest_.body, split, files / split.name));
    TRY_ASSIGN(const fs::path model, run::ExportModel(session_, champion_, files, true));
    const Status made =
        RunOne(*policy_.predict,
               {{"ASSAY_DATASET", newest_.dataset},
                {"ASSAY_VERSION", NameOf(newest_).substr(newest_.dataset.size() + 1)},
                {"ASSAY_LABEL", newest_.body.label.value("column", "")},
                {"ASSAY_MODEL", model.string()},
                {"ASSAY_SPLIT", (files / split.name).string()},
                {"ASSAY_OUTPUT", output.string()}},
               "predict");
    if (!made.ok() && made.error().code != ErrorCode::kData) return Error(made.error());
    std::error_code ignored;
    const fs::path file = output / "predictions.parquet";
    if (!made.ok() || !fs::is_regular_file(fs::symlink_status(file, ignored))) {
      not_compared_ = "not compared: " + (made.ok() ? "the command of `predict` wrote no "
                                                      "predictions.parquet"
                                                    : made.error().message);
      return std::optional<double>();
    }
    const Result<double> value = Judge(split, file, metric);
    if (!value.ok() && value.error().code == ErrorCode::kData) {
      not_compared_ = "not compared: the champion's " + value.error().message;
      return std::optional<double>();
    }
    TRY_ASSIGN(const double number, value);
    TRY_ASSIGN(const store::FileRef predictions, session_.objects().Adopt(file, split.rows));
    objects_.push_back(predictions);
    evaluation["champion_predictions"] = predictions.sha256;
    return std::optional(number);
  }

  // Stores the text and puts its row; stands in the caller's transaction.
  Status RecordRow() {
    body_["action"] = outcome_.action;
    body_["reason"] = outcome_.reason;
    if (!outcome_.challenger.empty()) body_["challenger"] = outcome_.challenger;
    TRY_ASSIGN(const std::string text, HashedText(kTrainingKind, body_));
    TRY_ASSIGN(const std::string id, session_.objects().Put(text));
    store::Catalog& catalog = session_.catalog();
    for (const store::FileRef& object : objects_) TRY(catalog.PutObject(object));
    TRY_ASSIGN(outcome_.number,
               store::DecisionLog(catalog).Add({0, policy_.name, id, as_of_, outcome_.action, ""}));
    outcome_.body = body_;
    return catalog.AddEvent("retrain.trained", run_,
                            Json{{"policy", policy_.name},
                                 {"decision", request_.decision},
                                 {"action", outcome_.action},
                                 {"reason", outcome_.reason},
                                 {"challenger", outcome_.challenger}});
  }

  Status Record() {
    store::Catalog::Transaction transaction(session_.catalog());
    TRY(transaction.Begin());
    TRY(RecordRow());
    return transaction.Commit();
  }

  run::Session& session_;
  const TrainingRequest& request_;
  const contract::RetrainPolicy& policy_;
  const run::NamedVersion& newest_;
  const run::NamedModel& champion_;
  const std::string run_, as_of_;
  const run::WorkFolder work_;
  Json body_;
  Outcome outcome_;
  std::string not_compared_;
  std::vector<store::FileRef> objects_;
};

}  // namespace

Result<Outcome> Train(run::Session& session, const TrainingRequest& request) {
  return Training(session, request).Run();
}

Status RecordCutShort(run::Session& session, const std::string& policy, std::int64_t decision) {
  const std::string at = UtcText(session.clock().NowMicros());
  const Json body{{"policy", policy},
                  {"decision", decision},
                  {"as_of", at},
                  {"action", kFailed},
                  {"reason", "assay was stopped while it trained"}};
  TRY_ASSIGN(const std::string text, HashedText(kTrainingKind, body));
  TRY_ASSIGN(const std::string id, session.objects().Put(text));
  store::Catalog::Transaction transaction(session.catalog());
  TRY(transaction.Begin());
  TRY(store::DecisionLog(session.catalog()).Add({0, policy, id, at, kFailed, ""}));
  TRY(session.catalog().AddEvent("retrain.trained", "", body));
  return transaction.Commit();
}

}  // namespace assay::retrain
