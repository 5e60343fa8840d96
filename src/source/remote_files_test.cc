#include "source/remote_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/test_folder.h"
#include "source/test_http_server.h"

namespace assay::source {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kMorning = 1'369'353'600'000'000;

class RemoteFiles : public testing::Test {
 protected:
  RemoteFiles() : objects(folder.path()), clock(kMorning) {
    EXPECT_TRUE(objects.Create().ok());
    options.path_style = true;
    options.patience.first_wait = std::chrono::milliseconds(1);
  }

  Result<Fetch> Bring(const std::vector<std::string>& patterns) {
    return FetchRemoteFiles({params, before, objects, engine, clock, stopped, tell, {}}, patterns,
                            options);
  }
  // What is brought then is what a next time has before it.
  Fetch Brought(const std::vector<std::string>& patterns) {
    auto fetch = Bring(patterns);
    EXPECT_TRUE(fetch.ok()) << (fetch.ok() ? "" : fetch.error().message);
    if (!fetch.ok()) return {};
    // Through the form in which it is kept.
    const auto kept = ParseLoadState(LoadStateJson({fetch->objects, fetch->cursor}));
    EXPECT_TRUE(kept.ok());
    before = *kept;
    return *std::move(fetch);
  }

  std::string TextOf(const Fetched& fetched) {
    const auto text = objects.Get(fetched.receipt.sha256);
    return text.ok() ? *text : text.error().message;
  }
  static std::vector<std::string> Locations(const Fetch& fetch) {
    std::vector<std::string> locations;
    for (const Fetched& each : fetch.objects) locations.push_back(each.receipt.location);
    return locations;
  }
  // Files that are neither objects nor gone.
  std::size_t NumStaged() {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder / "staging"), {}));
  }

  const TestFolder folder;
  store::ObjectStore objects;
  FakeClock clock;
  RemoteOptions options;
  LoadState before;
  bool is_stopped = false;
  std::vector<std::string> told;
  const Json params = Json::object();
  const std::function<Result<engine::Engine*>()> engine;
  const std::function<bool()> stopped = [this] { return is_stopped; };
  const std::function<void(const std::string&)> tell = [this](const std::string& text) {
    told.push_back(text);
  };
};

TEST_F(RemoteFiles, KeepTheBytesAsTheyCame) {
  const std::string bytes("a\0\xff\r\n", 5);
  TestHttpServer server([&](const std::string& request) {
    EXPECT_FALSE(TestHttpServer::Has(request, "Authorization"));
    return TestHttpServer::Whole(bytes, "ETag: \"1\"\r\nLast-Modified: yesterday\r\n");
  });
  const Fetch fetch = Brought({server.Url("/x/a%20b.csv?key=hush")});
  ASSERT_EQ(fetch.objects.size(), 1);
  const Fetched& file = fetch.objects[0];
  EXPECT_EQ(TextOf(file), bytes);
  EXPECT_EQ(file.receipt.location, server.Url("/x/a%20b.csv"));
  EXPECT_EQ(file.receipt.bytes, 5);
  EXPECT_EQ(file.receipt.collected_at, "2013-05-24T00:00:00Z");
  EXPECT_EQ(file.answer["etag"], "\"1\"");
  EXPECT_EQ(file.answer["last_modified"], "yesterday");
  EXPECT_FALSE(fetch.is_unchanged);
  EXPECT_THAT(LoadStateJson({fetch.objects, {}}).dump(), Not(HasSubstr("hush")));
  EXPECT_EQ(TestHttpServer::Target(server.requests().at(0)), "/x/a%20b.csv?key=hush");
  EXPECT_EQ(NumStaged(), 0);
}

