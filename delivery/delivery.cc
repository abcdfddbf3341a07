#include <sealift/delivery/delivery.h>
#include <sealift/objects/names.h>

#include "delivery_fields.h"

#include <algorithm>

namespace sealift::delivery {
namespace {

// Files and folders are named after a Delivery: "NAMESPACE_NAME" with endings of our own, and no
// file system takes more than 255 bytes.
constexpr std::size_t kMaxNameBytes = 128;
constexpr std::size_t kMaxDependencies = 64;
constexpr std::size_t kMaxPathBytes = 1'024;
constexpr std::size_t kMaxKeyBytes = 253;  // of a Secret's data

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
  if (path.size() > kMaxPathBytes) {
    return fail(spec.error_at("path", "must have at most 1024 characters"));
  }
  while (path.starts_with("./")) path.erase(0, 2);
  const bool is_absolute = path.starts_with('/');
  while (path.ends_with('/')) path.pop_back();
  if (path == ".") path.clear();
  const std::string padded = "/" + path + "/";
  if (is_absolute || padded.find("/../") != std::string::npos ||
      padded.find("/./") != std::string::npos || path.find("//") != std::string::npos) {
    return fail(spec.error_at("path", "must be a folder inside the artifact, as in \"prod/eu\""));
  }
  return path;
}

Result<std::string> optional_namespace(ObjectReader& reader, std::string_view member) {
  SEALIFT_ASSIGN(auto name, reader.optional_string(member));
  if (!name) return std::string();
  const auto problem = objects::rfc1123_label_problem(*name);
  if (!problem.empty()) return fail(reader.error_at(member, problem));
  return *std::move(name);
}

bool is_data_key(std::string_view key) {
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.';
  };
  return !key.empty() && key.size() <= kMaxKeyBytes && std::all_of(key.begin(), key.end(), fits);
}

Result<> read_kube_config(ObjectReader& spec, Delivery& delivery) {
  SEALIFT_ASSIGN(auto config, spec.optional_object("kubeConfig"));
  if (!config) return {};
  SEALIFT_ASSIGN(auto reference, config->required_object("secretRef"));
  SEALIFT_ASSIGN(delivery.kube_config.secret_name, required_name(reference, "name"));
  SEALIFT_ASSIGN(auto key, reference.optional_string("key"));
  if (key && !is_data_key(*key)) {
    return fail(reference.error_at("key",
                                   "must be a key of a Secret's data: up to 253 letters, "
                                   "digits, \"-\", \"_\" and \".\""));
  }
  delivery.kube_config.key = std::move(key).value_or("");
  SEALIFT_TRY(reference.finish());
  return config->finish();
}

Result<> read_prune(ObjectReader& spec, Delivery& delivery) {
  SEALIFT_ASSIGN(delivery.prune, spec.bool_or("prune", true));
  if (spec.any("pruneLimit") == nullptr) return {};
  SEALIFT_ASSIGN(auto limit, spec.required_int("pruneLimit"));
  if (limit < 0) return fail(spec.error_at("pruneLimit", "must not be negative"));
  delivery.prune_limit = static_cast<std::uint64_t>(limit);
  return {};
}

Result<> read_dependencies(ObjectReader& spec, Delivery& delivery) {
  SEALIFT_ASSIGN(auto readers, spec.objects("dependsOn"));
  SEALIFT_TRY(check_count(spec, "dependsOn", readers.size(), kMaxDependencies));
  for (auto& reader : readers) {
    DeliveryName name;
    SEALIFT_ASSIGN(name.name, required_name(reader, "name"));
    SEALIFT_ASSIGN(name.name_space, optional_namespace(reader, "namespace"));
    SEALIFT_TRY(reader.finish());
    if (name.name_space.empty()) name.name_space = delivery.name_space;
    if (name.to_string() == delivery.id()) {
      return fail(reader.error_at("name", "is this Delivery itself, which would wait for ever"));
    }
    const auto& known = delivery.depends_on;
    if (std::find(known.begin(), known.end(), name) != known.end()) {
      return fail(reader.error_at("name", "is named twice; remove one of them"));
    }
    delivery.depends_on.push_back(std::move(name));
  }
  return {};
}

