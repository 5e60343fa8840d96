#include "source/remote_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace assay::source {
namespace {

using testing::HasSubstr;

class RemoteOptionsTest : public testing::Test {
 protected:
  RemoteOptionsTest() {
    for (const char* name :
         {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
          "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "ASSAY_TEST_SECRET"}) {
      ::unsetenv(name);
    }
  }
};

TEST_F(RemoteOptionsTest, AreAmazonsWithoutKeysWhereNothingIsSaid) {
  const auto options = ReadRemoteOptions(Json());
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->endpoint, "");
  EXPECT_EQ(options->region, "us-east-1");
  EXPECT_FALSE(options->path_style);
  EXPECT_EQ(options->keys.key_id, "");
}

TEST_F(RemoteOptionsTest, AreTheEnvironments) {
  ::setenv("AWS_ACCESS_KEY_ID", "me", 1);
  ::setenv("AWS_SECRET_ACCESS_KEY", "hush", 1);
  ::setenv("AWS_SESSION_TOKEN", "lent", 1);
  ::setenv("AWS_DEFAULT_REGION", "eu-1", 1);
  ::setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9000//", 1);
  const auto options = ReadRemoteOptions(Json::object());
  ASSERT_TRUE(options.ok()) << options.error().message;
  EXPECT_EQ(options->keys.key_id, "me");
  EXPECT_EQ(options->keys.secret_key, "hush");
  EXPECT_EQ(options->keys.session_token, "lent");
  EXPECT_EQ(options->region, "eu-1");
  EXPECT_EQ(options->endpoint, "http://127.0.0.1:9000");
  EXPECT_TRUE(options->path_style);

  ::setenv("AWS_REGION", "eu-2", 1);
  ::setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9001", 1);
  const auto nearer = ReadRemoteOptions(Json{{"anonymous", true}});
  ASSERT_TRUE(nearer.ok());
  EXPECT_EQ(nearer->region, "eu-2");
  EXPECT_EQ(nearer->endpoint, "http://127.0.0.1:9001");
  EXPECT_EQ(nearer->keys.key_id, "");
}

TEST_F(RemoteOptionsTest, AreTheProjectsBeforeTheEnvironments) {
  ::setenv("AWS_ACCESS_KEY_ID", "other", 1);
  ::setenv("AWS_SECRET_ACCESS_KEY", "other", 1);
  ::setenv("AWS_SESSION_TOKEN", "other", 1);
  ::setenv("AWS_REGION", "other", 1);
  ::setenv("AWS_ENDPOINT_URL", "http://other", 1);
  ::setenv("ASSAY_TEST_SECRET", "hush", 1);
  const Json secret = Json::array({"ASSAY_TEST_SECRET", "mark"});
  const auto options = ReadRemoteOptions(Json{{"key_id", "me"},
                                              {"secret_key", secret},
                                              {"region", "eu-1"},
                                              {"endpoint", "https://store.example"},
                                              {"path_style", false},
                                              {"anonymous", false},
                                              {"bearer", secret},
                                              {"basic_user", "ana"},
                                              {"basic_password", secret},
                                              {"headers", Json::array({Json::array({"A", "b"})})}});
  ASSERT_TRUE(options.ok()) << options.error().message;
  EXPECT_EQ(options->keys.key_id, "me");
  EXPECT_EQ(options->keys.secret_key, "hush");
  EXPECT_EQ(options->keys.session_token, "");
  EXPECT_EQ(options->region, "eu-1");
  EXPECT_EQ(options->endpoint, "https://store.example");
  EXPECT_FALSE(options->path_style);
  EXPECT_EQ(options->bearer, "hush");
  EXPECT_EQ(options->basic_user, "ana");
  EXPECT_EQ(options->basic_password, "hush");
  EXPECT_EQ(options->headers.at(0).second, "b");
}

TEST_F(RemoteOptionsTest, NeedWhatTheyName) {
  const Json secret = Json::array({"ASSAY_TEST_SECRET", "mark"});
  const auto unset = ReadRemoteOptions(Json{{"bearer", secret}});
  ASSERT_FALSE(unset.ok());
  EXPECT_EQ(unset.error().message, "environment variable is not set: ASSAY_TEST_SECRET");

  ::setenv("AWS_ACCESS_KEY_ID", "me", 1);
  const auto half = ReadRemoteOptions(Json());
  ASSERT_FALSE(half.ok());
  EXPECT_THAT(half.error().hint, HasSubstr("anonymous"));

  ::setenv("AWS_SECRET_ACCESS_KEY", "hush", 1);
  ::setenv("AWS_ENDPOINT_URL", "http://u:hush@host", 1);
  const auto wrong = ReadRemoteOptions(Json());
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().message, "not the address of a store: http://host");
}

}  // namespace
}  // namespace assay::source
