/// How deep the elements of a page nest, told before it is parsed: the parser's time grows with
/// each element times the depth that it is at.
#pragma once

#include <cstddef>
#include <string_view>

namespace assay::source {

/// Whether elements nest deeper than `most`, by the rules of HTML for tags that are left out and
/// for end tags that end nothing. An estimate: elements that are moved elsewhere are not followed.
bool NestsDeeper(std::string_view page, std::size_t most);

}  // namespace assay::source
