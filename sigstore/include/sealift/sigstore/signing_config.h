#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>
#include <sealift/sigstore/trusted_root.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::sigstore {

inline constexpr std::size_t kMaxSigningConfigBytes = 256u << 10;
inline constexpr std::size_t kMaxServices = 64;  // of each kind

// A server that signers ask (protobuf-specs, sigstore_trustroot.proto, Service).
struct Service {
  std::string url;                // http or https
  std::uint32_t api_version = 1;  // the major one
  ValidityPeriod validity;
  std::string operator_name;  // "sigstore.dev"

  bool operator==(const Service&) const = default;
};

// How many services of a kind a signer must use.
struct ServiceSelection {
  enum class Selector { kAll, kAny, kExact };
  Selector selector = Selector::kAny;
  std::uint32_t count = 0;  // for kExact
};

// Where signers go (protobuf-specs, sigstore_trustroot.proto, SigningConfig).
struct SigningConfig {
  std::vector<Service> certificate_authorities;
  std::vector<Service> identity_providers;
  std::vector<Service> transparency_logs;
  ServiceSelection log_selection;
  std::vector<Service> timestamp_authorities;
  ServiceSelection timestamp_selection;
};

// Reads "application/vnd.dev.sigstore.signingconfig.v0.2+json" and v0.1, whose services are taken
// for version 1, always valid, and each of an operator of its own. kInvalidInput, naming the
// member: another type, an unknown member, a URL that is neither http nor https, logs or
// authorities without a selector, "EXACT" without a count, more than the limits.
Result<SigningConfig> parse_signing_config(std::string_view bytes, const std::string& what);

// The services to use at `at`: of those that are valid then only such with the highest API version
// that is there and in `supported`; of one operator only the one that began last; then as many as
// the selection says, those that began last first, otherwise in their order. `what` names the kind
// in messages ("transparency log"). kNotFound where there is none, or fewer than kExact demands.
Result<std::vector<Service>> select_services(const std::vector<Service>& services,
                                             const ServiceSelection& selection,
                                             const std::vector<std::uint32_t>& supported,
                                             Timestamp at, std::string_view what);

// The one service to use, for the kinds that have no selection. As above.
Result<Service> select_service(const std::vector<Service>& services,
                               const std::vector<std::uint32_t>& supported, Timestamp at,
                               std::string_view what);

}  // namespace sealift::sigstore
