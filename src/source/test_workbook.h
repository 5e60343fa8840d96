/// Workbooks for tests, out of the XML of their parts.
#pragma once

#include <gtest/gtest.h>
#include <minizip/zip.h>

#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/test_folder.h"

namespace assay::source {

/// A zip archive of files, by the library's own writer.
inline std::string Zipped(const std::vector<std::pair<std::string, std::string>>& files) {
  const TestFolder folder;
  const std::string path = folder / "archive";
  zipFile archive = zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
  for (const auto& [name, bytes] : files) {
    const zip_fileinfo info{};
    EXPECT_EQ(zipOpenNewFileInZip64(archive, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr,
                                    Z_DEFLATED, 6, 0),
              ZIP_OK);
    EXPECT_EQ(zipWriteInFileInZip(archive, bytes.data(), static_cast<unsigned>(bytes.size())),
              ZIP_OK);
    zipCloseFileInZip(archive);
  }
  zipClose(archive, nullptr);
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// A workbook as the parts say; sheets are what stands in `<worksheet>`.
struct TestWorkbook {
  struct Sheet {
    std::string name, content;
    std::string attributes{};  ///< ` state="hidden"`
  };
  std::vector<Sheet> sheets;
  std::vector<std::string> shared{};  ///< what stands in each `<si>`
  std::vector<std::string>
      formats{};  ///< of the styles 1, 2, ...: codes, or numbers of built-in ones
  bool from_1904 = false;

  std::string Bytes() const {
    std::string book, links, texts, codes, styles = "<xf numFmtId=\"0\"/>";
    for (std::size_t i = 0; i < sheets.size(); ++i) {
      const std::string id = std::to_string(i + 1);
      book += "<sheet name=\"" + sheets[i].name + "\" sheetId=\"" + id + "\" r:id=\"rId" + id +
              "\"" + sheets[i].attributes + "/>";
      links += Link("rId" + id, "worksheet", "worksheets/sheet" + id + ".xml");
    }
    for (const std::string& text : shared) texts += "<si>" + text + "</si>";
    for (std::size_t i = 0; i < formats.size(); ++i) {
      const bool is_number = formats[i].find_first_not_of("0123456789") == std::string::npos;
      const std::string id = is_number ? formats[i] : std::to_string(164 + i);
      if (!is_number) {
        codes += "<numFmt numFmtId=\"" + id + "\" formatCode=\"" + formats[i] + "\"/>";
      }
      styles += "<xf numFmtId=\"" + id + "\"/>";
    }
    std::vector<std::pair<std::string, std::string>> files = {
        {"_rels/.rels", Links(Link("a", "officeDocument", "xl/workbook.xml"))},
        {"xl/workbook.xml",
         "<?xml version=\"1.0\"?><workbook xmlns=\"m\" xmlns:r=\"r\"><workbookPr" +
             std::string(from_1904 ? " date1904=\"1\"" : "") + "/><sheets>" + book +
             "</sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels",
         Links(links + Link("s", "sharedStrings", "sharedStrings.xml") +
               Link("t", "styles", "styles.xml"))},
        {"xl/sharedStrings.xml", "<sst>" + texts + "</sst>"},
        {"xl/styles.xml", "<styleSheet><numFmts>" + codes +
                              "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
                              "<cellXfs>" +
                              styles + "</cellXfs></styleSheet>"}};
    for (std::size_t i = 0; i < sheets.size(); ++i) {
      files.emplace_back("xl/worksheets/sheet" + std::to_string(i + 1) + ".xml",
                         "<worksheet xmlns=\"m\">" + sheets[i].content + "</worksheet>");
    }
    return Zipped(files);
  }

 private:
  static std::string Link(const std::string& id, const std::string& type,
                          const std::string& target) {
    return "<Relationship Id=\"" + id + "\" Type=\"http://x/relationships/" + type +
           "\" Target=\"" + target + "\"/>";
  }
  static std::string Links(const std::string& links) {
    return "<Relationships>" + links + "</Relationships>";
  }
};

/// `<sheetData>` of rows; cells are parted by `|`: `12`, `#N/A` an error, `=x` a formula without a
/// value, `@3:44000.5` a number in the style 3, `?1` a truth, `$0` a shared text, all else a text;
/// an empty one is left out.
inline std::string SheetData(const std::vector<std::string>& rows) {
  std::string xml = "<sheetData>";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    if (rows[i].empty()) continue;
    xml += "<row r=\"" + number + "\">";
    char letter = 'A';
    std::size_t at = 0;
    while (at <= rows[i].size()) {
      const std::size_t end = std::min(rows[i].find('|', at), rows[i].size());
      const std::string cell = rows[i].substr(at, end - at);
      const std::string begin = std::string("<c r=\"") + letter++ + number + "\"";
      at = end + 1;
      if (cell.empty()) continue;
      const std::string rest = cell.substr(1);
      if (cell[0] == '#') {
        xml += begin + " t=\"e\"><v>" + cell + "</v></c>";
      } else if (cell[0] == '=') {
        xml += begin + "><f>" + rest + "</f></c>";
      } else if (cell[0] == '@') {
        const std::size_t colon = rest.find(':');
        xml += begin + " s=\"" + rest.substr(0, colon) + "\"><v>" + rest.substr(colon + 1) +
               "</v></c>";
      } else if (cell[0] == '?') {
        xml += begin + " t=\"b\"><v>" + rest + "</v></c>";
      } else if (cell[0] == '$') {
        xml += begin + " t=\"s\"><v>" + rest + "</v></c>";
      } else if (cell.find_first_not_of("-+.0123456789E") == std::string::npos) {
        xml += begin + "><v>" + cell + "</v></c>";
      } else {
        xml += begin + " t=\"inlineStr\"><is><t>" + cell + "</t></is></c>";
      }
    }
    xml += "</row>";
  }
  return xml + "</sheetData>";
}

}  // namespace assay::source
