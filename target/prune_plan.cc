#include "prune_plan.h"

#include <sealift/objects/order.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

namespace sealift::target {
namespace {

constexpr std::string_view kKeepsInventory = "keeps the inventory";

bool is_namespace(const objects::ObjectId& id) {
  return id.group.empty() && id.kind == "Namespace";
}

bool is_definition(const objects::ObjectId& id) {
  return id.group == "apiextensions.k8s.io" && id.kind == "CustomResourceDefinition";
}

// A definition's name is PLURAL.GROUP; the API server insists on it.
std::string_view group_of_definition(const objects::ObjectId& id) {
  const std::string_view name = id.name;
  const auto dot = name.find('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

// What stays, by what it needs: the first member of each namespace and of each group.
class Staying {
 public:
  void add(const objects::ObjectId& id, std::string_view why) {
    if (!id.name_space.empty())
      by_namespace_.emplace(id.name_space, sentence(id, "lives in it", why));
    // Of one group, the definitions of all kinds: which plural belongs to the kind is not known.
    if (!id.group.empty()) by_group_.emplace(id.group, sentence(id, "is of its group", why));
  }

  // Why the object cannot go, or nothing.
  const std::string* need_for(const objects::ObjectId& id) const {
    if (is_namespace(id)) return find(by_namespace_, id.name);
    if (is_definition(id)) return find(by_group_, group_of_definition(id));
    return nullptr;
  }

 private:
  using Reasons = std::map<std::string, std::string, std::less<>>;
  static std::string sentence(const objects::ObjectId& id, std::string_view relation,
                              std::string_view why) {
    return id.to_string() + " " + std::string(relation) + " and " + std::string(why);
  }
  static const std::string* find(const Reasons& reasons, std::string_view name) {
    const auto it = reasons.find(name);
    return it == reasons.end() ? nullptr : &it->second;
  }
  Reasons by_namespace_;
  Reasons by_group_;
};

}  // namespace

std::set<objects::ObjectId> wanted_in(const DesiredState& desired) {
  auto wanted = desired.ignored;
  for (const auto& one : desired.objects) wanted.insert(one.object.id());
  return wanted;
}

void plan_prunes(const std::set<objects::ObjectId>& wanted,
                 const std::optional<objects::ObjectId>& parent, const LiveObjects& live,
                 Plan& plan) {
  Staying staying;
  // Without it all members would go: a Delivery that is deleted takes them along.
  if (parent) staying.add(*parent, kKeepsInventory);
  for (const auto& id : wanted) staying.add(id, "is wanted");
  std::vector<PruneAction> unwanted;
  for (const auto& [id, object] : live) {
    if (wanted.contains(id) || object.deleting) continue;
    if (object.keep) {
      plan.kept.push_back(id);
      staying.add(id, "is kept");
    } else if (id == parent) {
      plan.spared.push_back({id, "it " + std::string(kKeepsInventory)});
    } else if (object.own_fields_hash.empty()) {
      plan.disowned.push_back(id);
      staying.add(id, "is not ours any more");
    } else {
      unwanted.push_back({id, object.uid});
    }
  }
  for (auto& action : unwanted) {
    if (const auto* reason = staying.need_for(action.id)) {
      plan.spared.push_back({action.id, *reason});
    } else {
      plan.prunes.push_back(std::move(action));
    }
  }
  std::sort(plan.prunes.begin(), plan.prunes.end(),
            [](const auto& a, const auto& b) { return objects::applied_before(b.id, a.id); });
}

}  // namespace sealift::target
