#include "archive_files.h"
#include "layout_repository.h"
#include "mirrored_repository.h"
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

Result<std::unique_ptr<Repository>> open_registry(const Reference& reference,
                                                  const RepositoryOptions& options,
                                                  const RepositoryEnvironment& environment) {
  SEALIFT_ASSIGN(Url origin, registry_origin(reference.registry(), options.plain_http));
  SEALIFT_ASSIGN(auto source, find_source(reference, options, environment));
  return std::make_unique<RegistryRepository>(std::move(origin), reference.registry(),
                                              reference.repository(), options, environment,
                                              std::move(source));
}

// Nothing of the registry's own options goes to its mirrors.
Result<std::unique_ptr<Repository>> open_mirrored(const Reference& reference,
                                                  const RepositoryOptions& options,
                                                  const RepositoryEnvironment& environment,
                                                  std::unique_ptr<Repository> origin) {
  std::vector<MirroredRepository::Mirror> mirrors;
  for (const Mirror& mirror : options.mirrors) {
    SEALIFT_ASSIGN_CONTEXT(
        const Reference there,
        Reference::parse("oci://" + mirror.address + "/" + reference.repository()),
        "mirror " + printable(mirror.address, 200));
    RepositoryOptions own;
    own.plain_http = mirror.plain_http;
    own.server = mirror.server;
    own.credentials = mirror.credentials;
    own.on_warning = options.on_warning;
    SEALIFT_ASSIGN(auto repository, open_registry(there, own, environment));
    mirrors.push_back({there.name(), std::move(repository), mirror.resolves_tags});
  }
  return std::make_unique<MirroredRepository>(std::move(mirrors), std::move(origin),
                                              environment.clock, options.on_warning);
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
  SEALIFT_ASSIGN(auto origin, open_registry(reference, options, environment));
  if (options.mirrors.empty()) return origin;
  return open_mirrored(reference, options, environment, std::move(origin));
}

}  // namespace sealift::oci
