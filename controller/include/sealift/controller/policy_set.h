#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/controller/delivery_sink.h>
#include <sealift/controller/policy_verdict.h>
#include <sealift/roots/root_keeper.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sealift::controller {

// The TrustPolicies of a cluster as its watch tells them. All or nothing: while one of them cannot
// be read, the set that was in force stays in force as a whole, since without that one policy a
// wider one might take its place. Before any set was complete there is none, and nothing is
// accepted. Not safe from several threads.
class PolicySet {
 public:
  // Where the roots are that policies take from trust folders; the keeper has to have learnt a
  // policy before it is put. It must outlive the set.
  explicit PolicySet(const roots::RootKeeper& roots) : roots_(roots) {}

  // The watch begins anew: all that is there follows, then synced().
  void reset();
  void put(const Json& object);
  void remove(const Json& object);
  void synced();

  // The folders of all policies that are there or in force.
  std::vector<signing::RootFolder> root_folders() const;
  // The keeper may know something else by now.
  void look_at_roots();
  // Why policies in force cannot believe their roots, in one text; empty: all can.
  std::string root_faults(Timestamp now) const;

  // What has to be in force now; nullopt where that is so already, or is not known yet.
  std::optional<Policies> take_change();

  struct Invalid {
    std::string name;
    std::string uid;
    std::string message;
  };
  // That have not been told by an earlier call.
  std::vector<Invalid> take_invalid();
  // Of each that is there, by what take_change() gave last: in force (and maybe
  // ambiguous), held back or invalid.
  std::vector<PolicyVerdict> verdicts(Timestamp now) const;
  bool is_valid() const { return problem_.empty(); }
  std::size_t size() const { return entries_.size(); }

 private:
  // One state of one policy.
  struct State {
    std::string uid;
    std::int64_t generation = 0;
    bool operator==(const State&) const = default;
  };
  struct Entry {
    State state;
    std::optional<signing::TrustPolicy> policy;
    std::string error;
    bool told = false;
    bool seen = true;
  };

  const signing::TrustPolicy* find_in_force(const std::string& name) const;
  std::string standing_of(const std::string& name, const Entry& entry) const;
  std::string invalid_names() const;
  // Policies that are in force although nobody has them any more.
  std::string deleted_names() const;

  const roots::RootKeeper& roots_;
  std::map<std::string, Entry> entries_;
  std::vector<signing::TrustPolicy> in_force_;
  std::map<std::string, State> states_in_force_;  // by name
  std::string problem_;
  bool complete_ = false;  // between synced() and reset()
  bool changed_ = true;
};

}  // namespace sealift::controller
