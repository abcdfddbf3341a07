#include "rnp_functions.h"

#include <sealift/base/encoding.h>

#include <dlfcn.h>

namespace sealift::commits {
namespace {

tl::unexpected<Error> cannot_verify(const std::string& library, const std::string& why) {
  return fail(ErrorCode::kNotFound, "OpenPGP signatures are verified by the library " +
                                        printable(library) + ", which " + why);
}

}  // namespace

Result<RnpFunctions> load_rnp(const std::string& library) {
  void* const loaded = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (loaded == nullptr) {
    const char* why = ::dlerror();
    return cannot_verify(library, "cannot be loaded (" + printable(why == nullptr ? "" : why) +
                                      "): install its package librnp0");
  }
  RnpFunctions functions;
  std::string missing;
#define SEALIFT_RNP_FIND(name)                                                         \
  functions.name = reinterpret_cast<decltype(functions.name)>(::dlsym(loaded, #name)); \
  if (functions.name == nullptr) missing += (missing.empty() ? "" : ", ") + std::string(#name);
  SEALIFT_RNP_FUNCTIONS(SEALIFT_RNP_FIND)
#undef SEALIFT_RNP_FIND
  if (missing.empty()) return functions;
  return cannot_verify(library, "is too old: it lacks " + printable(missing, 400) +
                                    "; install librnp0 0.16 or later");
}

}  // namespace sealift::commits
