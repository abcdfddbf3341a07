#pragma once

#include <sealift/archive/tar_files.h>
#include <sealift/base/digest.h>
#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>
#include <sealift/objects/object.h>
#include <sealift/oci/repository.h>

#include <stop_token>
#include <string>
#include <vector>

namespace sealift::console {

// Where the manifest of a live object stands in these files of an artifact: "deploy/web.yaml:12:1".
// An object without a namespace in its manifest may be in any, and so may all where the Delivery
// has a targetNamespace. kNotFound where no file that can be read holds it. Pure.
Result<std::string> find_manifest(const std::vector<archive::TarFile>& files,
                                  const delivery::Delivery& delivery,
                                  const objects::ObjectId& object);

// The same after fetching the artifact. Its bytes are checked against the digest; who signed it is
// not asked, since nothing is done with it. Errors of oci::Repository and oci::unpack_layer().
Result<std::string> find_manifest(oci::Repository& repository, const Digest& digest,
                                  const delivery::Delivery& delivery,
                                  const objects::ObjectId& object, std::stop_token stop);

}  // namespace sealift::console
