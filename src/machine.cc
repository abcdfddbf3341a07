#include "machine.h"

#include <string>

#include "version.h"

namespace sealift::program {

Machine::Machine()
    : transport_(make_curl_transport(std::string("sealift/") + kVersion)),
      registries_(*transport_),
      repositories_{registries_, system_files(), sealift::system_clock(), system_random()} {}

}  // namespace sealift::program
