#include "cli/verb.h"

#include <CLI/CLI.hpp>

namespace assay::cli {

Option& Option::Required() {
  option_->required();
  return *this;
}

Option& Option::ValueName(const std::string& name) {
  option_->type_name(name);
  return *this;
}

Option& Option::OneOf(const std::vector<std::string>& words) {
  option_->check(CLI::IsMember(words));
  return *this;
}

Option& Option::Between(int least, int most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

Option& Option::IsCount() {
  constexpr std::size_t kDigits = 15;
  option_->check(CLI::Validator(
      [](const std::string& text) {
        const bool is_count = !text.empty() && text.size() <= kDigits &&
                              text.find_first_not_of("0123456789") == std::string::npos;
        return is_count ? "" : "not a number from 0 on: " + text;
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
