#pragma once

#include <sealift/base/result.h>
#include <sealift/kube/apply_set.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "member_store.h"

namespace sealift::members {

// Puts together in a MemberStore what watches tell of members and what our own writes answered, in
// whatever order they come. The order that counts is that of resource versions. Pure: no thread,
// lock or clock.
class MemberTable {
 public:
  using WatchId = std::uint64_t;
  // Which objects a watch tells of.
  struct Coverage {
    kube::GroupKind kind;
    std::string name_space;  // empty: all
  };
  // Anybody who may label objects can make members, and a server may tell of any number.
  struct Limits {
    std::size_t strangers = 20'000;  // members that nobody wants
    std::size_t of_set = 60'000;     // wanted; an artifact may hold 50,000
    std::size_t of_view = 150'000;   // about 90 MB
  };

  MemberTable() = default;
  explicit MemberTable(const Limits& limits) : limits_(limits) {}

  void add_watch(WatchId watch, Coverage coverage);
  // Members that no other watch covers are forgotten, which is no change.
  void remove_watch(WatchId watch);

  // The watches that may have left out what is wanted now, for lack of room, and must tell
  // everything again; none where all of it was wanted before.
  std::vector<WatchId> follow(const MemberScope& scope);
  void forget(const std::string& applyset_id) { members_.forget(applyset_id); }

  // What one watch says. An unknown watch says nothing.
  void reset(WatchId watch);
  // `judged`: health is what the rules make of it, and not a guess that will be told again.
  // kInvalidInput: there is no room for that member, which its set wants. Names the limit; the set
  // is not known from now on, and has to be forgotten.
  Result<> tell(WatchId watch, const std::string& applyset_id, Member member, bool judged = true);
  void tell_gone(WatchId watch, const objects::ObjectId& id, std::string_view version);
  // False where the server's versions went back: nothing is known any more, and the watch has to
  // tell everything again.
  [[nodiscard]] bool sync(WatchId watch, std::string_view version);
  // The kind is served no more: nothing that the watch covers exists.
  void clear(WatchId watch);

  // Changes of a followed set are kept back between these two. They may nest.
  void begin_writes(const std::string& applyset_id) { members_.begin_writes(applyset_id); }
  void end_writes(const std::string& applyset_id) { members_.end_writes(applyset_id); }
  // What our own writes did. They are no changes to tell of: whoever wrote knows.
  void note_applied(const std::string& applyset_id, Member member);
  void note_deleted(const std::string& applyset_id, const objects::ObjectId& id,
                    const std::string& uid);

  bool unjudge(const std::string& applyset_id, const kube::GroupKind& kind) {
    return members_.unjudge(applyset_id, kind);
  }
  std::vector<std::string> take_changes() { return members_.take_changes(); }
  // What is asked of it.
  const MemberStore& members() const { return members_; }

 private:
  struct Watch {
    Coverage coverage;
    bool synced = false;
    bool left_out = false;                   // members, for lack of room
    bool left_out_in_round = false;          // the same since it began to tell everything
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
  static void note_left_out(Watch& watch);
  Result<> check_room(const std::string& applyset_id) const;
  bool is_known_gone(const objects::ObjectId& id, std::uint64_t version) const;
  bool is_buried(const Watch& watch, const Member& member);

  const Limits limits_;
  MemberStore members_;
  std::map<WatchId, Watch> watches_;
  std::map<kube::GroupKind, std::vector<const Watch*>> watches_of_;
  std::map<objects::ObjectId, Tombstone> tombstones_;
  std::uint64_t last_round_ = 0;
};

}  // namespace sealift::members
