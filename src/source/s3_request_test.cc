#include "source/s3_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/test_folder.h"

namespace assay::source {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

std::string UrlFor(const RemoteOptions& options, const S3Target& target) {
  const auto request = S3Request(options, target, 0);
  return request.ok() ? request->url : request.error().message;
}

TEST(S3Request, GoesToTheBucketsHost) {
  RemoteOptions options;
  options.region = "eu-west-1";
  EXPECT_EQ(UrlFor(options, {"rides", "2026/a b.csv", {}}),
            "https://rides.s3.eu-west-1.amazonaws.com/2026/a%20b.csv");
  EXPECT_EQ(UrlFor(options, {"my.rides", "a", {}}), "https://s3.eu-west-1.amazonaws.com/my.rides/a")
      << "no certificate is for a name with points";
  options.region = "cn-north-1";
  EXPECT_EQ(UrlFor(options, {"rides", "", {{"list-type", "2"}, {"prefix", "a/ä"}}}),
            "https://rides.s3.cn-north-1.amazonaws.com.cn/?list-type=2&prefix=a%2F%C3%A4");
}

TEST(S3Request, GoesToTheEndpoint) {
  RemoteOptions options;
  options.endpoint = "http://127.0.0.1:9000";
  options.path_style = true;
  EXPECT_EQ(UrlFor(options, {"rides", "a+b?", {}}), "http://127.0.0.1:9000/rides/a%2Bb%3F");
  options.endpoint = "https://Store.example:443/base";
  EXPECT_EQ(UrlFor(options, {"rides", "a", {}}), "https://store.example/base/rides/a");
  options.path_style = false;
  EXPECT_EQ(UrlFor(options, {"rides", "a", {}}), "https://rides.store.example/base/a");
}

TEST(S3Request, IsSignedWhereThereAreKeys) {
  RemoteOptions options;
  options.headers = {{"x-amz-request-payer", "requester"}, {"X-Other", "b"}};
  const auto plain = S3Request(options, {"rides", "a", {}}, 0);
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->headers, options.headers);

  options.keys = {"ME", "hush", ""};
  const auto request = S3Request(options, {"rides", "a", {}}, 1'369'353'600'000'000);
  ASSERT_TRUE(request.ok());
  EXPECT_THAT(request->headers, Contains(Pair("x-amz-date", "20130524T000000Z")));
  EXPECT_THAT(
      request->headers,
      Contains(Pair("Authorization", HasSubstr("Credential=ME/20130524/us-east-1/s3/aws4_request, "
                                               "SignedHeaders=host;x-amz-content-sha256;x-amz-date;"
                                               "x-amz-request-payer, Signature="))));
}

TEST(S3Request, RefusesNamesThatNoUrlCanHold) {
  for (const char* key : {"a/../b", "..", "./a", "a/."}) {
    const auto request = S3Request({}, {"rides", key, {}}, 0);
    ASSERT_FALSE(request.ok()) << key;
    EXPECT_EQ(request.error().code, ErrorCode::kUser);
    EXPECT_THAT(request.error().message, HasSubstr(std::string("s3://rides/") + key));
  }
  EXPECT_TRUE(S3Request({}, {"rides", "a..b/...", {}}, 0).ok());
}

TEST(S3Error, IsInTheWordsOfTheStore) {
  const TestFolder folder;
  const auto file = folder / "answer";
  const auto told = [&](const std::string& code, const std::string& region = "") {
    std::ofstream(file) << "<Error><Code>" << code << "</Code><Message>No.</Message><Region>"
                        << region << "</Region></Error>";
    return S3Error({ErrorCode::kIo, "answered 403", "look"}, "s3://b/k", file);
  };
  EXPECT_EQ(told("NoSuchKey").message, "s3://b/k: the store refuses: NoSuchKey: No.");
  EXPECT_THAT(told("NoSuchBucket").hint, HasSubstr("the address"));
  EXPECT_THAT(told("AccessDenied").hint, HasSubstr("anonymous"));
  EXPECT_THAT(told("SignatureDoesNotMatch").hint, HasSubstr("secret_key"));
  EXPECT_THAT(told("AuthorizationHeaderMalformed", "eu-1").hint, HasSubstr("{region: eu-1}"));
  EXPECT_THAT(told("PermanentRedirect").hint, HasSubstr("another region"));
  EXPECT_EQ(told("Other").hint, "look");
  std::ofstream(file) << "<html>busy</html>";
  EXPECT_EQ(S3Error({ErrorCode::kIo, "answered 503", "later"}, "s3://b/k", file).message,
            "answered 503");
  EXPECT_EQ(S3Error({ErrorCode::kIo, "lost", ""}, "s3://b/k", folder / "none").message, "lost");
}

}  // namespace
}  // namespace assay::source
