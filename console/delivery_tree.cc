#include <sealift/base/encoding.h>
#include <sealift/console/delivery_tree.h>
#include <sealift/console/record_table.h>
#include <sealift/console/table.h>

#include <algorithm>

namespace sealift::console {
namespace {

using objects::Health;

constexpr std::string_view kGreen = "\033[32m";
constexpr std::string_view kRed = "\033[31m";
constexpr std::string_view kYellow = "\033[33m";
constexpr std::string_view kReset = "\033[0m";
constexpr std::string_view kGap = "   ";

std::string coloured(std::string_view text, std::string_view colour, bool wanted) {
  if (!wanted) return std::string(text);
  return std::string(colour) + std::string(text) + std::string(kReset);
}

std::string_view colour_of(Health health) {
  if (health == Health::kCurrent) return kGreen;
  return health == Health::kFailed || health == Health::kNotFound ? kRed : kYellow;
}

std::string kind_of(const objects::ObjectId& id) {
  return id.group.empty() ? id.kind : id.kind + "." + id.group;
}

std::string place_of(const objects::ObjectId& id) {
  return printable(id.name_space.empty() ? id.name : id.name_space + "/" + id.name);
}

// Members of one kind, next to each other in the order of applying.
struct Branch {
  std::string kind;
  std::vector<const LiveMember*> members;
};

std::vector<Branch> branches_of(const Members& members) {
  std::vector<Branch> branches;
  for (const auto& member : members.objects) {
    const auto kind = kind_of(member.id);
    if (branches.empty() || branches.back().kind != kind) branches.push_back({kind, {}});
    branches.back().members.push_back(&member);
  }
  return branches;
}

std::string head_line(const DeliveryRecord& record, const InventoryParent& parent, bool colour) {
  std::string line = "Delivery " + record.name.to_string();
  const auto add = [&](const std::string& text) {
    if (!text.empty()) line += std::string(kGap) + text;
  };
  if (parent.kind == "Delivery") {
    const auto ready = record.ready_status();
    add(coloured(ready == "True"    ? "Ready"
                 : ready == "False" ? "not Ready"
                                    : "Ready unknown",
                 ready == "True"    ? kGreen
                 : ready == "False" ? kRed
                                    : kYellow,
                 colour));
  }
  if (record.suspended) add(coloured("suspended", kYellow, colour));
  add(printable(short_revision(record.artifact.revision)));
  add(record.artifact.revision.empty() ? record.artifact.digest : "");
  if (record.ready && record.ready->status == "False") add(printable(record.message(), 2000));
  return line + "\n";
}

}  // namespace

std::string tree_text(const KnownDelivery& delivery, const Members& members, bool colour) {
  auto text = head_line(delivery.record, delivery.parent, colour);
  std::size_t width = 0;
  for (const auto& member : members.objects) {
    width = std::max(width, display_width(place_of(member.id)));
  }
  const auto branches = branches_of(members);
  for (const auto& branch : branches) {
    const bool last = &branch == &branches.back();
    text += std::string(last ? "└─ " : "├─ ") + branch.kind + "\n";
    for (const auto* member : branch.members) {
      const bool last_leaf = member == branch.members.back();
      const auto place = place_of(member->id);
      text += std::string(last ? "   " : "│  ") + (last_leaf ? "└─ " : "├─ ") + place +
              std::string(width - display_width(place), ' ') + std::string(kGap) +
              coloured(objects::to_string(member->health.health), colour_of(member->health.health),
                       colour);
      // A healthy object's reason is only more words for the same.
      if (member->health.health != Health::kCurrent && !member->health.reason.empty()) {
        text += std::string(kGap) + printable(member->health.reason, 400);
      }
      text += "\n";
    }
  }
  return text;
}

Json tree_json(const KnownDelivery& delivery, const Members& members) {
  const auto& record = delivery.record;
  Json json;
  json.set("namespace", record.name.name_space);
  json.set("delivery", record.name.name);
  if (delivery.parent.kind == "Delivery") json.set("ready", record.ready_status());
  if (!record.artifact.digest.empty()) json.set("digest", record.artifact.digest);
  if (!record.artifact.revision.empty()) json.set("revision", record.artifact.revision);
  Json objects = Json::array();
  for (const auto& member : members.objects) {
    Json object;
    object.set("group", member.id.group);
    object.set("kind", member.id.kind);
    if (!member.id.name_space.empty()) object.set("namespace", member.id.name_space);
    object.set("name", member.id.name);
    object.set("health", objects::to_string(member.health.health));
    if (!member.health.reason.empty()) object.set("reason", member.health.reason);
    objects.push_back(std::move(object));
  }
  json.set("objects", std::move(objects));
  Json unseen = Json::array();
  for (const auto& kind : members.unseen_kinds) unseen.push_back(kind);
  json.set("unseen", std::move(unseen));
  return json;
}

}  // namespace sealift::console
