#include "cli/man_page.h"

#include <algorithm>

#include "contract/mapping.h"

namespace assay::cli {
namespace {

// Text as roff prints it: characters that mean something there are named.
std::string Roff(const std::string& text) {
  std::string roff;
  bool begins_line = true;
  for (const char c : text) {
    // A line that begins with one of these would be a request.
    if (begins_line && (c == '.' || c == '\'')) roff += "\\&";
    begins_line = c == '\n';
    switch (c) {
      case '\\':
        roff += "\\e";
        break;
      case '-':
        roff += "\\-";
        break;
      case '\'':
        roff += "\\(aq";
        break;
      case '`':
        roff += "\\(ga";
        break;
      case '^':
        roff += "\\(ha";
        break;
      case '~':
        roff += "\\(ti";
        break;
      case '"':
        roff += "\\(dq";
        break;
      default:
        roff += c;
    }
  }
  return roff;
}

std::string Bold(const std::string& text) { return "\\fB" + Roff(text) + "\\fR"; }
std::string Italic(const std::string& text) { return "\\fI" + Roff(text) + "\\fR"; }

// Whether the help says all words that the option takes.
bool NamesChoices(const OptionText& option) {
  return std::all_of(option.choices.begin(), option.choices.end(), [&](const std::string& word) {
    return option.help.find(word) != std::string::npos;
  });
}

std::string OptionRoff(const OptionText& option, bool with_dashes) {
  std::string head;
  if (with_dashes) {
    for (const std::string& name : option.names) head += (head.empty() ? "" : ", ") + Bold(name);
    if (!option.value.empty()) head += " " + Italic(option.value);
  } else {
    head = Italic(option.value);
  }
  std::string text = ".TP\n" + head + "\n" + Roff(option.help);
  if (!NamesChoices(option)) text += " (" + Roff(contract::Join(option.choices)) + ")";
  if (!option.variable.empty()) text += " (or in the environment: " + Bold(option.variable) + ")";
  return text + "\n";
}

// `assay dataset show NAME@REF [OPTIONS]`
std::string Synopsis(const VerbText& verb, const std::string& path) {
  std::string text = Bold(path);
  for (const OptionText& argument : verb.arguments) {
    const std::string value = Italic(argument.value) + (argument.takes_many ? " ..." : "");
    text += argument.required ? " " + value : " [" + value + "]";
  }
  for (const OptionText& option : verb.options) {
    if (option.required) text += " " + Bold(option.names.front()) + " " + Italic(option.value);
  }
  return text + " [" + Italic("OPTIONS") + "]";
}

bool IsHelp(const OptionText& option) { return option.names.front() == "--help"; }

std::string ExamplesRoff(const std::string& after) {
  constexpr std::string_view kHeading = "Examples:\n";
  if (!after.starts_with(kHeading)) return "";
  return ".PP\nExamples:\n.PP\n.nf\n" + Roff(after.substr(kHeading.size())) + "\n.fi\n";
}

// Verbs that do something, each with its own head; those that only hold others are named by them.
std::string VerbRoff(const VerbText& verb, const std::string& path) {
  std::string text;
  if (verb.verbs.empty()) {
    text = ".SS \"" + Roff(path) + "\"\n" + Synopsis(verb, path) + "\n.PP\n" + Roff(verb.summary) +
           "\n";
    for (const OptionText& argument : verb.arguments) text += OptionRoff(argument, false);
    for (const OptionText& option : verb.options) {
      if (!IsHelp(option)) text += OptionRoff(option, true);
    }
    text += ExamplesRoff(verb.after);
  }
  for (const VerbText& below : verb.verbs) text += VerbRoff(below, path + " " + below.name);
  return text;
}

// `turns raw data ...` of `assay turns raw data ....`
std::string ShortSummary(const VerbText& program) {
  std::string summary = program.summary;
  if (summary.starts_with(program.name + " ")) summary.erase(0, program.name.size() + 1);
  if (summary.ends_with('.')) summary.pop_back();
  return summary;
}

}  // namespace

std::string ManPage(const VerbText& program, const std::string& version) {
  std::string text =
      ".TH ASSAY 1 \"\" \"assay " + Roff(version) + "\" \"User Commands\"\n.ad l\n.nh\n";
  text += ".SH NAME\nassay \\- " + Roff(ShortSummary(program)) + "\n";
  text += ".SH SYNOPSIS\n" + Bold("assay") + " [" + Italic("OPTIONS") + "] " + Italic("VERB") +
          " ...\n";
  text += ".SH DESCRIPTION\n" + Roff(program.summary) + "\nA project is a folder with a file " +
          Italic("assay.yaml") + "; what is made of it is kept in its folder " + Italic(".assay") +
          ".\n";
  text += ".PP\nStandard output is data, standard error is talk. With " + Bold("--json") +
          ", verbs that read print JSON.\n";
  text += ".SH OPTIONS\nThese may stand before and behind the verb.\n";
  for (const OptionText& option : program.options) text += OptionRoff(option, true);
  text += ".SH VERBS\n";
  for (const VerbText& verb : program.verbs) text += VerbRoff(verb, "assay " + verb.name);
  constexpr std::string_view kExit = "Exit status: ";
  const std::string after =
      program.after.starts_with(kExit) ? program.after.substr(kExit.size()) : program.after;
  text += ".SH \"EXIT STATUS\"\n" + Roff(after) + "\n";
  text += ".SH ENVIRONMENT\n.TP\n" + Bold("NO_COLOR") +
          "\nNo colours. None are shown either where the output is no terminal.\n";
  for (const OptionText& option : program.options) {
    if (option.variable.empty()) continue;
    text += ".TP\n" + Bold(option.variable) + "\nAs " + Bold(option.names.front()) +
            ", where that is not given.\n";
  }
  text += ".SH FILES\n.TP\n" + Italic("assay.yaml") + "\nThe project.\n.TP\n" +
          Italic("environments/NAME.yaml") +
          "\nValues of the project\\(aqs variables in the environment NAME.\n.TP\n" +
          Italic(".assay/") + "\nThe store: versions, commits, runs.\n";
  return text;
}

}  // namespace assay::cli
