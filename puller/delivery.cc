#include <sealift/base/json_reader.h>
#include <sealift/objects/names.h>
#include <sealift/objects/object.h>
#include <sealift/oci/version_range.h>
#include <sealift/puller/delivery.h>

#include <limits>

namespace sealift::puller {
namespace {

// Files and folders are named after a Delivery: "NAMESPACE_NAME" with endings of our own, and no
// file system takes more than 255 bytes.
constexpr std::size_t kMaxNameBytes = 128;

Result<std::string> read_reference_name(ObjectReader& reader, std::string_view member) {
  SEALIFT_ASSIGN(auto reference, reader.optional_object(member));
  if (!reference) return std::string();
  SEALIFT_ASSIGN(auto name, reference->required_string("name"));
  SEALIFT_TRY(reference->finish());
  return name;
}

Result<ArtifactSelector> read_selector(ObjectReader& artifact) {
  ArtifactSelector select;
  SEALIFT_ASSIGN(select.tag, artifact.string_or("tag", ""));
  SEALIFT_ASSIGN(select.semver, artifact.string_or("semver", ""));
  SEALIFT_ASSIGN(auto digest, artifact.optional_string("digest"));
  const int given = static_cast<int>(!select.tag.empty()) +
                    static_cast<int>(!select.semver.empty()) + static_cast<int>(digest.has_value());
  if (given > 1) {
    return fail(artifact.error_at("tag", "only one of tag, semver and digest may be given"));
  }
  if (digest) {
    auto parsed = Digest::parse(*digest);
    if (!parsed) return fail(artifact.error_at("digest", parsed.error().message()));
    select.digest = *parsed;
  } else if (!select.semver.empty()) {
    auto range = oci::VersionRange::parse(select.semver);
    if (!range) return fail(artifact.error_at("semver", range.error().message()));
  } else if (given == 0) {
    select.tag = "latest";
  } else if (!oci::is_valid_tag(select.tag)) {
    return fail(artifact.error_at("tag", "is no tag that a registry allows"));
  }
  return select;
}

Result<ArtifactSpec> read_artifact(ObjectReader& spec) {
  SEALIFT_ASSIGN(auto artifact, spec.required_object("artifact"));
  SEALIFT_ASSIGN(auto url, artifact.required_string("url"));
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
  SEALIFT_TRY(artifact.finish());
  return ArtifactSpec{*std::move(repository), std::move(select), std::move(secret),
                      std::move(cert),        std::move(proxy),  insecure};
}

Result<> read_duration(ObjectReader& spec, std::string_view name, std::chrono::milliseconds least,
                       std::chrono::milliseconds& value) {
  SEALIFT_ASSIGN(auto given, spec.optional_duration(name));
  if (!given) return {};
  if (*given < least) {
    return fail(spec.error_at(name, "must be at least " + format_duration(least)));
  }
  value = *given;
  return {};
}

Result<std::string> read_path(ObjectReader& spec) {
  SEALIFT_ASSIGN(auto path, spec.string_or("path", ""));
  while (path.starts_with("./")) path.erase(0, 2);
  while (path.ends_with('/')) path.pop_back();
  if (path == ".") path.clear();
  const std::string padded = "/" + path + "/";
  if (path.starts_with('/') || padded.find("/../") != std::string::npos ||
      padded.find("/./") != std::string::npos || path.find("//") != std::string::npos) {
    return fail(spec.error_at("path", "must be a folder inside the artifact, as in \"prod/eu\""));
  }
  return path;
}

Result<DriftMode> read_drift(ObjectReader& spec) {
  SEALIFT_ASSIGN(auto text, spec.string_or("drift", "correct"));
  if (text == "correct") return DriftMode::kCorrect;
  if (text == "detect") return DriftMode::kDetect;
  if (text == "ignore") return DriftMode::kIgnore;
  return fail(spec.error_at("drift", "must be correct, detect or ignore"));
}

Result<> read_prune(ObjectReader& spec, Delivery& delivery) {
  SEALIFT_ASSIGN(delivery.prune, spec.bool_or("prune", true));
  constexpr auto kNoLimit = std::numeric_limits<std::int64_t>::max();
  SEALIFT_ASSIGN(auto limit, spec.int_or("pruneLimit", kNoLimit));
  if (limit < 0) return fail(spec.error_at("pruneLimit", "must not be negative"));
  if (limit != kNoLimit) delivery.prune_limit = static_cast<std::uint64_t>(limit);
  return {};
}

Result<> read_spec(ObjectReader& spec, Delivery& delivery) {
  using namespace std::chrono_literals;
  SEALIFT_TRY(read_duration(spec, "interval", 1s, delivery.interval));
  SEALIFT_TRY(read_duration(spec, "retryInterval", 100ms, delivery.retry_interval));
  SEALIFT_TRY(read_duration(spec, "timeout", 1s, delivery.timeout));
  SEALIFT_ASSIGN(delivery.path, read_path(spec));
  SEALIFT_ASSIGN(delivery.target_namespace, spec.string_or("targetNamespace", ""));
  SEALIFT_ASSIGN(delivery.service_account_name, spec.string_or("serviceAccountName", ""));
  SEALIFT_TRY(read_prune(spec, delivery));
  SEALIFT_ASSIGN(delivery.wait, spec.bool_or("wait", true));
  SEALIFT_ASSIGN(delivery.drift, read_drift(spec));
  SEALIFT_ASSIGN(delivery.suspend, spec.bool_or("suspend", false));
  const auto& name_space = delivery.target_namespace;
  auto problem = objects::rfc1123_label_problem(name_space);
  if (!name_space.empty() && !problem.empty()) {
    return fail(spec.error_at("targetNamespace", problem));
  }
  const auto& account = delivery.service_account_name;
  problem = objects::rfc1123_subdomain_problem(account);
  if (!account.empty() && !problem.empty()) {
    return fail(spec.error_at("serviceAccountName", problem));
  }
  return spec.finish();
}

}  // namespace

Result<Delivery> parse_delivery(const Json& document, const std::string& source) {
  // The frame of the document has been checked as any Kubernetes object is: name, namespace,
  // labels.
  SEALIFT_ASSIGN(auto object, objects::parse_object(document, source));
  const std::string where = source + ": Delivery " + object.name();
  if (object.gvk().api_version() != "sealift.dev/v1alpha1" || object.gvk().kind != "Delivery") {
    return fail(ErrorCode::kInvalidInput, source + ": " + object.gvk().api_version() + " " +
                                              object.gvk().kind +
                                              " is no sealift.dev/v1alpha1 Delivery");
  }
  if (object.name().size() > kMaxNameBytes) {
    return fail(ErrorCode::kInvalidInput, where + ": metadata.name must have at most " +
                                              std::to_string(kMaxNameBytes) + " characters");
  }
  SEALIFT_ASSIGN(auto root, ObjectReader::open(document, where));
  for (const auto* known : {"apiVersion", "kind", "metadata", "status"}) root.any(known);
  SEALIFT_ASSIGN(auto spec, root.required_object("spec"));
  SEALIFT_TRY(root.finish());
  SEALIFT_ASSIGN(auto artifact, read_artifact(spec));
  Delivery delivery(object.name(), object.name_space().empty() ? "default" : object.name_space(),
                    std::move(artifact));
  SEALIFT_TRY(read_spec(spec, delivery));
  return delivery;
}

}  // namespace sealift::puller
