#pragma once

#include <string>
#include <string_view>

namespace sealift::test {

// The path of a program of tests/parts ("cosign"): in $SEALIFT_PARTS, $SEALIFT_PARTS_DIR/bin or
// build/parts/bin. Aborts the test program where it is missing: `./dev parts` builds it.
std::string test_part(std::string_view name);

}  // namespace sealift::test
