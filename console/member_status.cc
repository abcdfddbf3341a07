#include <sealift/console/member_status.h>
#include <sealift/kube/apply.h>
#include <sealift/objects/order.h>

#include <algorithm>
#include <set>
#include <string>

namespace sealift::console {
namespace {

// Why an object that the status calls missing is not simply that; empty where it is.
Result<std::string> why_not_seen(const kube::ApiClient& client, kube::ResourceMap& resources,
                                 const std::string& applyset_id, const objects::ObjectId& id,
                                 const std::stop_token& stop) {
  auto resource = resources.find_preferred(id.group, id.kind, stop);
  // Its definition is gone, and all objects with it.
  if (!resource && resource.error().code() == ErrorCode::kNotFound) return std::string();
  if (!resource) return fail(std::move(resource).error());
  const auto found = kube::read_metadata(client, *resource, id.name_space, id.name, stop);
  if (found && kube::applyset_of(*found) == applyset_id) return std::string("it is there by now");
  if (found) return "it is there, but without the label " + std::string(kube::kPartOfLabel);
  switch (found.error().code()) {
    case ErrorCode::kNotFound:
      return std::string();
    case ErrorCode::kForbidden:
      return "the puller saw none; " + found.error().message();
    default:
      return fail(found.error());
  }
}

// Where all unhealthy objects have a name in the status, so have all that are missing.
std::size_t count_unnamed(const ObjectsRecord& status, const Members& members) {
  if (status.unhealthy < ObjectsRecord::kMaxNamed) return 0;
  std::map<kube::GroupKind, std::int64_t> shown;
  for (const auto& member : members.objects) ++shown[{member.id.group, member.id.kind}];
  std::set<kube::GroupKind> seen;
  for (const auto& list : members.lists) {
    seen.insert({list.resource.gvk.group, list.resource.gvk.kind});
  }
  std::int64_t count = 0;
  for (const auto& [kind, wanted] : status.kinds) {
    if (seen.contains(kind)) count += std::max<std::int64_t>(wanted - shown[kind], 0);
  }
  return static_cast<std::size_t>(count);
}

}  // namespace

Result<> add_member_status(const kube::ApiClient& client, kube::ResourceMap& resources,
                           const KnownDelivery& delivery, Members& members, std::stop_token stop) {
  const auto& status = delivery.record.named;
  const std::set<objects::ObjectId> drifted(status.drifted.begin(), status.drifted.end());
  std::set<objects::ObjectId> missing(status.not_found.begin(), status.not_found.end());
  missing.insert(drifted.begin(), drifted.end());
  for (auto& member : members.objects) {
    member.drifted = drifted.contains(member.id);
    missing.erase(member.id);
  }
  for (const auto& id : members.foreign) missing.erase(id);
  for (const auto& id : missing) {
    SEALIFT_ASSIGN(auto why,
                   why_not_seen(client, resources, delivery.parent.applyset_id, id, stop));
    members.objects.push_back(
        {id, "", {objects::Health::kNotFound, std::move(why)}, drifted.contains(id)});
  }
  std::sort(members.objects.begin(), members.objects.end(),
            [](const auto& a, const auto& b) { return objects::applied_before(a.id, b.id); });
  members.unnamed_missing = count_unnamed(status, members);
  return {};
}

}  // namespace sealift::console
