#include "curl_library.h"

#include <sealift/base/shared_library.h>

#include <cstdio>
#include <cstdlib>

namespace sealift {
namespace {

Result<CurlLibrary> load() {
  SEALIFT_ASSIGN(const auto file, SharedLibrary::open("libcurl.so.4",
                                                      "requests to servers need libcurl 7.88 or "
                                                      "newer (Debian's package libcurl4)"));
  CurlLibrary library;
#define SEALIFT_CURL_FIND(name) SEALIFT_TRY(file.find("curl_" #name, library.name))
  SEALIFT_CURL_FUNCTIONS(SEALIFT_CURL_FIND)
#undef SEALIFT_CURL_FIND
  if (library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return fail(ErrorCode::kIo, "libcurl cannot be initialised");
  }
  return library;
}

const Result<CurlLibrary>& loaded() {
  static const Result<CurlLibrary> library = load();
  return library;
}

}  // namespace

Result<> load_curl() {
  if (loaded()) return {};
  return fail(loaded().error());
}

const CurlLibrary& curl() { return loaded().value(); }

}  // namespace sealift
