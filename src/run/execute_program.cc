#include "run/execute_program.h"

#include <cctype>
#include <filesystem>

#include "contract/byte_amount.h"
#include "engine/sql_text.h"
#include "run/command.h"
#include "run/row_origin.h"
#include "run/table_sql.h"
#include "run/work_folder.h"

namespace assay::run {
namespace {

namespace fs = std::filesystem;

// `plausible.refused` as `ASSAY_INPUT_PLAUSIBLE_REFUSED`.
std::string VariableOf(const std::string& input) {
  std::string name = "ASSAY_INPUT_";
  for (const char c : input) {
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

// The rows as the program reads them.
std::string QueryOfInput(const store::ObjectStore& objects, const store::Table& table,
                         const Json& params) {
  std::string columns = engine::NameList(FieldNames(table.schema));
  if (params.value("row_ids", false)) {
    columns += ", " + engine::RowIdSql() + " AS " + kRowIdColumn;
  }
  const std::string order = params.value("order_free", false) ? "" : " ORDER BY ALL NULLS LAST";
  return "SELECT " + columns + " FROM " + PlacedTableSql(objects, table) + order;
}

class ProgramStep {
 public:
  ProgramStep(Workspace& workspace, const step::StepKind& kind, const contract::Declared& step,
              const NodeInputs& inputs)
      : workspace_(workspace),
        kind_(kind),
        step_(step),
        inputs_(inputs),
        work_(workspace.objects().StagingPath("program")) {}

  Result<Executed> Run() {
    TRY_ASSIGN(engine_, workspace_.Engine());
    TRY_ASSIGN(const fs::path given, work_.Make("given"));
    TRY_ASSIGN(const fs::path made, work_.Make("made"));
    output_ = made / "rows.parquet";
    TRY(WriteInputs(given));
    TRY(Start());
    return StoreOutput();
  }

 private:
  Status WriteInputs(const fs::path& folder) {
    for (const NodeInput& input : inputs_) {
      const fs::path path = folder / (input.name + ".parquet");
      TRY(engine_
              ->CopyToParquet(QueryOfInput(workspace_.objects(), input.table, step_.params), path)
              .While("input " + input.name));
      request_.added[VariableOf(input.name)] = path.string();
      if (inputs_.size() == 1) request_.added["ASSAY_INPUT"] = path.string();
      done_.rows_in += input.table.rows;
    }
    return {};
  }

  Status Start() {
    request_.argv = kind_.program(step_.params);
    request_.folder = workspace_.folder();
    request_.added["ASSAY_OUTPUT"] = output_.string();
    request_.log = work_.path() / "log";
    request_.stop = [this] { return workspace_.interrupted(); };
    if (step_.params.contains("memory")) {
      TRY_ASSIGN(request_.memory_bytes,
                 contract::ParseMemory(step_.params["memory"].get<std::string>()));
    }
    TRY_ASSIGN(const CommandEnd end, RunCommand(request_));
    const std::string said = LogTail(request_.log);
    std::error_code error;
    const bool is_there = fs::is_regular_file(fs::symlink_status(output_, error));
    if (end.failure.empty() && is_there) return {};
    const std::string what = end.failure.empty() ? "wrote no file to $ASSAY_OUTPUT" : end.failure;
    return Error{ErrorCode::kData, "`" + request_.argv[0] + "` " + what,
                 said.empty() ? "it printed nothing" : "it printed last:\n" + said};
  }

  Result<Executed> StoreOutput() {
    const std::string from = engine::ReadParquet({output_}, {});
    const auto schema = engine_->Describe("SELECT * FROM " + from);
    if (!schema.ok()) {
      return Error{ErrorCode::kData, "what the program wrote is no Parquet file that can be read",
                   schema.error().message};
    }
    const bool has_ids = step_.params.value("row_ids", false) && inputs_.size() == 1 &&
                         FindField(*schema, kRowIdColumn) != nullptr;
    Schema own = *schema;
    std::erase_if(own, [](const Field& field) { return field.name == kRowIdColumn; });
    TracedRows rows{"SELECT " + engine::NameList(FieldNames(own)) + " FROM " + from, 0, nullptr,
                    true};
    if (has_ids) {
      rows.query = "SELECT " + engine::NameList(FieldNames(own)) + ", " + kRowIdColumn +
                   "::UBIGINT AS " + kRowIdColumn + " FROM " + from;
      rows.ids = 1;
      TRY(CheckIds(from));
      TRY_ASSIGN(rows.lineage, LineageOfInput(workspace_, inputs_[0].name, inputs_[0].table));
    } else {
      store::Lineage lineage{"none", "", {}, {}};
      lineage.reason = "a program";
      rows.lineage = std::make_shared<const store::Lineage>(std::move(lineage));
    }
    TRY_ASSIGN(store::Table table, StoreTraced(workspace_, *engine_, rows, step_.name));
    done_.rows_out = table.rows;
    done_.output.outputs[""] = std::move(table);
    return std::move(done_);
  }

  // Ids of rows that the input does not have would be followed into nothing.
  Status CheckIds(const std::string& from) {
    std::string rows;
    for (const store::FileRef& file : inputs_[0].table.files) {
      rows += (rows.empty() ? "" : ", ") + std::to_string(file.rows);
    }
    const std::string id = kRowIdColumn;
    const std::string bits = std::to_string(engine::kRowBits);
    const std::string row = id + "::UBIGINT & ((1::UBIGINT << " + bits + ") - 1)";
    TRY_ASSIGN(const engine::Grid grid,
               engine_->Query("SELECT count(*) FROM " + from + " WHERE coalesce((" + row +
                              ") < ([" + rows + "]::UBIGINT[])[(" + id + "::UBIGINT >> " + bits +
                              ")::BIGINT + 1], false) IS FALSE"));
    const std::string wrong = grid.rows.at(0).at(0).value_or("0");
    if (wrong == "0") return {};
    return Error{
        ErrorCode::kData,
        "the program wrote " + wrong + " rows with an " + id + " that no row of its input has",
        "carry the column through as it is, or take `row_ids` away"};
  }

  Workspace& workspace_;
  const step::StepKind& kind_;
  const contract::Declared& step_;
  const NodeInputs& inputs_;
  const WorkFolder work_;
  engine::Engine* engine_ = nullptr;
  fs::path output_;
  CommandRequest request_;
  Executed done_;
};

}  // namespace

Result<Executed> ExecuteProgram(Workspace& workspace, const step::StepKind& kind,
                                const contract::Declared& step, const NodeInputs& inputs) {
  return ProgramStep(workspace, kind, step, inputs).Run();
}

}  // namespace assay::run
