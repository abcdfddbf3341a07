#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/digest.h>
#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>
#include <sealift/sigstore/identity_rule.h>
#include <sealift/sigstore/trusted_root.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::signing {

inline constexpr std::size_t kMaxPolicyKeys = 32;
inline constexpr std::size_t kMaxPolicyIdentities = 32;
// Of trusted roots that stand in a policy itself; Sigstore's public one has 7 KiB.
inline constexpr std::size_t kMaxInlineRootBytes = 128u << 10;

// A key that counts, and when: both ends of its validity are within; from `revoked_at` on it does
// not count. A signature that is proven to be older than now is judged at that time.
struct NamedKey {
  std::string name;
  crypto::PublicKey key;
  std::optional<Timestamp> not_before = std::nullopt;
  std::optional<Timestamp> not_after = std::nullopt;
  std::optional<Timestamp> revoked_at = std::nullopt;

  // What is wrong with the key at that time, as the end of a sentence about it; empty: nothing.
  std::string fault_at(Timestamp time) const;
};

// Whoever an authority of the policy's trusted root certifies to be that.
struct NamedIdentity {
  std::string name;
  sigstore::IdentityRule rule;
};

// Whether a transparency log of the policy's trusted root must hold a signature.
enum class Transparency {
  kRequired,
  kPreferred,  // where a known log's entry was stored with it, the entry must hold
  kWaived,     // entries are not looked at, and prove no time
};
std::string_view to_string(Transparency transparency);
std::optional<Transparency> parse_transparency(std::string_view text);

// m of n: at least `threshold` of `signers`, which are names of the policy's keys and identities.
// Each name counts once, and so does each key and each certified identity, whatever names it has.
struct Quorum {
  std::uint32_t threshold = 1;
  std::vector<std::string> signers;
  // Nullopt: required of identities and waived for keys.
  std::optional<Transparency> transparency = std::nullopt;

  Transparency transparency_of_keys() const;
  Transparency transparency_of_identities() const;
};

// Whom a policy believes about identities, logs and times.
struct PolicyRoot {
  std::string name;  // "public Sigstore of 2026-08-21", or "inline"
  Digest digest;     // of its JSON
  std::shared_ptr<const sigstore::TrustedRoot> trusted;
};

}  // namespace sealift::signing
