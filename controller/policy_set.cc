#include <sealift/base/encoding.h>
#include <sealift/controller/policy_set.h>

namespace sealift::controller {

void PolicySet::reset() {
  complete_ = false;
  for (auto& [name, entry] : entries_) entry.seen = false;
}

void PolicySet::put(const Json& object) {
  const std::string name(object.string_at({"metadata", "name"}));
  const std::string uid(object.string_at({"metadata", "uid"}));
  const auto* generation = object.find_path({"metadata", "generation"});
  const auto number = generation ? generation->as_int64().value_or(0) : 0;
  auto& entry = entries_[name];
  entry.seen = true;
  const bool known = !entry.uid.empty() && entry.uid == uid && entry.generation == number;
  if (known) return;
  changed_ = true;
  entry = Entry();
  entry.uid = uid;
  entry.generation = number;
  auto parsed = signing::parse_trust_policy(object, "TrustPolicy " + printable(name));
  if (parsed) {
    entry.policy = *std::move(parsed);
  } else {
    entry.error = parsed.error().message();
  }
}

void PolicySet::remove(const Json& object) {
  if (entries_.erase(std::string(object.string_at({"metadata", "name"}))) > 0) changed_ = true;
}

void PolicySet::synced() {
  complete_ = true;
  if (std::erase_if(entries_, [](const auto& entry) { return !entry.second.seen; }) > 0) {
    changed_ = true;
  }
}

std::optional<Policies> PolicySet::take_change() {
  if (!complete_ || !changed_) return std::nullopt;
  changed_ = false;
  problem_.clear();
  std::vector<signing::TrustPolicy> all;
  for (const auto& [name, entry] : entries_) {
    if (entry.policy) {
      all.push_back(*entry.policy);
      continue;
    }
    problem_ += (problem_.empty() ? "" : "; ") + entry.error;
  }
  if (problem_.empty()) {
    in_force_ = std::move(all);
  } else {
    problem_ = "no change of any TrustPolicy is in force until all are valid: " + problem_;
  }
  return Policies{in_force_, problem_};
}

std::vector<PolicySet::Invalid> PolicySet::take_invalid() {
  std::vector<Invalid> out;
  if (!complete_) return out;
  for (auto& [name, entry] : entries_) {
    if (entry.policy || std::exchange(entry.told, true)) continue;
    out.push_back({name, entry.uid, entry.error});
  }
  return out;
}

}  // namespace sealift::controller
