#include "plan/manifest.h"

#include <map>

#include "base/hash.h"

namespace assay::plan {
namespace {

constexpr std::string_view kHeading = "assay.node/1\n";

std::string Escape(std::string_view value) {
  std::string escaped;
  for (const char c : value) {
    if (c == '\\') {
      escaped += "\\\\";
    } else if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped.push_back(c);
    }
  }
  return escaped;
}

// First word(s) -> rest: `param by` -> value, `file 2` -> sha256, `kind` -> value.
std::map<std::string, std::string> Lines(const std::string& text) {
  std::map<std::string, std::string> lines;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = text.find('\n', start);
    const std::string line = text.substr(start, end - start);
    start = end == std::string::npos ? text.size() : end + 1;
    std::size_t space = line.find(' ');
    if (line.starts_with("param ") || line.starts_with("file ") || line.starts_with("input ") ||
        line.starts_with("name ")) {
      space = line.find(' ', space + 1);
    }
    if (space == std::string::npos) continue;
    lines[line.substr(0, space)] = line.substr(space + 1);
  }
  return lines;
}

}  // namespace

std::string ManifestText(const Node& node, const Resolved& resolved, std::string_view engine) {
  std::string text;
  const auto line = [&text](const std::string& key, std::string_view value) {
    text += key + " " + Escape(value) + "\n";
  };
  line("kind", node.kind + "/" + std::to_string(node.version));
  if (node.uses_engine) line("engine", engine);
  for (const auto& [name, value] : node.params) line("param " + name, value);
  for (std::size_t i = 0; i < resolved.files.size(); ++i) {
    line("file " + std::to_string(i + 1), resolved.files[i]);
  }
  for (std::size_t i = 0; i < resolved.file_names.size(); ++i) {
    line("name " + std::to_string(i + 1), resolved.file_names[i]);
  }
  if (!resolved.narrowed.empty()) line("narrowed", resolved.narrowed);
  for (std::size_t i = 0; i < resolved.inputs.size(); ++i) {
    line("input " + std::to_string(i + 1), resolved.inputs[i]);
  }
  return text;
}

std::string Fingerprint(std::string_view manifest) {
  Sha256 hash;
  hash.Update(kHeading);
  hash.Update(manifest);
  return Hex(hash.Finish());
}

std::string Evidence(const Node& node, const Resolved& resolved, const std::string& fingerprint,
                     const std::vector<std::string>& inputs) {
  Sha256 hash;
  const auto line = [&](std::string_view key, std::string_view value) {
    hash.Update(std::string(key) + " " + Escape(value) + "\n");
  };
  line("node", node.name);
  line("fingerprint", fingerprint);
  line("notes", node.notes);
  for (const std::string& receipt : resolved.receipts) line("receipt", receipt);
  for (const std::string& input : inputs) line("input", input);
  return Hex(hash.Finish());
}

std::string ExplainDifference(const std::string& before, const std::string& after,
                              const Node& node) {
  const auto old_lines = Lines(before);
  const auto new_lines = Lines(after);
  std::vector<std::string> reasons;
  std::size_t files_changed = 0;
  std::size_t files_added = 0;
  std::size_t files_gone = 0;
  for (const auto& [key, value] : new_lines) {
    const auto old = old_lines.find(key);
    const bool is_file = key.starts_with("file ");
    if (old == old_lines.end()) {
      if (is_file) {
        ++files_added;
      } else {
        reasons.push_back(key + " is new");
      }
    } else if (old->second != value) {
      if (is_file) {
        ++files_changed;
      } else if (key.starts_with("input ")) {
        const std::size_t index = std::stoul(key.substr(6)) - 1;
        reasons.push_back("input " + (index < node.inputs.size() ? node.inputs[index].name : key) +
                          " changed");
      } else {
        reasons.push_back(key + " changed");
      }
    }
  }
  for (const auto& [key, value] : old_lines) {
    if (new_lines.contains(key)) continue;
    if (key.starts_with("file ")) {
      ++files_gone;
    } else {
      reasons.push_back(key + " is gone");
    }
  }
  const auto count = [&](std::size_t number, const char* what) {
    if (number > 0) {
      reasons.push_back(std::to_string(number) + (number == 1 ? " file " : " files ") + what);
    }
  };
  count(files_changed, "changed");
  count(files_added, "added");
  count(files_gone, "taken away");
  std::string text;
  for (const std::string& reason : reasons) text += (text.empty() ? "" : ", ") + reason;
  return text.empty() ? "nothing changed" : text;
}

}  // namespace assay::plan
