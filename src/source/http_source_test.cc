#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "source/http_rate.h"
#include "source/test_http_server.h"
#include "source/test_sources.h"
#include "source/united_read.h"

namespace assay::source {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

// The value of a query parameter; empty without.
std::string QueryOf(const std::string& request, const std::string& name) {
  const std::string target = TestHttpServer::Target(request);
  for (const std::string mark : {"?", "&"}) {
    const std::size_t at = target.find(mark + name + "=");
    if (at == std::string::npos) continue;
    const std::size_t begin = at + name.size() + 2;
    return target.substr(begin, target.find('&', begin) - begin);
  }
  return "";
}

// `{"n": 3}, {"n": 4}` of the numbers from `first` up to `last`.
std::string Items(int first, int last) {
  std::string text;
  for (int i = first; i <= last; ++i) {
    text += (i > first ? ", " : "") + ("{\"n\": " + std::to_string(i)) + "}";
  }
  return "[" + text + "]";
}

class HttpSource : public SourceFiles {
 protected:
  HttpSource() : store(folder / "store") { EXPECT_TRUE(store.Create().ok()); }
  ~HttpSource() override {
    for (const char* name : {"HTTP_TEST_KEY", "HTTP_TEST_USER"}) ::unsetenv(name);
  }

  static Json Secret(const std::string& name, const std::string& value) {
    ::setenv(name.c_str(), value.c_str(), 1);
    return Json::array({name, contract::SecretMark(value)});
  }

  Result<Fetch> Ask(const Json& params) {
    const Status checked = FindSource("http")->info.check(params);
    EXPECT_TRUE(checked.ok()) << checked.error().message;
    const FakeClock clock(1'700'000'000'000'000);
    const std::function<Result<engine::Engine*>()> open = [&]() -> Result<engine::Engine*> {
      return engine.get();
    };
    const std::function<bool()> stopped = [&] { return stop; };
    const std::function<void(const std::string&)> tell = [&](const std::string& text) {
      told.push_back(text);
    };
    auto fetch = FindSource("http")->fetch({params, before, store, open, clock, stopped, tell});
    EXPECT_TRUE(std::filesystem::is_empty(folder / "store" / "staging"));
    return fetch;
  }

  // As a run does it where `write` is `append`; what is read then.
  Outcome Load(const Json& params) {
    const auto fetch = Ask(params);
    if (!fetch.ok()) {
      Outcome outcome;
      outcome.error = fetch.error().message;
      outcome.hint = fetch.error().hint;
      EXPECT_FALSE(outcome.error.empty());
      return outcome;
    }
    is_unchanged = fetch->is_unchanged;
    if (fetch->is_unchanged) {
      EXPECT_EQ(fetch->objects.size(), before.objects.size());
      EXPECT_EQ(fetch->cursor, before.cursor);
    } else {
      before.objects.insert(before.objects.end(), fetch->objects.begin(), fetch->objects.end());
      before.cursor = fetch->cursor;
    }
    // As it is kept between two loads.
    before = *ParseLoadState(Json::parse(LoadStateJson(before).dump()));
    files.clear();
    for (const Fetched& fetched : before.objects) {
      files.push_back({store.PathOf(fetched.receipt.sha256), fetched.receipt.location});
    }
    return ReadAll("http", params);
  }

  std::string ErrorOf(const Json& params) {
    const auto fetch = Ask(params);
    EXPECT_FALSE(fetch.ok());
    return fetch.ok() ? "" : fetch.error().message;
  }

  // All bytes that were kept, and all that was said.
  std::string AllBytes() const {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "store")) {
      if (!entry.is_regular_file()) continue;
      std::ifstream stream(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(stream), {});
    }
    all += LoadStateJson(before).dump();
    for (const std::string& text : told) all += text;
    return all;
  }

  store::ObjectStore store;
  LoadState before;
  bool stop = false;
  bool is_unchanged = false;
  std::vector<std::string> told;
};

constexpr char kSeven[] = "1\n2\n3\n4\n5\n6\n7\n";

// A server that holds seven rows and gives three at a time, in each of the ways.
std::string AnswerPaged(const std::string& request, const std::string& self) {
  const std::string target = TestHttpServer::Target(request);
  int first = 1;
  for (const char* name : {"offset", "skip", "after"}) {
    if (const std::string value = QueryOf(request, name); !value.empty())
      first = std::stoi(value) + 1;
  }
  if (const std::string page = QueryOf(request, "page"); !page.empty()) {
    first = std::stoi(page) * 3 - 2;
  }
  if (const std::string page = QueryOf(request, "p"); !page.empty())
    first = std::stoi(page) * 3 + 1;
  const int last = std::min(first + 2, 7);
  const bool has_more = last < 7;
  const std::string after = std::to_string(last);
  Json answer = {{"data", {{"rows", Json::parse(Items(first, last))}}},
                 {"meta", {{"total", 7}, {"pages", "3"}, {"more", has_more}}}};
  std::string headers = "Content-Type: application/json\r\n";
  if (target.starts_with("/null")) answer["next"] = nullptr;
  if (target.starts_with("/empty")) answer["next"] = "";
  if (has_more) {
    answer["next"] =
        target.starts_with("/relative") ? "?after=" + after : self + "/link?x=y&after=" + after;
    answer["meta"]["cursor"] = last;
    headers += "Link: <" + self + "/header?after=" + after + ">; rel=\"next\", </>; rel=first\r\n";
  }
  return TestHttpServer::Whole(answer.dump(), headers);
}

