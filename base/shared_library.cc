#include <sealift/base/encoding.h>
#include <sealift/base/shared_library.h>

#include <dlfcn.h>

namespace sealift {
namespace {

Error unusable(const std::string& file, const std::string& advice) {
  const char* reason = ::dlerror();
  return Error(ErrorCode::kIo, "the library " + file + " cannot be used: " +
                                   printable(reason == nullptr ? "no reason given" : reason, 400) +
                                   "; " + advice);
}

}  // namespace

Result<SharedLibrary> SharedLibrary::open(std::string file, std::string advice) {
  void* const handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return fail(unusable(file, advice));
  return SharedLibrary(handle, std::move(file), std::move(advice));
}

Result<void*> SharedLibrary::address_of(const std::string& name) const {
  void* const address = ::dlsym(handle_, name.c_str());
  if (address == nullptr) return fail(unusable(file_, advice_));
  return address;
}

}  // namespace sealift
