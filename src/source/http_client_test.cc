#include "source/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/test_folder.h"
#include "source/test_http_server.h"
#include "source/test_packing.h"

namespace assay::source {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class HttpClientTest : public testing::Test {
 protected:
  Result<HttpAnswer> Get(const HttpRequest& request) {
    TRY_ASSIGN(HttpClient client, HttpClient::Open());
    auto answer = client.Get(request, file, [] { return false; });
    was_lost = client.WasLost();
    return answer;
  }

  Result<HttpAnswer> Patiently(const HttpRequest& request, int attempts = 3) {
    TRY_ASSIGN(HttpClient client, HttpClient::Open());
    HttpPatience patience;
    patience.attempts = attempts;
    patience.first_wait = std::chrono::milliseconds(2);
    patience.longest_wait = std::chrono::seconds(60);
    return GetPatiently(
        client, request, file, patience, [] { return false; },
        [&](const std::string& text) { told.push_back(text); });
  }

  std::string Body() const {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  TestFolder folder;
  std::filesystem::path file = folder / "body";
  bool was_lost = false;
  std::vector<std::string> told;
};

TEST_F(HttpClientTest, WritesTheBodyAndTellsStatusAndHeaders) {
  TestHttpServer server([](const std::string&) {
    return TestHttpServer::Whole(std::string("a\0b\n", 4),
                                 "ETag: \"1\"\r\nLink: <a>\r\nlink:  <b> \r\n", "203 Other");
  });
  std::ofstream(file) << "what was there before, and is longer";
  const auto answer =
      Get({.url = server.Url("/x?y=1#z"), .headers = {{"X-A", "b c"}, {"X-E", ""}}});
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 203);
  EXPECT_EQ(answer->bytes, 4U);
  EXPECT_EQ(answer->headers.at("etag"), "\"1\"");
  EXPECT_EQ(answer->headers.at("link"), "<a>, <b>");
  EXPECT_EQ(Body(), std::string("a\0b\n", 4));
  const std::string request = server.requests().at(0);
  EXPECT_EQ(TestHttpServer::Target(request), "/x?y=1");
  EXPECT_TRUE(TestHttpServer::Has(request, "X-A: b c")) << request;
  EXPECT_TRUE(TestHttpServer::Has(request, "X-E:")) << request;
  EXPECT_TRUE(TestHttpServer::Has(request, "User-Agent: assay")) << request;
  EXPECT_THAT(request, Not(HasSubstr("Authorization")));
}

TEST_F(HttpClientTest, AnyStatusIsAnAnswer) {
  TestHttpServer server(
      [](const std::string&) { return TestHttpServer::Whole("not there", "", "404 Not Found"); });
  const auto answer = Get({.url = server.Url()});
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(Body(), "not there");
}

TEST_F(HttpClientTest, APackedBodyIsUnpackedUnlessItIsNotToBe) {
  const std::string text(10'000, 'x');
  TestHttpServer server([&](const std::string&) {
    return TestHttpServer::Whole(Gzipped(text), "Content-Encoding: gzip\r\n");
  });
  const auto answer = Get({.url = server.Url()});
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->bytes, text.size());
  EXPECT_EQ(Body(), text);
  HttpRequest raw{.url = server.Url()};
  raw.unpack = false;
  ASSERT_TRUE(Get(raw).ok());
  EXPECT_EQ(Body(), Gzipped(text));
  EXPECT_THAT(server.requests().at(0), HasSubstr("Accept-Encoding: "));
  EXPECT_THAT(server.requests().at(1), Not(HasSubstr("Accept-Encoding: ")));
}

TEST_F(HttpClientTest, ABodyThatIsCutIsAnError) {
  const std::string head = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
  const std::vector<std::string> cut = {
      head + "Content-Length: 10\r\n\r\n123456789",
      head + "Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n",
      head + "Transfer-Encoding: chunked\r\n\r\n5\r\n123",
      head + "Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n",
      head + "Content-Encoding: gzip\r\nContent-Length: 30\r\n\r\n" + Gzipped("abc"),
      head + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
      "HTTP/1.1 200 OK\r\nContent-",
      "",
  };
  for (std::size_t i = 0; i < cut.size(); ++i) {
    TestHttpServer server([&](const std::string&) { return cut[i]; });
    const auto answer = Get({.url = server.Url("/secret")});
    ASSERT_FALSE(answer.ok()) << i << ": " << Body();
    EXPECT_EQ(answer.error().code, ErrorCode::kIo) << i;
    EXPECT_TRUE(was_lost) << i;
    EXPECT_THAT(answer.error().message, HasSubstr("127.0.0.1")) << i;
    EXPECT_THAT(answer.error().message, Not(HasSubstr("secret"))) << i;
  }
}

TEST_F(HttpClientTest, TellsWhereACutCouldNotBeNoticed) {
  const std::string head = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
  const std::string packed = Gzipped(std::string(1'000, 'x'));
  std::string sent;
  TestHttpServer server([&](const std::string&) { return sent; });
  const auto is_end_told = [&](const std::string& answer) {
    sent = answer;
    const auto got = Get({.url = server.Url()});
    EXPECT_TRUE(got.ok()) << answer;
    return got.ok() && got->is_end_told;
  };
  EXPECT_TRUE(is_end_told(head + "Content-Length: 2\r\n\r\nab"));
  EXPECT_TRUE(is_end_told(head + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"));
  EXPECT_FALSE(is_end_told(head + "\r\nab"));
  EXPECT_FALSE(
      is_end_told(head + "Content-Encoding: gzip\r\n\r\n" + packed.substr(0, packed.size() / 2)));
}

TEST_F(HttpClientTest, WhatDoesNotSpeakHttpIsAnError) {
  TestHttpServer server([](const std::string&) { return std::string("SSH-2.0-OpenSSH_9\r\n"); });
  const auto answer = Get({.url = server.Url()});
  ASSERT_FALSE(answer.ok());
  EXPECT_THAT(answer.error().message, HasSubstr("does not speak HTTP"));
}

TEST_F(HttpClientTest, NobodyThereIsAnErrorThatMayPass) {
  std::string url;
  {
    TestHttpServer server([](const std::string&) { return std::string(); });
    url = server.Url("/x?key=geheim");
  }
  const auto answer = Get({.url = url});
  ASSERT_FALSE(answer.ok());
  EXPECT_THAT(answer.error().message, HasSubstr(": nothing answers there"));
  EXPECT_THAT(answer.error().message, Not(HasSubstr("geheim")));
  EXPECT_TRUE(was_lost);
}

TEST_F(HttpClientTest, OtherProtocolsAndBrokenUrlsAreRefused) {
  std::ofstream(folder / "passwd") << "geheim";
  for (const std::string& url :
       {"file://" + (folder / "passwd").string(), std::string("ftp://127.0.0.1/"),
        std::string("http://"), std::string(""), std::string("http://a:b:c/"),
        std::string("gopher://127.0.0.1/")}) {
    const auto answer = Get({.url = url});
    ASSERT_FALSE(answer.ok()) << url;
    EXPECT_FALSE(was_lost) << url;
  }
}

TEST_F(HttpClientTest, ALineBreakInAHeaderIsRefusedWithoutItsValue) {
  const auto answer =
      Get({.url = "http://127.0.0.1:1/", .headers = {{"Authorization", "Bearer geheim\n"}}});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kUser);
  EXPECT_EQ(answer.error().message,
            "a header holds a line break or a control character: Authorization");
}

TEST_F(HttpClientTest, FollowsRedirectionsOnOneHostWithItsKeys) {
  TestHttpServer server([](const std::string& request) {
    const std::string target = TestHttpServer::Target(request);
    if (target == "/a/1") return TestHttpServer::Redirect("2?x=y");
    if (target == "/a/2?x=y") return TestHttpServer::Redirect("/b", "308 Permanent");
    return TestHttpServer::Whole(target);
  });
  const auto answer = Get({.url = server.Url("/a/1"),
                           .headers = {{"X-Api-Key", "geheim"}},
                           .user = "me",
                           .password = "wort"});
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(Body(), "/b");
  EXPECT_EQ(answer->bytes, 2U);
  ASSERT_EQ(server.requests().size(), 3U);
  for (const std::string& request : server.requests()) {
    EXPECT_TRUE(TestHttpServer::Has(request, "X-Api-Key: geheim")) << request;
    EXPECT_TRUE(TestHttpServer::Has(request, "Authorization: Basic bWU6d29ydA==")) << request;
  }
}

TEST_F(HttpClientTest, KeysGoToNoOtherHostAndNotBackFromThere) {
  TestHttpServer other([](const std::string& request) {
    const std::string target = TestHttpServer::Target(request);
    if (target.starts_with("/back=")) return TestHttpServer::Redirect(target.substr(6));
    return TestHttpServer::Whole("other");
  });
  TestHttpServer server([&](const std::string& request) {
    const std::string target = TestHttpServer::Target(request);
    if (target == "/port") return TestHttpServer::Redirect(other.Url("/"));
    if (target == "/there") return TestHttpServer::Redirect(other.Url("/back=/x"));
    return TestHttpServer::Whole("first");
  });
  for (const char* path : {"/port", "/there"}) {
    const auto answer = Get({.url = server.Url(path),
                             .headers = {{"Authorization", "Bearer geheim"},
                                         {"X-Api-Key", "geheim"},
                                         {"Cookie", "geheim"},
                                         {"Accept", "text/csv"}},
                             .user = "me",
                             .password = "wort"});
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_EQ(Body(), "other");
  }
  ASSERT_EQ(other.requests().size(), 3U);
  for (const std::string& request : other.requests()) {
    EXPECT_THAT(request, Not(HasSubstr("geheim")));
    EXPECT_THAT(request, Not(HasSubstr("Authorization")));
    EXPECT_TRUE(TestHttpServer::Has(request, "Accept: text/csv")) << request;
  }
}

TEST_F(HttpClientTest, RedirectionsWithoutEndOrToOtherProtocolsAreErrors) {
  TestHttpServer server([](const std::string& request) {
    const std::string target = TestHttpServer::Target(request);
    if (target == "/file") return TestHttpServer::Redirect("file:///etc/passwd");
    if (target == "/bad") return TestHttpServer::Redirect("http://a:b:c/geheim");
    return TestHttpServer::Redirect(target + "x");
  });
  auto answer = Get({.url = server.Url("/loop?key=geheim")});
  ASSERT_FALSE(answer.ok());
  EXPECT_THAT(answer.error().message, HasSubstr("redirects more than 10 times"));
  EXPECT_EQ(server.requests().size(), 11U);
  for (const char* path : {"/file", "/bad"}) {
    answer = Get({.url = server.Url(path)});
    ASSERT_FALSE(answer.ok()) << path;
    EXPECT_EQ(answer.error().message,
              server.Url(path) + " refers to what is no URL of http or https");
  }
}

TEST_F(HttpClientTest, StopsWhenTold) {
  std::atomic<bool> stop = false;
  TestHttpServer server([&](const std::string&) {
    stop = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    return TestHttpServer::Whole("late");
  });
  auto client = HttpClient::Open();
  ASSERT_TRUE(client.ok());
  const auto answer = client->Get({.url = server.Url()}, file, [&] { return stop.load(); });
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(client->WasLost());
}

TEST_F(HttpClientTest, TriesAgainWhatMayPass) {
  int asked = 0;
  TestHttpServer server([&](const std::string&) -> std::string {
    switch (++asked) {
      case 1:
        return TestHttpServer::Whole("busy\nvery", "", "503 Busy");
      case 2:
        return "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut";
      case 3:
        return TestHttpServer::Whole("", "Retry-After: 0\r\n", "429 Slow");
      default:
        return TestHttpServer::Whole("whole");
    }
  });
  const auto answer = Patiently({.url = server.Url("/p?key=geheim")}, 4);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(Body(), "whole");
  const std::string host = server.Url("/p").substr(7);
  EXPECT_THAT(told, ElementsAre("http://" + host + " answered 503: busy; trying again in 1 s",
                                host.substr(0, host.size() - 2) +
                                    ": the connection ended in the middle of the answer; trying "
                                    "again in 1 s",
                                "http://" + host + " answered 429; trying again in 0 s"));
}

TEST_F(HttpClientTest, GivesUpAfterSoManyTimes) {
  for (const char* status : {"408 A", "425 B", "429 C", "500 D", "502 E", "503 F", "504 G"}) {
    TestHttpServer server(
        [&](const std::string&) { return TestHttpServer::Whole("no", "", status); });
    const auto answer = Patiently({.url = server.Url("/p")}, 3);
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().message, server.Url("/p") + " answered " +
                                          std::string(status).substr(0, 3) + ": no; tried 3 times");
    EXPECT_EQ(answer.error().code, ErrorCode::kIo);
    EXPECT_EQ(server.requests().size(), 3U);
  }
}

TEST_F(HttpClientTest, OtherAnswersAreErrorsAtOnceWithoutWhatIsSecret) {
  TestHttpServer server([&](const std::string& request) {
    const std::string target = TestHttpServer::Target(request);
    if (target == "/part") return TestHttpServer::Whole("a", "", "206 Part");
    return TestHttpServer::Whole("\n  no right with key geheim, abcd1234 or wort77\nmore", "",
                                 "403 No");
  });
  auto answer = Patiently({.url = server.Url("/p?api_key=geheim&x=1"),
                           .headers = {{"Authorization", "Bearer abcd1234"}},
                           .user = "me",
                           .password = "wort77"});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().message,
            server.Url("/p") + " answered 403: no right with key ***, *** or ***");
  EXPECT_THAT(answer.error().hint, HasSubstr("key or token"));
  EXPECT_EQ(server.requests().size(), 1U);
  answer = Patiently({.url = server.Url("/part")});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().message, server.Url("/part") + " answered 206: a");
  EXPECT_TRUE(told.empty());
}

TEST_F(HttpClientTest, NotModifiedIsAnAnswer) {
  TestHttpServer server([](const std::string&) {
    return std::string("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
  });
  const auto answer = Patiently({.url = server.Url(), .headers = {{"If-None-Match", "\"1\""}}});
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 304);
}

TEST_F(HttpClientTest, AWaitThatIsTooLongIsAnError) {
  for (const char* wait : {"3600", "99999999999999999999", "Fri, 31 Dec 2199 23:59:59 GMT"}) {
    TestHttpServer server([&](const std::string&) {
      return TestHttpServer::Whole("", std::string("Retry-After: ") + wait + "\r\n", "429 Slow");
    });
    const auto answer = Patiently({.url = server.Url()});
    ASSERT_FALSE(answer.ok()) << wait;
    EXPECT_THAT(answer.error().message, HasSubstr("it asks to come again in ")) << wait;
    EXPECT_EQ(server.requests().size(), 1U) << wait;
  }
}

TEST_F(HttpClientTest, ARetryAfterThatIsNeitherNumberNorTimeIsNotFollowed) {
  for (const char* wait : {"soon", "-5", "1.5", "", "Fri, 31 Dec 1999 23:59:59 GMT"}) {
    TestHttpServer server([&](const std::string&) {
      return TestHttpServer::Whole("", std::string("Retry-After: ") + wait + "\r\n", "503 Slow");
    });
    EXPECT_FALSE(Patiently({.url = server.Url()}).ok());
    EXPECT_EQ(server.requests().size(), 3U) << wait;
  }
}

TEST(HttpUrl, IsShownWithoutUserPasswordAndQuery) {
  EXPECT_EQ(PlainUrl("https://me:pa@ss@host:80/a@b/c?d=e@f#g"), "https://host:80/a@b/c");
  EXPECT_EQ(PlainUrl("https://me@host"), "https://host");
  EXPECT_EQ(PlainUrl("https://host?key=a/b@c"), "https://host");
  EXPECT_EQ(PlainUrl("host/x"), "host/x");
  EXPECT_EQ(PlainUrl(""), "");
}

TEST(HttpUrl, AReferenceIsResolved) {
  const std::string base = "https://h.example:8080/a/b?c=d";
  EXPECT_EQ(*ResolveUrl(base, "/x?page=2"), "https://h.example:8080/x?page=2");
  EXPECT_EQ(*ResolveUrl(base, "?page=2"), "https://h.example:8080/a/b?page=2");
  EXPECT_EQ(*ResolveUrl(base, "e"), "https://h.example:8080/a/e");
  EXPECT_EQ(*ResolveUrl(base, "//o.example/e"), "https://o.example/e");
  EXPECT_EQ(*ResolveUrl(base, "http://o.example/a b"), "http://o.example/a%20b");
  for (const char* wrong : {"ftp://x/", "javascript:alert(1)", "http://", "http://a:b:c/"}) {
    EXPECT_FALSE(ResolveUrl(base, wrong).ok()) << wrong;
  }
}

TEST(HttpUrl, AHostIsSchemeNameAndPort) {
  EXPECT_TRUE(IsSameHost("https://A.example/x", "HTTPS://a.example:443/y?z"));
  EXPECT_FALSE(IsSameHost("https://a.example/", "http://a.example/"));
  EXPECT_FALSE(IsSameHost("http://a.example/", "http://a.example:81/"));
  EXPECT_FALSE(IsSameHost("http://a.example/", "http://a.example.org/"));
  EXPECT_FALSE(IsSameHost("http://a.example/", "http://a.example@b.example/"));
  EXPECT_FALSE(IsSameHost("", ""));
}

TEST(HttpUrl, QueryParametersTakeThePlaceOfThoseWithTheirName) {
  EXPECT_EQ(WithQuery("http://h/a", {{"b c", "d&e=f/ä"}}), "http://h/a?b%20c=d%26e%3Df%2F%C3%A4");
  EXPECT_EQ(WithQuery("http://h/a?page=1&x=2#f", {{"page", "2"}, {"y", ""}}),
            "http://h/a?x=2&page=2&y=");
  EXPECT_EQ(WithQuery("http://h/a?page&&b", {}), "http://h/a?page&b");
  EXPECT_EQ(WithQuery("http://h/a?", {}), "http://h/a");
}

}  // namespace
}  // namespace assay::source
