#pragma once

#include "registry_session.h"

#include <sealift/oci/descriptor.h>

#include <stop_token>

namespace sealift::oci {

// Streams a blob into the sink and checks it on the way. A broken download goes on where it broke,
// by Range where the server can, otherwise by passing over what came before.
Result<> download_blob(RegistrySession& session, const Descriptor& blob, ByteSink& sink,
                       std::stop_token stop);

// Uploads a blob that the registry lacks, in one request (distribution-spec 1.1, "POST then PUT").
// After a failure all of it is sent again, to a new session. The content is checked while it goes.
Result<> upload_blob(RegistrySession& session, const Descriptor& blob, const Blob& bytes,
                     std::stop_token stop);

// Whether the registry has it. `for_push` asks with the token that a push will need anyway.
Result<bool> blob_exists(RegistrySession& session, const Digest& digest, bool for_push,
                         std::stop_token stop);

}  // namespace sealift::oci
