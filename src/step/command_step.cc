#include "contract/byte_amount.h"
#include "step/step.h"

namespace assay::step {
namespace {

std::vector<std::string> Program(const Json& params) {
  return contract::TextsOf(params, "command");
}

Status CheckParams(const Json& params) {
  if (!params.contains("memory")) return {};
  TRY(contract::ParseMemory(params["memory"].get<std::string>()).While("memory"));
  return {};
}

}  // namespace

StepKind command_step() {
  using contract::ParamType;
  return {
      .info =
          {.name = "command",
           .summary = "starts a program that makes the rows, such as a Python script",
           .help =
               "The program runs in the project's folder, without a shell between. It finds each "
               "input as a Parquet file at the path in `ASSAY_INPUT_NAME` (the input's name in "
               "capitals, `.` as `_`), of a single input also in `ASSAY_INPUT`, and writes one "
               "Parquet file to the path in `ASSAY_OUTPUT`. A status other than 0, or no file, "
               "fails the step; the last lines that it printed are shown.\n\n"
               "It runs again when its inputs, its words or the files in `reads` change. Without "
               "`reads` these are the files of the project among its words: `[python3, "
               "scripts/features.py]` watches the script. What else it reads (other modules, "
               "installed packages, the network) Assay does not see; name what matters.\n\n"
               "The rows of each input come sorted by all columns, so that the same rows are the "
               "same file on every machine; `order_free: true` says that their order does not "
               "matter and spares the sort. With `row_ids: true` the inputs have a column "
               "`_assay_row_id`, and where the output has it, too, rows can be traced through the "
               "program; else the lineage ends here.\n\n"
               "`timeout` ends the program, `memory` is the most data that each of its processes "
               "may have. Write no secret among the words: the program reads its environment "
               "itself.",
           .version = 1,
           .params = {{.name = "inputs",
                       .type = ParamType::kInputs,
                       .summary = "the nodes whose rows it reads",
                       .required = true},
                      {.name = "command",
                       .type = ParamType::kScalars,
                       .summary = "the program and its arguments, as a list",
                       .required = true},
                      {.name = "reads",
                       .type = ParamType::kPaths,
                       .summary = "files whose change makes it run again"},
                      {.name = "order_free",
                       .type = ParamType::kBool,
                       .summary = "true: the order of the input's rows does not matter",
                       .by_default = false},
                      {.name = "row_ids",
                       .type = ParamType::kBool,
                       .summary = "true: rows carry `_assay_row_id` through the program",
                       .by_default = false},
                      {.name = "memory",
                       .type = ParamType::kString,
                       .summary = "most data of a process, such as 4GB"}},
           .check = CheckParams,
           .example = "steps:\n  features: {kind: command, inputs: flights, command: [python3, "
                      "scripts/features.py]}\n"},
      .program = Program};
}

}  // namespace assay::step
