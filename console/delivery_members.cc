#include <sealift/console/cluster_objects.h>
#include <sealift/console/delivery_members.h>
#include <sealift/delivery/custom_health.h>
#include <sealift/kube/apply.h>
#include <sealift/objects/order.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace sealift::console {
namespace {

constexpr std::string_view kParentPrefix = "sealift-";

// Healthy by existing, and not for an operator's screen.
Content content_of(const kube::GroupKind& kind) {
  const bool sensitive = kind.group.empty() && (kind.kind == "Secret" || kind.kind == "ConfigMap");
  return sensitive ? Content::kMetadata : Content::kWhole;
}

// What is asked once for all members.
struct Question {
  const kube::ApiClient& client;
  const InventoryParent& parent;
  std::string selector;
  std::stop_token stop;
};

// The members of a kind, and where they were looked for.
struct KindList {
  std::vector<Json> objects;
  std::set<std::string> name_spaces;
};

Result<KindList> list_in(const Question& question, const kube::Resource& resource,
                         std::set<std::string> name_spaces, Content content) {
  std::vector<Json> all;
  for (const auto& name_space : name_spaces) {
    SEALIFT_ASSIGN(auto some,
                   list_objects(question.client, resource, {name_space, question.selector}, content,
                                question.stop));
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return KindList{std::move(all), std::move(name_spaces)};
}

Result<KindList> list_kind(const Question& question, const kube::Resource& resource,
                           Content content) {
  auto places = question.parent.additional_namespaces;
  places.insert(question.parent.name_space);
  if (!resource.namespaced || places.size() > 1) {
    auto everywhere = list_in(question, resource, {""}, content);
    const bool refused = !everywhere && everywhere.error().code() == ErrorCode::kForbidden;
    if (!refused || !resource.namespaced) return everywhere;
  }
  return list_in(question, resource, std::move(places), content);
}

// How members are judged: as the puller does.
struct Judgement {
  std::vector<delivery::CustomHealth> checks;  // of the Delivery
  Timestamp now;
};

objects::HealthStatus health_of_member(const Json& object, Content content,
                                       const Judgement& judgement) {
  if (content == Content::kWhole) {
    return delivery::health_of(object, judgement.checks, judgement.now);
  }
  const bool going = !object.string_at({"metadata", "deletionTimestamp"}).empty();
  return {going ? objects::Health::kTerminating : objects::Health::kCurrent, ""};
}

Result<> add_labelled(Members& members, const Json& object, const kube::Resource& resource,
                      Content content, const Judgement& judgement) {
  SEALIFT_ASSIGN(auto observed, kube::observe_member(resource, object));
  if (observed.own_fields_hash.empty()) {
    members.foreign.push_back(std::move(observed.id));
  } else {
    members.objects.push_back({std::move(observed.id), std::move(observed.uid),
                               health_of_member(object, content, judgement)});
  }
  return {};
}

Result<KnownDelivery> find_custom_resource(const kube::ApiClient& client,
                                           const delivery::DeliveryName& name,
                                           const std::stop_token& stop) {
  SEALIFT_ASSIGN(auto document, read_delivery(client, name, stop));
  SEALIFT_ASSIGN(auto parent, inventory_of_delivery(document));
  return KnownDelivery{read_delivery_record(document), std::move(parent), std::move(document)};
}

}  // namespace

Result<InventoryParent> inventory_of_delivery(const Json& delivery) {
  InventoryParent parent{
      "Delivery",
      std::string(delivery.string_at({"metadata", "namespace"})),
      std::string(delivery.string_at({"metadata", "name"})),
      std::string(delivery.string_at({"metadata", "labels", kube::kApplySetIdLabel})),
      {},
      {}};
  const auto annotation = [&](std::string_view name) {
    return delivery.string_at({"metadata", "annotations", name});
  };
  const auto who = "Delivery " + parent.name_space + "/" + parent.name;
  SEALIFT_ASSIGN_CONTEXT(
      parent.kinds, kube::parse_group_kinds(annotation(kube::kApplySetGroupKindsAnnotation)), who);
  SEALIFT_ASSIGN_CONTEXT(parent.additional_namespaces,
                         kube::parse_namespaces(annotation(kube::kApplySetNamespacesAnnotation)),
                         who);
  return parent;
}

Result<KnownDelivery> delivery_of_config_map(const Json& config_map) {
  SEALIFT_ASSIGN(auto parent, kube::parse_config_map(config_map));
  KnownDelivery known;
  known.parent = {"ConfigMap", parent.name_space,  parent.name,
                  parent.id(), parent.group_kinds, parent.additional_namespaces};
  auto& record = known.record;
  std::string_view name = parent.name;
  if (name.starts_with(kParentPrefix)) name.remove_prefix(kParentPrefix.size());
  record.name = {parent.name_space, std::string(name)};
  record.created_at = std::string(config_map.string_at({"metadata", "creationTimestamp"}));
  record.accepted_digest = std::string(parent.annotation("dev.sealift.digest"));
  record.artifact.digest = record.accepted_digest;
  return known;
}

Result<KnownDelivery> find_delivery(const kube::ApiClient& client,
                                    const delivery::DeliveryName& name, std::stop_token stop) {
  auto found = find_custom_resource(client, name, stop);
  if (found) return found;
  if (found.error().code() != ErrorCode::kNotFound) return fail(std::move(found).error());
  auto config_map = client.get(
      kube::config_maps().path(name.name_space, std::string(kParentPrefix) + name.name), {}, stop);
  if (config_map) return delivery_of_config_map(*config_map);
  // The question was about a Delivery; that nothing else is there either says no more.
  return fail(std::move(found).error());
}

std::string member_selector(const InventoryParent& parent) {
  return std::string(kube::kPartOfLabel) + "=" + parent.applyset_id;
}

Result<Members> list_delivery_members(const kube::ApiClient& client, kube::ResourceMap& resources,
                                      const KnownDelivery& delivery, Timestamp now,
                                      std::stop_token stop) {
  Members members;
  if (delivery.parent.applyset_id.empty()) return members;
  Judgement judgement{{}, now};
  // What cannot be parsed is judged without its checks; the puller's status says what is wrong.
  if (auto parsed = delivery::parse_delivery(delivery.document, "the Delivery"); parsed) {
    judgement.checks = std::move(parsed->health_checks);
  }
  const Question question{client, delivery.parent, member_selector(delivery.parent), stop};
  for (const auto& kind : delivery.parent.kinds) {
    auto resource = resources.find_preferred(kind.group, kind.kind, stop);
    if (!resource && resource.error().code() != ErrorCode::kNotFound) {
      return fail(std::move(resource).error());
    }
    // Its definition is gone, and all objects with it.
    if (!resource) continue;
    const auto content = content_of(kind);
    auto listed = list_kind(question, *resource, content);
    if (!listed && listed.error().code() == ErrorCode::kForbidden) {
      members.unseen_kinds.push_back(kind.to_string() + ": " + listed.error().message());
      continue;
    }
    if (!listed) return fail(std::move(listed).error());
    for (const auto& name_space : listed->name_spaces) {
      members.lists.push_back({*resource, name_space});
    }
    for (const auto& object : listed->objects) {
      SEALIFT_TRY(add_labelled(members, object, *resource, content, judgement));
    }
  }
  std::sort(members.objects.begin(), members.objects.end(),
            [](const auto& a, const auto& b) { return objects::applied_before(a.id, b.id); });
  std::sort(members.foreign.begin(), members.foreign.end(), objects::applied_before);
  return members;
}

}  // namespace sealift::console
