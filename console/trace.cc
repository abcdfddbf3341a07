#include <sealift/base/encoding.h>
#include <sealift/console/cluster_objects.h>
#include <sealift/console/trace.h>
#include <sealift/kube/apply.h>
#include <sealift/kube/discovery.h>
#include <sealift/objects/names.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace sealift::console {
namespace {

constexpr int kMaxOwners = 8;

// kubectl's own abbreviations of built-in kinds (kubectl api-resources).
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kShortNames = {{
    {"cj", "cronjobs"},
    {"cm", "configmaps"},
    {"crd", "customresourcedefinitions"},
    {"deploy", "deployments"},
    {"ds", "daemonsets"},
    {"ep", "endpoints"},
    {"hpa", "horizontalpodautoscalers"},
    {"ing", "ingresses"},
    {"limits", "limitranges"},
    {"netpol", "networkpolicies"},
    {"no", "nodes"},
    {"ns", "namespaces"},
    {"pc", "priorityclasses"},
    {"pdb", "poddisruptionbudgets"},
    {"po", "pods"},
    {"pv", "persistentvolumes"},
    {"pvc", "persistentvolumeclaims"},
    {"quota", "resourcequotas"},
    {"rc", "replicationcontrollers"},
    {"rs", "replicasets"},
    {"sa", "serviceaccounts"},
    {"sc", "storageclasses"},
    {"sts", "statefulsets"},
    {"svc", "services"},
}};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::string group_of(const kube::Resource& resource) {
  return resource.gvk.group.empty() ? "the core group" : resource.gvk.group;
}

std::string owner_text(const objects::ObjectId& id) { return printable(id.to_string()); }

objects::ObjectId id_of(const kube::Resource& resource, const Json& object) {
  return {resource.gvk.group, resource.gvk.kind,
          std::string(object.string_at({"metadata", "namespace"})),
          std::string(object.string_at({"metadata", "name"}))};
}

// The owner that made the object (metav1.OwnerReference with controller: true), or else any.
const Json* owner_of(const Json& object) {
  const auto* owners = object.find_path({"metadata", "ownerReferences"});
  if (owners == nullptr || owners->as_array() == nullptr || owners->as_array()->empty()) {
    return nullptr;
  }
  for (const auto& owner : *owners->as_array()) {
    const auto* controls = owner.find("controller");
    if (controls != nullptr && controls->as_bool() != nullptr && *controls->as_bool()) {
      return &owner;
    }
  }
  return &owners->as_array()->front();
}

Result<kube::Resource> resource_of_owner(const Json& owner,
                                         const std::vector<kube::Resource>& served) {
  const auto api_version = owner.string_at({"apiVersion"});
  const auto slash = api_version.find('/');
  const auto group =
      slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
  const auto kind = owner.string_at({"kind"});
  const auto found = std::find_if(served.begin(), served.end(), [&](const auto& resource) {
    return resource.gvk.group == group && resource.gvk.kind == kind;
  });
  if (found != served.end()) return *found;
  return fail(ErrorCode::kNotFound, "the owner's kind " + printable(kind) + " is not served");
}

struct Member {
  objects::ObjectId id;
  std::string applyset_id;
};

Result<bool> is_member(const kube::Resource& resource, const Json& object) {
  if (kube::applyset_of(object).empty()) return false;
  SEALIFT_ASSIGN(const auto member, kube::observe_member(resource, object));
  return !member.own_fields_hash.empty();
}

// Why none of the objects on the way up is a member; `labelled` are those with the label.
Error not_delivered(const objects::ObjectId& asked,
                    const std::optional<objects::ObjectId>& labelled) {
  const auto label = std::string(kube::kPartOfLabel);
  const auto who = owner_text(asked) + " was not delivered by Sealift: ";
  if (!labelled) {
    return Error(ErrorCode::kNotFound,
                 who + "neither it nor an owner of it has the label " + label);
  }
  return Error(ErrorCode::kNotFound, who + (*labelled == asked ? "it" : owner_text(*labelled)) +
                                         " has the label " + label +
                                         ", but somebody else put it there (Sealift owns no such "
                                         "field in its metadata.managedFields)");
}

Result<Member> find_member(const kube::ApiClient& client, kube::Resource resource, Json object,
                           const std::vector<kube::Resource>& served, const std::stop_token& stop) {
  const auto asked = id_of(resource, object);
  std::optional<objects::ObjectId> labelled;
  for (int step = 0; step < kMaxOwners; ++step) {
    const auto id = id_of(resource, object);
    SEALIFT_ASSIGN(const bool found, is_member(resource, object));
    if (found) return Member{id, std::string(kube::applyset_of(object))};
    if (!labelled && !kube::applyset_of(object).empty()) labelled = id;
    const auto* owner = owner_of(object);
    if (owner == nullptr) break;
    SEALIFT_ASSIGN(auto next, resource_of_owner(*owner, served));
    const auto name = std::string(owner->string_at({"name"}));
    if (!objects::path_segment_problem(name).empty()) break;
    const auto uid = std::string(owner->string_at({"uid"}));
    SEALIFT_ASSIGN_CONTEXT(
        object, client.get(next.path(next.namespaced ? id.name_space : "", name), {}, stop),
        "the owner of " + owner_text(id));
    // Another object of that name: the owner is gone.
    if (object.string_at({"metadata", "uid"}) != uid) break;
    resource = std::move(next);
  }
  return fail(not_delivered(asked, labelled));
}

Result<std::vector<Json>> list_labelled(const kube::ApiClient& client,
                                        const kube::Resource& resource,
                                        const std::string& name_space, const std::string& selector,
                                        const std::stop_token& stop) {
  auto everywhere = list_objects(client, resource, {"", selector}, Content::kWhole, stop);
  if (everywhere) return everywhere;
  const auto code = everywhere.error().code();
  if (code == ErrorCode::kNotFound) return std::vector<Json>();
  if (code != ErrorCode::kForbidden || name_space.empty()) return everywhere;
  return list_objects(client, resource, {name_space, selector}, Content::kWhole, stop);
}

std::string own_applyset_id(const delivery::DeliveryName& name) {
  const auto gvk = delivery_resource().gvk;
  return kube::applyset_id(name.name, name.name_space, gvk.kind, gvk.group);
}

Result<KnownDelivery> find_parent(const kube::ApiClient& client, const Member& member,
                                  const std::stop_token& stop) {
  if (!objects::label_value_problem(member.applyset_id).empty()) {
    return fail(ErrorCode::kInvalidInput, "the label of " + owner_text(member.id) + " is broken");
  }
  const auto selector = std::string(kube::kApplySetIdLabel) + "=" + member.applyset_id;
  const auto& near = member.id.name_space;
  SEALIFT_ASSIGN(auto deliveries, list_labelled(client, delivery_resource(), near, selector, stop));
  for (auto& document : deliveries) {
    auto record = read_delivery_record(document);
    // Its label is anybody's to write, its name is not.
    if (own_applyset_id(record.name) != member.applyset_id) continue;
    SEALIFT_ASSIGN(auto parent, inventory_of_delivery(document));
    return KnownDelivery{std::move(record), std::move(parent), std::move(document)};
  }
  SEALIFT_ASSIGN(auto parents, list_labelled(client, kube::config_maps(), near, selector, stop));
  if (!parents.empty()) return delivery_of_config_map(parents.front());
  return fail(ErrorCode::kNotFound,
              owner_text(member.id) + " belongs to the ApplySet " + member.applyset_id +
                  ", whose Delivery is not in this cluster: it was deleted, is in another cluster, "
                  "or your account may not see it");
}

}  // namespace

