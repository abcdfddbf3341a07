#include <sealift/roots/root_keeper.h>

#include <sealift/base/encoding.h>

#include <optional>

namespace sealift::roots {
namespace {

bool is_same(const FolderRoot& one, const FolderRoot& other) {
  return one.root.digest == other.root.digest && one.content.expires == other.content.expires &&
         one.content.first_to_expire == other.content.first_to_expire && one.state == other.state;
}

}  // namespace

RootKeeper::Known RootKeeper::read(const signing::RootFolder& wanted, const Known& before) const {
  auto now = read_folder_root(files_, directory_, wanted, before.root.get());
  if (!now) {
    // Where the folder is gone, somebody may have taken it away for a reason: maybe to put that of
    // another repository there.
    const bool is_gone = now.error().code() == ErrorCode::kNotFound;
    return {is_gone ? nullptr : before.root, now.error().message()};
  }
  // Policies are judged anew where the pointer is another one.
  if (before.root && is_same(*now, *before.root)) return {before.root, ""};
  return {std::make_shared<const FolderRoot>(*std::move(now)), ""};
}

void RootKeeper::learn(const signing::TrustPolicy& policy) {
  if (directory_.empty() || !policy.root_folder) return;
  const Key key{policy.root_folder->name, policy.root_folder->target};
  {
    const std::scoped_lock lock(mutex_);
    const auto known = known_.find(key);
    if (known != known_.end()) {
      known->second.is_unwanted = false;
      return;
    }
  }
  auto found = read(*policy.root_folder, {});
  const std::scoped_lock lock(mutex_);
  known_.try_emplace(key, std::move(found));
}

void RootKeeper::refresh(const std::vector<signing::RootFolder>& wanted) {
  if (directory_.empty()) return;
  std::map<Key, Known> before;
  {
    const std::scoped_lock lock(mutex_);
    before = known_;
  }
  std::map<Key, Known> now;
  for (const auto& folder : wanted) {
    const Key key{folder.name, folder.target};
    if (now.contains(key)) continue;
    const auto known = before.find(key);
    now.emplace(key, read(folder, known == before.end() ? Known() : known->second));
  }
  const std::scoped_lock lock(mutex_);
  // A policy that was learnt after the caller had made its list is not in it yet.
  for (auto& [key, known] : known_) {
    if (now.contains(key) || known.is_unwanted) continue;
    known.is_unwanted = true;
    now.emplace(key, std::move(known));
  }
  known_ = std::move(now);
}

bool RootKeeper::give(signing::TrustPolicy& policy) const {
  if (directory_.empty() || !policy.root_folder) return false;
  auto& folder = *policy.root_folder;
  const auto had = policy.root;
  const auto content = folder.content;
  const auto problem = folder.problem;
  {
    const std::scoped_lock lock(mutex_);
    const auto known = known_.find({folder.name, folder.target});
    if (known == known_.end()) {
      folder.problem = "nobody has looked into it yet; that happens by itself within seconds";
      return problem != folder.problem;
    }
    folder.problem = known->second.problem;
    const auto& root = known->second.root;
    policy.root = root ? std::optional(root->root) : std::nullopt;
    folder.content = root ? std::optional(root->content) : std::nullopt;
  }
  return had.has_value() != policy.root.has_value() || problem != folder.problem ||
         (had && had->trusted != policy.root->trusted) ||
         (content && content->json != folder.content->json);
}

void give_root(RootKeeper& keeper, signing::TrustPolicy& policy) {
  keeper.learn(policy);
  keeper.give(policy);
}

}  // namespace sealift::roots
