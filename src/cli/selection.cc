#include "cli/selection.h"

namespace assay::cli {

void AddSelection(CLI::App& verb, plan::Selection& selection) {
  verb.add_option("node", selection.nodes,
                  "these alone; +NODE with all before it, NODE+ with all behind it")
      ->type_name("NODE");
  verb.add_option("--until", selection.until, "this node and all before it")
      ->expected(1)
      ->take_all()
      ->type_name("NODE");
  verb.add_option("--select", selection.labels, "nodes with this tag")
      ->expected(1)
      ->take_all()
      ->type_name("tag:TAG");
}

}  // namespace assay::cli