Result<ObjectQuestion> parse_object_question(std::string_view text) {
  const auto slash = text.find('/');
  const auto kind = text.substr(0, slash);
  const auto name = slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
  if (kind.empty() || name.empty() || !objects::path_segment_problem(name).empty()) {
    return fail(ErrorCode::kInvalidInput,
                "\"" + printable(text) + "\" is not KIND/NAME, as in \"deployment/web\"");
  }
  return ObjectQuestion{std::string(kind), std::string(name)};
}

Result<kube::Resource> resolve_kind(std::string_view text,
                                    const std::vector<kube::Resource>& served) {
  const auto wanted = lower(text);
  const auto dot = wanted.find('.');
  auto kind = wanted.substr(0, dot);
  const auto group = dot == std::string::npos ? std::string() : wanted.substr(dot + 1);
  for (const auto& [abbreviation, plural] : kShortNames) {
    if (kind == abbreviation) kind = plural;
  }
  std::vector<kube::Resource> found;
  for (const auto& resource : served) {
    if (lower(resource.gvk.kind) != kind && resource.plural != kind) continue;
    if (dot != std::string::npos && resource.gvk.group != group) continue;
    const bool other_version = std::any_of(found.begin(), found.end(), [&](const auto& earlier) {
      return earlier.gvk.group == resource.gvk.group;
    });
    if (!other_version) found.push_back(resource);
  }
  // Events of the core group and of events.k8s.io are the same objects, as kubectl has it too.
  const auto core = std::find_if(found.begin(), found.end(),
                                 [](const auto& resource) { return resource.gvk.group.empty(); });
  if (found.size() > 1 && core != found.end()) return *core;
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return fail(ErrorCode::kNotFound, "the cluster has no kind \"" + printable(text) +
                                          "\"; see \"kubectl api-resources\"");
  }
  std::string groups;
  for (const auto& resource : found) groups += (groups.empty() ? "" : ", ") + group_of(resource);
  return fail(ErrorCode::kInvalidInput,
              "\"" + printable(text) + "\" is a kind of " + groups + "; write KIND.GROUP/NAME");
}

