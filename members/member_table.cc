#include "member_table.h"

#include <algorithm>
#include <utility>

namespace sealift::members {
namespace {

// Where one of them is no number, what came last counts.
bool is_older(std::uint64_t version, std::uint64_t known) {
  return version != 0 && known != 0 && version < known;
}

}  // namespace

// --- Watches.

void MemberTable::add_watch(WatchId watch, Coverage coverage) {
  auto& added = watches_[watch];
  added.coverage = std::move(coverage);
  watches_of_[added.coverage.kind].push_back(&added);
}

void MemberTable::remove_watch(WatchId watch) {
  const auto found = watches_.find(watch);
  if (found == watches_.end()) return;
  const auto coverage = found->second.coverage;
  auto& others = watches_of_[coverage.kind];
  std::erase(others, &found->second);
  watches_.erase(found);
  visit_covered(coverage, [&](MemberStore::Iterator entry) {
    const bool covered = std::any_of(others.begin(), others.end(), [&](const Watch* other) {
      return covers(other->coverage, entry->first);
    });
    if (!covered) members_.erase(entry, false);
  });
  if (others.empty()) watches_of_.erase(coverage.kind);
}

MemberTable::Watch* MemberTable::find(WatchId watch) {
  const auto found = watches_.find(watch);
  return found == watches_.end() ? nullptr : &found->second;
}

bool MemberTable::covers(const Coverage& coverage, const objects::ObjectId& id) {
  return id.kind == coverage.kind.kind && id.group == coverage.kind.group &&
         (coverage.name_space.empty() || id.name_space == coverage.name_space);
}

template <typename Visit>
void MemberTable::visit_covered(const Coverage& coverage, Visit visit) {
  auto entry = members_.lower_bound(
      {coverage.kind.group, coverage.kind.kind, coverage.name_space, std::string()});
  while (entry != members_.end() && covers(coverage, entry->first)) visit(entry++);
}

// --- What watches tell.

void MemberTable::reset(WatchId watch) {
  auto* teller = find(watch);
  if (!teller) return;
  teller->synced = false;
  teller->left_out_in_round = false;
  teller->told.clear();
  teller->round = ++last_round_;
}

Result<> MemberTable::check_room(const std::string& applyset_id) const {
  const std::string what = "the cluster tells of more members of the ApplySet " + applyset_id;
  if (members_.size_of(applyset_id) >= limits_.of_set) {
    return fail(ErrorCode::kInvalidInput,
                what + " than the limit of " + std::to_string(limits_.of_set) +
                    ": remove its label from objects that no artifact holds, or divide the "
                    "artifact among several Deliveries");
  }
  if (members_.size() >= limits_.of_view) {
    return fail(ErrorCode::kInvalidInput,
                what + ", beyond the limit of " + std::to_string(limits_.of_view) +
                    " of all ApplySets in one cluster: remove objects that carry the label of an "
                    "ApplySet, or deliver some of them by another puller");
  }
  return {};
}

// What it left out before counts until it has told everything again.
void MemberTable::note_left_out(Watch& watch) {
  watch.left_out = true;
  watch.left_out_in_round = true;
}

Result<> MemberTable::tell(WatchId watch, const std::string& applyset_id, Member member,
                           bool judged) {
  auto* teller = find(watch);
  if (!teller || is_buried(*teller, member)) return {};
  const auto version = MemberStore::number_of(member.object.resource_version);
  if (teller->synced) teller->reached = std::max(teller->reached, version);
  auto entry = members_.find(member.object.id);
  if (entry == members_.end()) {
    if (!members_.is_wanted(applyset_id, member.object.id)) {
      if (members_.strangers() >= limits_.strangers || members_.size() >= limits_.of_view) {
        note_left_out(*teller);
        return {};
      }
    } else if (auto room = check_room(applyset_id); !room) {
      note_left_out(*teller);
      return room;
    }
    entry = members_.add(applyset_id, std::move(member), judged);
    members_.mark(*entry);
  } else if (!is_older(version, entry->second.version)) {
    if (members_.update(*entry, applyset_id, std::move(member), judged)) members_.mark(*entry);
  }
  if (!teller->synced) teller->told.insert(entry->second.serial);
  return {};
}

void MemberTable::tell_gone(WatchId watch, const objects::ObjectId& id, std::string_view version) {
  auto* teller = find(watch);
  if (!teller) return;
  const auto gone_at = MemberStore::number_of(version);
  if (teller->synced) teller->reached = std::max(teller->reached, gone_at);
  tombstones_.erase(id);
  const auto entry = members_.find(id);
  if (entry != members_.end() && !is_older(gone_at, entry->second.version)) {
    members_.erase(entry, true);
  }
}

bool MemberTable::sync(WatchId watch, std::string_view version) {
  auto* teller = find(watch);
  if (!teller) return true;
  const auto complete_at = MemberStore::number_of(version);
  if (is_older(complete_at, teller->reached)) {
    clear(watch);
    return false;
  }
  visit_covered(teller->coverage, [&](MemberStore::Iterator entry) {
    if (teller->told.contains(entry->second.serial)) return;
    if (!is_older(complete_at, entry->second.version)) members_.erase(entry, true);
  });
  std::erase_if(tombstones_, [&](const auto& entry) {
    return covers(teller->coverage, entry.first) && entry.second.round != teller->round;
  });
  teller->told = {};
  teller->left_out = teller->left_out_in_round;
  teller->synced = true;
  teller->reached = complete_at;
  return true;
}

void MemberTable::clear(WatchId watch) {
  auto* teller = find(watch);
  if (!teller) return;
  visit_covered(teller->coverage,
                [&](MemberStore::Iterator entry) { members_.erase(entry, true); });
  teller->synced = false;
  teller->reached = 0;
  teller->told = {};
}

// A watch may still tell of states from before a deletion that was answered. One that says that
// the object is being deleted is not such a state: finalizers hold it.
bool MemberTable::is_buried(const Watch& watch, const Member& member) {
  const auto found = tombstones_.find(member.object.id);
  if (found == tombstones_.end()) return false;
  if (found->second.uid == member.object.uid && !member.object.deleting) {
    found->second.round = watch.round;
    return true;
  }
  tombstones_.erase(found);
  return false;
}

// --- What our own writes did.

// An object that no watch told of, at a version that a watch has passed, was deleted meanwhile, or
// has lost its label.
bool MemberTable::is_known_gone(const objects::ObjectId& id, std::uint64_t version) const {
  const auto found = watches_of_.find({id.group, id.kind});
  if (found == watches_of_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(), [&](const Watch* watch) {
    return watch->synced && !watch->left_out && covers(watch->coverage, id) && version != 0 &&
           watch->reached >= version;
  });
}

void MemberTable::note_applied(const std::string& applyset_id, Member member) {
  const auto id = member.object.id;
  const auto version = MemberStore::number_of(member.object.resource_version);
  const auto entry = members_.find(id);
  if (entry == members_.end()) {
    if (is_known_gone(id, version)) return;
    tombstones_.erase(id);
    members_.unmark(*members_.add(applyset_id, std::move(member), true));
    return;
  }
  if (is_older(version, entry->second.version)) return;
  members_.update(*entry, applyset_id, std::move(member), true);
  members_.unmark(*entry);
}

void MemberTable::note_deleted(const std::string& applyset_id, const objects::ObjectId& id,
                               const std::string& uid) {
  const auto entry = members_.find(id);
  if (entry == members_.end()) {
    // A watch was the first to tell.
    members_.unmark(applyset_id, id);
    return;
  }
  if (entry->second.uid != uid) return;
  tombstones_[id] = {uid, 0};
  members_.unmark(*entry);
  members_.erase(entry, false);
}

// --- Sets.

std::vector<MemberTable::WatchId> MemberTable::follow(const MemberScope& scope) {
  std::vector<WatchId> incomplete;
  if (!members_.follow(scope)) return incomplete;
  for (const auto& [id, watch] : watches_) {
    const auto& [kind, name_space] = watch.coverage;
    const bool is_about_it = scope.kinds.contains(kind) &&
                             (name_space.empty() || scope.name_spaces.contains(name_space));
    if (watch.left_out && is_about_it) incomplete.push_back(id);
  }
  return incomplete;
}

}  // namespace sealift::members