TEST_F(HttpSource, ReadsAllPagesInEachWay) {
  std::string self;
  TestHttpServer server([&](const std::string& request) { return AnswerPaged(request, self); });
  self = server.Url();
  const std::vector<std::pair<Json, std::size_t>> ways = {
      {{{"pages", "next_link"}, {"next", "/next"}, {"url", self + "/link"}}, 3},
      {{{"pages", "next_link"}, {"next", "/next"}, {"url", self + "/null"}}, 3},
      {{{"pages", "next_link"}, {"next", "/next"}, {"url", self + "/empty"}}, 3},
      {{{"pages", "next_link"}, {"next", "/next"}, {"url", self + "/relative/x"}}, 3},
      {{{"pages", "next_link"}, {"next", "/next"}, {"total", "/meta/total"}}, 3},
      {{{"pages", "link_header"}}, 3},
      {{{"pages", "cursor"}, {"next", "/meta/cursor"}, {"next_param", "after"}}, 3},
      {{{"pages", "cursor"},
        {"next", "/meta/cursor"},
        {"next_param", "after"},
        {"more", "/meta/more"}},
       3},
      {{{"pages", "page"}}, 4},
      {{{"pages", "page"}, {"page_param", "p"}, {"first_page", 0}}, 4},
      {{{"pages", "page"}, {"total", "/meta/total"}}, 3},
      {{{"pages", "page"}, {"total_pages", "/meta/pages"}}, 3},
      {{{"pages", "page"}, {"more", "/meta/more"}}, 3},
      {{{"pages", "offset"}}, 4},
      {{{"pages", "offset"}, {"offset_param", "skip"}, {"page_size", 100}, {"limit_param", "top"}},
       4},
      {{{"pages", "offset"}, {"total", "/meta/total"}}, 3},
      {{{"pages", "offset"}, {"more", "/meta/more"}}, 3},
  };
  for (const auto& [way, requests] : ways) {
    Json params = way;
    if (!params.contains("url")) params["url"] = self + "/items?x=y";
    params["records"] = "/data/rows";
    before = {};
    const std::size_t asked = server.requests().size();
    const Outcome outcome = Load(params);
    EXPECT_EQ(outcome.error, "") << way;
    EXPECT_EQ(outcome.rows, kSeven) << way;
    EXPECT_EQ(server.requests().size() - asked, requests) << way;
    EXPECT_THAT(before.objects, SizeIs(3)) << way;
  }
}

TEST_F(HttpSource, SaysWhereAndWhenAPageIsFrom) {
  std::string self;
  TestHttpServer server([&](const std::string& request) { return AnswerPaged(request, self); });
  self = server.Url();
  const Json params = {{"url", self + "/items?x=y"},
                       {"records", "/data/rows"},
                       {"pages", "page"},
                       {"page_size", 3},
                       {"query", Json::array({Json::array({"kind", "a b"})})},
                       {"headers", Json::array({Json::array({"X-Team", "data"})})},
                       {"file_column", "url"}};
  const Outcome outcome = Load(params);
  EXPECT_EQ(outcome.types, "n int64, url string");
  EXPECT_THAT(outcome.rows, HasSubstr("\n4|" + self + "/items#page=2\n"));
  ASSERT_THAT(before.objects, SizeIs(3));
  const store::Receipt& receipt = before.objects[1].receipt;
  EXPECT_EQ(receipt.location, self + "/items#page=2");
  EXPECT_EQ(receipt.collected_at, "2023-11-14T22:13:20Z");
  EXPECT_EQ(receipt.bytes, std::filesystem::file_size(store.PathOf(receipt.sha256)));
  EXPECT_TRUE(before.cursor.is_null());
  const std::string request = server.requests().at(1);
  EXPECT_EQ(TestHttpServer::Target(request), "/items?x=y&kind=a%20b&limit=3&page=2");
  EXPECT_TRUE(TestHttpServer::Has(request, "X-Team: data")) << request;
  EXPECT_TRUE(TestHttpServer::Has(request, "Accept: application/json")) << request;
  EXPECT_THAT(told,
              ElementsAre("page 1, 3 rows", "page 2, 6 rows", "page 3, 7 rows", "page 4, 7 rows"));
}

