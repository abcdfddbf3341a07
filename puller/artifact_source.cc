#include <sealift/oci/content_layer.h>
#include <sealift/oci/credentials.h>
#include <sealift/oci/version_range.h>
#include <sealift/puller/artifact_source.h>

namespace sealift::puller {
namespace {

// What a layer unpacks to is limited further; this keeps a foreign size from filling the disk.
constexpr std::uint64_t kMaxLayerBytes = 256u << 20;

// The member of a Secret that must be there.
Result<std::string> member(const Secret& secret, std::string_view key) {
  const auto it = secret.data.find(key);
  if (it != secret.data.end()) return it->second;
  return fail(ErrorCode::kInvalidInput, "the Secret " + secret.name_space + "/" + secret.name +
                                            " has no entry " + std::string(key));
}

std::string member_or_empty(const Secret& secret, std::string_view key) {
  const auto it = secret.data.find(key);
  return it == secret.data.end() ? std::string() : it->second;
}

Result<> read_certificates(const Secret& secret, HttpServerSettings& server) {
  server.ca_pem = member_or_empty(secret, "ca.crt");
  server.client_certificate_pem = member_or_empty(secret, "tls.crt");
  server.client_key_pem = member_or_empty(secret, "tls.key");
  if (server.client_certificate_pem.empty() != server.client_key_pem.empty()) {
    return fail(ErrorCode::kInvalidInput, "the Secret " + secret.name_space + "/" + secret.name +
                                              " has only one of tls.crt and tls.key");
  }
  if (server.ca_pem.empty() && server.client_key_pem.empty()) {
    return fail(ErrorCode::kInvalidInput, "the Secret " + secret.name_space + "/" + secret.name +
                                              " has neither ca.crt nor tls.crt and tls.key");
  }
  return {};
}

Result<oci::RepositoryOptions> repository_options(const Delivery& delivery,
                                                  const Configuration& configuration) {
  const auto& artifact = delivery.artifact;
  oci::RepositoryOptions options;
  options.plain_http = artifact.insecure;
  auto server = std::make_shared<HttpServerSettings>();
  if (!artifact.secret_name.empty()) {
    SEALIFT_ASSIGN(const auto* secret, configuration.secret(delivery, artifact.secret_name));
    SEALIFT_ASSIGN(auto config, member(*secret, ".dockerconfigjson"));
    SEALIFT_ASSIGN(options.credentials,
                   oci::credentials_from_docker_config(config, artifact.repository.registry()));
  }
  if (!artifact.cert_secret_name.empty()) {
    SEALIFT_ASSIGN(const auto* secret, configuration.secret(delivery, artifact.cert_secret_name));
    SEALIFT_TRY(read_certificates(*secret, *server));
  }
  if (!artifact.proxy_secret_name.empty()) {
    SEALIFT_ASSIGN(const auto* secret, configuration.secret(delivery, artifact.proxy_secret_name));
    SEALIFT_ASSIGN(server->proxy, member(*secret, "address"));
  }
  options.server = std::move(server);
  return options;
}

}  // namespace

Result<std::unique_ptr<ArtifactSource>> ArtifactSource::open(
    const Delivery& delivery, const Configuration& configuration,
    const oci::RepositoryEnvironment& environment, ArtifactCache& cache) {
  SEALIFT_ASSIGN(auto options, repository_options(delivery, configuration));
  SEALIFT_ASSIGN(auto repository,
                 oci::open_repository(delivery.artifact.repository, options, environment));
  return std::unique_ptr<ArtifactSource>(
      new ArtifactSource(delivery, std::move(repository), cache));
}

Result<Digest> ArtifactSource::resolve(std::stop_token stop) {
  const auto& select = delivery_.artifact.select;
  if (select.digest) return *select.digest;
  std::string tag = select.tag;
  if (!select.semver.empty()) {
    SEALIFT_ASSIGN(auto range, oci::VersionRange::parse(select.semver));
    SEALIFT_ASSIGN(auto tags, repository_->tags(stop));
    auto newest = oci::select_newest(tags, range);
    if (!newest) {
      return fail(ErrorCode::kNotFound, "no tag of " + delivery_.artifact.repository.name() +
                                            " is a version in the range " + select.semver);
    }
    tag = *std::move(newest);
  }
  SEALIFT_ASSIGN(auto descriptor, repository_->resolve(tag, stop));
  return descriptor.digest;
}

Result<oci::StoredManifest> ArtifactSource::manifest(const Digest& digest, std::stop_token stop) {
  SEALIFT_ASSIGN(auto cached, cache_.manifest(digest));
  if (cached) return *std::move(cached);
  SEALIFT_ASSIGN(auto fetched, repository_->fetch_manifest(digest.to_string(), stop));
  SEALIFT_TRY(cache_.store_manifest(fetched));
  return fetched;
}

Result<ArtifactSource::Signatures> ArtifactSource::signatures(const Digest& digest, bool refresh,
                                                              std::stop_token stop) {
  if (!refresh) {
    SEALIFT_ASSIGN(auto cached, cache_.signatures(digest));
    if (cached) return Signatures{*std::move(cached), true};
  }
  SEALIFT_ASSIGN(auto fetched, signing::fetch_signatures(*repository_, digest, stop));
  return Signatures{std::move(fetched), false};
}

Result<> ArtifactSource::fetch_content(const signing::VerifiedArtifact& artifact,
                                       std::stop_token stop) {
  SEALIFT_ASSIGN(auto layer, oci::content_layer(artifact.manifest()));
  if (layer.size > kMaxLayerBytes) {
    return fail(ErrorCode::kInvalidInput,
                "the layer " + layer.digest.to_string() + " has " + std::to_string(layer.size) +
                    " bytes, and the limit is " + std::to_string(kMaxLayerBytes) +
                    "; split the artifact");
  }
  if (cache_.has_blob(layer)) return {};
  return cache_.fetch_blob(*repository_, layer, stop);
}

}  // namespace sealift::puller
