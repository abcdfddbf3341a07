#pragma once

#include <sealift/kube/apply_set.h>
#include <sealift/members/cluster_view.h>

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "shared_values.h"

namespace sealift::members {

// The members of all ApplySets in one cluster, by object and by set, and which sets have changed.
// What is put in is believed: whether it is newer than what is here is the caller's to know.
// Anybody may put a set's label on an object: of a set that is followed, only what lies in its
// kinds and namespaces is wanted. All others are strangers. They are kept as well, so that whoever
// begins to want them finds them here. Pure: no thread, lock or clock.
class MemberStore {
 public:
  struct Set;
  // A Member in little space: a cluster may have many thousands.
  struct Known {
    Set* set = nullptr;
    std::size_t place = 0;      // in the set's members
    std::uint64_t serial = 0;   // tells it from others that had its name
    std::uint64_t version = 0;  // 0: no number
    std::string uid;
    std::array<char, 32> own_fields{};  // SHA-256; zeros: nothing is ours
    std::string health_reason;          // empty where health is current
    objects::Health health = objects::Health::kInProgress;
    bool deleting = false;
    bool keep = false;
    bool completed = false;
    bool judged = true;
    bool wanted = false;
  };
  using Objects = std::map<objects::ObjectId, Known>;
  using Entry = Objects::value_type;
  using Iterator = Objects::iterator;
  struct Set {
    const std::string* id = nullptr;  // the key in sets_
    // Null: it is not followed.
    SharedValues<std::set<kube::GroupKind>>::Shared kinds;
    SharedValues<std::set<std::string>>::Shared name_spaces;  // of namespaced members
    bool is_followed() const { return kinds != nullptr; }
    std::size_t wanted = 0;    // members
    std::size_t unjudged = 0;  // of those
    std::size_t writers = 0;
    std::vector<Objects::value_type*> members;
    std::set<objects::ObjectId> changes;
    bool has_more_changes = false;  // than are kept
  };
  // Kept by object for each set, so that what was our own can be taken back. Beyond that all is
  // told: whoever is written to may say anything meanwhile.
  static constexpr std::size_t kMaxChanges = 100'000;

  // Versions are ordered as numbers; 0 for what is none.
  static std::uint64_t number_of(std::string_view version);

  // Its kinds and namespaces take the place of those of before. Whether any of them are new.
  bool follow(const MemberScope& scope);
  void forget(const std::string& applyset_id);
  bool is_wanted(const std::string& applyset_id, const objects::ObjectId& id) const;

  Iterator find(const objects::ObjectId& id) { return objects_.find(id); }
  Iterator lower_bound(const objects::ObjectId& id) { return objects_.lower_bound(id); }
  Iterator end() { return objects_.end(); }
  // An object that is not here yet. `judged`: its health is what the rules make of it, and not a
  // guess that will be told again.
  Iterator add(const std::string& applyset_id, Member member, bool judged);
  // Whether it says anything new.
  bool update(Entry& entry, const std::string& applyset_id, Member member, bool judged);
  void erase(Iterator entry, bool is_change);

  // From now on the health of a set's members of that kind is a guess, wanted or not; returns
  // whether there are any.
  bool unjudge(const std::string& applyset_id, const kube::GroupKind& kind);
  // Of the wanted ones.
  bool is_judged(const std::string& applyset_id) const;

  // A change to tell of, and one that is none any more.
  void mark(Entry& entry);
  void unmark(Entry& entry) { unmark(*entry.second.set, entry.first); }
  void unmark(const std::string& applyset_id, const objects::ObjectId& id);
  // Changes of a followed set are kept back between these two. They may nest.
  void begin_writes(const std::string& applyset_id);
  void end_writes(const std::string& applyset_id);
  bool has_changes() const { return !changed_.empty(); }
  // The followed sets of which a wanted member appeared, went, or changed in our fields, UID,
  // deletion, keep or health since the last call, without what our own writes made of it.
  std::vector<std::string> take_changes();

  // The wanted members.
  std::map<objects::ObjectId, Member> of(const std::string& applyset_id) const;
  std::string owner_of(const objects::ObjectId& id) const;
  std::size_t size() const { return objects_.size(); }
  // Of the wanted ones.
  std::size_t size_of(const std::string& applyset_id) const;
  std::size_t followed() const { return followed_; }
  std::size_t strangers() const { return strangers_; }

 private:
  Set& set_of(const std::string& applyset_id);
  void drop_if_unused(Set& set);
  static void put_in(Set& set, Entry& entry);
  static void take_out(Entry& entry);
  void move_to(Entry& entry, const std::string& applyset_id);
  static bool wants(const Set& set, const objects::ObjectId& id);
  // An entry is counted again after each change of its set, of the set's wishes or of `judged`.
  void count(Entry& entry);
  void uncount(const Entry& entry);
  void unmark(Set& set, const objects::ObjectId& id);
  static Member to_member(const Entry& entry);

  Objects objects_;
  SharedValues<std::set<kube::GroupKind>> kinds_;
  SharedValues<std::set<std::string>> name_spaces_;
  std::map<std::string, Set> sets_;
  std::set<Set*> changed_;
  std::size_t strangers_ = 0;
  std::size_t followed_ = 0;
  std::uint64_t last_serial_ = 0;
};

}  // namespace sealift::members
