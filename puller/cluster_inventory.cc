#include "cluster_inventory.h"

#include <sealift/base/worker_pool.h>
#include <sealift/kube/apply.h>

#include <charconv>
#include <mutex>

namespace sealift::puller {
namespace {

constexpr std::string_view kDigest = "dev.sealift.digest";
constexpr std::string_view kSequence = "dev.sealift.sequence";
constexpr std::string_view kDelivery = "dev.sealift.delivery";

void add_kinds(const DesiredState& desired, kube::ApplySetParent& parent) {
  for (const auto& wanted : desired.objects) {
    const auto& gvk = wanted.object.gvk();
    parent.group_kinds.insert({gvk.group, gvk.kind});
    const auto& name_space = wanted.object.name_space();
    if (!name_space.empty() && name_space != parent.name_space) {
      parent.additional_namespaces.insert(name_space);
    }
  }
}

void add_kept(const std::vector<objects::ObjectId>& ids, kube::ApplySetParent& parent) {
  for (const auto& id : ids) {
    parent.group_kinds.insert({id.group, id.kind});
    if (!id.name_space.empty() && id.name_space != parent.name_space) {
      parent.additional_namespaces.insert(id.name_space);
    }
  }
}

// What was accepted before. Its loss must never pass for "nothing": that would let an older
// artifact be played back.
Result<TargetMemory> memory_of(const kube::ApplySetParent& parent) {
  const auto unknown = [&](std::string_view annotation, std::string_view what) {
    return fail(ErrorCode::kInvalidInput,
                "the ConfigMap " + parent.name_space + "/" + parent.name + " has no " +
                    std::string(what) + " in its annotation " + std::string(annotation) +
                    "; what was accepted before is unknown, so nothing new is accepted. Set it to "
                    "what the record of decisions says");
  };
  auto digest = Digest::parse(parent.annotation(kDigest));
  if (!digest) return unknown(kDigest, "digest");
  TargetMemory memory{*std::move(digest), 0};
  const auto text = parent.annotation(kSequence);
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, memory.sequence);
  if (parsed.ec != std::errc() || parsed.ptr != end) return unknown(kSequence, "number");
  return memory;
}

// One request of members().
struct Listing {
  kube::Resource resource;
  std::string name_space;  // empty: everywhere
};

}  // namespace

ClusterInventory::ClusterInventory(const Delivery& delivery, const kube::ApiClient& owner)
    : delivery_(delivery), owner_(owner) {
  parent_.name = "sealift-" + delivery.name;
  parent_.name_space = delivery.name_space;
}

Result<TargetMemory> ClusterInventory::recall(std::stop_token stop) {
  SEALIFT_ASSIGN_CONTEXT(
      auto found,
      kube::read_applyset_parent(owner_, parent_.name_space, parent_.name, std::move(stop)),
      "reading the inventory of " + delivery_.id());
  if (!found) return TargetMemory();
  parent_ = *std::move(found);
  exists_ = true;
  return memory_of(parent_);
}

Result<LiveObjects> ClusterInventory::members(const ClusterSession& session,
                                              std::stop_token stop) const {
  std::vector<Listing> listings;
  for (const auto& kind : parent_.group_kinds) {
    auto resource = session.resources.find_preferred(kind.group, kind.kind, stop);
    if (!resource) {
      // Its definition is gone, and all objects with it.
      if (resource.error().code() == ErrorCode::kNotFound) continue;
      return fail(std::move(resource).error());
    }
    if (!resource->namespaced || delivery_.service_account_name.empty()) {
      listings.push_back({*resource, ""});
      continue;
    }
    // A service account may well have power over its namespaces and nothing else.
    listings.push_back({*resource, parent_.name_space});
    for (const auto& name_space : parent_.additional_namespaces) {
      listings.push_back({*resource, name_space});
    }
  }
  LiveObjects live;
  std::mutex mutex;
  SEALIFT_TRY(run_parallel(
      listings.size(), kParallelRequests, stop,
      [&](std::size_t i, std::stop_token inner) -> Result<> {
        const auto& listing = listings[i];
        auto found = kube::list_members(session.objects, listing.resource, listing.name_space,
                                        session.applyset_id, inner);
        if (!found) {
          if (found.error().code() != ErrorCode::kNotFound) return fail(std::move(found).error());
          // The definition has gone since discovery, and all objects with it.
          session.resources.refresh();
          return {};
        }
        std::scoped_lock lock(mutex);
        for (auto& object : *found) {
          live.insert_or_assign(std::move(object.id),
                                LiveObject{std::move(object.uid), std::move(object.own_fields_hash),
                                           object.deleting, object.keep});
        }
        return {};
      }));
  return live;
}

Result<> ClusterInventory::extend(const DesiredState& desired, const Acceptance& acceptance,
                                  std::stop_token stop) {
  auto next = parent_;
  add_kinds(desired, next);
  next.annotations = {{std::string(kDelivery), delivery_.id()},
                      {std::string(kDigest), acceptance.digest.to_string()},
                      {std::string(kSequence), std::to_string(acceptance.sequence)}};
  return write(std::move(next), std::move(stop));
}

Result<> ClusterInventory::shrink(const DesiredState& desired, const Plan& plan,
                                  const std::vector<objects::ObjectId>& spared,
                                  std::stop_token stop) {
  auto next = parent_;
  // Without prune, members that are no longer wanted stay members.
  if (!delivery_.prune) return {};
  next.group_kinds.clear();
  next.additional_namespaces.clear();
  add_kinds(desired, next);
  add_kept(plan.kept, next);
  add_kept(plan.disowned, next);
  add_kept(spared, next);
  return write(std::move(next), std::move(stop));
}

Result<> ClusterInventory::write(kube::ApplySetParent next, std::stop_token stop) {
  if (exists_ && next.group_kinds == parent_.group_kinds &&
      next.additional_namespaces == parent_.additional_namespaces &&
      next.annotations == parent_.annotations) {
    return {};
  }
  auto written = kube::write_applyset_parent(owner_, next, stop);
  if (!written && written.error().code() == ErrorCode::kNotFound) {
    SEALIFT_TRY(create_namespace(stop));
    written = kube::write_applyset_parent(owner_, next, stop);
  }
  if (!written) {
    return fail(
        std::move(written).error().with_context("writing the inventory of " + delivery_.id()));
  }
  parent_ = std::move(next);
  exists_ = true;
  return {};
}

// A Delivery in a file names a namespace that nobody may have made yet.
Result<> ClusterInventory::create_namespace(std::stop_token stop) {
  Json metadata;
  metadata.set("name", delivery_.name_space);
  Json name_space;
  name_space.set("apiVersion", "v1");
  name_space.set("kind", "Namespace");
  name_space.set("metadata", std::move(metadata));
  auto created = owner_.create("/api/v1/namespaces", {}, name_space, std::move(stop));
  if (created || created.error().code() == ErrorCode::kConflict) return {};
  return fail(std::move(created).error());
}

}  // namespace sealift::puller
