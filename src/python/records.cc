// Bindings of what a project remembers beside its versions: models. Feedback is checked and taken
// by the program; here its rows become a file that it reads.
#include <nanobind/nanobind.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "python/binding.h"
#include "run/model.h"
#include "store/lock.h"

namespace nb = nanobind;
namespace fs = std::filesystem;

namespace assay::python {
namespace {

class Records {
 public:
  Records(fs::path folder, int threads, std::uint64_t memory)
      : options_{std::move(folder), threads, memory, nullptr} {}

  std::string Models(const std::string& name) const {
    return Take(Unlocked([&] { return ListModels(name); }));
  }

  std::string Model(const std::string& name) const {
    return Take(Unlocked([&] { return FindOne(name); }));
  }

  std::string AddModel(const fs::path& file, const std::string& from, const std::string& name,
                       const std::string& role, const std::vector<std::string>& splits,
                       const std::string& metrics) const {
    return Take(Unlocked([&]() -> Result<std::string> {
      run::AddModelRequest request;
      request.file = file;
      request.name = name;
      request.role = role;
      request.splits = splits;
      TRY_ASSIGN(request.metrics, run::ParseMetrics(metrics, "metrics"));
      return Add(std::move(request), from);
    }));
  }

  fs::path CopyModel(const std::string& name, const fs::path& to, bool overwrite) const {
    return Take(Unlocked([&]() -> Result<fs::path> {
      run::Session session(options_, clock_);
      TRY(OpenStore(session));
      TRY_ASSIGN(const run::NamedModel model, run::FindModel(session, name));
      return run::ExportModel(session, model, to, overwrite);
    }));
  }

 private:
  static Status OpenStore(run::Session& session) {
    TRY(session.OpenStore());
    TRY(session.NeedCatalog());
    return {};
  }

  static Result<Json> Shown(run::Session& session, const run::NamedModel& model) {
    TRY_ASSIGN(const std::string trained_on, run::TrainedOn(session, model.body));
    Json json = run::ModelJson(model, trained_on);
    json["name"] = model.name;
    json["number"] = model.number;
    json["path"] = session.objects().PathOf(model.body.file.sha256).string();
    return json;
  }

  Result<std::string> ListModels(const std::string& name) const {
    run::Session session(options_, clock_);
    TRY(OpenStore(session));
    TRY_ASSIGN(const auto models, run::AllModels(session, name));
    Json list = Json::array();
    for (const run::NamedModel& model : models) {
      TRY_ASSIGN(Json json, Shown(session, model));
      list.push_back(std::move(json));
    }
    return list.dump();
  }

  Result<std::string> FindOne(const std::string& name) const {
    run::Session session(options_, clock_);
    TRY(OpenStore(session));
    TRY_ASSIGN(const run::NamedModel model, run::FindModel(session, name));
    TRY_ASSIGN(const Json json, Shown(session, model));
    return json.dump();
  }

  Result<std::string> Add(run::AddModelRequest request, const std::string& from) const {
    run::Session session(options_, clock_);
    TRY(OpenStore(session));
    TRY_ASSIGN(request.from, run::FindVersion(session, from));
    TRY_ASSIGN(const store::Lock lock, store::Lock::Take(session.root(), "log_model", clock_));
    TRY_ASSIGN(const run::AddedModel added, run::AddModel(session, request));
    // With the role that it got just now.
    TRY_ASSIGN(const run::NamedModel model, run::FindModel(session, added.model.Ref()));
    TRY_ASSIGN(const Json json, Shown(session, model));
    return json.dump();
  }

  SystemClock clock_;
  run::SessionOptions options_;
};

}  // namespace

void DefineRecords(nb::module_& m) {
  nb::class_<Records>(m, "Records", "A project's models; texts are JSON.")
      .def(nb::init<const fs::path&, int, std::uint64_t>(), nb::arg("folder"), nb::arg("threads"),
           nb::arg("memory"),
           nb::sig("def __init__(self, folder: str, threads: int, memory: int) -> None"))
      .def("models", &Records::Models, nb::arg("name"),
           "Those of a name; of all where it is empty.")
      .def("model", &Records::Model, nb::arg("name"))
      .def("add_model", &Records::AddModel, nb::arg("file"), nb::arg("dataset"), nb::arg("name"),
           nb::arg("role"), nb::arg("splits"), nb::arg("metrics"))
      .def("copy_model", &Records::CopyModel, nb::arg("name"), nb::arg("to"), nb::arg("overwrite"));
}

}  // namespace assay::python
