#include "member_store.h"

#include <sealift/base/encoding.h>

#include <algorithm>
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

template <class T>
bool includes(const std::set<T>& all, const std::set<T>& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

std::string unpacked(const Digest32& bytes) {
  if (bytes == Digest32{}) return {};
  return hex_encode({bytes.data(), bytes.size()});
}

}  // namespace

std::uint64_t MemberStore::number_of(std::string_view version) {
  return kube::version_number(version).value_or(0);
}

// --- Sets.

bool MemberStore::wants(const Set& set, const objects::ObjectId& id) {
  return set.is_followed() && set.kinds->contains({id.group, id.kind}) &&
         (id.name_space.empty() || set.name_spaces->contains(id.name_space));
}

bool MemberStore::is_wanted(const std::string& applyset_id, const objects::ObjectId& id) const {
  const auto found = sets_.find(applyset_id);
  return found != sets_.end() && wants(found->second, id);
}

void MemberStore::count(Entry& entry) {
  auto& [id, known] = entry;
  known.wanted = wants(*known.set, id);
  if (!known.wanted) {
    ++strangers_;
    return;
  }
  ++known.set->wanted;
  if (!known.judged) ++known.set->unjudged;
}

void MemberStore::uncount(const Entry& entry) {
  const auto& known = entry.second;
  if (!known.wanted) {
    --strangers_;
    return;
  }
  --known.set->wanted;
  if (!known.judged) --known.set->unjudged;
}

bool MemberStore::follow(const MemberScope& scope) {
  auto& set = set_of(scope.applyset_id);
  auto kinds = kinds_.share(scope.kinds);
  auto name_spaces = name_spaces_.share(scope.name_spaces);
  if (set.kinds == kinds && set.name_spaces == name_spaces) return false;
  const bool is_more = !set.is_followed() || !includes(*set.kinds, *kinds) ||
                       !includes(*set.name_spaces, *name_spaces);
  if (!set.is_followed()) ++followed_;
  for (const auto* entry : set.members) uncount(*entry);
  set.kinds = std::move(kinds);
  set.name_spaces = std::move(name_spaces);
  for (auto* entry : set.members) count(*entry);
  return is_more;
}

void MemberStore::forget(const std::string& applyset_id) {
  const auto found = sets_.find(applyset_id);
  if (found == sets_.end() || !found->second.is_followed()) return;
  auto& set = found->second;
  for (const auto* entry : set.members) uncount(*entry);
  set.kinds.reset();
  set.name_spaces.reset();
  for (auto* entry : set.members) count(*entry);
  --followed_;
  set.writers = 0;
  set.changes.clear();
  set.has_more_changes = false;
  changed_.erase(&set);
  drop_if_unused(set);
}

MemberStore::Set& MemberStore::set_of(const std::string& applyset_id) {
  const auto [entry, added] = sets_.try_emplace(applyset_id);
  if (added) entry->second.id = &entry->first;
  return entry->second;
}

void MemberStore::drop_if_unused(Set& set) {
  if (!set.is_followed() && set.members.empty()) sets_.erase(sets_.find(*set.id));
}

bool MemberStore::unjudge(const std::string& applyset_id, const kube::GroupKind& kind) {
  const auto found = sets_.find(applyset_id);
  if (found == sets_.end()) return false;
  bool any = false;
  for (auto* entry : found->second.members) {
    if (entry->first.kind != kind.kind || entry->first.group != kind.group) continue;
    any = true;
    uncount(*entry);
    entry->second.judged = false;
    count(*entry);
  }
  return any;
}

bool MemberStore::is_judged(const std::string& applyset_id) const {
  const auto found = sets_.find(applyset_id);
  return found == sets_.end() || found->second.unjudged == 0;
}

// --- Entries.

MemberStore::Iterator MemberStore::add(const std::string& applyset_id, Member member, bool judged) {
  const auto entry = objects_.try_emplace(member.object.id).first;
  entry->second.serial = ++last_serial_;
  put_in(set_of(applyset_id), *entry);
  count(*entry);
  update(*entry, applyset_id, std::move(member), judged);
  return entry;
}

