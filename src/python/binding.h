/// What all bindings do with results: a value goes on, an error becomes an exception of
/// assay.errors.
#pragma once

#include <nanobind/nanobind.h>

#include <exception>
#include <memory>
#include <utility>

#include "base/result.h"
#include "prepare/preparation.h"

namespace assay::python {

/// Carries an error of ours through nanobind to where it becomes an exception.
struct Failure : std::exception {
  explicit Failure(Error error) : reason(std::move(error)) {}
  const char* what() const noexcept override { return reason.message.c_str(); }
  Error reason;
};

/// The value, or an exception in Python. Needs the interpreter's lock.
template <typename T>
T Take(Result<T> result) {
  if (result.ok()) return std::move(result).value();
  // A signal's handler raised while we looked for signals: its exception is the one to go on.
  if (result.error().code == ErrorCode::kCancelled && PyErr_Occurred() != nullptr) {
    throw nanobind::python_error();
  }
  throw Failure(std::move(result).error());
}

/// Runs `work` without the interpreter's lock.
template <typename Work>
auto Unlocked(Work work) {
  const nanobind::gil_scoped_release released;
  return work();
}

inline void Check(Status status) {
  if (!status.ok()) throw Failure(std::move(status).error());
}

/// A preparation as Python holds it: it cannot be copied, and the bindings ask for what can.
struct SharedPreparation {
  std::shared_ptr<const prepare::Preparation> fitted;
};

/// Bindings of preparation.cc and records.cc.
void DefinePreparation(nanobind::module_& m);
void DefineRecords(nanobind::module_& m);

}  // namespace assay::python
