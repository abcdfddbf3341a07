#pragma once

#include "referrer.h"
#include "registry_session.h"

#include <optional>
#include <stop_token>
#include <vector>

namespace sealift::oci {

inline constexpr std::size_t kMaxReferrers = 1'000;

// By the referrers API, or else from the referrers tag (distribution-spec 1.1, "Listing
// Referrers"). The list is what the registry says: whether an entry's manifest really has this
// subject is seen by fetching it.
Result<std::vector<Descriptor>> list_referrers(RegistrySession& session, const Digest& subject,
                                               std::stop_token stop);

// Adds a manifest to the listing under its subject's referrers tag, for registries that do not keep
// one themselves. Reading and writing back is not one step: the threads of this session take turns,
// and where the registry honours If-Match nothing is lost either when another program does this at
// once; elsewhere it is looked for again a little later.
Result<> add_to_referrers_tag(RegistrySession& session, const Referrer& referrer,
                              std::stop_token stop);

// Makes the registry forget a manifest that has this subject: out of the referrers tag, where it is
// listed there, and then the manifest itself. Gone already is fine. Where a registry removes no
// manifests, out of the tag is enough; kForbidden where it keeps the listing itself.
Result<> remove_referrer(RegistrySession& session, const Digest& subject, const Digest& referrer,
                         std::stop_token stop);

}  // namespace sealift::oci