void MemberStore::erase(Iterator entry, bool is_change) {
  auto& set = *entry->second.set;
  if (is_change) mark(*entry);
  uncount(*entry);
  take_out(*entry);
  objects_.erase(entry);
  drop_if_unused(set);
}

void MemberStore::put_in(Set& set, Entry& entry) {
  entry.second.set = &set;
  entry.second.place = set.members.size();
  set.members.push_back(&entry);
}

// The last one takes its place: a set may be large, and all of it go.
void MemberStore::take_out(Entry& entry) {
  auto& members = entry.second.set->members;
  members[entry.second.place] = members.back();
  members[entry.second.place]->second.place = entry.second.place;
  members.pop_back();
}

void MemberStore::move_to(Entry& entry, const std::string& applyset_id) {
  auto& from = *entry.second.set;
  mark(entry);
  uncount(entry);
  take_out(entry);
  put_in(set_of(applyset_id), entry);
  count(entry);
  drop_if_unused(from);
}

bool MemberStore::update(Entry& entry, const std::string& applyset_id, Member member, bool judged) {
  auto& known = entry.second;
  const bool moves = *known.set->id != applyset_id;
  if (moves) move_to(entry, applyset_id);
  uncount(entry);
  const bool was_judged = std::exchange(known.judged, judged);
  count(entry);
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

void MemberStore::begin_writes(const std::string& applyset_id) {
  const auto found = sets_.find(applyset_id);
  if (found == sets_.end() || !found->second.is_followed()) return;
  ++found->second.writers;
  changed_.erase(&found->second);
}

void MemberStore::end_writes(const std::string& applyset_id) {
  const auto found = sets_.find(applyset_id);
  if (found == sets_.end() || found->second.writers == 0) return;
  auto& set = found->second;
  if (--set.writers == 0 && (set.has_more_changes || !set.changes.empty())) changed_.insert(&set);
}

void MemberStore::mark(Entry& entry) {
  if (!entry.second.wanted) return;
  auto& set = *entry.second.set;
  if (set.changes.size() < kMaxChanges) {
    set.changes.insert(entry.first);
  } else if (!set.changes.contains(entry.first)) {
    set.has_more_changes = true;
  }
  if (set.writers == 0) changed_.insert(&set);
}

void MemberStore::unmark(Set& set, const objects::ObjectId& id) {
  if (set.changes.erase(id) > 0 && set.changes.empty() && !set.has_more_changes)
    changed_.erase(&set);
}

void MemberStore::unmark(const std::string& applyset_id, const objects::ObjectId& id) {
  const auto found = sets_.find(applyset_id);
  if (found != sets_.end()) unmark(found->second, id);
}

std::vector<std::string> MemberStore::take_changes() {
  std::vector<std::string> ids;
  for (auto* set : changed_) {
    set->changes.clear();
    set->has_more_changes = false;
    ids.push_back(*set->id);
  }
  changed_.clear();
  std::sort(ids.begin(), ids.end());
  return ids;
}

// --- What is asked.

Member MemberStore::to_member(const Entry& entry) {
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

std::map<objects::ObjectId, Member> MemberStore::of(const std::string& applyset_id) const {
  std::map<objects::ObjectId, Member> out;
  const auto found = sets_.find(applyset_id);
  if (found == sets_.end()) return out;
  for (const auto* entry : found->second.members) {
    if (entry->second.wanted) out.emplace(entry->first, to_member(*entry));
  }
  return out;
}

std::size_t MemberStore::size_of(const std::string& applyset_id) const {
  const auto found = sets_.find(applyset_id);
  return found == sets_.end() ? 0 : found->second.wanted;
}

std::string MemberStore::owner_of(const objects::ObjectId& id) const {
  const auto found = objects_.find(id);
  return found == objects_.end() ? std::string() : *found->second.set->id;
}

}  // namespace sealift::members
