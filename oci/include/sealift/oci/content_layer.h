#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/result.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/tar_reader.h>

#include <functional>

namespace sealift::oci {

// The one layer of an artifact that holds manifests: Flux's content type or an OCI tar layer.
// kInvalidInput for none, for several, and for a Helm chart, which needs rendering first.
Result<Descriptor> content_layer(const Manifest& manifest);

// Decompresses a layer by its media type and hands its entries to a visitor, within the limits.
// `feed` writes the layer's bytes into the sink that it is given; its error wins over what the
// reader makes of bytes that may be wrong.
Result<> unpack_layer(const Descriptor& layer, TarVisitor& visitor, const TarLimits& limits,
                      const std::function<Result<>(ByteSink&)>& feed);

}  // namespace sealift::oci
