#pragma once

#include <sealift/base/random.h>

#include <string>

namespace sealift {

// A trace id as W3C Trace Context writes it (section 3.2.2.3): 32 lower-case hex digits, not all
// zero. One for each run, as the field "trace_id" of its log lines.
std::string make_trace_id(Random& random);

}  // namespace sealift
