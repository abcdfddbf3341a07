#include "member_table.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace sealift::members {
namespace {

using Digest32 = std::array<char, 32>;

Digest32 packed(const std::string& hex) {
  Digest32 bytes{};
  const auto raw = hex_decode(hex);
  if (raw && raw->size() == bytes.size()) std::copy(raw->begin(), raw->end(), bytes.begin());
  return bytes;
}

std::string unpacked(const Digest32& bytes) {
  if (bytes == Digest32{}) return {};
  return hex_encode({bytes.data(), bytes.size()});
}

// Where one of them is no number, what came last counts.
bool is_older(std::uint64_t version, std::uint64_t known) {
  return version != 0 && known != 0 && version < known;
}

std::uint64_t number_of(std::string_view version) {
  return kube::version_number(version).value_or(0);
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
  visit_covered(coverage, [&](Objects::iterator entry) {
    const bool covered = std::any_of(others.begin(), others.end(), [&](const Watch* other) {
      return covers(other->coverage, entry->first);
    });
    if (!covered) erase(entry, false);
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
  auto entry = objects_.lower_bound(
      {coverage.kind.group, coverage.kind.kind, coverage.name_space, std::string()});
  while (entry != objects_.end() && covers(coverage, entry->first)) visit(entry++);
}

// --- What watches tell.

void MemberTable::reset(WatchId watch) {
  auto* teller = find(watch);
  if (!teller) return;
  teller->synced = false;
  teller->left_out = false;
  teller->told.clear();
  teller->round = ++last_round_;
}

void MemberTable::tell(WatchId watch, const std::string& applyset_id, Member member, bool judged) {
  auto* teller = find(watch);
  if (!teller || is_buried(*teller, member)) return;
  const auto version = number_of(member.object.resource_version);
  if (teller->synced) teller->reached = std::max(teller->reached, version);
  auto entry = objects_.find(member.object.id);
  if (entry == objects_.end()) {
    const auto set = sets_.find(applyset_id);
    if (strangers_ >= max_strangers_ && (set == sets_.end() || !set->second.followed)) {
      teller->left_out = true;
      return;
    }
    auto& added = insert(applyset_id, member.object.id);
    update(added, applyset_id, std::move(member), judged);
    mark(*added.second.set, added.first);
    entry = objects_.find(added.first);
  } else if (!is_older(version, entry->second.version)) {
    if (update(*entry, applyset_id, std::move(member), judged)) {
      mark(*entry->second.set, entry->first);
    }
  }
  if (!teller->synced) teller->told.insert(entry->second.serial);
}

void MemberTable::tell_gone(WatchId watch, const objects::ObjectId& id, std::string_view version) {
  auto* teller = find(watch);
  if (!teller) return;
  const auto gone_at = number_of(version);
  if (teller->synced) teller->reached = std::max(teller->reached, gone_at);
  tombstones_.erase(id);
  const auto entry = objects_.find(id);
  if (entry != objects_.end() && !is_older(gone_at, entry->second.version)) erase(entry, true);
}

bool MemberTable::sync(WatchId watch, std::string_view version) {
  auto* teller = find(watch);
  if (!teller) return true;
  const auto complete_at = number_of(version);
  if (is_older(complete_at, teller->reached)) {
    clear(watch);
    return false;
  }
  visit_covered(teller->coverage, [&](Objects::iterator entry) {
    if (teller->told.contains(entry->second.serial)) return;
    if (!is_older(complete_at, entry->second.version)) erase(entry, true);
  });
  std::erase_if(tombstones_, [&](const auto& entry) {
    return covers(teller->coverage, entry.first) && entry.second.round != teller->round;
  });
  teller->told = {};
  teller->synced = true;
  teller->reached = complete_at;
  return true;
}

void MemberTable::clear(WatchId watch) {
  auto* teller = find(watch);
  if (!teller) return;
  visit_covered(teller->coverage, [&](Objects::iterator entry) { erase(entry, true); });
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

void MemberTable::begin_writes(const std::string& applyset_id) {
  const auto found = sets_.find(applyset_id);
  if (found == sets_.end() || !found->second.followed) return;
  ++found->second.writers;
  changed_.erase(&found->second);
}

void MemberTable::end_writes(const std::string& applyset_id) {
  const auto found = sets_.find(applyset_id);
  if (found == sets_.end() || found->second.writers == 0) return;
  auto& set = found->second;
  if (--set.writers == 0 && !set.changes.empty()) changed_.insert(&set);
}

void MemberTable::note_applied(const std::string& applyset_id, Member member) {
  const auto id = member.object.id;
  const auto version = number_of(member.object.resource_version);
  const auto entry = objects_.find(id);
  if (entry == objects_.end()) {
    if (is_known_gone(id, version)) return;
    tombstones_.erase(id);
    auto& added = insert(applyset_id, id);
    update(added, applyset_id, std::move(member), true);
    unmark(*added.second.set, id);
    return;
  }
  if (is_older(version, entry->second.version)) return;
  update(*entry, applyset_id, std::move(member), true);
  unmark(*entry->second.set, id);
}

void MemberTable::note_deleted(const std::string& applyset_id, const objects::ObjectId& id,
                               const std::string& uid) {
  const auto entry = objects_.find(id);
  if (entry == objects_.end()) {
    // A watch was the first to tell.
    const auto found = sets_.find(applyset_id);
    if (found != sets_.end()) unmark(found->second, id);
    return;
  }
  if (entry->second.uid != uid) return;
  tombstones_[id] = {uid, 0};
  auto& set = *entry->second.set;
  unmark(set, id);
  erase(entry, false);
}

// --- Sets.

std::vector<MemberTable::WatchId> MemberTable::follow(const std::string& applyset_id) {
  auto& set = set_of(applyset_id);
  if (set.followed) return {};
  set.followed = true;
  ++followed_;
  strangers_ -= set.members.size();
  std::vector<WatchId> incomplete;
  for (const auto& [id, watch] : watches_) {
    if (watch.left_out) incomplete.push_back(id);
  }
  return incomplete;
}

void MemberTable::forget(const std::string& applyset_id) {
  const auto found = sets_.find(applyset_id);
  if (found == sets_.end() || !found->second.followed) return;
  auto& set = found->second;
  set.followed = false;
  set.writers = 0;
  --followed_;
  strangers_ += set.members.size();
  set.changes.clear();
  changed_.erase(&set);
  drop_if_unused(set);
}

MemberTable::Set& MemberTable::set_of(const std::string& applyset_id) {
  const auto [entry, added] = sets_.try_emplace(applyset_id);
  if (added) entry->second.id = &entry->first;
  return entry->second;
}

void MemberTable::drop_if_unused(Set& set) {
  if (!set.followed && set.members.empty()) sets_.erase(sets_.find(*set.id));
}

bool MemberTable::unjudge(const std::string& applyset_id, const kube::GroupKind& kind) {
  const auto found = sets_.find(applyset_id);
  if (found == sets_.end()) return false;
  bool any = false;
  for (auto* entry : found->second.members) {
    if (entry->first.kind != kind.kind || entry->first.group != kind.group) continue;
    any = true;
    if (std::exchange(entry->second.judged, false)) ++found->second.unjudged;
  }
  return any;
}

bool MemberTable::is_judged(const std::string& applyset_id) const {
  const auto found = sets_.find(applyset_id);
  return found == sets_.end() || found->second.unjudged == 0;
}

// --- Entries.

MemberTable::Objects::value_type& MemberTable::insert(const std::string& applyset_id,
                                                      const objects::ObjectId& id) {
  auto& set = set_of(applyset_id);
  auto& entry = *objects_.try_emplace(id).first;
  entry.second.serial = ++last_serial_;
  entry.second.set = &set;
  set.members.push_back(&entry);
  if (!set.followed) ++strangers_;
  return entry;
}

void MemberTable::erase(Objects::iterator entry, bool is_change) {
  auto& set = *entry->second.set;
  if (is_change) mark(set, entry->first);
  if (!entry->second.judged) --set.unjudged;
  if (!set.followed) --strangers_;
  std::erase(set.members, &*entry);
  objects_.erase(entry);
  drop_if_unused(set);
}

void MemberTable::move_to(Objects::value_type& entry, const std::string& applyset_id) {
  auto& from = *entry.second.set;
  if (*from.id == applyset_id) return;
  auto& to = set_of(applyset_id);
  mark(from, entry.first);
  std::erase(from.members, &entry);
  to.members.push_back(&entry);
  if (!entry.second.judged) {
    --from.unjudged;
    ++to.unjudged;
  }
  if (!from.followed) --strangers_;
  if (!to.followed) ++strangers_;
  entry.second.set = &to;
  drop_if_unused(from);
}

bool MemberTable::update(Objects::value_type& entry, const std::string& applyset_id, Member member,
                         bool judged) {
  auto& known = entry.second;
  const bool moves = *known.set->id != applyset_id;
  if (moves) move_to(entry, applyset_id);
  const bool was_judged = std::exchange(known.judged, judged);
  if (was_judged != judged) judged ? --known.set->unjudged : ++known.set->unjudged;
  // Whoever waited for the last guess to become a judgement must hear of it.
  const bool completes = judged && !was_judged && known.set->unjudged == 0;
  known.version = number_of(member.object.resource_version);
  const auto own_fields = packed(member.object.own_fields_hash);
  const auto health = member.health.health;
  // What is said of healthy objects changes nobody's mind, and need not be kept.
  if (health == objects::Health::kCurrent) member.health.reason.clear();
  const bool same = known.uid == member.object.uid && known.own_fields == own_fields &&
                    known.deleting == member.object.deleting && known.keep == member.object.keep &&
                    known.health == health && known.completed == member.completed &&
                    known.health_reason == member.health.reason;
  known.uid = std::move(member.object.uid);
  known.own_fields = own_fields;
  known.deleting = member.object.deleting;
  known.keep = member.object.keep;
  known.completed = member.completed;
  known.health = health;
  known.health_reason = std::move(member.health.reason);
  return moves || completes || !same;
}

// --- Changes.

void MemberTable::mark(Set& set, const objects::ObjectId& id) {
  if (!set.followed) return;
  set.changes.insert(id);
  if (set.writers == 0) changed_.insert(&set);
}

void MemberTable::unmark(Set& set, const objects::ObjectId& id) {
  if (set.changes.erase(id) > 0 && set.changes.empty()) changed_.erase(&set);
}

std::vector<std::string> MemberTable::take_changes() {
  std::vector<std::string> ids;
  for (auto* set : changed_) {
    set->changes.clear();
    ids.push_back(*set->id);
  }
  changed_.clear();
  std::sort(ids.begin(), ids.end());
  return ids;
}

// --- What is asked.

Member MemberTable::to_member(const Objects::value_type& entry) {
  const auto& [id, known] = entry;
  Member member;
  member.object.id = id;
  member.object.uid = known.uid;
  member.object.resource_version = known.version == 0 ? "" : std::to_string(known.version);
  member.object.deleting = known.deleting;
  member.object.keep = known.keep;
  member.object.own_fields_hash = unpacked(known.own_fields);
  member.health = {known.health, known.health_reason};
  member.completed = known.completed;
  return member;
}

std::map<objects::ObjectId, Member> MemberTable::members(
    const std::string& applyset_id, const std::set<kube::GroupKind>& kinds,
    const std::set<std::string>& name_spaces) const {
  std::map<objects::ObjectId, Member> out;
  const auto found = sets_.find(applyset_id);
  if (found == sets_.end()) return out;
  for (const auto* entry : found->second.members) {
    const auto& id = entry->first;
    if (!kinds.contains({id.group, id.kind})) continue;
    if (!id.name_space.empty() && !name_spaces.contains(id.name_space)) continue;
    out.emplace(id, to_member(*entry));
  }
  return out;
}

std::string MemberTable::owner_of(const objects::ObjectId& id) const {
  const auto found = objects_.find(id);
  return found == objects_.end() ? std::string() : *found->second.set->id;
}

}  // namespace sealift::members
