#include <sealift/oci/repository.h>

#include <utility>

namespace sealift::oci {

Result<> Repository::mount_or_push_blob(const Descriptor& blob, const Blob& bytes, std::string_view,
                                        std::stop_token stop) {
  return push_blob(blob, bytes, std::move(stop));
}

}  // namespace sealift::oci