TEST_F(HttpSource, ReadsEachFormat) {
  std::string body, headers;
  TestHttpServer server([&](const std::string&) { return TestHttpServer::Whole(body, headers); });
  const auto load = [&](Json params, const std::string& path = "/x") {
    params["url"] = server.Url(path);
    before = {};
    const Outcome outcome = Load(params);
    return outcome.error.empty() ? outcome.types + "\n" + outcome.rows : outcome.error;
  };
  body = "a,b\n1,x\n2,y\n";
  headers = "Content-Type: text/csv; charset=utf-8\r\n";
  const std::string rows = "a int64, b string\n1|x\n2|y\n";
  EXPECT_EQ(load({{"format", "csv"}}), rows);
  EXPECT_EQ(load({}, "/x.CSV?y=z"), rows);
  EXPECT_EQ(load({}), server.Url("/x") + " is said to be csv, and read as json");
  headers = "";
  body = "a\tb\n1\tx\n2\ty\n";
  EXPECT_EQ(load({{"format", "tsv"}}), rows);
  EXPECT_EQ(load({}, "/x.tsv"), rows);
  body = "a;b\n1;?\n2;y\n";
  EXPECT_EQ(load({{"format", "csv"},
                  {"delimiter", ";"},
                  {"nulls", Json::array({"?"})},
                  {"columns", Json::array({Json::array({"a", "int16"})})}}),
            "a int16, b string\n1|-\n2|y\n");
  body = "{\"a\": 1, \"b\": \"x\"}\n\n{\"a\": 2, \"b\": \"y\"}";
  EXPECT_EQ(load({{"format", "jsonl"}}), rows);
  EXPECT_EQ(load({}, "/x.ndjson"), rows);
  body = "[" + body.replace(body.find("\n\n"), 2, ",") + "]";
  EXPECT_EQ(load({}), rows);
  headers = "Content-Type: text/html; charset=utf-8\r\n";
  EXPECT_EQ(load({}), server.Url("/x") + " is a web page, and no json");
}

TEST_F(HttpSource, PagesOfTextEndWithAnEmptyOne) {
  for (const std::string end : {"n\n", "", "\n"}) {
    TestHttpServer server([&](const std::string& request) {
      const int page = std::stoi(QueryOf(request, "page"));
      if (page > 2) return TestHttpServer::Whole(end);
      return TestHttpServer::Whole("n\n" + std::to_string(page) + "\n");
    });
    before = {};
    const Outcome outcome = Load({{"url", server.Url("/x.csv")}, {"pages", "page"}});
    EXPECT_EQ(outcome.error, "");
    EXPECT_EQ(outcome.rows, "1\n2\n");
    EXPECT_THAT(before.objects, SizeIs(2));
  }
}

TEST_F(HttpSource, PagesWithOtherColumnsLoseNothing) {
  TestHttpServer server([&](const std::string& request) {
    const bool is_first = QueryOf(request, "page") == "1";
    if (TestHttpServer::Target(request).starts_with("/csv")) {
      if (QueryOf(request, "page") == "3") return TestHttpServer::Whole("");
      return TestHttpServer::Whole(is_first ? "a,b\n1,x\n" : "a,c\n2,y\n");
    }
    return TestHttpServer::Whole(is_first ? R"({"more": true, "rows": [{"a": 1, "b": "x"}]})"
                                          : R"({"more": false, "rows": [{"c": 1.5, "a": "z"}]})");
  });
  EXPECT_EQ(Load({{"url", server.Url("/json")},
                  {"pages", "page"},
                  {"records", "/rows"},
                  {"more", "/more"}})
                .rows,
            "1|x|-\nz|-|1.5\n");
  before = {};
  const Json params = {{"url", server.Url("/csv")}, {"format", "csv"}, {"pages", "page"}};
  EXPECT_THAT(Load(params).error, HasSubstr("columns"));
  // As of files of csv: what lets other columns in unites them.
  const auto united = ReadUnited(*FindSource("http"), {*engine, params, files});
  ASSERT_TRUE(united.ok()) << united.error().message;
  EXPECT_EQ(Text(Rows(united->read.query)), "1|x|-\n2|-|y\n");
}

