#pragma once

#include <sealift/builder/artifact.h>
#include <sealift/oci/manifest.h>

namespace sealift::builder {

// Whether a published manifest delivers what an artifact would: the same content in the same media
// types, with the same annotations but for those that name the commit and its time. Then the
// published one can stay, and clusters have nothing to do.
bool is_same_delivery(const oci::Manifest& published, const Artifact& artifact);

}  // namespace sealift::builder
