#include <sealift/oci/version_range.h>

#include "delivery_fields.h"

namespace sealift::delivery {
namespace {

constexpr std::size_t kMaxRangeBytes = 128;

Result<> read_range(ObjectReader& artifact, const std::string& text) {
  if (text.size() > kMaxRangeBytes) {
    return fail(artifact.error_at("semver", "must have at most 128 characters"));
  }
  auto range = oci::VersionRange::parse(text);
  if (!range) return fail(artifact.error_at("semver", range.error().message()));
  return {};
}

Result<ArtifactSelector> read_selector(ObjectReader& artifact) {
  SEALIFT_ASSIGN(auto tag, artifact.optional_string("tag"));
  SEALIFT_ASSIGN(auto semver, artifact.optional_string("semver"));
  SEALIFT_ASSIGN(auto digest, artifact.optional_string("digest"));
  const int given = static_cast<int>(tag.has_value()) + static_cast<int>(semver.has_value()) +
                    static_cast<int>(digest.has_value());
  if (given > 1) {
    return fail(artifact.error_at("tag", "only one of tag, semver and digest may be given"));
  }
  ArtifactSelector select;
  if (digest) {
    auto parsed = Digest::parse(*digest);
    if (!parsed) return fail(artifact.error_at("digest", parsed.error().message()));
    select.digest = *std::move(parsed);
  } else if (semver) {
    SEALIFT_TRY(read_range(artifact, *semver));
    select.semver = *std::move(semver);
  } else {
    select.tag = tag.value_or("latest");
    if (!oci::is_valid_tag(select.tag)) {
      return fail(artifact.error_at("tag", "is no tag that a registry allows"));
    }
  }
  return select;
}

// Whoever writes a Delivery chooses neither who sees the puller's own login nor over which CA.
Result<std::string> read_provider(ObjectReader& artifact, const ArtifactSpec& spec) {
  SEALIFT_ASSIGN(auto provider, artifact.string_or("provider", "generic"));
  if (provider == "generic") return std::string();
  if (provider != "azure" && provider != "aws" && provider != "gcp") {
    return fail(artifact.error_at("provider", "must be one of generic, azure, aws, gcp"));
  }
  if (!spec.secret_name.empty() || !spec.cert_secret_name.empty() || spec.insecure) {
    return fail(artifact.error_at(
        "provider",
        "cannot be given beside secretRef, certSecretRef or insecure: its login goes "
        "over https to the cloud's own registry alone"));
  }
  return provider;
}

}  // namespace

bool ArtifactSelector::has_in_range(const std::string& tag_of_version) const {
  if (semver.empty()) return false;
  const auto range = oci::VersionRange::parse(semver);
  return range && oci::select_newest({tag_of_version}, *range).has_value();
}

// An archive is for the way: it is written once, and a Delivery follows what changes.
Result<> check_scheme(ObjectReader& artifact, std::string_view url) {
  const bool is_other = url.find("://") != std::string_view::npos && !url.starts_with("oci://");
  if (!is_other && !url.starts_with("oci-archive:")) return {};
  return fail(artifact.error_at(
      "url", "must begin with oci:// or oci-layout:; an archive is copied into a layout first"));
}

Result<ArtifactSpec> read_artifact(ObjectReader& spec) {
  SEALIFT_ASSIGN(auto artifact, spec.required_object("artifact"));
  SEALIFT_ASSIGN(auto url, artifact.required_string("url"));
  SEALIFT_TRY(check_scheme(artifact, url));
  auto repository = oci::Reference::parse(url);
  if (!repository) return fail(artifact.error_at("url", repository.error().message()));
  if (repository->tag() || repository->digest()) {
    return fail(artifact.error_at(
        "url", "names a tag or digest; move it to the field tag, semver or digest beside url"));
  }
  SEALIFT_ASSIGN(auto select, read_selector(artifact));
  SEALIFT_ASSIGN(auto secret, read_reference_name(artifact, "secretRef"));
  SEALIFT_ASSIGN(auto cert, read_reference_name(artifact, "certSecretRef"));
  SEALIFT_ASSIGN(auto proxy, read_reference_name(artifact, "proxySecretRef"));
  SEALIFT_ASSIGN(auto insecure, artifact.bool_or("insecure", false));
  ArtifactSpec result{*std::move(repository), std::move(select), std::move(secret),
                      std::move(cert),        std::move(proxy),  insecure};
  SEALIFT_ASSIGN(result.provider, read_provider(artifact, result));
  SEALIFT_TRY(artifact.finish());
  return result;
}

}  // namespace sealift::delivery