TEST_F(HttpSource, ABrokenPageIsAnErrorAndNothingIsKept) {
  const std::vector<std::pair<std::string, std::string>> pages = {
      {TestHttpServer::Whole(R"({"rows": [{"n": 4})"),
       "#page=2:1:19 is not JSON: it ends here, expected a comma or ]"},
      {TestHttpServer::Whole("{}"), "#page=2 has nothing at `records`: /rows"},
      {TestHttpServer::Whole(R"({"rows": 5})"),
       "#page=2:1:10 is neither an object nor a list of objects"},
      {TestHttpServer::Whole(R"({"rows": [{"n": 1}], "more": true, "total": 2})"),
       "#page=2 is the same as the page before"},
      {TestHttpServer::Whole("gone", "", "404 Not Found"), " answered 404: gone"},
      {TestHttpServer::Whole("gone", "", "410 Gone"), " answered 410: gone"},
      {TestHttpServer::Whole("no", "", "401 No"), " answered 401: no"},
      {TestHttpServer::Whole("[]", "Content-Type: text/html\r\n"),
       "#page=2 is a web page, and no json"},
      {TestHttpServer::Whole("", "", "204 No Content"), "#page=2:1:1 is not JSON"},
      {TestHttpServer::Whole("", "", "304 Not Modified"), "answered 304, which was not asked for"},
      {TestHttpServer::Whole(R"({"rows": [{"n": 4}], "more": "yes", "total": 2})"),
       "#page=2 has neither true nor false at `more`: /more"},
      {TestHttpServer::Whole(R"({"rows": [{"n": 4}], "total": 2})"),
       "#page=2 has nothing at `more`: /more"},
      {TestHttpServer::Whole(R"({"rows": [{"n": 4}], "more": false, "total": 3})"),
       "#page=2: the number of all rows changed while pages were read, from 2 to 3"},
      {TestHttpServer::Whole(R"({"rows": [{"n": 4}, {"n": 5}], "more": false, "total": 2})"),
       "#page=2 is the last page, and `total` says 2 rows, where 3 came"},
      {TestHttpServer::Whole(R"({"rows": [], "more": false, "total": 2})"),
       "#page=2 is the last page, and `total` says 2 rows, where 1 came"},
      {TestHttpServer::Whole(R"({"rows": [{"n": 4}], "more": false, "total": -2})"),
       "#page=2 has no whole number at `total`: /total"},
      {TestHttpServer::Whole(R"({"rows": [{"n": 4}], "more": false, "total": null})"),
       "#page=2 has nothing at `total`: /total"},
  };
  for (const auto& [page, message] : pages) {
    TestHttpServer server([&, &page = page](const std::string& request) {
      if (QueryOf(request, "page") == "2") return page;
      return TestHttpServer::Whole(R"({"rows": [{"n": 1}], "more": true, "total": 2})");
    });
    const Outcome outcome = Load({{"url", server.Url("/p")},
                                  {"pages", "page"},
                                  {"records", "/rows"},
                                  {"more", "/more"},
                                  {"total", "/total"}});
    EXPECT_THAT(outcome.error, HasSubstr(message));
    EXPECT_NE(outcome.hint, "") << message;
    EXPECT_THAT(server.requests(), SizeIs(2)) << message;
    EXPECT_TRUE(before.objects.empty());
  }
}

TEST_F(HttpSource, APageBehindTheLastThatIsNotFoundIsToldHowToAvoid) {
  TestHttpServer server([&](const std::string& request) {
    if (QueryOf(request, "page") == "2") return TestHttpServer::Whole("", "", "404 Not Found");
    return TestHttpServer::Whole(R"([{"n": 1}])");
  });
  const Outcome outcome = Load({{"url", server.Url("/p")}, {"pages", "page"}});
  EXPECT_EQ(outcome.error, "page 2: " + server.Url("/p") + " answered 404");
  EXPECT_THAT(outcome.hint, HasSubstr("`total`, `total_pages` or `more`"));
}

TEST_F(HttpSource, FewerPagesThanAreSaidIsAnError) {
  TestHttpServer server([&](const std::string& request) {
    const bool is_first = QueryOf(request, "page") == "1";
    return TestHttpServer::Whole(is_first ? R"({"rows": [{"n": 1}], "pages": 3})"
                                          : R"({"rows": [], "pages": 3})");
  });
  EXPECT_THAT(ErrorOf({{"url", server.Url("/p")},
                       {"pages", "page"},
                       {"records", "/rows"},
                       {"total_pages", "/pages"}}),
              HasSubstr("#page=2 has no rows, and `total_pages` says 3 pages"));
}

TEST_F(HttpSource, PagesWithoutEndAreErrors) {
  int asked = 0;
  std::string self;
  TestHttpServer server([&](const std::string& request) {
    const std::string target = TestHttpServer::Target(request);
    const std::string n = std::to_string(++asked);
    if (target.starts_with("/circle")) {
      return TestHttpServer::Whole(R"({"rows": [{"n": )" + n + R"(}], "next": "/circle"})");
    }
    if (target.starts_with("/token")) {
      return TestHttpServer::Whole(R"({"rows": [{"n": )" + n + R"(}], "next": "same"})");
    }
    return TestHttpServer::Whole(R"({"rows": [{"n": )" + n + R"(}], "next": "/n/)" + n + R"("})");
  });
  Json params = {{"records", "/rows"}, {"pages", "next_link"}, {"next", "/next"}};
  params["url"] = server.Url("/circle");
  EXPECT_EQ(ErrorOf(params), server.Url("/circle#page=1 leads to a page that was read before"));
  params["url"] = server.Url("/n");
  params["max_pages"] = 5;
  EXPECT_EQ(ErrorOf(params), server.Url("/n has more than 5 pages"));
  params["url"] = server.Url("/token");
  params["pages"] = "cursor";
  params["next_param"] = "after";
  EXPECT_EQ(ErrorOf(params), server.Url("/token#page=2 leads to a page that was read before"));
  EXPECT_EQ(asked, 1 + 5 + 2);
}

