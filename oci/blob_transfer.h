#pragma once

#include "registry_session.h"
#include "upload_manner.h"

#include <sealift/oci/descriptor.h>

#include <stop_token>
#include <string_view>

namespace sealift::oci {

// Streams a blob into the sink and checks it on the way. A broken download goes on where it broke,
// by Range where the server can, otherwise by passing over what came before.
Result<> download_blob(RegistrySession& session, const Descriptor& blob, ByteSink& sink,
                       std::stop_token stop);

// Stores a blob that the registry lacks: mounted from the repository `from` of the same registry
// where that is not empty and may be, otherwise in one request (distribution-spec 1.1, "POST then
// PUT"), and in parts where that breaks or is too much for the registry. Parts go on where the
// registry says that they are. The content is checked while it goes.
Result<> upload_blob(RegistrySession& session, UploadManner& manner, const Descriptor& blob,
                     const Blob& bytes, std::string_view from, std::stop_token stop);

// Whether the registry has it. `for_push` asks with the token that a push will need anyway.
Result<bool> blob_exists(RegistrySession& session, const Digest& digest, bool for_push,
                         std::stop_token stop);

}  // namespace sealift::oci
