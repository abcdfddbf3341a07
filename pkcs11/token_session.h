#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/secret.h>
#include <sealift/pkcs11/key_uri.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module_set.h"

namespace sealift::pkcs11 {

// CK_OBJECT_HANDLE, CK_OBJECT_CLASS, CK_ATTRIBUTE_TYPE and CK_MECHANISM_TYPE are all CK_ULONG.
using Number = unsigned long;

// A session, read-only, with one token. Errors name the token; for a thread at a time.
class TokenSession {
 public:
  // With the one token that the URI means. kNotFound, kInvalidInput where several fit, kIo.
  static Result<std::unique_ptr<TokenSession>> open(const KeyUri& uri,
                                                    std::shared_ptr<const ModuleSet> modules);
  ~TokenSession();
  TokenSession(const TokenSession&) = delete;
  TokenSession& operator=(const TokenSession&) = delete;

  const std::string& token() const { return token_; }  // its label
  bool wants_login() const;
  // With a reader or keypad of its own, which asks for the PIN.
  bool asks_itself() const;
  // kUnauthenticated.
  Result<> log_in(std::string_view pin);

  // Objects of that class (CKO_…) with the URI's id and label; at most 16.
  Result<std::vector<Number>> find(Number object_class, const KeyUri& uri) const;
  // The same with that id and label; an empty one does not count.
  Result<std::vector<Number>> find(Number object_class, const std::string& id,
                                   const std::string& label) const;
  // Empty where the object has no such attribute or does not give it; at most 64 KiB.
  Result<std::string> attribute(Number object, Number type) const;

  // Whether the token can sign by that mechanism (CKM_…).
  bool signs_by(Number mechanism) const;
  // `pin` is for keys that want it anew for each signature (CKA_ALWAYS_AUTHENTICATE).
  Result<std::string> sign(Number key, Number mechanism, std::string_view input,
                           std::string_view pin) const;

 private:
  TokenSession() = default;
  Error error(const std::string& what, Number result) const;
  Result<> log_in_as(Number user, std::string_view pin) const;

  std::shared_ptr<const ModuleSet> modules_;
  void* functions_ = nullptr;  // one of modules_
  Number slot_ = 0;
  Number flags_ = 0;  // CK_TOKEN_INFO
  Number session_ = 0;
  std::string token_;
};

}  // namespace sealift::pkcs11