TEST_F(HttpSource, ALinkThatIsNoneOrLeadsElsewhereIsAnError) {
  TestHttpServer other([](const std::string&) { return TestHttpServer::Whole("[]"); });
  for (const auto& [next, message] : std::vector<std::pair<std::string, std::string>>{
           {"\"" + other.Url("/x?key=1") + "\"",
            "#page=1: the next page is on another host: " + other.Url("/x")},
           {"\"ftp://127.0.0.1/\"", "refers to what is no URL of http or https"},
           {"[1]", "#page=1 has neither a text nor a number at `next`: /next"},
           {"true", "#page=1 has neither a text nor a number at `next`: /next"}}) {
    TestHttpServer server([&, &next = next](const std::string&) {
      return TestHttpServer::Whole(R"({"rows": [{"n": 1}], "next": )" + next + "}");
    });
    EXPECT_THAT(ErrorOf({{"url", server.Url("/p")},
                         {"records", "/rows"},
                         {"pages", "next_link"},
                         {"next", "/next"}}),
                HasSubstr(message));
  }
  EXPECT_TRUE(other.requests().empty());
}

TEST_F(HttpSource, TriesAgainAndGoesOn) {
  std::map<std::string, int> asked;
  std::string self;
  TestHttpServer server([&](const std::string& request) -> std::string {
    const std::string target = TestHttpServer::Target(request);
    const std::string whole = AnswerPaged(request, self);
    if (asked[target]++ > 0) return whole;
    if (target.find("page=1") != std::string::npos) {
      return TestHttpServer::Whole("", "Retry-After: 0\r\n", "429 Slow Down");
    }
    if (target.find("page=2") != std::string::npos) return whole.substr(0, whole.size() - 20);
    return TestHttpServer::Whole("fault", "Retry-After: 0\r\n", "500 Fault");
  });
  self = server.Url();
  EXPECT_EQ(Load({{"url", server.Url("/p")}, {"records", "/data/rows"}, {"pages", "page"}}).rows,
            kSeven);
  EXPECT_THAT(server.requests(), SizeIs(8));
}

TEST_F(HttpSource, StopsBetweenTwoPages) {
  std::string self;
  TestHttpServer server([&](const std::string& request) {
    if (QueryOf(request, "page") == "2") stop = true;
    return AnswerPaged(request, self);
  });
  const auto fetch = Ask({{"url", server.Url("/p")}, {"records", "/data/rows"}, {"pages", "page"}});
  ASSERT_FALSE(fetch.ok());
  EXPECT_EQ(fetch.error().code, ErrorCode::kCancelled);
}

TEST_F(HttpSource, SaysWhoAsksAndKeepsItSecret) {
  const std::string value = "sesam/open dich";
  Json secret = Secret("HTTP_TEST_KEY", value);
  // A server that lets nobody else in, and repeats what it was sent.
  std::string expected;
  TestHttpServer server([&](const std::string& request) {
    if (request.find(expected) == std::string::npos) {
      return TestHttpServer::Whole("wrong key: " + value, "", "403 No");
    }
    const std::string target = TestHttpServer::Target(request);
    const bool is_first = target.find("page=2") == std::string::npos;
    Json answer = {{"rows", Json::parse(is_first ? Items(1, 2) : Items(3, 3))}, {"you", value}};
    if (is_first) {
      answer["next"] = target + (target.find('?') == std::string::npos ? "?" : "&") + "page=2";
    }
    return TestHttpServer::Whole(answer.dump());
  });
  const std::vector<std::pair<Json, std::string>> ways = {
      {{{"bearer", secret}}, "\r\nAuthorization: Bearer " + value + "\r\n"},
      {{{"api_key", secret}, {"api_key_header", "X-Api-Key"}}, "\r\nX-Api-Key: " + value + "\r\n"},
      {{{"api_key", secret}, {"api_key_param", "key"}}, "key=sesam%2Fopen%20dich"},
      {{{"basic_user", secret}}, "\r\nAuthorization: Basic c2VzYW0vb3BlbiBkaWNoOg==\r\n"},
      {{{"basic_user", Secret("HTTP_TEST_USER", "me")}, {"basic_password", secret}},
       "\r\nAuthorization: Basic bWU6c2VzYW0vb3BlbiBkaWNo\r\n"}};
  for (const auto& [way, header] : ways) {
    Json params = way;
    params.update({{"url", server.Url("/p")},
                   {"records", "/rows"},
                   {"pages", "next_link"},
                   {"next", "/next"}});
    expected = header;
    before = {};
    const Outcome outcome = Load(params);
    EXPECT_EQ(outcome.error, "") << way;
    EXPECT_EQ(outcome.rows, "1\n2\n3\n") << way;
    expected = "nobody";
    const Outcome refused = Load(params);
    EXPECT_THAT(refused.error, HasSubstr("answered 403: wrong key: ***")) << way;
    told.push_back(refused.error + refused.hint);
  }
  const std::string all = AllBytes();
  EXPECT_THAT(all, HasSubstr("***"));
  EXPECT_THAT(all, Not(HasSubstr("sesam")));
  EXPECT_THAT(all, Not(HasSubstr("dich")));
}

