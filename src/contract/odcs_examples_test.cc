// The official examples of the standard, where they are at hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "contract/odcs.h"
#include "contract/test_diagnostics.h"

namespace assay::contract {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

fs::path ExamplesFolder() {
  const char* shared = std::getenv("ASSAY_SHARED");
  const char* source = std::getenv("ASSAY_SOURCE_DIR");
  fs::path root = shared != nullptr ? fs::path(shared) : fs::path();
  if (shared == nullptr && source != nullptr) root = fs::path(source) / ".." / "shared";
  return root / "cases/odcs/docs/examples";
}

struct Example {
  std::string name;
  bool is_read = false;
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
};

std::vector<Example> ReadExamples() {
  std::vector<Example> examples;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(ExamplesFolder(), error)) {
    if (entry.path().extension() != ".yaml") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    Example example;
    example.name = entry.path().filename().string();
    Diagnostics diagnostics;
    example.is_read =
        ParseContract(example.name, text.str(), SampleKinds(), diagnostics).has_value();
    for (const Diagnostic& d : diagnostics.all()) {
      (d.severity == Severity::kError ? example.errors : example.warnings).push_back(d.message);
    }
    examples.push_back(example);
  }
  std::sort(examples.begin(), examples.end(),
            [](const Example& a, const Example& b) { return a.name < b.name; });
  return examples;
}

std::vector<std::string> ErrorsOf(const std::vector<Example>& examples, const std::string& name) {
  for (const Example& example : examples) {
    if (example.name == name) return example.errors;
  }
  return {"no such example"};
}

TEST(OdcsExamples, AreReadAsFarAsTheyHaveOneObject) {
  const std::vector<Example> examples = ReadExamples();
  if (examples.empty()) GTEST_SKIP() << "no examples of the standard at " << ExamplesFolder();
  ASSERT_EQ(examples.size(), 18U);
  int read = 0;
  for (const Example& example : examples) {
    read += example.is_read ? 1 : 0;
    for (const std::string& message : example.errors) {
      // Nothing in them is unknown; some have no object, some have several.
      EXPECT_THAT(message, HasSubstr("schema object")) << example.name;
    }
  }
  EXPECT_EQ(read, 11);
  for (const char* name :
       {"azure-server.odcs.yaml", "basic-four-dpo.odcs.yaml",
        "service-and-operational-roles.odcs.yaml", "database-table-sla.odcs.yaml"}) {
    EXPECT_THAT(ErrorsOf(examples, name), ElementsAre("contract has no schema object")) << name;
  }
  EXPECT_THAT(ErrorsOf(examples, "full-example.odcs.yaml"),
              ElementsAre("contract has 2 schema objects: tbl, receivers"));
  EXPECT_THAT(ErrorsOf(examples, "all-schema-types.odcs.yaml"),
              ElementsAre("contract has 3 schema objects: tbl, AnObject, AnotherObject"));
  EXPECT_THAT(ErrorsOf(examples, "postgresql-adventureworks-contract.odcs.yaml"),
              ElementsAre(StartsWith("contract has 68 schema objects: department, employee")));
}

}  // namespace
}  // namespace assay::contract
