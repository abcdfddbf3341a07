#pragma once

#include <sealift/archive/compression.h>
#include <sealift/archive/tar_reader.h>
#include <sealift/base/bytes.h>
#include <sealift/base/result.h>
#include <sealift/oci/manifest.h>

#include <functional>
#include <string_view>

namespace sealift::oci {

// By the suffix of a layer's media type: "+gzip", "+zstd", "tar.gzip" (Docker), otherwise none.
archive::Compression compression_of_media_type(std::string_view media_type);

// The one layer of an artifact that holds manifests: Flux's content type or an OCI tar layer.
// kInvalidInput for none, for several, and for a Helm chart, which needs rendering first.
Result<Descriptor> content_layer(const Manifest& manifest);

// Decompresses a layer by its media type and hands its entries to a visitor, within the limits.
// `feed` writes the layer's bytes, layer.size of them at most, into the sink that it is given.
// Bytes that are no archive (kInvalidInput) do not stop it: its own error, which may be that they
// are not the promised bytes, wins over what the reader makes of them. The visitor's other errors
// stop it.
Result<> unpack_layer(const Descriptor& layer, archive::TarVisitor& visitor,
                      const archive::TarLimits& limits,
                      const std::function<Result<>(ByteSink&)>& feed);

}  // namespace sealift::oci
