#include "module_set.h"

#include <p11-kit/p11-kit.h>
#include <cstdlib>

namespace sealift::pkcs11 {
namespace {

constexpr const char* kAdvice =
    "name the shared library of your token with module-path= in the URI or with "
    "SEALIFT_PKCS11_MODULE_PATH";

CK_FUNCTION_LIST* functions_of(void* module) { return static_cast<CK_FUNCTION_LIST*>(module); }

std::string name_of(CK_FUNCTION_LIST* module) {
  char* name = p11_kit_module_get_name(module);
  std::string copy = name != nullptr ? name : "";
  std::free(name);
  return copy;
}

}  // namespace

Result<std::shared_ptr<const ModuleSet>> ModuleSet::load(const KeyUri& uri,
                                                         const std::string& module_path) {
  p11_kit_be_quiet();  // its warnings go to standard error
  std::shared_ptr<ModuleSet> set(new ModuleSet());
  const auto path = uri.module_path() ? *uri.module_path() : module_path;
  if (!path.empty()) {
    CK_FUNCTION_LIST* module = p11_kit_module_load(path.c_str(), 0);
    if (module == nullptr) {
      const char* why = p11_kit_message();
      return fail(ErrorCode::kNotFound, path + ": the PKCS#11 module can't be loaded" +
                                            (why != nullptr ? ": " + std::string(why) : "") + "; " +
                                            kAdvice);
    }
    if (const CK_RV result = p11_kit_module_initialize(module); result != CKR_OK) {
      p11_kit_module_release(module);
      return fail(ErrorCode::kIo,
                  path + ": the PKCS#11 module does not start: " + p11_kit_strerror(result));
    }
    set->single_ = module;
    set->functions_.push_back(module);
    return set;
  }
  CK_FUNCTION_LIST** modules = p11_kit_modules_load_and_initialize(0);
  set->configured_ = modules;
  for (auto* module = modules; module != nullptr && *module != nullptr; ++module) {
    if (!uri.module_name() || name_of(*module) == *uri.module_name()) {
      set->functions_.push_back(*module);
    }
  }
  if (set->functions_.empty()) {
    return fail(ErrorCode::kNotFound,
                "this machine's p11-kit configuration has no PKCS#11 module" +
                    (uri.module_name() ? " of the name " + *uri.module_name() : "") + "; " +
                    kAdvice);
  }
  return set;
}

ModuleSet::~ModuleSet() {
  if (single_ != nullptr) {
    p11_kit_module_finalize(functions_of(single_));
    p11_kit_module_release(functions_of(single_));
  }
  if (configured_ != nullptr) {
    p11_kit_modules_finalize_and_release(static_cast<CK_FUNCTION_LIST**>(configured_));
  }
}

}  // namespace sealift::pkcs11
