#include "run/model.h"

#include <fcntl.h>

#include <algorithm>
#include <cmath>

#include "base/nearest.h"
#include "contract/number_text.h"
#include "contract/utf8.h"
#include "run/user_name.h"
#include "store/file.h"
#include "store/json_place.h"

namespace assay::run {
namespace {

namespace fs = std::filesystem;

constexpr char kKind[] = "assay.model/1";

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string NearestOrAll(const std::string& word, const std::vector<std::string>& known) {
  const std::string nearest = NearestName(word, known);
  if (!nearest.empty()) return "did you mean " + nearest + "?";
  return "known are: " + Joined(known);
}

// The 2 of `v2`, 0 where the text is none.
std::int64_t NumberOf(const std::string& ref) {
  constexpr std::size_t kMaxDigits = 9;
  if (ref.size() < 2 || ref.size() > 1 + kMaxDigits || ref[0] != 'v' || ref[1] == '0') return 0;
  const std::string digits = ref.substr(1);
  return contract::IsDigits(digits) ? std::stoll(digits) : 0;
}

Result<NamedModel> Load(Session& session, const store::ModelRow& row,
                        const std::vector<store::ModelRole>& roles) {
  NamedModel model;
  model.name = row.name;
  model.number = row.number;
  model.id = row.id;
  const std::string what = "model " + model.Ref();
  TRY_ASSIGN(const std::string text, session.objects().Get(row.id).While("reading " + what));
  TRY_ASSIGN(model.body, ParseModel(text, what));
  for (const store::ModelRole& role : roles) {
    if (role.name == row.name && role.number == row.number) model.roles.push_back(role.role);
  }
  return model;
}

Error NoSuchModel(const std::string& name, const std::vector<store::ModelRow>& all) {
  std::vector<std::string> names;
  for (const store::ModelRow& row : all) {
    if (names.empty() || names.back() != row.name) names.push_back(row.name);
  }
  return Error{ErrorCode::kUser, "no such model: " + name,
               names.empty() ? "`assay model add FILE --from NAME@REF` adds one"
                             : NearestOrAll(name, names)};
}

Status AddMetric(const std::string& name, const Json& value, const std::string& what,
                 std::map<std::string, std::string>& metrics) {
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f; };
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_plain)) {
    return Error{ErrorCode::kData,
                 what + ": the name of a metric is not ASCII: " + store::Shown(name),
                 "use ASCII names for metrics"};
  }
  if (!value.is_number()) {
    return Error{ErrorCode::kData, what + ": a metric is no number: " + name,
                 "write {\"log_loss\": 0.41}, or groups of such numbers"};
  }
  const std::string text = value.is_number_float() ? DoubleText(value.get<double>()) : value.dump();
  if (value.is_number_float() && !std::isfinite(value.get<double>())) {
    return Error{ErrorCode::kData, what + ": a metric is not finite: " + name,
                 "leave it out, or find out why"};
  }
  if (!metrics.emplace(name, text).second) {
    return Error{ErrorCode::kData, what + ": two metrics have one name: " + name, ""};
  }
  return {};
}

Result<std::string> ChosenName(const AddModelRequest& request, const std::string& file_name) {
  if (!request.name.empty()) {
    if (contract::IsNodeName(request.name)) return request.name;
    return Error{ErrorCode::kUser, "not a name for a model: " + request.name,
                 "use a-z, 0-9 and _, a letter first, at most 63"};
  }
  std::string name = contract::AsNodeName(fs::path(file_name).stem().string());
  if (!name.empty()) return name;
  return Error{ErrorCode::kUser, "the file's name makes no name for a model: " + file_name,
               "give one with --name"};
}

Status CheckRole(const std::string& role) {
  if (role.empty()) return {};
  // `late@v2` must mean one thing.
  if (contract::IsNodeName(role) && NumberOf(role) == 0) return {};
  return Error{ErrorCode::kUser, "not a name for a role: " + role,
               "use a-z, 0-9 and _, a letter first, such as champion"};
}

Status CheckSplits(const AddModelRequest& request) {
  std::vector<std::string> known;
  known.reserve(request.from.body.tables.size());
  for (const store::SplitTable& split : request.from.body.tables) known.push_back(split.name);
  for (const std::string& split : request.splits) {
    if (std::find(known.begin(), known.end(), split) != known.end()) continue;
    return Error{ErrorCode::kUser,
                 "no such split in " + request.from.dataset + "@" + request.from.ref + ": " + split,
                 NearestOrAll(split, known)};
  }
  return {};
}

bool IsSame(const Model& a, const Model& b) {
  return a.name == b.name && a.version == b.version && a.splits == b.splits &&
         a.file.sha256 == b.file.sha256 && a.metrics == b.metrics;
}

