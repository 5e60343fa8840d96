#include "run/table_view.h"

#include "engine/sql_text.h"

namespace assay::run {

using engine::QuoteName;

Status MakeView(engine::Engine& engine, const std::string& name, const std::string& query) {
  TRY(engine.Execute("CREATE OR REPLACE VIEW " + QuoteName(name) + " AS " + query));
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos || name.find('@') != std::string::npos) return {};
  const std::string schema = QuoteName(name.substr(0, dot));
  if (!engine.Execute("CREATE SCHEMA IF NOT EXISTS " + schema).ok()) return {};
  (void)engine
      .Execute("CREATE OR REPLACE VIEW " + schema + "." + QuoteName(name.substr(dot + 1)) +
               " AS SELECT * FROM " + QuoteName(name))
      .ok();
  return {};
}

void DropView(engine::Engine& engine, const std::string& name) {
  const std::size_t dot = name.find('.');
  if (dot != std::string::npos) {
    (void)engine.Execute("DROP SCHEMA IF EXISTS " + QuoteName(name.substr(0, dot)) + " CASCADE")
        .ok();
  }
  (void)engine.Execute("DROP VIEW IF EXISTS " + QuoteName(name)).ok();
}

}  // namespace assay::run