Result<Origin> trace_object(const kube::ApiClient& client, const ObjectQuestion& question,
                            const std::string& name_space, std::stop_token stop) {
  SEALIFT_ASSIGN(auto discovery, kube::discover(client, stop));
  SEALIFT_ASSIGN(auto resource, resolve_kind(question.kind, discovery.resources));
  SEALIFT_ASSIGN_CONTEXT(
      auto object,
      client.get(resource.path(resource.namespaced ? name_space : "", question.name), {}, stop),
      "looking for " + resource.gvk.kind + " " + printable(question.name));
  Origin origin;
  origin.asked = id_of(resource, object);
  SEALIFT_ASSIGN(auto member, find_member(client, std::move(resource), std::move(object),
                                          discovery.resources, stop));
  origin.member = member.id;
  SEALIFT_ASSIGN(origin.delivery, find_parent(client, member, stop));
  return origin;
}

std::string Origin::commit() const {
  const auto& revision = delivery.record.artifact.revision;
  const auto mark = revision.rfind("sha1:");
  const auto mark256 = revision.rfind("sha256:");
  if (mark != std::string::npos) return revision.substr(mark + 5);
  return mark256 != std::string::npos ? revision.substr(mark256 + 7) : std::string();
}

std::vector<std::pair<std::string, std::string>> origin_fields(const Origin& origin) {
  const auto& record = origin.delivery.record;
  const auto& artifact = record.artifact;
  std::string signers;
  for (const auto& signer : artifact.signers) {
    signers += (signers.empty() ? "" : ", ") + printable(signer);
  }
  const bool owned = origin.member != origin.asked;
  const bool by_file = origin.delivery.parent.kind != "Delivery";
  const auto in_force = record.digest_in_force();
  const bool rolled_back = in_force != artifact.digest;
  return {{"Object", owner_text(origin.asked)},
          {"Owned by", owned ? owner_text(origin.member) : ""},
          {"Delivery", record.name.to_string() + (by_file ? " (a file of its puller)" : "")},
          {"Artifact", printable(artifact.url.empty() ? record.artifact_url : artifact.url)},
          {"Tag", printable(artifact.tag)},
          {"Digest", printable(artifact.digest)},
          {"Source", printable(artifact.source)},
          {"Revision", printable(artifact.revision)},
          {"Created", printable(artifact.created)},
          {"Policy", printable(artifact.policy)},
          {"Signed by", signers},
          {"File", printable(origin.file, 400)},
          {"In force", rolled_back ? printable(in_force) : ""},
          {"Pinned to", printable(record.rollback_to)}};
}

Json to_json(const Origin& origin) {
  const auto id = [](const objects::ObjectId& object) {
    Json json;
    json.set("group", object.group);
    json.set("kind", object.kind);
    if (!object.name_space.empty()) json.set("namespace", object.name_space);
    json.set("name", object.name);
    return json;
  };
  const auto& record = origin.delivery.record;
  Json delivery;
  delivery.set("namespace", record.name.name_space);
  delivery.set("name", record.name.name);
  delivery.set("parent", origin.delivery.parent.kind);
  Json artifact;
  const std::vector<std::pair<std::string_view, std::string>> facts = {
      {"url", record.artifact.url},           {"tag", record.artifact.tag},
      {"digest", record.artifact.digest},     {"source", record.artifact.source},
      {"revision", record.artifact.revision}, {"commit", origin.commit()},
      {"created", record.artifact.created},   {"policy", record.artifact.policy}};
  for (const auto& [name, value] : facts) {
    if (!value.empty()) artifact.set(name, value);
  }
  Json signers = Json::array();
  for (const auto& signer : record.artifact.signers) signers.push_back(signer);
  artifact.set("signers", std::move(signers));
  Json json;
  json.set("object", id(origin.asked));
  json.set("member", id(origin.member));
  json.set("delivery", std::move(delivery));
  json.set("artifact", std::move(artifact));
  json.set("digestInForce", record.digest_in_force());
  if (!origin.file.empty()) json.set("file", origin.file);
  return json;
}

}  // namespace sealift::console