Result<std::map<std::string, std::string>> TextMap(const store::JsonPlace& place) {
  std::map<std::string, std::string> texts;
  TRY(place.EachMember([&](const std::string& name, const store::JsonPlace& value) -> Status {
    TRY_ASSIGN(texts[name], value.Text());
    return {};
  }));
  return texts;
}

Result<Model> ParseBody(const store::JsonPlace& place) {
  Model model;
  TRY_ASSIGN(model.name, place.TextOf("name"));
  TRY_ASSIGN(model.dataset, place.TextOf("dataset"));
  TRY_ASSIGN(model.version, place.Sha256Of("version"));
  TRY_ASSIGN(model.commit, place.Sha256Of("commit"));
  TRY_ASSIGN(model.splits, place.TextsOr("splits"));
  TRY_ASSIGN(model.preparation, place.TextOr("preparation"));
  TRY_ASSIGN(const store::JsonPlace file, place.Member("file"));
  TRY_ASSIGN(model.file_name, file.TextOf("name"));
  TRY_ASSIGN(model.file.sha256, file.Sha256Of("sha256"));
  TRY_ASSIGN(model.file.bytes, file.CountOf("bytes"));
  if (place.Has("window")) {
    TRY_ASSIGN(const store::JsonPlace at, place.Member("window"));
    TrainingWindow window;
    TRY_ASSIGN(window.column, at.TextOf("column"));
    TRY_ASSIGN(window.from, at.TextOf("from"));
    TRY_ASSIGN(window.rows, at.CountOf("rows"));
    model.window = std::move(window);
  }
  TRY_ASSIGN(const store::JsonPlace metrics, place.Member("metrics"));
  TRY_ASSIGN(model.metrics, TextMap(metrics));
  if (place.Has("predictions")) {
    TRY_ASSIGN(const store::JsonPlace predictions, place.Member("predictions"));
    TRY_ASSIGN(model.predictions, TextMap(predictions));
  }
  TRY_ASSIGN(model.run, place.TextOr("run"));
  TRY_ASSIGN(model.created_at, place.TextOf("created_at"));
  TRY_ASSIGN(model.created_by, place.TextOr("created_by"));
  return model;
}

}  // namespace

Result<std::string> ModelText(const Model& model) {
  Json body{
      {"name", model.name},
      {"dataset", model.dataset},
      {"version", model.version},
      {"commit", model.commit},
      {"splits", model.splits},
      {"file",
       {{"name", model.file_name}, {"sha256", model.file.sha256}, {"bytes", model.file.bytes}}},
      {"metrics", model.metrics},
      {"run", model.run},
      {"created_at", model.created_at},
      {"created_by", model.created_by}};
  if (!model.preparation.empty()) body["preparation"] = model.preparation;
  if (!model.predictions.empty()) body["predictions"] = model.predictions;
  if (model.window) {
    body["window"] = Json{{"column", model.window->column},
                          {"from", model.window->from},
                          {"rows", model.window->rows}};
  }
  return HashedText(kKind, body);
}

Result<Model> ParseModel(const std::string& text, const std::string& what) {
  TRY_ASSIGN(const Json json, ParseJson(text).While("reading " + what));
  const store::JsonPlace whole(json);
  auto body = whole.Member(kKind);
  if (!body.ok()) return std::move(body).error().While("reading " + what);
  return ParseBody(*body).While("reading " + what);
}

Result<std::map<std::string, std::string>> ParseMetrics(const std::string& text,
                                                        const std::string& what) {
  auto json = ParseJson(text);
  if (!json.ok()) {
    Error error = std::move(json).error().While(what);
    error.hint = "metrics are a JSON object of numbers; JSON has no NaN and no infinity";
    return error;
  }
  if (!json->is_object()) {
    return Error{ErrorCode::kData, what + ": metrics must be an object of numbers",
                 "write {\"log_loss\": 0.41}"};
  }
  std::map<std::string, std::string> metrics;
  for (const auto& [name, value] : json->items()) {
    if (!value.is_object()) {
      TRY(AddMetric(name, value, what, metrics));
      continue;
    }
    for (const auto& [inner, number] : value.items()) {
      std::string both = name;
      both += "." + inner;
      TRY(AddMetric(both, number, what, metrics));
    }
  }
  return metrics;
}

Result<std::map<std::string, std::string>> ReadMetrics(const fs::path& file) {
  constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
  TRY_ASSIGN(store::File open, store::File::Open(file, O_RDONLY));
  std::string text(kMaxBytes + 1, '\0');
  std::size_t size = 0;
  for (std::size_t count = 1; count > 0 && size < text.size(); size += count) {
    TRY_ASSIGN(count, open.Read(text.data() + size, text.size() - size));
  }
  if (size > kMaxBytes) {
    return Error{ErrorCode::kData, "metrics take more than 1 MB: " + file.string(),
                 "metrics are a JSON object of numbers"};
  }
  text.resize(size);
  return ParseMetrics(text, file.string());
}