TEST_F(HttpSource, ASecretThatIsNotSetOrHasALineBreakIsNamedOnly) {
  Json params = {{"url", "http://127.0.0.1:1/"}, {"bearer", Secret("HTTP_TEST_KEY", "geheim\n")}};
  EXPECT_EQ(ErrorOf(params), "environment variable holds a line break: HTTP_TEST_KEY");
  ::unsetenv("HTTP_TEST_KEY");
  EXPECT_EQ(ErrorOf(params), "environment variable is not set: HTTP_TEST_KEY");
}

TEST_F(HttpSource, NothingNewIsNoNewLoad) {
  std::string etag = "\"1\"", body = Items(1, 2);
  TestHttpServer server([&](const std::string& request) {
    const std::string headers = "ETag: " + etag + "\r\nLast-Modified: yesterday\r\n";
    if (TestHttpServer::Has(request, "If-None-Match: " + etag)) {
      return "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n" + headers + "\r\n";
    }
    return TestHttpServer::Whole(body, headers);
  });
  const Json params = {{"url", server.Url("/p?x=y")}};
  EXPECT_EQ(Load(params).rows, "1\n2\n");
  EXPECT_FALSE(is_unchanged);
  EXPECT_EQ(before.objects.at(0).answer.dump(), R"({"etag":"\"1\"","last_modified":"yesterday"})");
  EXPECT_EQ(Load(params).rows, "1\n2\n");
  EXPECT_TRUE(is_unchanged);
  EXPECT_TRUE(TestHttpServer::Has(server.requests().at(1), "If-Modified-Since: yesterday"));
  // The same bytes under another mark.
  etag = "\"2\"";
  EXPECT_EQ(Load(params).rows, "1\n2\n");
  EXPECT_TRUE(is_unchanged);
  body = Items(3, 3);
  EXPECT_EQ(Load(params).rows, "1\n2\n3\n");
  EXPECT_FALSE(is_unchanged);
  // What was kept is gone: the server is not asked whether it is new.
  ASSERT_TRUE(store.Remove(before.objects.back().receipt.sha256).ok());
  EXPECT_EQ(Load(params).error, "");
  EXPECT_THAT(server.requests().back(), Not(HasSubstr("If-None-Match")));
}

TEST_F(HttpSource, AsksForWhatIsNewOnly) {
  std::vector<std::pair<int, std::string>> rows = {
      {1, "2026-05-01T09:00:00Z"}, {2, "2026-05-01T09:00:00.5Z"}, {3, "2026-04-30T00:00:00Z"}};
  TestHttpServer server([&](const std::string& request) {
    const std::string since = QueryOf(request, "since");
    Json answer = Json::array();
    for (const auto& [id, at] : rows) {
      // As the server compares them; it knows what comes escaped.
      if (since == "2026-05-01T09%3A00%3A00.5Z" && id != 2 && at < "2026-05-02") continue;
      if (since.starts_with("2026-06") && at < "2026-06") continue;
      answer.push_back({{"id", id}, {"meta", {{"at", at}}}});
    }
    return TestHttpServer::Whole(answer.dump());
  });
  const Json params = {
      {"url", server.Url("/p")}, {"cursor", "/meta/at"}, {"cursor_param", "since"}};
  Load(params);
  EXPECT_EQ(before.cursor.at("value"), "2026-05-01T09:00:00.5Z");
  EXPECT_EQ(TestHttpServer::Target(server.requests().at(0)), "/p");
  // The row at the border again, which is no other answer than another load of it.
  EXPECT_THAT(Load(params).rows, HasSubstr("2|{"));
  EXPECT_THAT(before.objects, SizeIs(2));
  EXPECT_EQ(before.objects[1].receipt.location, server.Url("/p?since=2026-05-01T09%3A00%3A00.5Z"));
  Load(params);
  EXPECT_TRUE(is_unchanged);
  rows.emplace_back(4, "2026-06-01T00:00:00Z");
  Load(params);
  EXPECT_FALSE(is_unchanged);
  EXPECT_EQ(before.cursor.at("value"), "2026-06-01T00:00:00Z");
  EXPECT_EQ(QueryOf(server.requests().back(), "since"), "2026-05-01T09%3A00%3A00.5Z");
  EXPECT_THAT(before.objects, SizeIs(3));
}

