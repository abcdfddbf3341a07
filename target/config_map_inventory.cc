#include <sealift/kube/apply_set_owner.h>
#include <sealift/target/cluster_target.h>

#include <charconv>

namespace sealift::target {
namespace {

constexpr std::string_view kDigest = "dev.sealift.digest";
constexpr std::string_view kNewestDigest = "dev.sealift.newest-digest";
constexpr std::string_view kSequence = "dev.sealift.sequence";
constexpr std::string_view kWriter = "dev.sealift.writer";
constexpr std::string_view kDelivery = "dev.sealift.delivery";

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
  memory.writer = parent.annotation(kWriter);
  const auto newest = parent.annotation(kNewestDigest);
  if (newest.empty()) return memory;
  auto newest_digest = Digest::parse(newest);
  if (!newest_digest) return unknown(kNewestDigest, "digest");
  memory.newest = *std::move(newest_digest);
  return memory;
}

class ConfigMapInventory : public Inventory {
 public:
  ConfigMapInventory(const delivery::Delivery& delivery, kube::ApiClient owner)
      : delivery_(delivery), owner_(std::move(owner)) {
    parent_.name = "sealift-" + delivery.name;
    parent_.name_space = delivery.name_space;
  }

  std::string applyset_id() const override { return parent_.id(); }
  objects::ObjectId parent() const override {
    return {"", "ConfigMap", parent_.name_space, parent_.name};
  }
  Result<MemberPlaces> places() const override {
    return MemberPlaces{parent_.group_kinds, parent_.additional_namespaces};
  }

  Result<TargetMemory> recall(std::stop_token stop) override {
    SEALIFT_ASSIGN_CONTEXT(
        auto found,
        kube::read_applyset_parent(owner_, parent_.name_space, parent_.name, std::move(stop)),
        "reading the inventory of " + delivery_.id());
    exists_ = found.has_value();
    if (!found) return TargetMemory();
    // Two management clusters may have Deliveries of one name for one remote cluster.
    SEALIFT_TRY(kube::check_owner(*found, delivery_.uid));
    parent_ = *std::move(found);
    SEALIFT_ASSIGN(auto memory, memory_of(parent_));
    memory.has_places = !parent_.group_kinds.empty();
    memory.may_be_forged = true;
    return memory;
  }

  Result<> extend(const MemberPlaces& places, const Acceptance& acceptance,
                  std::stop_token stop) override {
    auto next = with_places(places);
    // In the order that the API server gives them back, by name, so that equal ones compare equal.
    next.annotations = {{std::string(kDelivery), delivery_.id()},
                        {std::string(kDigest), acceptance.digest.to_string()}};
    if (acceptance.newest) {
      next.annotations.emplace_back(kNewestDigest, acceptance.newest->to_string());
    }
    next.annotations.emplace_back(kSequence, std::to_string(acceptance.sequence));
    if (!delivery_.uid.empty()) {
      next.annotations.emplace_back(kube::kOwnerUidAnnotation, delivery_.uid);
    }
    next.annotations.emplace_back(kWriter, acceptance.writer);
    return write(std::move(next), std::move(stop));
  }

  Result<> shrink(const MemberPlaces& places, std::stop_token stop) override {
    return write(with_places(places), std::move(stop));
  }

  Result<> remove(std::stop_token stop) override {
    SEALIFT_TRY(
        kube::remove_applyset_parent(owner_, parent_.name_space, parent_.name, std::move(stop)));
    exists_ = false;
    return {};
  }

 private:
  kube::ApplySetParent with_places(const MemberPlaces& places) const {
    auto next = parent_;
    next.group_kinds = places.kinds;
    next.additional_namespaces = places.name_spaces;
    return next;
  }

  Result<> write(kube::ApplySetParent next, std::stop_token stop) {
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
  Result<> create_namespace(std::stop_token stop) {
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

  const delivery::Delivery& delivery_;
  kube::ApiClient owner_;
  kube::ApplySetParent parent_;  // as the cluster has it
  bool exists_ = false;
};

}  // namespace

std::unique_ptr<Inventory> make_config_map_inventory(const delivery::Delivery& delivery,
                                                     kube::ApiClient owner) {
  return std::make_unique<ConfigMapInventory>(delivery, std::move(owner));
}

}  // namespace sealift::target
