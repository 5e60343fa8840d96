#include "cli/verb.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace assay::cli {
namespace {

// `{a,b}` of `FORM:{a,b}`, as CLI11 tells of a value that is one of several words.
std::vector<std::string> ChoicesIn(const std::string& type) {
  std::vector<std::string> choices;
  const std::size_t begin = type.find(":{");
  if (begin == std::string::npos || !type.ends_with('}')) return choices;
  std::string word;
  for (const char c : type.substr(begin + 2)) {
    if (c != ',' && c != '}') {
      word += c;
      continue;
    }
    choices.push_back(word);
    word.clear();
  }
  return choices;
}

OptionText TextOf(const CLI::Option& option) {
  OptionText text;
  for (const std::string& name : option.get_lnames()) text.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) text.names.push_back("-" + name);
  if (option.get_positional()) text.names = {option.get_name()};
  const std::string type = option.get_type_name();
  // Behind the name stands what the value must be, `N: 1 to 9`; `tag:TAG` is a name.
  const std::size_t name = type.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  if (option.get_items_expected_max() > 0) text.value = type.substr(0, type.find(':', name));
  text.choices = ChoicesIn(type);
  text.help = option.get_description();
  text.variable = option.get_envname();
  text.required = option.get_required();
  text.takes_many = option.get_items_expected_max() > 1;
  return text;
}

}  // namespace

Option& Option::Required() {
  option_->required();
  return *this;
}

Option& Option::ValueName(const std::string& name) {
  option_->type_name(name);
  return *this;
}

Option& Option::OneOf(const std::vector<std::string>& words) {
  std::string braced, listed;
  for (std::size_t i = 0; i < words.size(); ++i) {
    braced += (i == 0 ? "" : ",") + words[i];
    listed += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  }
  option_->check(CLI::Validator(
      [words, listed](const std::string& text) {
        const bool is_one = std::find(words.begin(), words.end(), text) != words.end();
        return is_one ? "" : "must be " + listed + ", found: " + text;
      },
      "{" + braced + "}"));
  return *this;
}

Option& Option::Between(std::int64_t least, std::int64_t most) {
  const std::string range = std::to_string(least) + " to " + std::to_string(most);
  option_->check(CLI::Validator(
      [least, most, range](const std::string& text) {
        std::int64_t number = 0;
        const bool is_one =
            CLI::detail::lexical_cast(text, number) && number >= least && number <= most;
        return is_one ? "" : "must be a whole number from " + range + ", found: " + text;
      },
      " " + range));
  return *this;
}

Option& Option::IsCount() {
  constexpr std::size_t kDigits = 15;
  option_->check(CLI::Validator(
      [](const std::string& text) {
        const bool is_count = !text.empty() && text.size() <= kDigits &&
                              text.find_first_not_of("0123456789") == std::string::npos;
        return is_count ? "" : "must be a whole number from 0 on, found: " + text;
      },
      ""));
  return *this;
}

Option& Option::OneEach() {
  option_->expected(1)->take_all();
  return *this;
}

Option& Option::Environment(const std::string& variable) {
  option_->envname(variable);
  return *this;
}

Verb Verb::AddVerb(const std::string& name, const std::string& summary) {
  return Verb(*app_->add_subcommand(name, summary));
}

std::vector<Verb> Verb::verbs() const {
  std::vector<Verb> verbs;
  for (CLI::App* app : app_->get_subcommands({})) verbs.emplace_back(*app);
  return verbs;
}

VerbText Verb::Describe() const {
  VerbText text;
  text.name = app_->get_name();
  text.summary = app_->get_description();
  text.after = app_->get_footer();
  for (const CLI::Option* option : app_->get_options()) {
    (option->get_positional() ? text.arguments : text.options).push_back(TextOf(*option));
  }
  for (const Verb& verb : verbs()) text.verbs.push_back(verb.Describe());
  return text;
}

void Verb::NeedsVerb() { app_->require_subcommand(1); }

Option Verb::AddOption(const std::string& name, std::string& value, const std::string& help) {
  return Option(*app_->add_option(name, value, help));
}

Option Verb::AddOption(const std::string& name, std::optional<std::string>& value,
                       const std::string& help) {
  const auto take = [&value](const std::string& text) { value = text; };
  return Option(*app_->add_option_function<std::string>(name, take, help));
}

Option Verb::AddOption(const std::string& name, std::vector<std::string>& values,
                       const std::string& help) {
  return Option(*app_->add_option(name, values, help));
}

Option Verb::AddOption(const std::string& name, std::int64_t& value, const std::string& help) {
  return Option(*app_->add_option(name, value, help));
}

Option Verb::AddOption(const std::string& name, int& value, const std::string& help) {
  return Option(*app_->add_option(name, value, help));
}

Option Verb::AddOption(const std::string& name, std::uint64_t& value, const std::string& help) {
  return Option(*app_->add_option(name, value, help));
}

void Verb::AddFlag(const std::string& name, bool& value, const std::string& help) {
  app_->add_flag(name, value, help);
}

void Verb::AddJson(Context& context) { AddFlag("--json", context.json, "print JSON for programs"); }

void Verb::AddExamples(const std::string& examples) { app_->footer("Examples:\n" + examples); }

void Verb::OnCall(Context& context, std::function<Result<int>()> action) {
  app_->callback([&context, action = std::move(action)] { context.action = action; });
}

}  // namespace assay::cli
