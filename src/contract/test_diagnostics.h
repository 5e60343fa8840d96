/// Diagnostics as tests compare them: place, message and hint in one line.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "contract/diagnostic.h"
#include "contract/project.h"
#include "contract/sample_kinds.h"

namespace assay::contract {

/// `PLACE: error: MESSAGE (HINT)`, in the order of the file.
inline std::vector<std::string> Lines(const Diagnostics& diagnostics) {
  std::vector<std::string> lines;
  for (const Json& item : diagnostics.ToJson()) {
    Place place{item["file"].get<std::string>(), item["line"].get<int>(),
                item["column"].get<int>()};
    std::string line = PlaceText(place) + ": " + item["severity"].get<std::string>() + ": " +
                       item["message"].get<std::string>();
    if (item["hint"] != "") line += " (" + item["hint"].get<std::string>() + ")";
    lines.push_back(line);
  }
  return lines;
}

/// A project read from texts, with what was reported.
struct ReadProject {
  std::optional<Project> project;
  std::vector<std::string> lines;
};

/// Reads `text` behind the two lines that every project file begins with, as assay.yaml.
inline ReadProject ReadText(const std::string& text, std::map<std::string, std::string> files = {},
                            const std::string& environment = "") {
  files["assay.yaml"] = "format: 1\nproject: flights\n" + text;
  Diagnostics diagnostics;
  ReadProject read;
  read.project = ParseProject(files, SampleKinds(), diagnostics, environment);
  read.lines = Lines(diagnostics);
  return read;
}

}  // namespace assay::contract