TEST_F(HttpSource, ACursorOfNumbersWithAStartInPagesOfText) {
  TestHttpServer server([&](const std::string& request) {
    if (QueryOf(request, "page") != "1") return TestHttpServer::Whole("id,x\n");
    const int after = std::stoi(QueryOf(request, "after"));
    std::string body = "id,x\n";
    for (int id = after + 1; id <= std::min(after + 4, 12); ++id)
      body += std::to_string(id) + ",\n";
    return TestHttpServer::Whole(body);
  });
  const Json params = {{"url", server.Url("/p.csv")},
                       {"pages", "page"},
                       {"cursor", "id"},
                       {"cursor_param", "after"},
                       {"cursor_start", "5"}};
  EXPECT_EQ(Load(params).rows, "6|-\n7|-\n8|-\n9|-\n");
  EXPECT_EQ(before.cursor.at("value"), "9");
  EXPECT_EQ(Load(params).rows, "6|-\n7|-\n8|-\n9|-\n10|-\n11|-\n12|-\n");
  EXPECT_EQ(before.cursor.at("value"), "12");
  Load(params);
  EXPECT_TRUE(is_unchanged);
  EXPECT_EQ(before.cursor.at("value"), "12");
}

TEST_F(HttpSource, ACursorThatIsNotThereOrHasNoOrderIsAnError) {
  std::string body;
  TestHttpServer server([&](const std::string&) { return TestHttpServer::Whole(body); });
  Json params = {{"url", server.Url("/p")}, {"cursor", "at"}, {"cursor_param", "since"}};
  for (const auto& [text, message] : std::vector<std::pair<std::string, std::string>>{
           {R"([{"n": 1}, {"At": 2}])", "/p has no row with what `cursor` names: at"},
           {R"([{"at": null}])", "/p has no row with what `cursor` names: at"},
           {R"([{"at": true}])", "/p has neither texts nor numbers at `cursor`: at"},
           {R"([{"at": 1}, {"at": "b"}])", "cursor: at: it holds numbers and texts: 1, b"},
           {R"([{"at": "31/12/2026"}])", "cursor: at: it holds dates whose order as text"}}) {
    body = text;
    EXPECT_THAT(ErrorOf(params), HasSubstr(message));
  }
  params["format"] = "csv";
  body = "a,b\n1,2\n";
  EXPECT_THAT(ErrorOf(params), HasSubstr("/p has no column of the name that `cursor` has: at"));
  body = "a,at\n1,\n";
  EXPECT_THAT(ErrorOf(params), HasSubstr("/p has no row with what `cursor` names: at"));
}

TEST_F(HttpSource, TextWithoutALengthIsAnError) {
  TestHttpServer server([](const std::string&) {
    return std::string("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[1]\n");
  });
  EXPECT_EQ(ErrorOf({{"url", server.Url("/p.csv")}}),
            server.Url("/p.csv came without its length, so that a cut would not be noticed"));
  EXPECT_TRUE(Ask({{"url", server.Url("/p")}}).ok());
}

TEST_F(HttpSource, NoRowsAtAllAreToldOf) {
  TestHttpServer server([](const std::string&) { return TestHttpServer::Whole("[]"); });
  const Outcome outcome = Load({{"url", server.Url("/p")}, {"pages", "page"}});
  EXPECT_EQ(outcome.error, server.Url("/p#page=1 tells no columns: no object has a key"));
}

