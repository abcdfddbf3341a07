#pragma once

#include <sealift/base/result.h>

#include <string>
#include <utility>

namespace sealift {

// A shared library that is loaded when it is first needed and stays until the program ends: some
// bring twenty others along, whose start takes longer than a whole command that needs none of them.
class SharedLibrary {
 public:
  // `file` is the name with the version of the binary interface ("libcurl.so.4"); `advice` tells
  // where to get it, and ends each message. kIo where the machine has none.
  static Result<SharedLibrary> open(std::string file, std::string advice);

  // Stores the function of that name, whose type is that of the library's header. kIo where the
  // library has none.
  template <typename Function>
  Result<> find(const std::string& name, Function*& function) const {
    SEALIFT_ASSIGN(void* const address, address_of(name));
    function = reinterpret_cast<Function*>(address);
    return {};
  }

 private:
  SharedLibrary(void* handle, std::string file, std::string advice)
      : handle_(handle), file_(std::move(file)), advice_(std::move(advice)) {}
  Result<void*> address_of(const std::string& name) const;

  void* handle_;
  std::string file_;
  std::string advice_;
};

}  // namespace sealift
