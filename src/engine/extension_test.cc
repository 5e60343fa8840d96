#include "engine/extension.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/test_folder.h"

namespace assay::engine {
namespace {

using testing::HasSubstr;

TEST(Extension, IsFoundInTheFolderThatTheEnvironmentNames) {
  const TestFolder folder;
  const auto file = folder.Write("no_such_scanner.duckdb_extension", "x");
  EXPECT_EQ(FindExtension("no_such_scanner").error().code, ErrorCode::kIo);
  ASSERT_EQ(setenv("ASSAY_EXTENSIONS", folder.path().c_str(), 1), 0);
  const auto found = FindExtension("no_such_scanner");
  ASSERT_EQ(unsetenv("ASSAY_EXTENSIONS"), 0);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(*found, file);
}

TEST(Extension, OneThatIsNotThereIsToldWithTheWayToGetIt) {
  const auto found = FindExtension("no_such_scanner");
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().message, "the engine's extension is not there: no_such_scanner");
  EXPECT_THAT(
      found.error().hint,
      HasSubstr("pip download --no-deps duckdb-extension-no-such-scanner==1.5.5 && unzip -j "
                "duckdb_extension_no_such_scanner-*.whl '*.duckdb_extension' -d FOLDER"));
}

}  // namespace
}  // namespace assay::engine
