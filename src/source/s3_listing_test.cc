#include "source/s3_listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::source {
namespace {

using testing::HasSubstr;

std::string ListingXml(const std::string& inner) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult "
         "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>" +
         inner + "</ListBucketResult>";
}

std::string ObjectXml(const std::string& key, const std::string& size = "7") {
  return "<Contents><Key>" + key + "</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>" +
         "<ETag>&quot;e-1&quot;</ETag><Size>" + size +
         "</Size><Owner><ID>x</ID></Owner></Contents>";
}

std::string FaultOf(const std::string& xml) {
  const auto listing = ParseS3Listing(xml, "s3://b/*");
  if (listing.ok()) return "";
  EXPECT_EQ(listing.error().code, ErrorCode::kData);
  EXPECT_FALSE(listing.error().hint.empty());
  EXPECT_THAT(listing.error().message, testing::StartsWith("s3://b/* answers with "));
  return listing.error().message;
}

TEST(S3Listing, HoldsObjectsAndWhatComesNext) {
  const auto listing =
      ParseS3Listing(ListingXml("<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>" +
                                ObjectXml("a/b+c%2B%C3%A4.csv") +
                                "<CommonPrefixes><Prefix>a/z/</Prefix></CommonPrefixes>" +
                                ObjectXml("z", "18446744073709551615") +
                                "<NextContinuationToken>n=/+</NextContinuationToken>"),
                     "s3://b/*");
  ASSERT_TRUE(listing.ok()) << listing.error().message;
  ASSERT_EQ(listing->objects.size(), 2);
  EXPECT_EQ(listing->objects[0].key, "a/b c+ä.csv");
  EXPECT_EQ(listing->objects[0].etag, "\"e-1\"");
  EXPECT_EQ(listing->objects[0].bytes, 7);
  EXPECT_EQ(listing->objects[1].bytes, UINT64_MAX);
  EXPECT_EQ(listing->next, "n=/+");
}

TEST(S3Listing, TakesKeysThatAreNotEncodedAsTheyAre) {
  const auto listing = ParseS3Listing(ListingXml(ObjectXml("a+%41&amp;.csv")), "");
  ASSERT_TRUE(listing.ok()) << listing.error().message;
  EXPECT_EQ(listing->objects[0].key, "a+%41&.csv");
  EXPECT_EQ(listing->next, "");
}

TEST(S3Listing, MayBeEmpty) {
  const auto listing = ParseS3Listing(ListingXml("<IsTruncated>false</IsTruncated>"), "");
  ASSERT_TRUE(listing.ok());
  EXPECT_TRUE(listing->objects.empty());
}

TEST(S3Listing, RefusesWhatIsNone) {
  EXPECT_THAT(FaultOf(""), HasSubstr("no well-formed XML"));
  EXPECT_THAT(FaultOf("<html><body>Log in</body></html>"), HasSubstr("no listing of a bucket"));
  EXPECT_THAT(FaultOf("<html><br></html>"), HasSubstr("no well-formed XML"));
  EXPECT_THAT(FaultOf(ListingXml(ObjectXml("a")).substr(0, 200)), HasSubstr("no well-formed XML"));
  EXPECT_THAT(FaultOf("{\"objects\": []}"), HasSubstr("no well-formed XML"));
}

TEST(S3Listing, RefusesWhatCannotBeRight) {
  EXPECT_THAT(FaultOf(ListingXml(ObjectXml("a", "-1"))), HasSubstr("without a size"));
  EXPECT_THAT(FaultOf(ListingXml(ObjectXml("a", "18446744073709551616"))),
              HasSubstr("without a size"));
  EXPECT_THAT(FaultOf(ListingXml(ObjectXml(""))), HasSubstr("without a key"));
  EXPECT_THAT(FaultOf(ListingXml("<Contents><Size>1</Size></Contents>")),
              HasSubstr("without a key"));
  EXPECT_THAT(FaultOf(ListingXml("<Contents><Key>a</Key></Contents>")),
              HasSubstr("without a size"));
  EXPECT_THAT(FaultOf(ListingXml("<IsTruncated>true</IsTruncated>")),
              HasSubstr("names no next one"));
}

TEST(S3Listing, IsBounded) {
  EXPECT_THAT(FaultOf(ListingXml(ObjectXml(std::string(70'000, 'a')))),
              HasSubstr("a value that is too long"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  EXPECT_THAT(FaultOf(ListingXml(deep)), HasSubstr("nested too deep"));
  EXPECT_THAT(FaultOf("<" + std::string(70'000, 'a') + "/>"), HasSubstr("a name that is too long"));
  // Nine entities of nine of the next are a billion.
  EXPECT_THAT(FaultOf("<!DOCTYPE x [<!ENTITY a \"aaaa\">]>" + ListingXml(ObjectXml("&a;"))),
              HasSubstr("a document type"));
}

TEST(S3Refusal, IsTold) {
  const S3Refusal refusal = ParseS3Refusal(
      "<?xml version=\"1.0\"?><Error><Code>AuthorizationHeaderMalformed</Code><Message>the region "
      "'us-east-1' is wrong\x1b[31m</Message><Region>eu-west-1</Region></Error>");
  EXPECT_EQ(refusal.code, "");  // a control character is no XML
  const S3Refusal plain = ParseS3Refusal(
      "<Error><Code>AuthorizationHeaderMalformed</Code><Message>wrong</Message>"
      "<Region>eu-west-1</Region></Error>");
  EXPECT_EQ(plain.code, "AuthorizationHeaderMalformed");
  EXPECT_EQ(plain.message, "wrong");
  EXPECT_EQ(plain.region, "eu-west-1");
  EXPECT_EQ(ParseS3Refusal("<Error><Message>" + std::string(1000, 'a') + "</Message></Error>")
                .message.size(),
            300);
  EXPECT_EQ(ParseS3Refusal("forbidden").code, "");
  EXPECT_EQ(ParseS3Refusal(ListingXml("")).code, "");
}

}  // namespace
}  // namespace assay::source
