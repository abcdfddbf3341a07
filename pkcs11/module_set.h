#pragma once

#include <sealift/base/result.h>
#include <sealift/pkcs11/key_uri.h>

#include <memory>
#include <string>
#include <vector>

namespace sealift::pkcs11 {

// PKCS#11 modules, initialized; they are finalized and unloaded when it goes. What
// C_GetFunctionList gives of each is CK_FUNCTION_LIST*, here without a type, because that is not
// ours to name.
class ModuleSet {
 public:
  // The module of the URI, else that of the path, else those of p11-kit's configuration.
  // kNotFound, naming what can be done.
  static Result<std::shared_ptr<const ModuleSet>> load(const KeyUri& uri,
                                                       const std::string& module_path);
  ~ModuleSet();
  ModuleSet(const ModuleSet&) = delete;
  ModuleSet& operator=(const ModuleSet&) = delete;

  const std::vector<void*>& functions() const { return functions_; }

 private:
  ModuleSet() = default;
  std::vector<void*> functions_;
  void* single_ = nullptr;      // from p11_kit_module_load()
  void* configured_ = nullptr;  // from p11_kit_modules_load_and_initialize()
};

}  // namespace sealift::pkcs11