TEST_F(RemoteFiles, AreNotBroughtAgainWhereTheServerSaysSo) {
  std::string etag = "\"1\"", body = "one";
  TestHttpServer server([&](const std::string& request) {
    if (TestHttpServer::Has(request, "If-None-Match: " + etag)) {
      return TestHttpServer::Whole("", "", "304 Not Modified");
    }
    return TestHttpServer::Whole(body, "ETag: " + etag + "\r\n");
  });
  const std::string url = server.Url("/a.csv");
  Brought({url});
  clock.Advance(3'600'000'000);
  const Fetch same = Brought({url});
  EXPECT_TRUE(same.is_unchanged);
  ASSERT_EQ(same.objects.size(), 1);
  EXPECT_EQ(same.objects[0].receipt.collected_at, "2013-05-24T00:00:00Z");
  EXPECT_EQ(TextOf(same.objects[0]), "one");

  etag = "\"2\"";
  body = "two";
  const Fetch changed = Brought({url});
  EXPECT_FALSE(changed.is_unchanged);
  EXPECT_EQ(TextOf(changed.objects.at(0)), "two");
  EXPECT_EQ(changed.objects[0].receipt.collected_at, "2013-05-24T01:00:00Z");
  EXPECT_EQ(server.requests().size(), 3);
}

TEST_F(RemoteFiles, AreAskedForByTheirDateWithoutATag) {
  TestHttpServer server([](const std::string& request) {
    const std::string date = "Fri, 24 May 2013 00:00:00 GMT";
    return TestHttpServer::Has(request, "If-Modified-Since: " + date)
               ? TestHttpServer::Whole("", "", "304 Not Modified")
               : TestHttpServer::Whole("one", "Last-Modified: " + date + "\r\n");
  });
  EXPECT_FALSE(Brought({server.Url("/a.csv")}).is_unchanged);
  EXPECT_TRUE(Brought({server.Url("/a.csv")}).is_unchanged);
}

TEST_F(RemoteFiles, ThatComeAgainAsTheyWereAreUnchanged) {
  TestHttpServer server([](const std::string&) { return TestHttpServer::Whole("one"); });
  const Fetch first = Brought({server.Url("/a.csv")});
  clock.Advance(60'000'000);
  const Fetch second = Brought({server.Url("/a.csv")});
  EXPECT_TRUE(second.is_unchanged);
  EXPECT_EQ(second.objects.at(0).receipt.collected_at, first.objects.at(0).receipt.collected_at);
  EXPECT_EQ(server.requests().size(), 2);
}

TEST_F(RemoteFiles, AreBroughtAgainWhereTheirObjectIsGone) {
  TestHttpServer server([](const std::string& request) {
    EXPECT_FALSE(TestHttpServer::Has(request, "If-None-Match: \"1\""));
    return TestHttpServer::Whole("one", "ETag: \"1\"\r\n");
  });
  const Fetch first = Brought({server.Url("/a.csv")});
  ASSERT_TRUE(objects.Remove(first.objects.at(0).receipt.sha256).ok());
  EXPECT_EQ(TextOf(Brought({server.Url("/a.csv")}).objects.at(0)), "one");
}

TEST_F(RemoteFiles, AreNotTheSameWithAnotherQuery) {
  TestHttpServer server([](const std::string& request) {
    EXPECT_FALSE(TestHttpServer::Has(request, "If-None-Match: \"1\""));
    return TestHttpServer::Whole(TestHttpServer::Target(request), "ETag: \"1\"\r\n");
  });
  Brought({server.Url("/a?year=2001")});
  const Fetch other = Brought({server.Url("/a?year=2002")});
  EXPECT_FALSE(other.is_unchanged);
  EXPECT_EQ(TextOf(other.objects.at(0)), "/a?year=2002");

  const auto both = Bring({server.Url("/a?year=2001"), server.Url("/a?year=2002")});
  ASSERT_FALSE(both.ok());
  EXPECT_EQ(both.error().code, ErrorCode::kUser);
  EXPECT_THAT(both.error().message, Not(HasSubstr("2001")));
}

TEST_F(RemoteFiles, StandInOrderOfLocationOnce) {
  TestHttpServer server([](const std::string& request) {
    return TestHttpServer::Whole(TestHttpServer::Target(request));
  });
  const Fetch fetch = Brought({server.Url("/b"), server.Url("/a"), server.Url("/b#part")});
  EXPECT_THAT(Locations(fetch), ElementsAre(server.Url("/a"), server.Url("/b")));
  EXPECT_EQ(server.requests().size(), 2);
  EXPECT_TRUE(told.empty());
}

TEST_F(RemoteFiles, AreCountedWhereTheyAreMany) {
  TestHttpServer server([](const std::string&) { return TestHttpServer::Whole("one"); });
  std::vector<std::string> urls;
  for (int i = 0; i < 120; ++i) urls.push_back(server.Url("/" + std::to_string(i)));
  EXPECT_EQ(Brought(urls).objects.size(), 120);
  EXPECT_THAT(told, ElementsAre("100 of 120 files"));
}

TEST_F(RemoteFiles, AreUnchangedOnlyAllTogether) {
  TestHttpServer server([](const std::string& request) {
    return TestHttpServer::Whole(TestHttpServer::Target(request));
  });
  Brought({server.Url("/a"), server.Url("/b")});
  EXPECT_FALSE(Brought({server.Url("/a")}).is_unchanged) << "one is gone from the list";
  EXPECT_FALSE(Brought({server.Url("/a"), server.Url("/c")}).is_unchanged);
  EXPECT_TRUE(Brought({server.Url("/c"), server.Url("/a")}).is_unchanged);
}

TEST_F(RemoteFiles, AreAskedForWithWhatWasGiven) {
  options.bearer = "hush";
  options.headers = {{"X-Api-Key", "quiet"}};
  TestHttpServer server([](const std::string& request) {
    const bool knows = TestHttpServer::Has(request, "Authorization: Bearer hush") &&
                       TestHttpServer::Has(request, "X-Api-Key: quiet");
    return knows ? TestHttpServer::Whole("one") : TestHttpServer::Whole("no", "", "401 No");
  });
  EXPECT_EQ(TextOf(Brought({server.Url("/a")}).objects.at(0)), "one");

  options.bearer = "wrong";
  const auto refused = Bring({server.Url("/b?key=hush")});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_THAT(refused.error().message, HasSubstr(server.Url("/b") + " answered 401"));
  EXPECT_THAT(refused.error().message + refused.error().hint, Not(HasSubstr("hush")));
  EXPECT_EQ(NumStaged(), 0);
}

TEST_F(RemoteFiles, AreWholeOrAnError) {
  int requests = 0;
  TestHttpServer server([&](const std::string&) {
    const std::string whole = TestHttpServer::Whole(std::string(100'000, 'a'));
    return ++requests < 3 ? whole.substr(0, 50'000) : whole;
  });
  EXPECT_EQ(TextOf(Brought({server.Url("/a")}).objects.at(0)), std::string(100'000, 'a'));
  EXPECT_EQ(requests, 3);
  EXPECT_EQ(NumStaged(), 0);
}

TEST_F(RemoteFiles, RefuseAnswersThatAreNoFile) {
  for (const char* status : {"204 No Content", "304 Not Modified"}) {
    TestHttpServer server(
        [&](const std::string&) { return TestHttpServer::Whole("", "", status); });
    const auto fetch = Bring({server.Url("/a")});
    ASSERT_FALSE(fetch.ok()) << status;
    EXPECT_THAT(fetch.error().message, HasSubstr("which is no file"));
  }
}

TEST_F(RemoteFiles, SendBackNoTagThatCannotBeOne) {
  TestHttpServer server([](const std::string& request) {
    EXPECT_THAT(request, Not(HasSubstr("If-None-Match")));
    return TestHttpServer::Whole("one", "ETag: \"" + std::string(5000, 'a') + "\"\r\n");
  });
  EXPECT_FALSE(Brought({server.Url("/a")}).objects.at(0).answer.contains("etag"));
  // Whatever the state was before, a line break in it begins no header.
  before.objects[0].answer = Json{{"etag", "a\r\nX: b"}, {"last_modified", 7}};
  Brought({server.Url("/a")});
}

TEST_F(RemoteFiles, EndWhenTheyAreToldTo) {
  is_stopped = true;
  TestHttpServer server([](const std::string&) { return TestHttpServer::Whole("one"); });
  const auto fetch = Bring({server.Url("/a")});
  ASSERT_FALSE(fetch.ok());
  EXPECT_EQ(fetch.error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(RemoteFiles, AreNoFilesOfThisMachine) {
  const auto fetch = Bring({"https://host/a", "b.csv"});
  ASSERT_FALSE(fetch.ok());
  EXPECT_EQ(fetch.error().code, ErrorCode::kUser);
  EXPECT_THAT(fetch.error().message, HasSubstr("b.csv"));
}

// A store of objects that lists two at a time.
class SmallStore {
 public:
  std::map<std::string, std::string> files;
  bool comes_to_no_end = false;
  TestHttpServer server{[this](const std::string& request) { return Answer(request); }};

 private:
  std::string Answer(const std::string& request) {
    const std::string target = TestHttpServer::Target(request);
    if (!target.starts_with("/rides/?")) {
      const auto file = files.find(PercentDecoded(target.substr(7)));
      if (file != files.end()) return TestHttpServer::Whole(file->second, Tag(file->second, "\""));
      return TestHttpServer::Whole("<Error><Code>NoSuchKey</Code></Error>", "", "404 Not Found");
    }
    return TestHttpServer::Whole(List(target));
  }

  static std::string Parameter(const std::string& target, const std::string& name) {
    const std::size_t at = target.find(name + "=");
    if (at == std::string::npos) return "";
    const std::size_t begin = at + name.size() + 1;
    return PercentDecoded(target.substr(begin, target.find('&', begin) - begin));
  }

  static std::string Tag(const std::string& text, const std::string& quote) {
    return "ETag: " + quote + std::to_string(text.size()) + text[0] + quote + "\r\n";
  }

  std::string List(const std::string& target) {
    const std::string prefix = Parameter(target, "prefix");
    std::string xml = "<ListBucketResult><EncodingType>url</EncodingType>", last;
    int listed = 0;
    for (const auto& [key, text] : files) {
      if (!key.starts_with(prefix) || key <= Parameter(target, "continuation-token")) continue;
      if (++listed > 2) {
        xml += "<IsTruncated>true</IsTruncated><NextContinuationToken>" +
               (comes_to_no_end ? std::string("!") : last) + "</NextContinuationToken>";
        break;
      }
      last = key;
      const std::string tag = Tag(text, "");
      xml += "<Contents><Key>" + PercentEncoded(key) + "</Key><ETag>" +
             tag.substr(6, tag.size() - 8) + "</ETag><Size>" + std::to_string(text.size()) +
             "</Size></Contents>";
    }
    return xml + "</ListBucketResult>";
  }
};

TEST_F(RemoteFiles, OfAStoreAreThoseThatMatch) {
  SmallStore store;
  options.endpoint = store.server.Url();
  store.files = {{"a/", "-"},       {"a/1.csv", "one"},  {"a/2 +ä.csv", "two"},
                 {"a/3.txt", "no"}, {"a/b/4.csv", "no"}, {"a/.hidden.csv", "no"},
                 {"b/1.csv", "no"}};
  const Fetch fetch = Brought({"s3://rides/a/*.csv"});
  EXPECT_THAT(Locations(fetch), ElementsAre("s3://rides/a/1.csv", "s3://rides/a/2 +ä.csv"));
  EXPECT_EQ(TextOf(fetch.objects.at(1)), "two");
  EXPECT_THAT(store.server.requests().at(0), HasSubstr("delimiter=%2F"));
  EXPECT_THAT(store.server.requests().at(0), HasSubstr("prefix=a%2F"));

  const std::size_t asked = store.server.requests().size();
  EXPECT_TRUE(Brought({"s3://rides/a/*.csv"}).is_unchanged);
  for (std::size_t i = asked; i < store.server.requests().size(); ++i) {
    EXPECT_THAT(store.server.requests()[i], HasSubstr("list-type=2"));
  }

  store.files["a/1.csv"] = "ONE";
  store.files["a/9.csv"] = "nine";
  const Fetch more = Brought({"s3://rides/a/*.csv"});
  EXPECT_FALSE(more.is_unchanged);
  ASSERT_EQ(more.objects.size(), 3);
  EXPECT_EQ(TextOf(more.objects[0]), "ONE");
  EXPECT_EQ(TextOf(more.objects[2]), "nine");
}

TEST_F(RemoteFiles, OfAStoreMayBeNamed) {
  SmallStore store;
  options.endpoint = store.server.Url();
  store.files = {{"a*b.csv", "one"}};
  EXPECT_EQ(TextOf(Brought({"s3://rides/a\\*b.csv"}).objects.at(0)), "one");
  EXPECT_EQ(store.server.requests().size(), 1) << "a named object needs no listing";
  const auto gone = Bring({"s3://rides/gone.csv"});
  ASSERT_FALSE(gone.ok());
  EXPECT_EQ(gone.error().message, "s3://rides/gone.csv: the store refuses: NoSuchKey");
  const auto none = Bring({"s3://rides/*.parquet"});
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::kIo);
  EXPECT_EQ(none.error().message, "no object matches: s3://rides/*.parquet");
}

TEST_F(RemoteFiles, OfAnotherStoreAreOthers) {
  SmallStore one, other;
  one.files = {{"a.csv", "one"}};
  other.files = {{"a.csv", "oNE"}};  // with the same tag
  options.endpoint = one.server.Url();
  Brought({"s3://rides/*.csv"});
  options.endpoint = other.server.Url();
  const Fetch fetch = Brought({"s3://rides/*.csv"});
  EXPECT_FALSE(fetch.is_unchanged);
  EXPECT_EQ(TextOf(fetch.objects.at(0)), "oNE");
}

TEST_F(RemoteFiles, OfAListingWithoutAnEndAreAnError) {
  SmallStore store;
  store.comes_to_no_end = true;
  store.files = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  options.endpoint = store.server.Url();
  const auto fetch = Bring({"s3://rides/*"});
  ASSERT_FALSE(fetch.ok());
  EXPECT_THAT(fetch.error().message, HasSubstr("comes to no end"));
}

TEST_F(RemoteFiles, WithKeysThatNoTerminalShowsAreRefused) {
  SmallStore store;
  options.endpoint = store.server.Url();
  for (const char* key : {"a\x1b.csv", "a\n.csv", "a\xff.csv"}) {
    store.files = {{key, "1"}};
    const auto fetch = Bring({"s3://rides/*.csv"});
    ASSERT_FALSE(fetch.ok());
    EXPECT_EQ(fetch.error().code, ErrorCode::kUser);
    EXPECT_THAT(fetch.error().message, HasSubstr("s3://rides/a\\x"));
  }
}

}  // namespace
}  // namespace assay::source
