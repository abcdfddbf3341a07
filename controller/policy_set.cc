#include <sealift/base/encoding.h>
#include <sealift/controller/policy_set.h>

#include <algorithm>
#include <utility>

namespace sealift::controller {
namespace {

constexpr std::size_t kMaxNamed = 10;

class NameList {
 public:
  void add(const std::string& name) {
    if (++count_ <= kMaxNamed) text_ += (text_.empty() ? "" : ", ") + printable(name);
  }
  std::string text() const {
    if (count_ <= kMaxNamed) return text_;
    return text_ + " and " + std::to_string(count_ - kMaxNamed) + " more";
  }

 private:
  std::string text_;
  std::size_t count_ = 0;
};

// What a policy that is in force believes, where that may change without it.
std::string describe_root(const signing::TrustPolicy& policy) {
  if (!policy.root_folder || !policy.root_folder->content) return "";
  const auto& folder = *policy.root_folder;
  return "; its root is " + printable(folder.target) + " of the trust folder " + folder.name +
         " (" + policy.root->digest.to_string() + "), of which " + folder.content->first_to_expire +
         " expires at " + format_timestamp(folder.content->expires) +
         (folder.problem.empty()
              ? ""
              : "; what is in the folder by now does not count: " + folder.problem);
}

// In force, and good for nothing.
void judge_root(const signing::TrustPolicy& policy, Timestamp now, PolicyVerdict& verdict) {
  using Standing = PolicyVerdict::Standing;
  const auto fault = signing::root_fault_at(policy, now);
  if (!fault) {
    verdict.message += describe_root(policy);
    return;
  }
  const bool is_old = fault->kind == signing::RootFault::Kind::kExpired;
  verdict.standing = is_old ? Standing::kRootExpired : Standing::kRootMissing;
  verdict.message = "in force, and nothing is accepted: " + fault->message;
}

std::string describe(const signing::PolicyRival& rival) {
  return "in force, and TrustPolicy " + printable(rival.name) +
         " is equally specific about some repositories, for example " +
         printable(rival.repository) +
         ": nothing of those is accepted; make the pattern of one of them longer";
}

}  // namespace

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
  State state{uid, number};
  if (!uid.empty() && entry.state == state) return;
  changed_ = true;
  entry = Entry();
  entry.state = std::move(state);
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
    states_in_force_.clear();
    for (const auto& [name, entry] : entries_) states_in_force_.emplace(name, entry.state);
  } else {
    problem_ = "no change of any TrustPolicy is in force until all are valid: " + problem_;
  }
  for (auto& policy : in_force_) roots_.give(policy);
  return Policies{in_force_, problem_};
}

std::vector<signing::RootFolder> PolicySet::root_folders() const {
  std::vector<signing::RootFolder> folders;
  const auto add = [&](const signing::TrustPolicy& policy) {
    if (policy.root_folder) folders.push_back(*policy.root_folder);
  };
  for (const auto& [name, entry] : entries_) {
    if (entry.policy) add(*entry.policy);
  }
  for (const auto& policy : in_force_) add(policy);
  return folders;
}

void PolicySet::look_at_roots() {
  for (auto& policy : in_force_) {
    if (roots_.give(policy)) changed_ = true;
  }
}

std::string PolicySet::root_faults(Timestamp now) const {
  std::string text;
  for (const auto& policy : in_force_) {
    const auto fault = signing::root_fault_at(policy, now);
    if (fault) text += (text.empty() ? "" : "; ") + fault->message;
  }
  return text;
}

const signing::TrustPolicy* PolicySet::find_in_force(const std::string& name) const {
  const auto found = std::find_if(in_force_.begin(), in_force_.end(),
                                  [&](const auto& policy) { return policy.name == name; });
  return found == in_force_.end() ? nullptr : &*found;
}

std::vector<PolicySet::Invalid> PolicySet::take_invalid() {
  std::vector<Invalid> out;
  if (!complete_) return out;
  for (auto& [name, entry] : entries_) {
    if (entry.policy || std::exchange(entry.told, true)) continue;
    out.push_back({name, entry.state.uid, entry.error});
  }
  return out;
}

std::string PolicySet::invalid_names() const {
  NameList names;
  for (const auto& [name, entry] : entries_) {
    if (!entry.policy) names.add(name);
  }
  return names.text();
}

std::string PolicySet::deleted_names() const {
  NameList names;
  for (const auto& [name, state] : states_in_force_) {
    if (!entries_.contains(name)) names.add(name);
  }
  return names.text();
}

// What is in force under the name of a policy that is not.
std::string PolicySet::standing_of(const std::string& name, const Entry& entry) const {
  const auto found = states_in_force_.find(name);
  if (found == states_in_force_.end()) return "nothing is in force under its name";
  if (found->second.uid != entry.state.uid) return "a deleted policy of its name stays in force";
  return "its generation " + std::to_string(found->second.generation) + " stays in force";
}

std::vector<PolicyVerdict> PolicySet::verdicts(Timestamp now) const {
  using Standing = PolicyVerdict::Standing;
  const auto invalid = invalid_names();
  const auto deleted = deleted_names();
  const auto held = invalid.empty() ? "" : "until all are valid; not valid: " + invalid;
  const auto kept = deleted.empty() ? "" : "; deleted and still in force: " + deleted;
  const auto rivals = signing::find_rivals(in_force_);
  std::vector<PolicyVerdict> out;
  for (const auto& [name, entry] : entries_) {
    PolicyVerdict verdict{name, entry.state.uid, entry.state.generation, Standing::kInForce, ""};
    const auto in_force = states_in_force_.find(name);
    if (!entry.policy) {
      verdict.standing = Standing::kInvalid;
      verdict.message = entry.error + "; " + standing_of(name, entry) +
                        ", and no change of any TrustPolicy is until all are valid" + kept;
    } else if (in_force == states_in_force_.end() || in_force->second != entry.state) {
      verdict.standing = Standing::kHeldBack;
      verdict.message = "not in force " + held + "; " + standing_of(name, entry);
    } else {
      verdict.message = "in force";
      const auto rival = rivals.find(name);
      if (rival != rivals.end()) {
        verdict.standing = Standing::kAmbiguous;
        verdict.message = describe(rival->second);
      } else if (const auto* policy = find_in_force(name)) {
        judge_root(*policy, now, verdict);
      }
      if (!held.empty()) verdict.message += "; no change of any TrustPolicy is " + held;
    }
    out.push_back(std::move(verdict));
  }
  return out;
}

}  // namespace sealift::controller