Result<std::vector<NamedModel>> AllModels(Session& session, const std::string& name) {
  TRY_ASSIGN(store::Catalog * catalog, session.NeedCatalog());
  store::ModelRegistry registry(*catalog);
  TRY_ASSIGN(const auto rows, registry.Models(name));
  TRY_ASSIGN(const auto roles, registry.Roles(name));
  std::vector<NamedModel> models;
  for (const store::ModelRow& row : rows) {
    TRY_ASSIGN(models.emplace_back(), Load(session, row, roles));
  }
  return models;
}

Result<std::optional<NamedModel>> FindRole(Session& session, const std::string& name,
                                           const std::string& role) {
  TRY_ASSIGN(store::Catalog * catalog, session.NeedCatalog());
  store::ModelRegistry registry(*catalog);
  TRY_ASSIGN(const auto roles, registry.Roles(name));
  for (const store::ModelRole& each : roles) {
    if (each.role != role) continue;
    TRY_ASSIGN(const auto row, registry.Find(name, each.number));
    if (!row) continue;
    TRY_ASSIGN(NamedModel model, Load(session, *row, roles));
    return std::optional(std::move(model));
  }
  return std::optional<NamedModel>();
}

Result<NamedModel> FindModel(Session& session, const std::string& text) {
  TRY_ASSIGN(store::Catalog * catalog, session.NeedCatalog());
  store::ModelRegistry registry(*catalog);
  const std::size_t at = text.find('@');
  const std::string name = text.substr(0, at);
  const std::string ref = at == std::string::npos ? "" : text.substr(at + 1);
  if (name.empty() || (at != std::string::npos && ref.empty())) {
    return Error{ErrorCode::kUser, "not the name of a model: " + text,
                 "write NAME, NAME@vN or NAME@ROLE, for example late@champion"};
  }
  TRY_ASSIGN(const auto rows, registry.Models(name));
  if (rows.empty()) {
    TRY_ASSIGN(const auto all, registry.Models());
    return NoSuchModel(name, all);
  }
  TRY_ASSIGN(const auto roles, registry.Roles(name));
  if (ref.empty()) return Load(session, rows.back(), roles);
  std::vector<std::string> known;
  std::int64_t number = NumberOf(ref);
  for (const store::ModelRole& role : roles) {
    if (role.role == ref) number = role.number;
    known.push_back(role.role);
  }
  for (const store::ModelRow& row : rows) {
    if (row.number == number) return Load(session, row, roles);
    known.push_back("v" + std::to_string(row.number));
  }
  if (ref == kChampion) {
    return Error{ErrorCode::kUser, "no model has this role: " + text,
                 "`assay model promote " + rows.back().name + "@v" +
                     std::to_string(rows.back().number) + "` gives it"};
  }
  return Error{ErrorCode::kUser, "no such model: " + text, NearestOrAll(ref, known)};
}

Result<bool> GiveRole(Session& session, const NamedModel& model, const std::string& role) {
  TRY(CheckRole(role));
  store::ModelRegistry registry(session.catalog());
  TRY_ASSIGN(const auto roles, registry.Roles(model.name));
  std::string before;
  for (const store::ModelRole& each : roles) {
    if (each.role == role) before = "v" + std::to_string(each.number);
  }
  if (before == "v" + std::to_string(model.number)) return false;
  TRY(registry.SetRole({model.name, role, model.number}));
  Json event{{"model", model.Ref()}, {"role", role}, {"id", model.id}};
  if (!before.empty()) event["before"] = model.name + "@" + before;
  TRY(session.catalog().AddEvent("model.promoted", model.body.run, event));
  return true;
}

Result<std::string> TrainedOn(Session& session, const Model& model) {
  TRY_ASSIGN(const std::string number,
             session.catalog().VersionNumber(model.dataset, model.version));
  return model.dataset + "@" + (number.empty() ? "version:" + model.version.substr(0, 12) : number);
}

Json ModelJson(const NamedModel& model, const std::string& trained_on) {
  const Model& body = model.body;
  Json json{{"model", model.Ref()},
            {"id", model.id},
            {"roles", model.roles},
            {"trained_on", trained_on},
            {"dataset", body.dataset},
            {"version", body.version},
            {"commit", body.commit},
            {"trained_splits", body.splits},
            {"file",
             {{"name", body.file_name}, {"sha256", body.file.sha256}, {"bytes", body.file.bytes}}},
            {"metrics", body.metrics},
            {"run", body.run},
            {"created_at", body.created_at},
            {"created_by", body.created_by}};
  if (!body.preparation.empty()) json["preparation"] = body.preparation;
  if (!body.predictions.empty()) json["predictions"] = body.predictions;
  if (body.window) {
    json["window"] = Json{
        {"column", body.window->column}, {"from", body.window->from}, {"rows", body.window->rows}};
  }
  return json;
}

