#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/test_sources.h"

namespace assay::source {
namespace {

using testing::HasSubstr;

class CocoSource : public SourceFiles {
 protected:
  std::string ErrorOf(const std::string& text) {
    files.clear();
    Add("a.json", text);
    return ReadAll("coco").error;
  }
};

TEST_F(CocoSource, ARowForEachBox) {
  Add("a.json", R"({"info": {"images": 3}, "images": [
  {"id": 1, "file_name": "a \"b\".jpg", "width": 640, "height": 480},
  {"id": 2, "file_name": "c.jpg"}], "categories": [{"id": 7, "name": "cat", "supercategory": "animal"}],
  "annotations": [
   {"id": 10, "image_id": 1, "category_id": 7, "bbox": [1.5, 2, 10, 20.25], "area": 100.5, "iscrowd": 0,
    "segmentation": [[1, 2, 3, 4]]},
   {"id": 11, "image_id": 2, "category_id": 7, "bbox": [0, 0, 0, 0], "iscrowd": 1}]})");
  const Outcome outcome = ReadAll("coco", {{"file_column", "from"}});
  EXPECT_EQ(outcome.types,
            "image string, image_width int64, image_height int64, category string, x_min float64, "
            "y_min float64, x_max float64, y_max float64, area float64, iscrowd bool, image_id "
            "int64, annotation_id int64, category_id int64, from string");
  EXPECT_EQ(outcome.rows,
            "a \"b\".jpg|640|480|cat|1.5|2.0|11.5|22.25|100.5|false|1|10|7|data/a.json\n"
            "c.jpg|-|-|cat|0.0|0.0|0.0|0.0|-|true|2|11|7|data/a.json\n");
  EXPECT_EQ(outcome.refused, "");
}

TEST_F(CocoSource, IdsThatAreNoNumbersAreTexts) {
  Add("a.json",
      R"({"images": [{"id": "x", "file_name": "a"}], "categories": [{"id": 1, "name": "c"}],
  "annotations": [{"id": 1, "image_id": "x", "category_id": 1, "bbox": [0, 0, 1, 1]}]})");
  EXPECT_THAT(ReadAll("coco").types,
              HasSubstr("image_id string, annotation_id int64, category_id int64"));
}

TEST_F(CocoSource, IdsAreThoseOfTheirFile) {
  const std::string end = R"("}], "categories": [{"id": 1, "name": "c"}],
  "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1]}]})";
  Add("a.json", R"({"images": [{"id": 1, "file_name": "a)" + end);
  Add("b.json", R"({"images": [{"id": 1, "file_name": "b)" + end);
  const auto read = Read("coco");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(Text(Rows("SELECT image FROM (" + read->query + ")")), "a\nb\n");
}

TEST_F(CocoSource, AnnotationsThatNameNothingAreRefused) {
  Add("a.json", R"({"images": [{"id": 1, "file_name": "a"}], "categories": [{"id": 1, "name": "c"}],
"annotations": [
{"id": 1, "image_id": 2, "category_id": 1, "bbox": [0, 0, 1, 1]},
{"id": 2, "image_id": 1, "category_id": 3, "bbox": [0, 0, 1, 1]},
{"id": 3, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1]},
{"id": 4, "image_id": 1, "category_id": 1},
{"id": 5, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1, "1"]},
{"id": 6, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1e999]},
{"id": 7, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1], "area": "big"},
{"id": 8, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1], "iscrowd": 2},
{"id": 9, "id": 9, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1]},
{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1]},
17,
{"id": 12, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1]}]})");
  const auto read = Read("coco");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(Text(Rows("SELECT annotation_id FROM (" + read->query + ")")), "12\n");
  EXPECT_EQ(Text(Rows("SELECT location, line, \"column\", reason FROM (" + *read->refused() + ")")),
            "data/a.json|3|image_id|no image has the id 2\n"
            "data/a.json|4|category_id|no category has the id 3\n"
            "data/a.json|5|bbox|`bbox` is no list of four numbers\n"
            "data/a.json|6|bbox|no `bbox`\n"
            "data/a.json|7|bbox|`bbox` is no list of four numbers\n"
            "data/a.json|8|bbox|`bbox` is no list of four numbers\n"
            "data/a.json|9|area|`area` is no number\n"
            "data/a.json|10|iscrowd|`iscrowd` is neither 0 nor 1\n"
            "data/a.json|11|id|`id` comes twice\n"
            "data/a.json|12|id|no `id`\n"
            "data/a.json|13|-|no object\n");
}

TEST_F(CocoSource, FilesThatCannotBeRelatedAreErrors) {
  EXPECT_EQ(ErrorOf("{"), "data/a.json:1:2 is not JSON: it ends here, expected a key in quotes");
  EXPECT_EQ(ErrorOf("[]"),
            "data/a.json is no object with `images`, `annotations` and `categories`");
  EXPECT_EQ(ErrorOf("{\"images\": []}"), "data/a.json has no list `categories`");
  EXPECT_EQ(ErrorOf(R"({"images": [], "images": [], "categories": [], "annotations": []})"),
            "data/a.json has twice `images`");
  EXPECT_EQ(ErrorOf(R"({"images": [{"id": 1, "file_name": "a"},
  {"id": 1, "file_name": "b"}], "categories": [], "annotations": []})"),
            "data/a.json:2:3: an image has an id that another has: 1");
  EXPECT_EQ(ErrorOf(R"({"images": [{"id": 1}], "categories": [], "annotations": []})"),
            "data/a.json:1:13: an image cannot be read: no `file_name`");
  EXPECT_EQ(ErrorOf(R"({"images": [], "categories": [{"id": 1, "name": 3}], "annotations": []})"),
            "data/a.json:1:31: a category cannot be read: `name` is no text");
  EXPECT_EQ(
      ErrorOf(
          R"({"images": [{"id": 1, "file_name": "a", "width": 1.5}], "categories": [], "annotations": []})"),
      "data/a.json:1:13: an image cannot be read: `width` is no whole number");
}

}  // namespace
}  // namespace assay::source
