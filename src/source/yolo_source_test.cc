#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/test_images.h"
#include "source/test_sources.h"

namespace assay::source {
namespace {

class YoloSource : public SourceFiles {};

TEST_F(YoloSource, ARowForEachLine) {
  Add("labels/a.txt", "0 0.5 0.25 0.1 0.2\n\n  3.0\t0.5 0.5 1 1 0.875\r\n");
  Add("labels/b.txt", "");
  const Outcome outcome = ReadAll("yolo");
  EXPECT_EQ(outcome.types,
            "file string, class_id int64, x_center float64, y_center float64, width float64, "
            "height float64, confidence float64");
  EXPECT_EQ(outcome.rows,
            "data/labels/a.txt|0|0.5|0.25|0.1|0.2|-\ndata/labels/a.txt|3|0.5|0.5|1.0|1.0|0.875\n");
}

TEST_F(YoloSource, ClassesHaveNames) {
  Add("labels/a.txt", "1 0.5 0.5 1 1\n0 0 0 0 0\n2 0 0 0 0\n");
  for (const auto& [name, text] : {std::pair("data.yaml", "path: x\nnames: [cat, 'no']\nnc: 2\n"),
                                   {"data.yaml", "names:\n  1: no\n  0: cat\n"},
                                   {"classes.txt", "cat\r\nno\r\n\r\n"},
                                   {"obj.names", "cat\nno"}}) {
    files.resize(1);
    Add(name, text);
    const Outcome outcome = ReadAll("yolo");
    EXPECT_EQ(
        outcome.rows,
        "data/labels/a.txt|1|no|0.5|0.5|1.0|1.0|-\ndata/labels/a.txt|0|cat|0.0|0.0|0.0|0.0|-\n")
        << name << outcome.error;
    EXPECT_EQ(outcome.refused,
              "data/labels/a.txt|3|class_id|no class has the number 2|2 0 0 0 0\n");
  }
}

TEST_F(YoloSource, ImagesGiveSizesInPixels) {
  const auto image = [](const char* name) {
    for (const TestImage& one : TestImages()) {
      if (one.name == name) return ImageBytes(one);
    }
    return std::string();
  };
  Add("labels/train/a.txt", "0 0.5 0.5 0.5 0.5\n");
  Add("labels/val/a.txt", "0 0.5 0.5 1 1\n");
  Add("labels/val/b.txt", "1 0.5 0.5 1 1\n");
  Add("images/train/a.jpg", image("jpeg_progressive"));  // 9 x 7
  Add("images/val/a.png", image("png_palette"));         // 4 x 4
  const Outcome outcome = ReadAll("yolo");
  EXPECT_EQ(outcome.types,
            "file string, class_id int64, x_center float64, y_center float64, width float64, "
            "height float64, confidence float64, image string, image_width int64, image_height "
            "int64, x_min float64, y_min float64, x_max float64, y_max float64");
  EXPECT_EQ(
      outcome.rows,
      "data/labels/train/a.txt|0|0.5|0.5|0.5|0.5|-|data/images/train/a.jpg|9|7|2.25|1.75|6.75|"
      "5.25\n"
      "data/labels/val/a.txt|0|0.5|0.5|1.0|1.0|-|data/images/val/a.png|4|4|0.0|0.0|4.0|4.0\n"
      "data/labels/val/b.txt|1|0.5|0.5|1.0|1.0|-|-|-|-|-|-|-|-\n");
  // Elsewhere the name alone decides, where it does.
  files.clear();
  Add("annotated/a.txt", "0 0.5 0.5 1 1\n");
  Add("pictures/a.png", image("png_palette"));
  EXPECT_EQ(ReadAll("yolo").rows,
            "data/annotated/a.txt|0|0.5|0.5|1.0|1.0|-|data/pictures/a.png|4|4|0.0|0.0|4.0|4.0\n");
  Add("more/a.png", image("png_palette"));
  EXPECT_EQ(ReadAll("yolo").error,
            "several images may be that of data/annotated/a.txt: data/pictures/a.png, "
            "data/more/a.png");
  files.clear();
  Add("labels/a.txt", "0 0.5 0.5 1 1\n");
  Add("images/a.png", "no image");
  EXPECT_THAT(ReadAll("yolo").error,
              testing::StartsWith("data/images/a.png is no image whose size can be read: no PNG"));
}

TEST_F(YoloSource, LinesThatAreNoBoxAreRefused) {
  Add("a.txt",
      "0 0.5 0.5 1 1\n0 0.5 0.5 1\n0 1 2 3 4 5 6 7 8\ncat 0.5 0.5 1 1\n-1 0.5 0.5 1 1\n"
      "0 0.5 x 1 1\n0 0.5 0.5 nan 1\n0 0.5 0.5 1 1 0.5 0.5\n0 0,5 0 0 0\n\xff 0 0 0 0\n");
  const auto read = Read("yolo");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(Text(Rows("SELECT line, \"column\", reason FROM (" + *read->refused() + ")")),
            "2|-|a class and four numbers are expected, and there are 4 words\n"
            "3|-|more than a class, a box and a confidence, as of a polygon\n"
            "4|class_id|not the number of a class: cat\n"
            "5|class_id|not the number of a class: -1\n"
            "6|y_center|not a number: x\n"
            "7|width|not a number: nan\n"
            "8|-|more than a class, a box and a confidence, as of a polygon\n"
            "9|x_center|not a number: 0,5\n"
            "10|class_id|not the number of a class: \\xff\n");
  EXPECT_EQ(Text(Rows("SELECT count(*) FROM (" + read->query + ")")), "1\n");
}

TEST_F(YoloSource, FilesThatDoNotGoTogetherAreErrors) {
  const auto error_of = [&](const std::string& name, const std::string& text) {
    files.clear();
    Add("labels/a.txt", "0 0 0 0 0\n");
    Add(name, text);
    return ReadAll("yolo").error;
  };
  EXPECT_EQ(error_of("data.yaml", "nc: 3\n"), "data/data.yaml names no classes: it has no `names`");
  EXPECT_EQ(error_of("data.yaml", "names: {1: a, 2: b}\n"),
            "data/data.yaml names no classes: its numbers are not 0, 1, 2 and so on: 2");
  EXPECT_EQ(error_of("data.yaml", "names: [[a]]\n"),
            "data/data.yaml names no classes: an item of `names` is no text");
  EXPECT_EQ(error_of("classes.txt", "a\n\nb\n"),
            "data/classes.txt names no classes: a line within it is empty");
  EXPECT_EQ(error_of("classes.txt", "\n"), "data/classes.txt names no classes: it is empty");
  EXPECT_EQ(error_of("classes.txt", "\xff\n"),
            "data/classes.txt names no classes: it is no text in UTF-8");
  EXPECT_THAT(error_of("a.doc", ""), testing::StartsWith("data/a.doc is neither labels (.txt), "));
  files.clear();
  Add("a.txt", "0 0 0 0 0\n");
  Add("one.names", "a\n");
  Add("classes.txt", "b\n");
  EXPECT_EQ(ReadAll("yolo").error,
            "two files name different classes: data/one.names, data/classes.txt");
  files.clear();
  Add("classes.txt", "b\n");
  EXPECT_EQ(ReadAll("yolo").error, "no file of labels (.txt) is among the files");
}

}  // namespace
}  // namespace assay::source
