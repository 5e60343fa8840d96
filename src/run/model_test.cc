#include "run/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"

namespace assay::run {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

std::string Message(const std::string& metrics) {
  const auto parsed = ParseMetrics(metrics, "m.json");
  return parsed.ok() ? "" : parsed.error().message;
}

TEST(Metrics, AreNumbersByName) {
  const auto metrics =
      ParseMetrics(R"({"log_loss": 0.41, "rows": 2010000, "test": {"auc": 1e-7, "n": -3}})", "m");
  ASSERT_TRUE(metrics.ok()) << metrics.error().message;
  EXPECT_THAT(*metrics, ElementsAre(Pair("log_loss", "0.41"), Pair("rows", "2010000"),
                                    Pair("test.auc", "1e-07"), Pair("test.n", "-3")));
  EXPECT_THAT(*ParseMetrics("{}", "m"), IsEmpty());
}

TEST(Metrics, AreNothingElse) {
  EXPECT_EQ(Message("[1]"), "m.json: metrics must be an object of numbers");
  EXPECT_EQ(Message(R"({"a": "0.41"})"), "m.json: a metric is no number: a");
  EXPECT_EQ(Message(R"({"a": null})"), "m.json: a metric is no number: a");
  EXPECT_EQ(Message(R"({"a": true})"), "m.json: a metric is no number: a");
  EXPECT_EQ(Message(R"({"a": [1]})"), "m.json: a metric is no number: a");
  EXPECT_EQ(Message(R"({"a": {"b": {"c": 1}}})"), "m.json: a metric is no number: a.b");
  EXPECT_EQ(Message(R"({"a": NaN})"), "m.json: not JSON: error at byte 7");
  EXPECT_EQ(Message(R"({"ä": 1})"), "m.json: the name of a metric is not ASCII: ä");
  EXPECT_EQ(Message(R"({"a": {"b": 1}, "a.b": 2})"), "m.json: two metrics have one name: a.b");
  EXPECT_NE(Message(R"({"a": 1e999})"), "") << "no infinity slips through";
  EXPECT_NE(Message("{"), "");
}

Model Sample() {
  Model model;
  model.name = "late";
  model.dataset = "train";
  model.version = std::string(64, 'a');
  model.commit = std::string(64, 'b');
  model.splits = {"train"};
  model.file_name = "model.json";
  model.file.sha256 = std::string(64, 'c');
  model.file.bytes = 1234;
  model.metrics = {{"log_loss", "0.41"}};
  model.created_at = "2001-06-01T00:00:00Z";
  model.created_by = "ana";
  return model;
}

TEST(ModelText, IsFrozen) {
  const auto text = ModelText(Sample());
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text,
            R"({"assay.model/1":{"commit":")" + std::string(64, 'b') +
                R"(","created_at":"2001-06-01T00:00:00Z","created_by":"ana","dataset":"train",)" +
                R"("file":{"bytes":1234,"name":"model.json","sha256":")" + std::string(64, 'c') +
                R"("},"metrics":{"log_loss":"0.41"},"name":"late","run":"","splits":["train"],)" +
                R"("version":")" + std::string(64, 'a') + R"("}})");
}

TEST(ModelText, IsReadBack) {
  Model model = Sample();
  model.preparation = std::string(64, 'd');
  model.predictions = {{std::string(64, 'e'), std::string(64, 'f')}};
  model.window = TrainingWindow{"date", "2001-04-01T00:00:00Z", 17};
  model.run = "run";
  const auto text = ModelText(model);
  ASSERT_TRUE(text.ok());
  const auto read = ParseModel(*text, "it");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*ModelText(*read), *text);
  EXPECT_EQ(read->window->rows, 17U);
  EXPECT_EQ(read->predictions, model.predictions);
}

TEST(ModelText, SaysWhatIsWrongInAStrangersText) {
  const auto message = [](const std::string& text) {
    const auto read = ParseModel(text, "model late@v1");
    return read.ok() ? "" : read.error().message;
  };
  EXPECT_EQ(message("{"), "reading model late@v1: not JSON: error at byte 2");
  EXPECT_EQ(message(R"({"assay.commit/1":{}})"),
            "reading model late@v1: /assay.model/1 is missing");
  EXPECT_EQ(message(R"({"assay.model/1":{"name":3}})"),
            "reading model late@v1: /assay.model/1/name is no text");
}

}  // namespace
}  // namespace assay::run
