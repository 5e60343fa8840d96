#include "contract/text_place.h"

#include <algorithm>

#include "contract/utf8.h"

namespace assay::contract {
namespace {

// Where a byte of the text stands in the text as written.
std::size_t WrittenOffset(const std::vector<TextPlace::PutIn>& put_in, std::size_t offset) {
  std::size_t written = offset;
  for (const TextPlace::PutIn& variable : put_in) {
    if (offset < variable.at) break;
    if (offset < variable.at + variable.length) return variable.written_at;
    written =
        variable.written_at + variable.written_length + (offset - variable.at) - variable.length;
  }
  return written;
}

}  // namespace

Place TextPlace::Of(const std::string& text, std::size_t offset) const {
  const std::string& shown = put_in.empty() ? text : written;
  const std::size_t at = std::min(WrittenOffset(put_in, offset), shown.size());
  const LineColumn in_text = LineColumnOf(shown, at);
  Place place = *this;
  place.line += in_text.line - 1;
  place.column += in_text.column - 1;
  return place;
}

void TextPlace::Replace(std::string& text, std::size_t at, std::size_t length,
                        const std::string& by) {
  if (put_in.empty()) written = text;
  PutIn replaced;
  replaced.at = at;
  replaced.length = by.size();
  replaced.written_at = WrittenOffset(put_in, at);
  replaced.written_length = WrittenOffset(put_in, at + length) - replaced.written_at;
  std::erase_if(put_in, [&](const PutIn& variable) {
    return variable.at >= at && variable.at + variable.length <= at + length;
  });
  for (PutIn& variable : put_in) {
    if (variable.at >= at + length) variable.at = variable.at + by.size() - length;
  }
  const auto behind = std::find_if(put_in.begin(), put_in.end(),
                                   [&](const PutIn& variable) { return variable.at > at; });
  put_in.insert(behind, replaced);
  text.replace(at, length, by);
}

}  // namespace assay::contract
