#include "blob_transfer.h"

namespace sealift::oci {

Result<bool> blob_exists(RegistrySession& session, const Digest& digest, bool for_push,
                         std::stop_token stop) {
  RegistryRequest request;
  request.method = "HEAD";
  request.url = session.url("blobs/" + digest.to_string());
  request.access = for_push ? RegistryAccess::kPush : RegistryAccess::kPull;
  request.action =
      "look for the blob " + digest.to_string() + " of \"" + session.repository() + "\"";
  SEALIFT_ASSIGN(const HttpAnswer answer, session.send(request, std::move(stop)));
  if (is_success(answer)) return true;
  if (answer.head.status == 404) return false;
  return fail(session.error_of(request, answer));
}

}  // namespace sealift::oci
