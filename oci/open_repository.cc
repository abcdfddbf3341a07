#include "archive_files.h"
#include "layout_repository.h"
#include "read_only_layout.h"
#include "registry_repository.h"
#include "registry_session.h"

#include <sealift/base/encoding.h>
#include <sealift/oci/open_repository.h>

namespace sealift::oci {
namespace {

// Null where no provider is named.
Result<std::shared_ptr<CredentialSource>> find_source(const Reference& reference,
                                                      const RepositoryOptions& options,
                                                      const RepositoryEnvironment& environment) {
  if (options.provider.empty()) return nullptr;
  const std::string login = "the login of provider " + printable(options.provider, 40);
  if (!options.credentials.empty()) {
    return fail(ErrorCode::kInvalidInput, reference.name() + ": there are two logins, " + login +
                                              " and a stored one: leave one of them out");
  }
  if (options.plain_http || (options.server && options.server->insecure_skip_tls_verify)) {
    return fail(ErrorCode::kInvalidInput,
                reference.name() + ": " + login +
                    " goes over https with a verified certificate alone: omit --plain-http and "
                    "--insecure, or insecure of a Delivery");
  }
  if (environment.credential_sources == nullptr) {
    return fail(ErrorCode::kInvalidInput, reference.name() + ": " + login + " is not made here");
  }
  return environment.credential_sources->open(options.provider, reference.registry());
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
    return std::make_unique<ReadOnlyLayout>(
        std::make_unique<ArchiveFiles>(reference.repository(), environment.files));
  }
  SEALIFT_ASSIGN(Url origin, registry_origin(reference.registry(), options.plain_http));
  SEALIFT_ASSIGN(auto source, find_source(reference, options, environment));
  return std::make_unique<RegistryRepository>(std::move(origin), reference.registry(),
                                              reference.repository(), options, environment,
                                              std::move(source));
}

}  // namespace sealift::oci
