/// Made-up ids for tests.
#pragma once

#include <string>

namespace assay::store {

inline const std::string kA(64, 'a');
inline const std::string kB(64, 'b');
inline const std::string kC(64, 'c');

}  // namespace assay::store
