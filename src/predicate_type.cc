#include "predicate_type.h"

#include <array>
#include <string_view>
#include <utility>

namespace sealift::program {
namespace {

// cosign attest --type
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kShortNames{{
    {"custom", "https://cosign.sigstore.dev/attestation/v1"},
    {"cyclonedx", "https://cyclonedx.org/bom"},
    {"link", "https://in-toto.io/Link/v1"},
    {"openvex", "https://openvex.dev/ns"},
    {"slsaprovenance", "https://slsa.dev/provenance/v0.2"},
    {"slsaprovenance02", "https://slsa.dev/provenance/v0.2"},
    {"slsaprovenance1", "https://slsa.dev/provenance/v1"},
    {"spdx", "https://spdx.dev/Document"},
    {"spdxjson", "https://spdx.dev/Document"},
    {"vex", "https://openvex.dev/ns"},
    {"vuln", "https://cosign.sigstore.dev/attestation/vuln/v1"},
}};

}  // namespace

std::string predicate_type_of(const std::string& name) {
  for (const auto& [known, uri] : kShortNames) {
    if (known == name) return std::string(uri);
  }
  return name;
}

std::string check_predicate_type(const std::string& name) {
  // RFC 3986, section 3: a scheme and a colon.
  if (predicate_type_of(name).find(':') != std::string::npos) return {};
  return "\"" + name + "\" is neither a URI nor one of " + predicate_type_names();
}

std::string predicate_type_names() {
  std::string names;
  for (const auto& [name, uri] : kShortNames) {
    names.append(names.empty() ? "" : ", ").append(name);
  }
  return names;
}

}  // namespace sealift::program
