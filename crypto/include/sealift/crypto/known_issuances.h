#pragma once

#include <sealift/crypto/certificate.h>

#include <set>
#include <string>
#include <utility>

namespace sealift::crypto {

// Pairs of certificates of which it was verified once that the one's key signed the other, so that
// paths over both need not do it again. It holds what its owner adds, and nothing of the paths that
// are checked; a pair is the exact bytes of both.
class KnownIssuances {
 public:
  // Whether `issuer`'s key signed `issued`; then the pair is known from now on.
  bool add(const Certificate& issued, const Certificate& issuer);
  bool contains(const Certificate& issued, const Certificate& issuer) const;
  bool empty() const { return fingerprints_.empty(); }

 private:
  std::set<std::pair<std::string, std::string>> fingerprints_;
};

}  // namespace sealift::crypto
