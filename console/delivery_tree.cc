#include <sealift/base/encoding.h>
#include <sealift/console/delivery_tree.h>
#include <sealift/console/record_table.h>
#include <sealift/console/table.h>
#include <sealift/kube/observed_object.h>

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

struct Leaf {
  std::string place;
  std::string state;  // empty: nothing to say
};

struct Branch {
  std::string title;
  std::vector<Leaf> leaves;
};

bool is_missing(const LiveMember& member) {
  return member.health.health == Health::kNotFound && member.health.reason.empty();
}

// A healthy object's reason is only more words for the same.
std::string state_of(const LiveMember& member, bool colour) {
  const auto& [health, reason] = member.health;
  auto state = coloured(is_missing(member) ? "Missing" : objects::to_string(health),
                        colour_of(health), colour);
  if (member.drifted) state += std::string(kGap) + coloured("drifted", kYellow, colour);
  if (health == Health::kCurrent || reason.empty()) return state;
  return state + std::string(kGap) + printable(reason, 400);
}

std::size_t count_missing(const Members& members) {
  const auto named = std::count_if(members.objects.begin(), members.objects.end(), is_missing);
  return static_cast<std::size_t>(named) + members.unnamed_missing;
}

// Members of one kind are next to each other in the order of applying.
std::vector<Branch> branches_of(const Members& members, bool colour) {
  std::vector<Branch> branches;
  for (const auto& member : members.objects) {
    const auto kind = kind_of(member.id);
    if (branches.empty() || branches.back().title != kind) branches.push_back({kind, {}});
    branches.back().leaves.push_back({place_of(member.id), state_of(member, colour)});
  }
  if (members.unnamed_missing > 0) {
    branches.push_back({coloured("and " + std::to_string(members.unnamed_missing) +
                                     " more Missing, which the status has no room to name",
                                 kRed, colour),
                        {}});
  }
  if (members.foreign.empty()) return branches;
  branches.push_back(
      {coloured("not delivered: somebody else wrote their label " + std::string(kube::kPartOfLabel),
                kRed, colour),
       {}});
  for (const auto& id : members.foreign) {
    branches.back().leaves.push_back({kind_of(id) + " " + place_of(id), ""});
  }
  return branches;
}

std::string head_line(const DeliveryRecord& record, const InventoryParent& parent,
                      std::size_t missing, bool colour) {
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
  if (missing > 0) add(coloured(std::to_string(missing) + " missing", kRed, colour));
  if (record.named.drift_count > 0) {
    add(coloured(std::to_string(record.named.drift_count) + " drifted", kYellow, colour));
  }
  add(printable(short_revision(record.artifact.revision)));
  add(record.artifact.revision.empty() ? record.artifact.digest : "");
  if (record.ready && record.ready->status == "False") add(printable(record.message(), 2000));
  return line + "\n";
}

Json id_json(const objects::ObjectId& id) {
  Json json;
  json.set("group", id.group);
  json.set("kind", id.kind);
  if (!id.name_space.empty()) json.set("namespace", id.name_space);
  json.set("name", id.name);
  return json;
}

}  // namespace

std::string tree_text(const KnownDelivery& delivery, const Members& members, bool colour) {
  auto text = head_line(delivery.record, delivery.parent, count_missing(members), colour);
  const auto branches = branches_of(members, colour);
  std::size_t width = 0;
  for (const auto& branch : branches) {
    for (const auto& leaf : branch.leaves) {
      if (!leaf.state.empty()) width = std::max(width, display_width(leaf.place));
    }
  }
  for (const auto& branch : branches) {
    const bool last = &branch == &branches.back();
    text += std::string(last ? "└─ " : "├─ ") + branch.title + "\n";
    for (const auto& leaf : branch.leaves) {
      const bool last_leaf = &leaf == &branch.leaves.back();
      text += std::string(last ? "   " : "│  ") + (last_leaf ? "└─ " : "├─ ") + leaf.place;
      if (!leaf.state.empty()) {
        text +=
            std::string(width - display_width(leaf.place), ' ') + std::string(kGap) + leaf.state;
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
    auto object = id_json(member.id);
    object.set("health", objects::to_string(member.health.health));
    if (!member.health.reason.empty()) object.set("reason", member.health.reason);
    if (member.drifted) object.set("drifted", true);
    objects.push_back(std::move(object));
  }
  json.set("objects", std::move(objects));
  json.set("missing", static_cast<std::uint64_t>(count_missing(members)));
  json.set("drifted", record.named.drift_count);
  Json foreign = Json::array();
  for (const auto& id : members.foreign) foreign.push_back(id_json(id));
  json.set("foreign", std::move(foreign));
  Json unseen = Json::array();
  for (const auto& kind : members.unseen_kinds) unseen.push_back(kind);
  json.set("unseen", std::move(unseen));
  return json;
}

}  // namespace sealift::console