// One of two words; the first is the default. True for the second.
Result<bool> read_choice(ObjectReader& spec, std::string_view member, std::string_view first,
                         std::string_view second) {
  SEALIFT_ASSIGN(const auto text, spec.string_or(member, first));
  if (text == first || text == second) return text == second;
  return fail(
      spec.error_at(member, "must be " + std::string(first) + " or " + std::string(second)));
}

Result<> read_behaviour(ObjectReader& spec, Delivery& delivery) {
  SEALIFT_TRY(read_prune(spec, delivery));
  SEALIFT_ASSIGN(delivery.wait, spec.bool_or("wait", true));
  SEALIFT_TRY(read_health_checks(spec, delivery));
  SEALIFT_TRY(read_dependencies(spec, delivery));
  SEALIFT_TRY(read_drift(spec, delivery));
  SEALIFT_ASSIGN(delivery.preflight, spec.bool_or("preflight", true));
  SEALIFT_ASSIGN(const bool rollback, read_choice(spec, "onFailure", "keep", "rollback"));
  delivery.on_failure = rollback ? FailureAction::kRollback : FailureAction::kKeep;
  SEALIFT_ASSIGN(delivery.force, spec.bool_or("force", false));
  SEALIFT_ASSIGN(const bool orphan, read_choice(spec, "deletionPolicy", "delete", "orphan"));
  delivery.deletion_policy = orphan ? DeletionPolicy::kOrphan : DeletionPolicy::kDelete;
  SEALIFT_ASSIGN(delivery.suspend, spec.bool_or("suspend", false));
  return {};
}

Result<> read_spec(ObjectReader& spec, Delivery& delivery) {
  using namespace std::chrono_literals;
  SEALIFT_TRY(read_duration(spec, "interval", 1s, delivery.interval));
  SEALIFT_TRY(read_duration(spec, "retryInterval", 100ms, delivery.retry_interval));
  SEALIFT_TRY(read_duration(spec, "timeout", 1s, delivery.timeout));
  SEALIFT_ASSIGN(delivery.path, read_path(spec));
  SEALIFT_ASSIGN(delivery.target_namespace, optional_namespace(spec, "targetNamespace"));
  SEALIFT_ASSIGN(delivery.service_account_name, optional_name(spec, "serviceAccountName"));
  SEALIFT_TRY(read_kube_config(spec, delivery));
  SEALIFT_TRY(read_transforms(spec, delivery));
  SEALIFT_TRY(read_behaviour(spec, delivery));
  return spec.finish();
}

}  // namespace

Result<std::string> optional_name(ObjectReader& reader, std::string_view member) {
  SEALIFT_ASSIGN(auto name, reader.optional_string(member));
  if (!name) return std::string();
  const auto problem = objects::rfc1123_subdomain_problem(*name);
  if (!problem.empty()) return fail(reader.error_at(member, problem));
  return *std::move(name);
}

Result<std::string> required_name(ObjectReader& reader, std::string_view member) {
  SEALIFT_TRY(reader.required_string(member));
  return optional_name(reader, member);
}

Result<std::string> read_reference_name(ObjectReader& reader, std::string_view member) {
  SEALIFT_ASSIGN(auto reference, reader.optional_object(member));
  if (!reference) return std::string();
  SEALIFT_ASSIGN(auto name, required_name(*reference, "name"));
  SEALIFT_TRY(reference->finish());
  return name;
}

Result<> check_count(const ObjectReader& reader, std::string_view member, std::size_t count,
                     std::size_t limit) {
  if (count <= limit) return {};
  return fail(reader.error_at(member, "holds more than " + std::to_string(limit) + " entries"));
}

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
    return fail(ErrorCode::kInvalidInput, where + ".metadata.name: must have at most " +
                                              std::to_string(kMaxNameBytes) + " characters");
  }
  SEALIFT_ASSIGN(auto root, ObjectReader::open(document, where));
  for (const auto* known : {"apiVersion", "kind", "metadata", "status"}) root.any(known);
  SEALIFT_ASSIGN(auto spec, root.required_object("spec"));
  SEALIFT_TRY(root.finish());
  SEALIFT_ASSIGN(auto artifact, read_artifact(spec));
  Delivery delivery(object.name(), object.name_space().empty() ? "default" : object.name_space(),
                    std::move(artifact));
  SEALIFT_TRY(read_metadata(object, where, delivery));
  SEALIFT_TRY(read_spec(spec, delivery));
  return delivery;
}

}  // namespace sealift::delivery
