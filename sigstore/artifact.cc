#include <sealift/base/encoding.h>
#include <sealift/sigstore/artifact.h>

#include <algorithm>

namespace sealift::sigstore {
namespace {

HashOutput hash_output(crypto::HashAlgorithm algorithm, std::string_view bytes) {
  return {algorithm, crypto::hash(algorithm, bytes)};
}

}  // namespace

Artifact Artifact::of_digest(const Digest& digest) {
  const auto algorithm = digest.algorithm() == Digest::Algorithm::kSha256
                             ? crypto::HashAlgorithm::kSha256
                             : crypto::HashAlgorithm::kSha512;
  return {.digests = {{algorithm, digest.raw()}}};
}

Artifact Artifact::of_bytes(std::string_view bytes) {
  return {.digests = {hash_output(crypto::HashAlgorithm::kSha256, bytes),
                      hash_output(crypto::HashAlgorithm::kSha512, bytes)},
          .bytes = bytes};
}

std::optional<HashOutput> Artifact::digest(crypto::HashAlgorithm algorithm) const {
  const auto found = std::find_if(digests.begin(), digests.end(),
                                  [&](const auto& each) { return each.algorithm == algorithm; });
  if (found != digests.end()) return *found;
  if (!bytes) return std::nullopt;
  return hash_output(algorithm, *bytes);
}

std::string Artifact::to_string() const {
  return std::string(crypto::to_string(digests.front().algorithm)) + ":" +
         hex_encode(digests.front().bytes);
}

}  // namespace sealift::sigstore
