// JUnit XML in the form that both the schema of Ant and that of Jenkins take: no attribute that one
// of the two does not know, and the empty elements that Ant's wants.
#include <cstdio>
#include <ctime>

#include "cli/case_text.h"
#include "contract/html_text.h"

namespace assay::cli {
namespace {

using contract::EscapeHtml;
using run::CaseOutcome;

std::string Attribute(const std::string& name, const std::string& value) {
  return " " + name + "=\"" + EscapeHtml(value) + "\"";
}

std::string SecondsOf(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f", seconds);
  return text;
}

// A moment without its zone, which the schema does not take.
std::string JunitMoment(std::int64_t micros) {
  const auto seconds = static_cast<std::time_t>(micros / 1'000'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  return text;
}

std::string CaseXml(const CaseOutcome& outcome) {
  std::string xml = "    <testcase" + Attribute("name", outcome.name) +
                    Attribute("classname", outcome.node) +
                    Attribute("time", SecondsOf(outcome.seconds));
  if (outcome.passed()) return xml + "/>\n";
  const std::string element = outcome.could_not_run ? "error" : "failure";
  const std::string message = outcome.findings[0].message;
  constexpr std::size_t kPairs = 10;
  return xml + ">\n      <" + element +
         Attribute("message", message.substr(0, message.find('\n'))) +
         Attribute("type", outcome.could_not_run ? "could not run" : "not as expected") + ">" +
         EscapeHtml(FailureText(Terminal::Plain(), outcome, kPairs)) + "</" + element +
         ">\n    </testcase>\n";
}

struct Suite {
  std::string file, cases;
  std::size_t tests = 0, failures = 0, errors = 0;
  double seconds = 0;
};

std::string SuiteXml(const Suite& suite, std::size_t id, std::int64_t started_micros) {
  return "  <testsuite" + Attribute("id", std::to_string(id)) +
         Attribute("package", run::kCasesFolder) + Attribute("name", suite.file) +
         Attribute("timestamp", JunitMoment(started_micros)) + Attribute("hostname", "localhost") +
         Attribute("tests", std::to_string(suite.tests)) +
         Attribute("failures", std::to_string(suite.failures)) +
         Attribute("errors", std::to_string(suite.errors)) +
         Attribute("time", SecondsOf(suite.seconds)) + ">\n    <properties/>\n" + suite.cases +
         "    <system-out/>\n    <system-err/>\n  </testsuite>\n";
}

}  // namespace

std::string JunitXml(const std::vector<CaseOutcome>& outcomes, std::int64_t started_micros) {
  std::vector<Suite> suites;
  for (const CaseOutcome& outcome : outcomes) {
    if (suites.empty() || suites.back().file != outcome.place.file) {
      suites.push_back({outcome.place.file, "", 0, 0, 0, 0});
    }
    Suite& suite = suites.back();
    suite.cases += CaseXml(outcome);
    ++suite.tests;
    if (!outcome.passed()) ++(outcome.could_not_run ? suite.errors : suite.failures);
    suite.seconds += outcome.seconds;
  }
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (std::size_t i = 0; i < suites.size(); ++i) xml += SuiteXml(suites[i], i, started_micros);
  return xml + "</testsuites>\n";
}

}  // namespace assay::cli
