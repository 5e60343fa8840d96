/// A run as pictures: SVG that stands in a page of HTML, coloured by its style sheet. What a colour
/// says a word says, too.
#pragma once

#include <string>

#include "run/run_record.h"

namespace assay::run {

/// How a node stands: its class in the style sheet (good | note | bad | idle), a sign, and the
/// word.
struct Standing {
  std::string style, sign, word;
};
Standing StandingOf(const store::NodeRun& node);
/// The same of a verdict: pass | warn | fail.
Standing StandingOfVerdict(const std::string& verdict);

/// The id of the element of the page that tells of a node: `node-joined`.
std::string NodeAnchor(const std::string& node);

/// The nodes as boxes with their inputs as edges, each a link to `NodeAnchor`. Edges come of what
/// the records name as inputs; an input that was not part of the run is a box of dashes. Many nodes
/// are small boxes with their names alone. Empty for a run without nodes.
std::string GraphChart(const RunRecord& record);

/// What ran when: a bar for each node. Of very many nodes only the longest are drawn, which the
/// text below says. Empty where no node has a time.
std::string TimelineChart(const RunRecord& record);

/// How many nodes ran at the same time at most.
std::size_t MostAtOnce(const RunRecord& record);

}  // namespace assay::run
