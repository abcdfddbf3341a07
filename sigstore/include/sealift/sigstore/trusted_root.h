#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>
#include <sealift/crypto/certificate.h>
#include <sealift/crypto/keys.h>
#include <sealift/crypto/known_issuances.h>
#include <sealift/crypto/signature_scheme.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sealift::sigstore {

inline constexpr std::size_t kMaxTrustedRootBytes = 1u << 20;
inline constexpr std::size_t kMaxTrustedLogs = 64;         // of each kind
inline constexpr std::size_t kMaxTrustedAuthorities = 64;  // of each kind

// When somebody is to be believed. Both ends are within; an end that is not there is open.
struct ValidityPeriod {
  std::optional<Timestamp> start;
  std::optional<Timestamp> end;

  bool contains(Timestamp time) const {
    return (!start || *start <= time) && (!end || time <= *end);
  }
  // "2021-01-12T11:53:27Z to 2022-10-31T23:59:59Z", "since …", "until …", "always".
  std::string to_string() const;
  bool operator==(const ValidityPeriod&) const = default;
};

// A log of signatures (Rekor) or of certificates (Certificate Transparency).
struct TrustedLog {
  std::string base_url;
  // The host of base_url: what a log of tiles calls itself in its checkpoints.
  std::string origin;
  std::string id;  // bytes: SHA-256 of the key's SPKI, or the ID of its key in checkpoints
  crypto::PublicKey key;
  crypto::SignatureScheme scheme;  // by which the key signs
  ValidityPeriod validity;         // of the key; the start is always there
  // "sigstore.dev", where the root says it: two logs of one operator count once.
  std::string operator_name;
};

// Logs by their ID, which is found in constant time.
class TrustedLogs {
 public:
  // False where there is one with this ID.
  bool add(TrustedLog log);
  // Null where there is none; the pointer lives until the next add().
  const TrustedLog* find(std::string_view id) const;
  const std::vector<TrustedLog>& all() const { return logs_; }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::vector<TrustedLog> logs_;
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> index_;
};

// Who issues certificates to signers, or time stamps.
struct TrustedAuthority {
  std::string organization;  // for people
  std::string common_name;
  std::string uri;
  std::string operator_name;  // as of a log
  // At least one; each is issued by the next, and the last one is the anchor. A timestamp
  // authority's own certificate is the first, where it is given at all.
  std::vector<crypto::Certificate> certificates;
  ValidityPeriod validity;

  // The path's end and what leads there, as verify_certificate_path() wants them.
  const crypto::Certificate& anchor() const { return certificates.back(); }
  std::vector<crypto::Certificate> intermediates() const {
    return {certificates.begin(), certificates.end() - 1};
  }
};

// Whom a verifier believes (protobuf-specs, sigstore_trustroot.proto, TrustedRoot).
struct TrustedRoot {
  TrustedLogs transparency_logs;
  TrustedLogs certificate_logs;
  std::vector<TrustedAuthority> certificate_authorities;
  std::vector<TrustedAuthority> timestamp_authorities;
  // Between certificates of these authorities, see learn_issuances().
  crypto::KnownIssuances known_issuances;
};

// Reads the media types "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
// "application/vnd.dev.sigstore.trustedroot.v0.1+json" and "…v0.2+json". kInvalidInput, naming the
// member: another type; an unknown member; a log without ID, key or start of validity; an ID twice;
// a key of a type that we don't use, or not of the type that keyDetails says; a tree that is not
// hashed by SHA-256; an authority without certificates, or whose certificates do not name each
// other as issuers; more than the limits.
Result<TrustedRoot> parse_trusted_root(std::string_view bytes, const std::string& what);

// Verifies the signatures between each authority's own certificates once, for a root that is to
// verify more than one artifact. Changes no verdict: signatures that do not fit stay unknown, and
// are refused as ever.
void learn_issuances(TrustedRoot& root);

}  // namespace sealift::sigstore
