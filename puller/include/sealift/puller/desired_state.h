#pragma once

#include <sealift/archive/tar_files.h>
#include <sealift/base/result.h>
#include <sealift/objects/object.h>
#include <sealift/objects/order.h>
#include <sealift/puller/artifact_cache.h>
#include <sealift/puller/delivery.h>
#include <sealift/signing/verifier.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sealift::puller {

struct DesiredObject {
  objects::Object object;
  objects::Stage stage;
  std::string content_hash;  // of what will be sent
};

// The objects of one verified artifact, in the order of applying.
struct DesiredState {
  Digest digest;
  std::vector<DesiredObject> objects;
};

// Target::is_namespaced(). An object of unknown scope keeps what its manifest says.
using ScopeOf = std::function<Result<std::optional<bool>>(const objects::GroupVersionKind&)>;

// Unpacks the content layer from the cache, reads *.yaml, *.yml and *.json below the Delivery's
// path, checks identities and sets namespaces: the Delivery's target namespace on every namespaced
// object, or its own namespace where an object names none. Only a VerifiedArtifact
// can be unpacked. kUntrusted where the cached bytes do not fit; kInvalidInput naming file, line
// and column.
Result<DesiredState> read_desired_state(const Delivery& delivery,
                                        const signing::VerifiedArtifact& artifact,
                                        ArtifactCache& cache, const ScopeOf& scope_of);

// The second half, for bytes that are in memory: pure.
Result<DesiredState> desired_state_of(const Delivery& delivery, const Digest& digest,
                                      const std::vector<archive::TarFile>& files,
                                      const ScopeOf& scope_of);

}  // namespace sealift::puller
