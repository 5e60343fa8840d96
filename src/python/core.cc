// The compiled module `assay._core`: converts values, hands Arrow memory over and turns errors into
// the exceptions of assay.errors. What it offers to people is src/python/assay.
#include <nanobind/nanobind.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "engine/arrow_data.h"
#include "python/binding.h"
#include "run/program.h"
#include "run/version_reader.h"

namespace nb = nanobind;

namespace assay::python {
namespace {

// ---- errors ----

const char* ClassOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUser:
      return "UserError";
    case ErrorCode::kData:
      return "DataError";
    case ErrorCode::kIo:
      return "IoError";
    case ErrorCode::kCancelled:
    case ErrorCode::kInternal:
      break;
  }
  return "InternalError";
}

void Translate(const std::exception_ptr& thrown, void*) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Failure& failure) {
    const nb::object type = nb::module_::import_("assay.errors").attr(ClassOf(failure.reason.code));
    const nb::object value = type(failure.reason.message, failure.reason.hint);
    PyErr_SetObject(type.ptr(), value.ptr());
  }
}

// Handlers of signals run on the main thread alone. Another one must not wait for the lock here:
// whoever holds it may be waiting for that thread.
bool IsMainThread() { return gettid() == getpid(); }

// True when a handler raised; its exception stays set.
bool WasInterrupted() {
  if (!IsMainThread()) return false;
  const nb::gil_scoped_acquire held;
  return PyErr_CheckSignals() != 0;
}

// The same where a stranger reads: it knows nothing of an exception that is set, and would put its
// own in its place. The signal is sent again, for when it has come back.
bool WasInterruptedBelow() {
  if (!IsMainThread()) return false;
  const nb::gil_scoped_acquire held;
  if (PyErr_CheckSignals() == 0) return false;
  if (PyErr_ExceptionMatches(PyExc_KeyboardInterrupt) != 0) PyErr_SetInterrupt();
  PyErr_Clear();
  return true;
}

// ---- Arrow memory ----

// Rows of another library as a file. The engine has one thread, so that the same stream gives the
// same bytes, and works in the file's folder alone.
std::uint64_t WriteParquet(const nb::object& rows, const std::filesystem::path& file,
                           std::uint64_t memory) {
  const nb::object capsule = rows.attr("__arrow_c_stream__")();
  auto* stream =
      static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), "arrow_array_stream"));
  if (stream == nullptr) throw nb::python_error();
  return Take(Unlocked([&]() -> Result<std::uint64_t> {
    const std::filesystem::path folder = file.parent_path();
    TRY_ASSIGN(const auto engine, engine::Open({1, memory, folder / "spill", {folder}}));
    return engine->CopyArrowToParquet(*stream, file, WasInterrupted);
  }));
}

template <typename Struct>
nb::capsule Capsule(std::unique_ptr<Struct> content, const char* name) {
  return {content.release(), name, [](void* pointer) noexcept {
            const std::unique_ptr<Struct> owned(static_cast<Struct*>(pointer));
            if (owned->release != nullptr) owned->release(owned.get());
          }};
}

nb::capsule SchemaCapsule(const Schema& schema) {
  auto exported = std::make_unique<ArrowSchema>();
  if (Status status = engine::ExportSchema(schema, exported.get()); !status.ok()) {
    throw Failure(std::move(status).error());
  }
  return Capsule(std::move(exported), "arrow_schema");
}

struct Batch {
  std::shared_ptr<engine::RecordBatch> batch;
  std::shared_ptr<const Schema> schema;

  std::pair<nb::capsule, nb::capsule> Export(const nb::object& /*requested_schema*/) const {
    auto array = std::make_unique<ArrowArray>();
    engine::ShareBatch(batch, array.get());
    return {SchemaCapsule(*schema), Capsule(std::move(array), "arrow_array")};
  }
};

class Batches {
 public:
  explicit Batches(std::unique_ptr<engine::RecordBatches> batches)
      : batches_(std::move(batches)), schema_(std::make_shared<const Schema>(batches_->schema())) {}

  Batch Next() {
    auto next = Take(Unlocked([&] { return batches_->Next(); }));
    if (next == nullptr) throw nb::stop_iteration();
    return {std::move(next), schema_};
  }

 private:
  std::unique_ptr<engine::RecordBatches> batches_;
  std::shared_ptr<const Schema> schema_;
};

// ---- projects ----

class Reader {
 public:
  Reader(const std::filesystem::path& folder, int threads, std::uint64_t memory)
      : reader_(Take(run::VersionReader::Open({folder, threads, memory}, clock_))) {}

  run::NamedVersion Find(const std::string& text) const {
    return Take(Unlocked([&] { return reader_->Find(text); }));
  }

  Batches Read(const run::NamedVersion& version, const std::string& split,
               const run::WantedRows& wanted) {
    return Batches(Open(version, split, wanted, WasInterrupted));
  }

  nb::capsule Stream(const run::NamedVersion& version, const std::string& split,
                     const run::WantedRows& wanted) {
    auto stream = std::make_unique<ArrowArrayStream>();
    engine::ExportStream(Open(version, split, wanted, WasInterruptedBelow), stream.get());
    return Capsule(std::move(stream), "arrow_array_stream");
  }

  void Verify(const run::NamedVersion& version) const {
    Check(Unlocked([&] { return reader_->Verify(version); }));
  }

  SharedPreparation Preparation(const run::NamedVersion& version) const {
    return {std::make_shared<const prepare::Preparation>(
        Take(Unlocked([&] { return reader_->Preparation(version); })))};
  }

