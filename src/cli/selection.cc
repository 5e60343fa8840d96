#include "cli/selection.h"

namespace assay::cli {

void AddSelection(Verb& verb, plan::Selection& selection) {
  verb.AddOption("node", selection.nodes,
                 "these alone; +NODE with all before it, NODE+ with all behind it")
      .ValueName("NODE");
  verb.AddOption("--until", selection.until, "this node and all before it")
      .OneEach()
      .ValueName("NODE");
  verb.AddOption("--select", selection.labels, "nodes with this tag")
      .OneEach()
      .ValueName("tag:TAG");
}

}  // namespace assay::cli
