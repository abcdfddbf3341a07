#include "rnp_functions.h"

#include <sealift/base/shared_library.h>

namespace sealift::commits {

Result<RnpFunctions> load_rnp(const std::string& library) {
  SEALIFT_ASSIGN(const auto file,
                 SharedLibrary::open(library,
                                     "to verify OpenPGP signatures takes librnp 0.16 or newer "
                                     "(Debian's package librnp0)"));
  RnpFunctions functions;
#define SEALIFT_RNP_FIND(name) SEALIFT_TRY(file.find(#name, functions.name))
  SEALIFT_RNP_FUNCTIONS(SEALIFT_RNP_FIND)
#undef SEALIFT_RNP_FIND
  return functions;
}

}  // namespace sealift::commits
