#include "contract/remote_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "contract/test_diagnostics.h"

namespace assay::contract {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

ReadProject ReadSourceText(const std::string& source) {
  return ReadText("sources:\n  a: " + source + "\n");
}

TEST(RemoteFiles, TellTheirKindByThePath) {
  ::setenv("ASSAY_TEST_TOKEN", "hush", 1);
  for (const char* files :
       {"https://host/a.parquet", "\"https://host/a.parquet?b=${ASSAY_TEST_TOKEN}\"",
        "\"https://host/a.parquet#c.csv\"", "\"s3://bucket/a/?.parquet\"",
        "[http://h/a.parquet, s3://b/b.parquet]"}) {
    const ReadProject read = ReadSourceText("{files: " + std::string(files) + "}");
    ASSERT_TRUE(read.project) << testing::PrintToString(read.lines);
    EXPECT_EQ(read.project->sources[0].kind, "parquet") << files;
    EXPECT_TRUE(read.project->sources[0].remote.is_null());
  }
  const ReadProject unclear =
      ReadSourceText("{files: \"https://host/a?b=${ASSAY_TEST_TOKEN}.parquet\"}");
  ASSERT_EQ(unclear.lines.size(), 1);
  EXPECT_THAT(
      unclear.lines[0],
      HasSubstr("assay.yaml:4:14: error: the suffix tells no kind of source: https://host/a "));
}

TEST(RemoteFiles, AreAllRemote) {
  const ReadProject mixed = ReadSourceText("{files: [a.parquet, s3://b/c.parquet]}");
  EXPECT_THAT(mixed.lines,
              ElementsAre("assay.yaml:4:14: error: files of this machine beside such that lie "
                          "elsewhere (declare a source for each, and unite them in a step)"));
  const ReadProject none = ReadSourceText("{files: a.parquet, remote: {anonymous: true}}");
  ASSERT_EQ(none.lines.size(), 1);
  EXPECT_THAT(none.lines[0],
              HasSubstr("assay.yaml:4:33: error: `remote` without a file that lies"));
}

TEST(RemoteFiles, AreReportedWhereTheyStand) {
  const ReadProject read =
      ReadSourceText("{kind: parquet, files: [s3://b/a, \"https://h/*\", gs://b/c]}");
  ASSERT_EQ(read.lines.size(), 2);
  EXPECT_THAT(read.lines[0], HasSubstr("assay.yaml:4:40: error: a web server lists nothing"));
  EXPECT_THAT(read.lines[1], HasSubstr("error: files of this scheme cannot be read: gs://b/c"));
}

TEST(RemoteOptions, KeepTheNamesOfSecretsAlone) {
  ::setenv("ASSAY_TEST_SECRET", "hush", 1);
  const ReadProject read = ReadSourceText(
      "{files: s3://b/a.parquet, remote: {endpoint: 'http://127.0.0.1:9000', region: eu-1, "
      "path_style: false, key_id: me, secret_key: '${ASSAY_TEST_SECRET}', headers: {X-A: b}}}");
  ASSERT_TRUE(read.project) << testing::PrintToString(read.lines);
  const Json& remote = read.project->sources[0].remote;
  EXPECT_EQ(remote["secret_key"][0], "ASSAY_TEST_SECRET");
  EXPECT_THAT(remote.dump(), Not(HasSubstr("hush")));
  EXPECT_EQ(remote["path_style"], false);
  EXPECT_EQ(remote["anonymous"], false);
  EXPECT_EQ(remote["headers"], (Json::array({Json::array({"X-A", "b"})})));
  EXPECT_FALSE(read.project->sources[0].params.contains("remote"));
}

TEST(RemoteOptions, AreHeldTogether) {
  ::setenv("ASSAY_TEST_SECRET", "hush", 1);
  ::setenv("ASSAY_TEST_LINES", "a\nb", 1);
  const std::pair<const char*, const char*> cases[] = {
      {"key_id: a", "one of `key_id` and `secret_key` without the other"},
      {"secret_key: '${ASSAY_TEST_SECRET}'", "one of `key_id` and `secret_key`"},
      {"session_token: '${ASSAY_TEST_SECRET}'", "`session_token` without `key_id`"},
      {"key_id: a, secret_key: '${ASSAY_TEST_SECRET}', anonymous: true",
       "`anonymous` and `key_id`"},
      {"basic_password: '${ASSAY_TEST_SECRET}'", "`basic_password` without `basic_user`"},
      {"basic_user: a, bearer: '${ASSAY_TEST_SECRET}'", "`bearer` and `basic_user`"},
      {"basic_user: 'a:b'", "`basic_user` with a colon"},
      {"region: a/b", "not a region: a/b"},
      {"endpoint: host", "not the address of a remote file: host"},
      {"endpoint: s3://b/c", "not the address of a store: s3://b/c"},
      {"endpoint: 'https://h?a=b'", "not the address of a store: https://h"},
      {"endpoint: 'https://u:hush@h'", "an address with a user in it: https://h"},
      {"headers: {'A B': c}", "not the name of a header: A B"},
      {"headers: {Host: c}", "a header that is not yours to set: Host"},
      {"headers: {Authorization: c}, bearer: '${ASSAY_TEST_SECRET}'",
       "`headers` with Authorization beside `bearer`"},
      {"headers: {X-A: '${ASSAY_TEST_LINES}'}", "a header with a line break"},
      {"secret_key: hush", "secret_key is a secret, so it does not stand here itself"},
      {"bearer: '${ASSAY_TEST_NOT_SET}'", "environment variable is not set: ASSAY_TEST_NOT_SET"},
      {"secret: a", "unknown key: secret"},
  };
  for (const auto& [remote, message] : cases) {
    const ReadProject read =
        ReadSourceText("{files: s3://b/a.parquet, remote: {" + std::string(remote) + "}}");
    EXPECT_FALSE(read.project) << remote;
    ASSERT_THAT(read.lines, Not(IsEmpty())) << remote;
    EXPECT_THAT(read.lines[0], HasSubstr(message)) << remote;
    EXPECT_THAT(read.lines[0], Not(HasSubstr("hush")));
  }
}

TEST(RemoteOptions, HaveAnExampleThatIsRight) {
  ::setenv("RIDES_KEY_ID", "me", 1);
  ::setenv("RIDES_SECRET_KEY", "hush", 1);
  const ReadProject read = ReadText(RemoteOptionsInfo().example);
  ASSERT_TRUE(read.project) << testing::PrintToString(read.lines);
  EXPECT_EQ(read.project->sources[0].remote["key_id"], "me");
}

TEST(RemoteOptions, AreInTheEditorsSchema) {
  const Json schema = ProjectSchema(SampleKinds());
  const Json& remote = schema["$defs"]["remote"];
  EXPECT_EQ(remote["properties"].size(), RemoteOptionsInfo().params.size());
  EXPECT_EQ(remote["properties"]["bearer"]["$ref"], "#/$defs/variable");
  for (const Json& source : schema["$defs"]["source"]["oneOf"]) {
    EXPECT_EQ(source["properties"]["remote"]["$ref"], "#/$defs/remote");
  }
}

}  // namespace
}  // namespace assay::contract
