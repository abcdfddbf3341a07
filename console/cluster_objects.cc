#include <sealift/base/encoding.h>
#include <sealift/console/cluster_objects.h>
#include <sealift/kube/metadata_form.h>
#include <sealift/kube/watch.h>
#include <sealift/objects/names.h>

namespace sealift::console {
namespace {

constexpr std::size_t kMaxObjects = 100'000;
constexpr std::string_view kGroup = "sealift.dev";
// Who the API server says has changed a Delivery by hand.
constexpr std::string_view kFieldManager = "sealift-cli";

std::string_view accepted_form(Content content) {
  return content == Content::kMetadata ? kube::kMetadataListOnly : "application/json";
}

// A 404 for an object may mean that the whole kind is missing.
Result<Json> read_named(const kube::ApiClient& client, const kube::Resource& resource,
                        std::string_view name_space, std::string_view name, std::stop_token stop) {
  auto found = client.get(resource.path(name_space, name), {}, stop);
  if (found || found.error().code() != ErrorCode::kNotFound) return found;
  auto any = client.get(resource.path(name_space, ""), {{"limit", "1"}}, stop);
  if (!any && any.error().code() == ErrorCode::kNotFound) {
    return fail(explain_not_installed(std::move(any).error(), resource));
  }
  return fail(ErrorCode::kNotFound,
              "there is no " + resource.gvk.kind + " " + std::string(name) +
                  (name_space.empty() ? "" : " in namespace " + std::string(name_space)) +
                  "; see \"sealift get --all-namespaces\"");
}

// A name must not be able to walk through a URL.
Result<> check_name(std::string_view what, std::string_view name) {
  const auto problem = objects::rfc1123_subdomain_problem(name);
  if (problem.empty()) return {};
  return fail(ErrorCode::kInvalidInput, "\"" + printable(name) + "\" is no name of a " +
                                            std::string(what) + ": it " + std::string(problem));
}

}  // namespace

Error explain_not_installed(Error error, const kube::Resource& resource) {
  if (error.code() != ErrorCode::kNotFound || resource.gvk.group != kGroup) return error;
  return Error(ErrorCode::kNotFound,
               "this cluster does not know " + resource.gvk.kind +
                   " (sealift.dev/v1alpha1): Sealift is not installed there; see \"sealift install "
                   "--help\", or name another cluster with --kubeconfig or --context");
}

kube::Resource delivery_resource() {
  return {{std::string(kGroup), "v1alpha1", "Delivery"}, "deliveries", true};
}

kube::Resource trust_policy_resource() {
  return {{std::string(kGroup), "v1alpha1", "TrustPolicy"}, "trustpolicies", false};
}

Result<std::vector<Json>> list_objects(const kube::ApiClient& client,
                                       const kube::Resource& resource, const Selection& selection,
                                       Content content, std::stop_token stop) {
  std::vector<Json> all;
  std::string next;
  do {
    kube::ApiClient::Query query{{"limit", "500"}};
    if (!selection.label_selector.empty()) {
      query.emplace_back("labelSelector", selection.label_selector);
    }
    if (!next.empty()) query.emplace_back("continue", next);
    auto page =
        client.get_as(resource.path(selection.name_space, ""), query, accepted_form(content), stop);
    if (!page) return fail(explain_not_installed(std::move(page).error(), resource));
    auto* items = page->find("items");
    if (items != nullptr && items->as_array() != nullptr) {
      for (auto& item : *items->as_array()) {
        if (!item.is_object()) continue;
        item.set("apiVersion", resource.gvk.api_version());
        item.set("kind", resource.gvk.kind);
        all.push_back(std::move(item));
      }
    }
    if (all.size() > kMaxObjects) {
      return fail(ErrorCode::kInvalidInput, "the cluster has more than 100,000 objects of kind " +
                                                resource.gvk.kind + "; name a namespace");
    }
    next = std::string(page->string_at({"metadata", "continue"}));
  } while (!next.empty());
  return all;
}

Result<Json> read_delivery(const kube::ApiClient& client, const delivery::DeliveryName& name,
                           std::stop_token stop) {
  SEALIFT_TRY(check_name("Delivery", name.name));
  return read_named(client, delivery_resource(), name.name_space, name.name, std::move(stop));
}

Result<Json> read_trust_policy(const kube::ApiClient& client, std::string_view name,
                               std::stop_token stop) {
  SEALIFT_TRY(check_name("TrustPolicy", name));
  return read_named(client, trust_policy_resource(), "", name, std::move(stop));
}

Result<> follow_delivery(const kube::ApiClient& client, const delivery::DeliveryName& name,
                         const std::function<Result<bool>(const Json&)>& seen,
                         std::stop_token stop) {
  using Type = kube::WatchEvent::Type;
  Result<bool> enough = false;
  bool present = false;
  const auto on_event = [&](kube::WatchEvent event) -> Result<> {
    if (event.type == Type::kReset) present = false;
    const auto gone = [&] {
      return fail(ErrorCode::kNotFound, "there is no Delivery " + name.to_string() + " any more");
    };
    if (event.type == Type::kSynced && !present) return gone();
    if (event.object.string_at({"metadata", "name"}) != name.name) return {};
    if (event.type == Type::kDeleted) return gone();
    present = true;
    enough = seen(event.object);
    // An error is the only way out of a watch from within, and one that it does not try again.
    if (!enough || *enough) return fail(ErrorCode::kCancelled, "enough was seen");
    return {};
  };
  auto ended = kube::watch(client, delivery_resource(), {name.name_space, "", false}, on_event,
                           std::move(stop));
  if (!enough) return fail(std::move(enough).error());
  if (*enough) return {};
  return ended;
}

Result<Json> patch_delivery(const kube::ApiClient& client, const delivery::DeliveryName& name,
                            const Json& annotations, const Json& spec, std::stop_token stop) {
  SEALIFT_TRY(check_name("Delivery", name.name));
  Json body = Json::object();
  if (!annotations.is_null()) {
    Json metadata;
    metadata.set("annotations", annotations);
    body.set("metadata", std::move(metadata));
  }
  if (!spec.is_null()) body.set("spec", spec);
  auto patched = client.patch(delivery_resource().path(name.name_space, name.name),
                              {{"fieldManager", std::string(kFieldManager)}},
                              "application/merge-patch+json", body, stop);
  if (!patched && patched.error().code() == ErrorCode::kNotFound) {
    // Says which of the two is missing, the Delivery or the kind.
    return read_delivery(client, name, std::move(stop));
  }
  return patched;
}

}  // namespace sealift::console
