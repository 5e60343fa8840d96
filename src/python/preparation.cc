// Bindings of a fitted preparation: rows come and go as JSON texts.
#include "prepare/preparation.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <utility>
#include <vector>

#include "python/binding.h"

namespace nb = nanobind;

namespace assay::python {
namespace {

using prepare::Preparation;

using Texts = std::vector<std::pair<std::string, std::string>>;

Texts TypesOf(const Schema& schema) {
  Texts types;
  for (const Field& field : schema) types.emplace_back(field.name, TypeText(field.type));
  return types;
}

Result<std::string> TransformOne(const Preparation& preparation, const std::string& text) {
  TRY_ASSIGN(const Json row, ParseJson(text));
  TRY_ASSIGN(const Json prepared, preparation.Transform(row));
  return prepared.dump();
}

Result<std::string> TransformMany(const Preparation& preparation, const std::string& text) {
  TRY_ASSIGN(const Json rows, ParseJson(text));
  Json list = Json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    TRY_ASSIGN(Json prepared, preparation.Transform(rows[i]).While("row " + std::to_string(i)));
    list.push_back(std::move(prepared));
  }
  return list.dump();
}

}  // namespace

void DefinePreparation(nb::module_& m) {
  nb::class_<SharedPreparation>(m, "Preparation", "What was learnt from a training split.")
      .def_prop_ro(
          "text", [](const SharedPreparation& held) { return Take(held.fitted->Text()); },
          "The stored text (assay.preparation/1).")
      .def_prop_ro(
          "input", [](const SharedPreparation& held) { return TypesOf(held.fitted->input()); },
          "Names and types of a raw row.")
      .def_prop_ro(
          "output", [](const SharedPreparation& held) { return TypesOf(held.fitted->output()); },
          "Names and types of a prepared row.")
      .def(
          "transform",
          [](const SharedPreparation& held, const std::string& row) {
            return Take(Unlocked([&] { return TransformOne(*held.fitted, row); }));
          },
          nb::arg("row"), "A JSON object to one of prepared fields.")
      .def(
          "transform_many",
          [](const SharedPreparation& held, const std::string& rows) {
            return Take(Unlocked([&] { return TransformMany(*held.fitted, rows); }));
          },
          nb::arg("rows"), "A JSON list of rows to one of prepared rows.");
}

}  // namespace assay::python
