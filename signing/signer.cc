#include <sealift/signing/signer.h>

namespace sealift::signing {

std::string NamedKey::fault_at(Timestamp time) const {
  if (not_before && time < *not_before) {
    return "is valid from " + format_timestamp(*not_before) + " on";
  }
  if (not_after && time > *not_after) return "was valid until " + format_timestamp(*not_after);
  if (revoked_at && time >= *revoked_at) return "was revoked at " + format_timestamp(*revoked_at);
  return "";
}

std::string_view to_string(Transparency transparency) {
  switch (transparency) {
    case Transparency::kRequired:
      return "required";
    case Transparency::kPreferred:
      return "preferred";
    case Transparency::kWaived:
      return "waived";
  }
  return "unknown";
}

std::optional<Transparency> parse_transparency(std::string_view text) {
  for (const auto each :
       {Transparency::kRequired, Transparency::kPreferred, Transparency::kWaived}) {
    if (text == to_string(each)) return each;
  }
  return std::nullopt;
}

Transparency Quorum::transparency_of_keys() const {
  return transparency.value_or(Transparency::kWaived);
}

Transparency Quorum::transparency_of_identities() const {
  return transparency.value_or(Transparency::kRequired);
}

}  // namespace sealift::signing
