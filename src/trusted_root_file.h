#pragma once

#include <sealift/base/result.h>
#include <sealift/signing/signer.h>
#include <sealift/sigstore/trusted_root.h>

#include <string>

namespace sealift::program {

// Whom to believe, and where that comes from.
struct LoadedRoot {
  sigstore::TrustedRoot root;
  std::string source;  // for people: the file, or that it is built in
  std::string digest;  // "sha256:…" of the file
};

// As a policy has it.
signing::PolicyRoot policy_root(const LoadedRoot& root);

// The file's root; that of the public Sigstore, which is built in, where `file` is empty.
// kNotFound, kIo, kInvalidInput.
Result<LoadedRoot> load_trusted_root(const std::string& file);

}  // namespace sealift::program
