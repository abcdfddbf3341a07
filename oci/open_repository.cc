#include "layout_repository.h"
#include "registry_repository.h"

#include <sealift/oci/open_repository.h>

namespace sealift::oci {
namespace {

// Docker Hub's name is not where its API is.
std::string api_host(const std::string& registry) {
  if (registry == "docker.io" || registry == "index.docker.io") return "registry-1.docker.io";
  return registry;
}

}  // namespace

Result<std::unique_ptr<Repository>> open_repository(const Reference& reference,
                                                    const RepositoryOptions& options,
                                                    const RepositoryEnvironment& environment) {
  if (reference.kind() == Reference::Kind::kLayout) {
    return std::make_unique<LayoutRepository>(reference.repository(), environment.files,
                                              environment.clock, environment.random);
  }
  if (reference.kind() == Reference::Kind::kArchive) {
    return fail(ErrorCode::kInvalidInput, reference.name() + ": archives cannot be opened");
  }
  const std::string scheme = options.plain_http ? "http://" : "https://";
  SEALIFT_ASSIGN(Url origin, Url::parse(scheme + api_host(reference.registry())));
  return std::make_unique<RegistryRepository>(std::move(origin), reference.registry(),
                                              reference.repository(), options, environment);
}

}  // namespace sealift::oci
