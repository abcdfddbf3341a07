#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace sealift::sigstore {

// With its envelope in a bundle it stays below kMaxSignatureBytes.
inline constexpr std::uint64_t kMaxPredicateBytes = 32u << 20;

// Types of predicates whose form is known here.
inline constexpr std::string_view kSlsaProvenance1 = "https://slsa.dev/provenance/v1";
inline constexpr std::string_view kSlsaProvenance02 = "https://slsa.dev/provenance/v0.2";
inline constexpr std::string_view kSpdxDocument = "https://spdx.dev/Document";
inline constexpr std::string_view kCycloneDx = "https://cyclonedx.org/bom";
inline constexpr std::string_view kOpenVex = "https://openvex.dev/ns";
inline constexpr std::string_view kCosignVulnerabilities =
    "https://cosign.sigstore.dev/attestation/vuln/v1";
inline constexpr std::string_view kCosignCustom = "https://cosign.sigstore.dev/attestation/v1";

// Reads what is to be stated about an artifact and holds it against the form of its type: the
// members that the specification of the type requires are there and of the right kind. Types that
// are not known here must be an object. kCosignCustom is whatever bytes of UTF-8 there are, which
// become {"Data":…,"Timestamp":…} as cosign writes it. kInvalidInput, naming the member, or for a
// type that is neither known nor a URI.
//
// Sources: slsa.dev/spec/v1.0/provenance and v0.2; SPDX 2.3, section 6, and 3.0 (JSON-LD, known by
// its @context); CycloneDX's schema; OpenVEX 0.2.0; cosign, specs/COSIGN_PREDICATE_SPEC.md and
// COSIGN_VULN_ATTESTATION_SPEC.md.
Result<Json> read_predicate(std::string_view type, std::string_view bytes, Timestamp now,
                            const std::string& what);

}  // namespace sealift::sigstore
