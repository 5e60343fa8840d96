#include "source/aws_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::source {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Pair;

constexpr std::int64_t kSeconds = 1'000'000;
const std::string kNoBody = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// The keys, time and requests of AWS's test suite for Signature Version 4.
AwsKeys SuiteKeys() { return {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""}; }
AwsScope SuiteScope() { return {1'440'938'160 * kSeconds, "us-east-1", "service"}; }

std::string SuiteSignature(AwsRequest request) {
  request.headers.emplace_back("Host", "example.amazonaws.com");
  request.body_sha256 = kNoBody;
  const auto headers = AwsHeaders(request, SuiteScope(), SuiteKeys());
  const std::string& authorization = headers.back().second;
  return authorization.substr(authorization.rfind('=') + 1);
}

TEST(AwsSignature, IsThatOfTheTestSuite) {
  EXPECT_EQ(SuiteSignature({.path = "/"}),  // get-vanilla
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  EXPECT_EQ(SuiteSignature({.path = "/", .query = {{"Param2", "value2"}, {"Param1", "value1"}}}),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
  EXPECT_EQ(SuiteSignature({.path = "/%E1%88%B4"}),  // get-utf8
            "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85");
  EXPECT_EQ(SuiteSignature(  // get-unreserved
                {.path = "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}),
            "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f");
  EXPECT_EQ(SuiteSignature({.method = "POST", .path = "/"}),  // post-vanilla
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
}

TEST(AwsSignature, TellsTheHeadersOfTheTestSuite) {
  const AwsRequest request{
      .path = "/", .headers = {{"Host", "example.amazonaws.com"}}, .body_sha256 = kNoBody};
  EXPECT_THAT(
      AwsHeaders(request, SuiteScope(), SuiteKeys()),
      ElementsAre(Pair("x-amz-date", "20150830T123600Z"),
                  Pair("Authorization",
                       "AWS4-HMAC-SHA256 "
                       "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                       "SignedHeaders=host;x-amz-date, "
                       "Signature="
                       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")));
}

// The examples in the documentation of S3.
std::string DocumentedSignature(const AwsRequest& request) {
  const AwsKeys keys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
  const AwsScope scope{1'369'353'600 * kSeconds, "us-east-1", "s3"};
  const std::string authorization = AwsHeaders(request, scope, keys).back().second;
  return authorization.substr(authorization.rfind('=') + 1);
}

TEST(AwsSignature, IsThatOfTheDocumentation) {
  const std::vector<std::pair<std::string, std::string>> headers = {
      {"Host", "examplebucket.s3.amazonaws.com"}, {"x-amz-content-sha256", kNoBody}};
  AwsRequest object{.path = "/test.txt", .headers = headers, .body_sha256 = kNoBody};
  object.headers.emplace_back("Range", "bytes=0-9");
  EXPECT_EQ(DocumentedSignature(object),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  EXPECT_EQ(DocumentedSignature({.path = "/",
                                 .query = {{"prefix", "J"}, {"max-keys", "2"}},
                                 .headers = headers,
                                 .body_sha256 = kNoBody}),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
  EXPECT_EQ(
      DocumentedSignature(
          {.path = "/", .query = {{"lifecycle", ""}}, .headers = headers, .body_sha256 = kNoBody}),
      "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST(AwsSignature, SignsTheTokenOfLentKeys) {
  AwsKeys keys = SuiteKeys();
  keys.session_token = "token";
  const AwsRequest request{.path = "/", .headers = {{"host", "h"}}, .body_sha256 = kNoBody};
  const auto headers = AwsHeaders(request, SuiteScope(), keys);
  ASSERT_EQ(headers.size(), 3);
  EXPECT_THAT(headers[1], Pair("x-amz-security-token", "token"));
  EXPECT_THAT(headers[2].second, HasSubstr("SignedHeaders=host;x-amz-date;x-amz-security-token,"));
}

TEST(AwsSignature, UnitesHeadersAndTheirBlanks) {
  const AwsRequest request{
      .path = "",
      .query = {{"b", "2"}, {"a b", "ä/"}, {"b", "1"}},
      .headers = {{"My-Header", "  a   b c "}, {"Host", "h"}, {"my-header", "d"}},
      .body_sha256 = "x"};
  EXPECT_EQ(AwsCanonicalText(request),
            "GET\n/\na%20b=%C3%A4%2F&b=1&b=2\nhost:h\nmy-header:a b c,d\n\nhost;my-header\nx");
}

TEST(AwsSignature, NeverHoldsTheSecret) {
  const AwsRequest request{.path = "/", .headers = {{"host", "h"}}, .body_sha256 = kNoBody};
  for (const auto& [name, value] : AwsHeaders(request, SuiteScope(), SuiteKeys())) {
    EXPECT_EQ(value.find(SuiteKeys().secret_key), std::string::npos) << name;
  }
}

TEST(PercentEncoded, KeepsWhatNeedsNoCode) {
  EXPECT_EQ(PercentEncoded("aZ0-._~/ +%\xc3\xa4"), "aZ0-._~%2F%20%2B%25%C3%A4");
  EXPECT_EQ(PercentEncoded("a/b c", true), "a/b%20c");
}

TEST(PercentDecoded, UndoesEveryByte) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(PercentDecoded(PercentEncoded(all)), all);
  EXPECT_EQ(PercentDecoded("%e4%E4+%"), "\xe4\xe4+%");
  EXPECT_EQ(PercentDecoded("%4"), "%4");
  EXPECT_EQ(PercentDecoded("%4g%%41"), "%4g%A");
}

}  // namespace
}  // namespace assay::source
