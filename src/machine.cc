#include "machine.h"

#include <string>

#include "version.h"

namespace sealift::program {

Machine::Machine()
    : transport_(make_curl_transport(std::string("sealift/") + kVersion)),
      repositories_{*transport_, system_files(), sealift::system_clock(), system_random()} {}

}  // namespace sealift::program
