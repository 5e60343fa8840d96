#include "serve/answer.h"

#include <gtest/gtest.h>

#include "serve/event_text.h"

namespace assay::serve {
namespace {

TEST(ErrorAnswer, HasTheStatusOfItsCode) {
  for (const auto& [code, status, text] : std::vector<std::tuple<ErrorCode, int, std::string>>{
           {ErrorCode::kUser, 400, "user"},
           {ErrorCode::kData, 500, "data"},
           {ErrorCode::kIo, 503, "io"},
           {ErrorCode::kInternal, 500, "internal"},
           {ErrorCode::kCancelled, 503, "cancelled"}}) {
    const Answer answer = ErrorAnswer({code, "it is so: 7", "do that"});
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.content_type, "application/json");
    EXPECT_EQ(Json::parse(answer.body),
              (Json{{"error", {{"code", text}, {"message", "it is so: 7"}, {"hint", "do that"}}}}));
  }
  EXPECT_EQ(ErrorAnswer(404, {ErrorCode::kUser, "", ""}).status, 404);
}

TEST(JsonAnswer, TakesTextThatIsNoUtf8) {
  EXPECT_EQ(JsonAnswer(Json{{"file", "a\xff"}}).body, "{\"file\":\"a\xef\xbf\xbd\"}\n");
}

TEST(EventText, IsOneLineAField) {
  const store::EventRow event{.seq = 12,
                              .at = "2026-01-31T09:00:00Z",
                              .type = "run\nstarted",
                              .run = "r",
                              .body = Json{{"text", "a\nb"}}};
  EXPECT_EQ(EventText(event),
            "id: 12\nevent: run started\n"
            "data: {\"at\":\"2026-01-31T09:00:00Z\",\"body\":{\"text\":\"a\\nb\"},\"run\":\"r\","
            "\"seq\":12,\"type\":\"run\\nstarted\"}\n\n");
}

}  // namespace
}  // namespace assay::serve
