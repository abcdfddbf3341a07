#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/crypto/secret.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct p11_kit_uri;

namespace sealift::pkcs11 {

// Whether a command line means a key in a token: "pkcs11:" in front.
bool is_key_uri(std::string_view text);

// The name of a key in a token: "pkcs11:token=ci;object=release" (RFC 7512).
class KeyUri {
 public:
  // At most 4096 bytes. kInvalidInput; the message does not show the text, which may hold a PIN.
  static Result<KeyUri> parse(std::string_view text);

  // For people: without the PIN and where it comes from.
  const std::string& to_string() const;
  std::optional<std::string> module_path() const;
  std::optional<std::string> module_name() const;
  std::optional<std::string> id() const;     // CKA_ID, any bytes
  std::optional<std::string> label() const;  // CKA_LABEL
  // "pin-value", or the first line of the file that "pin-source" names, as path or file: URI;
  // nullopt where the URI has neither. kInvalidInput for another kind of source; kNotFound, kIo.
  Result<std::optional<crypto::Secret>> pin(FileSystem& files) const;

 private:
  struct Impl;
  explicit KeyUri(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  // p11-kit's object, for the other files of this room; lives as long as the URI.
  friend p11_kit_uri* uri_of(const KeyUri& uri);
  std::shared_ptr<const Impl> impl_;
};

}  // namespace sealift::pkcs11
