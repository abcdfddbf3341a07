#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/http.h>
#include <sealift/base/random.h>

namespace sealift::keyless {

// The seams that signing with services needs; they live as long as who uses them.
struct Environment {
  HttpTransport& transport;
  Clock& clock;
  Random& random;
};

}  // namespace sealift::keyless
