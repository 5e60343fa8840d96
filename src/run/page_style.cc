#include "run/page_style.h"

#include "contract/html_text.h"

namespace assay::run {
namespace {

constexpr char kPageStyle[] = R"(
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --line: #d1d9e0; --page: #fff; --box: #f6f8fa;
  --good: #1a7f37; --note: #9a6700; --bad: #b3261e; --idle: #818b98; --cached: #57708f; --data: #1f5fa8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9aa4ae; --line: #3a424b; --page: #0f1419;
  --box: #1a2027; --good: #3fb950; --note: #d9a514; --bad: #ff7b72; --idle: #7d8792; --cached: #8fa9c8; --data: #6ca6e8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 75rem; padding: 2rem 1.25rem; color: var(--ink); background: var(--page);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; break-after: avoid; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; break-after: avoid; overflow-wrap: anywhere; }
h3 + p { break-after: avoid; }
p { margin: .25rem 0; overflow-wrap: anywhere; } .soft { color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .75rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
code, .code { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0; padding: 0; list-style: none; }
.tiles li { border: 1px solid var(--line); border-radius: 6px; padding: .4rem .9rem; }
.tiles b { display: block; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.attention { border-left: 4px solid var(--bad); padding: .1rem 0 .1rem 1rem; margin: 1rem 0; list-style: none; }
.attention.warnings { border-color: var(--note); }
.attention li { margin: .35rem 0; overflow-wrap: anywhere; white-space: pre-line; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--soft); }
td, td code { overflow-wrap: break-word; max-width: 24rem; }
td.number, th.number { text-align: right; } td.whole, td.number { white-space: nowrap; }
td.long { min-width: 10rem; overflow-wrap: anywhere; } td.slice { padding-left: 1.2rem; }
tr:target td { background: var(--box); }
.wide { overflow-x: auto; }
.word { white-space: nowrap; font-weight: 600; }
.word.good { color: var(--good); } .word.note { color: var(--note); } .word.bad { color: var(--bad); }
.word.idle { color: var(--soft); font-weight: 400; } .word.cached { color: var(--cached); font-weight: 400; }
.columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1rem; }
figure { margin: 0; padding: .75rem; border: 1px solid var(--line); border-radius: 6px; break-inside: avoid; font-size: .87rem; }
figcaption { margin-bottom: .5rem; overflow-wrap: anywhere; }
figure svg { width: 100%; height: auto; display: block; }
svg { display: block; } svg.fit { max-width: 100%; height: auto; }
svg text { font: 11px system-ui, sans-serif; fill: var(--soft); }
svg text.name { font-size: 12.5px; fill: var(--ink); } .node text.name { font-weight: 600; }
svg text.tiny { font-size: 10px; fill: var(--ink); } svg text.inside { fill: var(--page); }
svg a:hover rect, svg a:focus rect { stroke-width: 2.5; }
.node rect { fill: var(--box); stroke: var(--mark); } .node rect.mark { fill: var(--mark); stroke: none; }
.node.good, .bar.good { --mark: var(--good); } .node.note, .bar.note { --mark: var(--note); }
.node.bad, .bar.bad { --mark: var(--bad); } .node.idle, .bar.idle { --mark: var(--idle); }
.node.cached, .bar.cached { --mark: var(--cached); }
.node.bad rect { stroke-width: 2; } .node.idle rect { stroke-dasharray: 5 3; } .node.absent rect.mark { fill: none; }
.bar { fill: var(--mark); }
.edge { fill: none; stroke: var(--idle); stroke-width: 1.3; } .edge.refused { stroke-dasharray: 4 3; } .head { fill: var(--idle); }
.tick { stroke: var(--line); } .axis { stroke: var(--soft); } .data { fill: var(--data); }
summary { cursor: pointer; margin: .5rem 0; }
@page { size: landscape; margin: 12mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --page: #fff; --box: #f6f8fa;
    --good: #1a7f37; --note: #7d5300; --bad: #a4161a; --idle: #818b98; --cached: #57708f; --data: #1f5fa8; }
  body { padding: 0; max-width: none; font-size: 10pt; }
  .wide { overflow: visible; } svg { max-width: 100%; max-height: 165mm; height: auto; }
  section { break-inside: avoid; } details:not([open]) { display: none; }
  table { font-size: 7.5pt; } th, td { padding: .15rem .5rem .15rem 0; }
  .many th, .many td, .many code { overflow-wrap: anywhere; white-space: normal; }
  thead { display: table-header-group; } tr, .tiles li, .attention li { break-inside: avoid; }
  .columns { grid-template-columns: repeat(3, 1fr); gap: .5rem; }
  a { color: inherit; text-decoration: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
)";

}  // namespace

std::string PageBegin(const std::string& title) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         contract::EscapeHtml(title) + "</title>\n<style>" + kPageStyle +
         "</style>\n</head>\n<body>\n";
}

}  // namespace assay::run
