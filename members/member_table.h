#pragma once

#include <sealift/kube/apply_set.h>
#include <sealift/members/cluster_view.h>

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace sealift::members {

// What is known of the members of all ApplySets in one cluster, put together from what watches tell
// and what our own writes answered, in whatever order they come. The order that counts is that of
// resource versions. Pure: no thread, lock or clock. Sets that nobody follows are kept as well, so
// that whoever begins to follow one finds its members here.
class MemberTable {
 public:
  using WatchId = std::uint64_t;
  // Which objects a watch tells of.
  struct Coverage {
    kube::GroupKind kind;
    std::string name_space;  // empty: all
  };
  // Members of sets that nobody follows. Anybody who may label objects can make them.
  static constexpr std::size_t kMaxStrangers = 20'000;

  explicit MemberTable(std::size_t max_strangers = kMaxStrangers) : max_strangers_(max_strangers) {}

  void add_watch(WatchId watch, Coverage coverage);
  // Members that no other watch covers are forgotten, which is no change.
  void remove_watch(WatchId watch);

  // The watches that left out members of sets that nobody followed, and must tell everything again.
  std::vector<WatchId> follow(const std::string& applyset_id);
  void forget(const std::string& applyset_id);

  // What one watch says. An unknown watch says nothing.
  void reset(WatchId watch);
  // `judged`: health is what the rules make of it, and not a guess that will be told again.
  void tell(WatchId watch, const std::string& applyset_id, Member member, bool judged = true);
  void tell_gone(WatchId watch, const objects::ObjectId& id, std::string_view version);
  // False where the server's versions went back: nothing is known any more, and the watch has to
  // tell everything again.
  [[nodiscard]] bool sync(WatchId watch, std::string_view version);
  // The kind is served no more: nothing that the watch covers exists.
  void clear(WatchId watch);

  // Changes of a followed set are kept back between these two. They may nest.
  void begin_writes(const std::string& applyset_id);
  void end_writes(const std::string& applyset_id);
  // What our own writes did. They are no changes to tell of: whoever wrote knows.
  void note_applied(const std::string& applyset_id, Member member);
  void note_deleted(const std::string& applyset_id, const objects::ObjectId& id,
                    const std::string& uid);

  // From now on the health of a set's members of that kind is a guess; returns whether there are
  // any.
  bool unjudge(const std::string& applyset_id, const kube::GroupKind& kind);
  bool is_judged(const std::string& applyset_id) const;

  bool has_changes() const { return !changed_.empty(); }
  // The followed sets of which a member appeared, went, or changed in our fields, UID, deletion,
  // keep or health since the last call, without what our own writes made of it.
  std::vector<std::string> take_changes();

  // Members of the kinds; namespaced ones only in the namespaces.
  std::map<objects::ObjectId, Member> members(const std::string& applyset_id,
                                              const std::set<kube::GroupKind>& kinds,
                                              const std::set<std::string>& name_spaces) const;
  std::string owner_of(const objects::ObjectId& id) const;
  std::size_t size() const { return objects_.size(); }
  std::size_t followed() const { return followed_; }

 private:
  struct Set;
  // A Member in little space: a cluster may have many thousands.
  struct Known {
    Set* set = nullptr;
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
  };
  using Objects = std::map<objects::ObjectId, Known>;
  struct Set {
    const std::string* id = nullptr;  // the key in sets_
    bool followed = false;
    std::size_t unjudged = 0;
    std::size_t writers = 0;
    std::vector<Objects::value_type*> members;
    std::set<objects::ObjectId> changes;
  };
  struct Watch {
    Coverage coverage;
    bool synced = false;
    bool left_out = false;                   // strangers, for lack of room
    std::uint64_t reached = 0;               // what happened up to this version, it has told
    std::uint64_t round = 0;                 // of telling everything
    std::unordered_set<std::uint64_t> told;  // serials, in a round that has not ended
  };
  struct Tombstone {
    std::string uid;
    std::uint64_t round = 0;  // in which a watch still told of it
  };

  Watch* find(WatchId watch);
  static bool covers(const Coverage& coverage, const objects::ObjectId& id);
  template <typename Visit>
  void visit_covered(const Coverage& coverage, Visit visit);
  bool is_known_gone(const objects::ObjectId& id, std::uint64_t version) const;
  bool is_buried(const Watch& watch, const Member& member);
  Set& set_of(const std::string& applyset_id);
  void drop_if_unused(Set& set);
  Objects::value_type& insert(const std::string& applyset_id, const objects::ObjectId& id);
  void erase(Objects::iterator entry, bool is_change);
  // Whether it says anything new.
  bool update(Objects::value_type& entry, const std::string& applyset_id, Member member,
              bool judged);
  void move_to(Objects::value_type& entry, const std::string& applyset_id);
  void mark(Set& set, const objects::ObjectId& id);
  void unmark(Set& set, const objects::ObjectId& id);
  static Member to_member(const Objects::value_type& entry);

  std::size_t max_strangers_;
  Objects objects_;
  std::map<std::string, Set> sets_;
  std::map<WatchId, Watch> watches_;
  std::map<kube::GroupKind, std::vector<const Watch*>> watches_of_;
  std::map<objects::ObjectId, Tombstone> tombstones_;
  std::set<Set*> changed_;
  std::size_t strangers_ = 0;
  std::size_t followed_ = 0;
  std::uint64_t last_serial_ = 0;
  std::uint64_t last_round_ = 0;
};

}  // namespace sealift::members