Json TrainingDataJson(const store::Commit& commit) {
  Json splits = Json::array();
  for (const store::SplitTable& split : commit.tables) {
    splits.push_back(Json{{"name", split.name}, {"rows", split.rows}, {"digest", split.digest}});
  }
  Json sources = Json::array();
  for (const store::CommitSource& source : commit.sources) {
    Json receipts = Json::array();
    for (const store::Receipt& receipt : source.receipts) receipts.push_back(ReceiptJson(receipt));
    sources.push_back(Json{{"name", source.name}, {"kind", source.kind}, {"receipts", receipts}});
  }
  return Json{{"splits", splits},
              {"sources", sources},
              {"gates", commit.gates},
              {"run", commit.run},
              {"code_commit", commit.recipe.value("code_commit", "")},
              {"engine", commit.recipe.value("engine", "")}};
}

Result<AddedModel> AddModel(Session& session, const AddModelRequest& request,
                            const std::function<Status(const NamedModel&)>& also) {
  const std::string file_name =
      request.file_name.empty() ? request.file.filename().string() : request.file_name;
  if (contract::FindInvalidUtf8(file_name)) {
    return Error{ErrorCode::kUser,
                 "the name of a file is no UTF-8: " + contract::Escaped(file_name),
                 "rename the file"};
  }
  TRY_ASSIGN(const std::string name, ChosenName(request, file_name));
  TRY(CheckRole(request.role));
  TRY(CheckSplits(request));

  AddedModel added;
  NamedModel& model = added.model;
  model.name = name;
  Model& body = model.body;
  body.name = name;
  body.dataset = request.from.dataset;
  body.version = request.from.body.version;
  body.commit = request.from.commit;
  body.preparation = request.from.body.preparation;
  body.splits = request.splits;
  body.window = request.window;
  body.file_name = file_name;
  body.metrics = request.metrics;
  body.predictions = request.predictions;
  body.run = request.run;
  body.created_at =
      request.created_at.empty() ? UtcText(session.clock().NowMicros()) : request.created_at;
  body.created_by = UserName();
  TRY_ASSIGN(body.file, session.objects().Import(request.file));

  TRY_ASSIGN(const auto others, AllModels(session, name));
  const auto same = std::find_if(others.begin(), others.end(),
                                 [&](const NamedModel& other) { return IsSame(other.body, body); });
  added.is_new = same == others.end();
  if (added.is_new) {
    TRY_ASSIGN(const std::string text, ModelText(body));
    TRY_ASSIGN(model.id, session.objects().Put(text));
  } else {
    model = *same;
  }

  store::Catalog& catalog = session.catalog();
  store::Catalog::Transaction transaction(catalog);
  TRY(transaction.Begin());
  if (added.is_new) {
    TRY(catalog.PutObject(body.file));
    TRY_ASSIGN(model.number, store::ModelRegistry(catalog).Add(
                                 {name, 0, model.id, body.commit, body.created_at}));
    TRY(catalog.AddEvent("model.added", body.run,
                         Json{{"model", model.Ref()},
                              {"id", model.id},
                              {"dataset", body.dataset},
                              {"commit", body.commit}}));
  }
  if (!request.role.empty()) {
    TRY_ASSIGN(added.promoted, GiveRole(session, model, request.role));
    if (added.promoted) model.roles.push_back(request.role);
  }
  if (also) TRY(also(model));
  TRY(transaction.Commit());
  return added;
}

Result<fs::path> ExportModel(Session& session, const NamedModel& model, const fs::path& to,
                             bool overwrite) {
  std::error_code error;
  const fs::path file = fs::is_directory(to, error) ? to / model.body.file_name : to;
  if (!overwrite && fs::exists(file, error)) {
    return Error{ErrorCode::kUser, "the file is there already: " + file.string(),
                 "export to another file, or add --overwrite"};
  }
  TRY(session.objects().Verify(model.body.file.sha256).While("exporting " + model.Ref()));
  // Written beside and renamed, so that a reader never sees half a file.
  const fs::path partial = file.string() + ".assay-export-partial";
  fs::copy_file(session.objects().PathOf(model.body.file.sha256), partial,
                fs::copy_options::overwrite_existing, error);
  if (!error) fs::permissions(partial, fs::perms::owner_write, fs::perm_options::add, error);
  if (!error) fs::rename(partial, file, error);
  if (!error) return file;
  std::error_code ignored;
  fs::remove(partial, ignored);
  return Error{ErrorCode::kIo, "cannot write " + file.string() + ": " + error.message(), ""};
}

}  // namespace assay::run
