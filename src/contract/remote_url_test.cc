#include "contract/remote_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::contract {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(IsRemote, IsTrueForAllSchemes) {
  for (const char* remote : {"https://a/b", "HTTP://a/b", "s3://a/b", "gs://a", "x+y.z-1://"}) {
    EXPECT_TRUE(IsRemote(remote)) << remote;
  }
  for (const char* local : {"a.csv", "/a://b", "a/b://c", "://a", "1a://b", "", "a:b", "c:/a"}) {
    EXPECT_FALSE(IsRemote(local)) << local;
  }
}

TEST(ParseRemoteUrl, TakesAddressesApart) {
  const auto web = ParseRemoteUrl("HTTPS://Example.org:8443/a/b%20c.csv?x=1&y=?#part");
  ASSERT_TRUE(web.ok()) << web.error().message;
  EXPECT_FALSE(web->is_s3);
  EXPECT_EQ(web->scheme, "https");
  EXPECT_EQ(web->host, "Example.org:8443");
  EXPECT_EQ(web->path, "/a/b%20c.csv");
  EXPECT_EQ(web->query, "x=1&y=?");

  const auto object = ParseRemoteUrl("s3://my.bucket-1/a b/c#d-?.csv");
  ASSERT_TRUE(object.ok()) << object.error().message;
  EXPECT_TRUE(object->is_s3);
  EXPECT_EQ(object->host, "my.bucket-1");
  EXPECT_EQ(object->path, "a b/c#d-?.csv");
  EXPECT_EQ(object->query, "");
}

// Each is refused, with a way out where there is one that is not told by the message.
struct Refused {
  const char* text;
  const char* message;
  const char* hint;
};

TEST(ParseRemoteUrl, RefusesWhatCannotBeAsked) {
  const Refused cases[] = {
      {"data/a.csv", "not the address of a remote file: data/a.csv", "https://HOST/PATH"},
      {"ftp://host/a.csv", "files of this scheme cannot be read: ftp://host/a.csv", "s3://BUCKET"},
      {"gs://bucket/a.csv", "files of this scheme", "storage.googleapis.com"},
      {"s3a://bucket/a.csv", "files of this scheme", "write s3://"},
      {"file:///tmp/a.csv", "files of this scheme", "write the path alone"},
      {"https:///a.csv", "not an address with a host", "https://HOST/PATH"},
      {"https://ho st/a.csv", "not an address with a host", "https://HOST/PATH"},
      {"https://host/a b.csv", "a blank in an address", "%20"},
      {"https://host/*.csv", "a web server lists nothing", "%2A"},
      {"https://host/{a,b}.csv", "a web server lists nothing", "name each file"},
      {"https://host/[ab].csv", "a web server lists nothing", "name each file"},
      {"https://host/a\n.csv", "a control character, or not in UTF-8", ""},
      {"https://host/\xff.csv", "a control character, or not in UTF-8", ""},
      {"s3://bucket", "no key of an object", "pattern"},
      {"s3://bucket/a/", "no key of an object", "pattern"},
      {"s3:///a", "not the name of a bucket", "s3://BUCKET/KEY"},
      {"s3://b*/a", "not the name of a bucket", "s3://BUCKET/KEY"},
      {"s3://bucket/a/**/b.csv", "`**`", "for each depth"},
  };
  for (const Refused& refused : cases) {
    const auto url = ParseRemoteUrl(refused.text);
    ASSERT_FALSE(url.ok()) << refused.text;
    EXPECT_EQ(url.error().code, ErrorCode::kUser);
    EXPECT_THAT(url.error().message, HasSubstr(refused.message));
    EXPECT_THAT(url.error().hint, HasSubstr(refused.hint));
  }
  EXPECT_FALSE(ParseRemoteUrl("https://host/" + std::string(9000, 'a')).ok());
}

TEST(ParseRemoteUrl, ShowsNoSecretOfWhatItRefuses) {
  for (const char* text : {"https://ana:hush@host/a.csv", "https://host/a b.csv?key=hush",
                           "ftp://ana:hush@host/a?hush#hush", "s3://ana:hush@bucket/a.csv"}) {
    const auto url = ParseRemoteUrl(text);
    ASSERT_FALSE(url.ok()) << text;
    EXPECT_THAT(url.error().message + url.error().hint, Not(HasSubstr("hush")));
  }
  EXPECT_THAT(ParseRemoteUrl("https://ana:hush@host/a.csv").error().hint,
              HasSubstr("basic_password"));
}

TEST(ShownUrl, LeavesSecretsOut) {
  EXPECT_EQ(ShownUrl("https://u:p@h:1/a/@b.csv?k=v#f"), "https://h:1/a/@b.csv");
  EXPECT_EQ(ShownUrl("https://u:p@h?k=v"), "https://h");
  EXPECT_EQ(ShownUrl("s3://b/a?.csv"), "s3://b/a?.csv");
  EXPECT_EQ(ShownUrl("data/a?.csv"), "data/a?.csv");
}

TEST(HasWildCard, LooksBeforeTheBackslash) {
  for (const char* pattern : {"*", "a?", "[a]", "{a}", "\\\\*"}) {
    EXPECT_TRUE(HasWildCard(pattern)) << pattern;
  }
  for (const char* plain : {"", "a", "\\*", "a\\?b\\[\\{", "]}", "\\"}) {
    EXPECT_FALSE(HasWildCard(plain)) << plain;
  }
}

}  // namespace
}  // namespace assay::contract
