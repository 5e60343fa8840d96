// What a stranger's file holds when a project is begun from it: its form is guessed whatever the
// bytes are, and its text, as the name of a column, comes back from the YAML that is written.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "contract/utf8.h"
#include "contract/yaml.h"
#include "contract/yaml_scalar.h"
#include "run/text_form.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckForm(const std::string& text) {
  for (const char usual : {',', '\t'}) {
    const assay::run::TextForm form = assay::run::GuessTextForm(text, usual);
    Require(std::string(",;\t|").find(form.delimiter) != std::string::npos);
    Require(form.title_lines >= 0 &&
            form.title_lines <= std::count(text.begin(), text.end(), '\n'));
  }
}

void CheckScalar(const std::string& text) {
  if (assay::contract::FindInvalidUtf8(text) || text.find('\0') != std::string::npos) return;
  const std::string scalar = assay::contract::YamlScalar(text);
  const std::string comment = assay::contract::CommentText(text);
  Require(comment.find('\n') == std::string::npos);
  assay::contract::Diagnostics diagnostics;
  const auto root = assay::contract::ParseYaml(
      "f", "a: [" + scalar + "]  # " + comment + "\nb: 1\n", diagnostics);
  Require(root && root->Find("b") != nullptr && root->Find("a")->items.at(0).text == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  CheckForm(text);
  // A key that is longer than a thousand characters is for no reader of YAML.
  if (size <= 1000) CheckScalar(text);
  return 0;
}