TEST(HttpSourceCheck, RefusesWhatDoesNotFit) {
  const Json secret = Json::array({"NAME", "mark"});
  const auto mapping = [](const char* name) {
    return Json::array({Json::array({name, "geheim"})});
  };
  const std::vector<std::pair<Json, std::string>> mistakes = {
      {{{"url", "ftp://h/x"}}, "not a URL of http or https: ftp://h/x"},
      {{{"url", "h/x"}}, "not a URL of http or https: h/x"},
      {{{"url", "https://"}}, "not a URL of http or https: https://"},
      {{{"url", "https://me:geheim@h/x"}}, "`url` holds a user or a password: https://h/x"},
      {{{"url", "https://h/x?a=b&api_key=geheim"}}, "`url` holds what should be secret: api_key"},
      {{{"url", "https://h/x?TOKEN=geheim"}}, "`url` holds what should be secret: TOKEN"},
      {{{"query", mapping("access_token")}}, "`query` holds what should be secret: access_token"},
      {{{"headers", mapping("Authorization")}},
       "`headers` holds what should be secret: Authorization"},
      {{{"headers", mapping("Range")}}, "a header that is not yours to set: Range"},
      {{{"headers", mapping("a b")}}, "not the name of a header: a b"},
      {{{"bearer", secret}, {"basic_user", secret}},
       "`bearer` and `basic_user` are two ways to say who asks"},
      {{{"basic_password", secret}}, "`basic_password` needs `basic_user`"},
      {{{"api_key", secret}}, "`api_key` needs the place in which it is sent"},
      {{{"api_key_param", "key"}}, "`api_key` is missing"},
      {{{"api_key", secret}, {"api_key_param", "key"}, {"api_key_header", "Key"}},
       "`api_key_header` and `api_key_param` are two places for one key"},
      {{{"api_key", secret}, {"api_key_header", "a:b"}}, "not the name of a header: a:b"},
      {{{"next", "/a"}}, "`next` means nothing with `pages: none`"},
      {{{"pages", "page"}, {"next", "/a"}}, "`next` means nothing with `pages: page`"},
      {{{"pages", "offset"}, {"total_pages", "/a"}},
       "`total_pages` means nothing with `pages: offset`"},
      {{{"pages", "next_link"}}, "`pages: next_link` needs `next`"},
      {{{"pages", "cursor"}}, "`pages: cursor` needs `next`"},
      {{{"pages", "cursor"}, {"next", "/a"}}, "`pages: cursor` needs `next_param`"},
      {{{"pages", "next_link"}, {"next", "a"}}, "next: not a JSON Pointer: a"},
      {{{"total", "a"}}, "total: not a JSON Pointer: a"},
      {{{"records", "a"}}, "records: not a JSON Pointer: a"},
      {{{"pages", "page"}, {"page_size", 0}}, "`page_size` is below 1: 0"},
      {{{"pages", "page"}, {"first_page", -1}}, "`first_page` is below 0: -1"},
      {{{"pages", "page"}, {"max_pages", 0}}, "`max_pages` is below 1: 0"},
      {{{"pages", "page"}, {"limit_param", "n"}}, "`limit_param` needs `page_size`"},
      {{{"format", "csv"}, {"records", "/a"}}, "`records` points into JSON, and the format is csv"},
      {{{"url", "https://h/x.csv.gz"}, {"total", "/a"}},
       "`total` points into JSON, and the format is csv"},
      {{{"delimiter", ";"}}, "`delimiter` means nothing in json"},
      {{{"format", "csv"}, {"delimiter", "abc"}}, "not a delimiter: abc"},
      {{{"columns", Json::array({Json::array({"a", "", {{"read", "money"}}})})}},
       "columns: a: in json a column has a type and nothing beside it"},
      {{{"columns", Json::array({Json::array({"a", "int"}), Json::array({"b", "whole"})})}},
       "columns: b: "},
      {{{"rate", "fast"}}, "not a rate: fast"},
      {{{"cursor", "a"}}, "`cursor` needs `cursor_param`"},
      {{{"cursor_param", "a"}}, "`cursor_param` needs `cursor`"},
      {{{"cursor_start", "a"}}, "`cursor_start` needs `cursor`"},
      {{{"cursor", "/a~"}, {"cursor_param", "b"}}, "cursor: not a JSON Pointer: /a~"},
      {{{"url", "https://h/x.json.gz"}, {"pages", "page"}},
       "a packed file has neither pages nor a cursor: https://h/x.json.gz"},
  };
  for (const auto& [mistake, message] : mistakes) {
    Json params = {{"url", "https://h.example/x"}};
    params.update(mistake);
    const Status status = FindSource("http")->info.check(params);
    ASSERT_FALSE(status.ok()) << mistake;
    EXPECT_THAT(status.error().message, testing::StartsWith(message)) << mistake;
    EXPECT_EQ(status.error().code, ErrorCode::kUser) << mistake;
    EXPECT_THAT(status.error().message + status.error().hint, Not(HasSubstr("geheim")));
  }
}

TEST(HttpSourceAsks, HoldsWhatDecidesTheAnswersAndNoSecret) {
  const Json asks = FindSource("http")->asks({{"url", "u"},
                                              {"pages", "page"},
                                              {"page_size", 3},
                                              {"cursor", "c"},
                                              {"bearer", Json::array({"A", "b"})},
                                              {"columns", Json::array()},
                                              {"max_pages", 5},
                                              {"rate", "1/s"}});
  EXPECT_EQ(asks.dump(), R"({"cursor":"c","page_size":3,"pages":"page","url":"u"})");
}

TEST(HttpRate, IsRequestsInATime) {
  const auto milliseconds = [](const char* text) {
    const auto rate = ParseRate(text);
    return rate.ok() ? rate->count() : -1;
  };
  EXPECT_EQ(milliseconds("5/second"), 200);
  EXPECT_EQ(milliseconds("3/s"), 334);
  EXPECT_EQ(milliseconds(" 100 / Minute "), 600);
  EXPECT_EQ(milliseconds("1000/hour"), 3600);
  EXPECT_EQ(milliseconds("1/day"), 86'400'000);
  for (const char* wrong :
       {"", "5", "/s", "0/s", "-1/s", "1.5/s", "5/year", "5/s/s", "99999999/s"}) {
    EXPECT_EQ(milliseconds(wrong), -1) << wrong;
  }
}

TEST(HttpRate, WaitsUntilItIsTimeOrStopped) {
  Pace pace(std::chrono::hours(1));
  int asked = 0;
  EXPECT_TRUE(pace.Wait([] { return false; }));
  EXPECT_FALSE(pace.Wait([&] { return ++asked > 2; }));
  EXPECT_EQ(asked, 3);
}

}  // namespace
}  // namespace assay::source