  run::NamedVersion Prepared(const run::NamedVersion& version) const {
    return Take(Unlocked([&] { return reader_->Prepared(version); }));
  }

  std::vector<std::filesystem::path> Files(const run::NamedVersion& version,
                                           const std::string& split) const {
    return reader_->Files(*Take(run::FindSplit(version, split)));
  }

 private:
  std::unique_ptr<engine::RecordBatches> Open(const run::NamedVersion& version,
                                              const std::string& split,
                                              const run::WantedRows& wanted, bool (*stop)()) {
    return Take(Unlocked([&] { return reader_->Read(version, split, wanted, stop); }));
  }

  SystemClock clock_;
  std::unique_ptr<run::VersionReader> reader_;
};

run::WantedRows Wanted(std::vector<std::string> columns, std::size_t batch_rows,
                       std::optional<std::pair<std::uint64_t, std::uint64_t>> shuffle) {
  run::WantedRows wanted{std::move(columns), std::nullopt, batch_rows};
  if (shuffle) wanted.shuffle = run::Shuffle{shuffle->first, shuffle->second};
  return wanted;
}

using Texts = std::vector<std::pair<std::string, std::string>>;

Texts ColumnsOf(const run::NamedVersion& version) {
  Texts columns;
  for (const Field& field : version.body.schema) {
    columns.emplace_back(field.name, TypeText(field.type));
  }
  return columns;
}

std::vector<std::pair<std::string, std::uint64_t>> SplitsOf(const run::NamedVersion& version) {
  std::vector<std::pair<std::string, std::uint64_t>> splits;
  splits.reserve(version.body.tables.size());
  for (const store::SplitTable& split : version.body.tables) {
    splits.emplace_back(split.name, split.rows);
  }
  return splits;
}

void Define(nb::module_& m) {
  nb::register_exception_translator(Translate);
  m.attr("program_version") = run::kProgramVersion;

  nb::class_<run::NamedVersion>(m, "Version", "What a name pointed at when it was looked up.")
      .def_ro("dataset", &run::NamedVersion::dataset)
      .def_ro("ref", &run::NamedVersion::ref)
      .def_ro("commit", &run::NamedVersion::commit)
      .def_ro("number", &run::NamedVersion::number, "`v2`, or empty")
      .def_prop_ro(
          "record", [](const run::NamedVersion& v) { return Take(CommitText(v.body)); },
          "The commit as JSON (assay.commit/1).")
      .def_prop_ro("columns", ColumnsOf, "Names and types in schema order.")
      .def_prop_ro("splits", SplitsOf, "Names and numbers of rows in declared order.");

  nb::class_<Batch>(m, "Batch", "A record batch; anything that reads Arrow takes it.")
      .def_prop_ro("num_rows", [](const Batch& batch) { return batch.batch->rows(); })
      .def("__len__", [](const Batch& batch) { return batch.batch->rows(); })
      .def("__arrow_c_array__", &Batch::Export, nb::arg("requested_schema") = nb::none(),
           nb::sig("def __arrow_c_array__(self, requested_schema: object | None = None) -> "
                   "tuple[object, object]"),
           "The batch as it is; a requested schema is not looked at.")
      .def(
          "__arrow_c_schema__", [](const Batch& batch) { return SchemaCapsule(*batch.schema); },
          nb::sig("def __arrow_c_schema__(self) -> object"));

  nb::class_<Batches>(m, "Batches", "Record batches, one after the other.")
      .def(
          "__iter__", [](nb::handle self) { return nb::borrow(self); },
          nb::sig("def __iter__(self) -> Batches"))
      .def("__next__", &Batches::Next);

  m.def("write_parquet", &WriteParquet, nb::arg("rows"), nb::arg("file"), nb::arg("memory"),
        nb::sig("def write_parquet(rows: object, file: str, memory: int) -> int"),
        "Write an Arrow stream as a new file in a folder of its own; return the number of rows.");

  nb::class_<run::WantedRows>(m, "WantedRows", "Which rows of a split, and in which order.")
      .def(nb::new_(&Wanted), nb::arg("columns"), nb::arg("batch_rows"), nb::arg("shuffle").none(),
           "No columns: all. shuffle: seed and epoch.");

  DefinePreparation(m);
  DefineRecords(m);

  nb::class_<Reader>(m, "Reader", "A project's store; the catalog is open only within `find`.")
      .def(nb::init<const std::filesystem::path&, int, std::uint64_t>(), nb::arg("folder"),
           nb::arg("threads"), nb::arg("memory"),
           nb::sig("def __init__(self, folder: str, threads: int, memory: int) -> None"))
      .def("find", &Reader::Find, nb::arg("name"))
      .def("read", &Reader::Read, nb::arg("version"), nb::arg("split"), nb::arg("wanted"))
      .def("stream", &Reader::Stream, nb::arg("version"), nb::arg("split"), nb::arg("wanted"),
           nb::sig("def stream(self, version: Version, split: str, wanted: WantedRows) -> object"),
           "A capsule for __arrow_c_stream__.")
      .def("preparation", &Reader::Preparation, nb::arg("version"))
      .def("prepared", &Reader::Prepared, nb::arg("version"),
           "The version with its prepared rows in place of the raw ones.")
      .def("verify", &Reader::Verify, nb::arg("version"))
      .def("files", &Reader::Files, nb::arg("version"), nb::arg("split"));
}

}  // namespace
}  // namespace assay::python

NB_MODULE(_core, m) { assay::python::Define(m); }
