#pragma once

#include <sealift/oci/descriptor.h>

#include <optional>
#include <string>
#include <string_view>

namespace sealift::oci {

// A manifest or index that points at another one by its `subject`.
struct Referrer {
  Digest subject;
  // As a referrers listing shows it: artifactType of the manifest or else the media type of its
  // config, and the manifest's annotations (distribution-spec 1.1, "Listing Referrers").
  Descriptor descriptor;
};

// Nullopt for a manifest without a subject. kInvalidInput for bytes that are neither a manifest nor
// an index of that media type.
Result<std::optional<Referrer>> read_referrer(std::string_view bytes, std::string_view media_type);

// The tag under which registries without a referrers API keep the listing: algorithm and hash with
// a dash, cut at 32 and 64 characters (distribution-spec 1.1, "Referrers Tag Schema").
std::string referrers_tag(const Digest& subject);

// The listing with one entry more; entries of others keep members that we do not know. Nullopt
// where it is listed already. `listing` is empty where there is none yet. kInvalidInput where the
// bytes are no index, or hold as many entries as an index may.
Result<std::optional<std::string>> add_to_listing(std::string_view listing,
                                                  const Descriptor& referrer);

// The listing without one entry. Nullopt where it is not listed. kInvalidInput where the bytes are
// no index.
Result<std::optional<std::string>> remove_from_listing(std::string_view listing,
                                                       const Digest& referrer);

}  // namespace sealift::oci
