#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/log.h>
#include <sealift/delivery/custom_health.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/apply.h>
#include <sealift/kube/apply_set.h>
#include <sealift/kube/resource_map.h>
#include <sealift/objects/health.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::members {

// Whose members are looked at, where they may be, and by whose right.
struct MemberScope {
  std::string applyset_id;
  // The service account that delivers. Empty: the puller's own identity.
  std::string account_namespace;
  std::string account_name;
  std::set<kube::GroupKind> kinds;
  std::set<std::string> name_spaces;  // of namespaced members
  std::vector<delivery::CustomHealth> health_checks;

  bool operator==(const MemberScope&) const = default;
};

// A member of an ApplySet as the watches saw it last.
struct Member {
  kube::ObservedObject object;
  objects::HealthStatus health;
  bool completed = false;  // is_completed_job()
};

// The live members of all ApplySets in one cluster, as watches tell them: what is there, whether
// our fields are still ours, and how healthy it is. One watch serves all sets: for each resource
// type across the cluster as the puller, where it may; otherwise one for each service account and
// namespace, as that account. Kinds that are healthy by existing are watched by their metadata
// alone, so that the puller never holds what a Secret says. Safe from many threads.
class ClusterView {
 public:
  // Called from a thread of the view, with no lock held, when a set's members came to be known,
  // appeared, went, changed in our fields or in health. Must be quick.
  using OnChange = std::function<void(const std::string& applyset_id)>;

  // `own` is the puller's identity. `resources` and `clock` must outlive the view.
  ClusterView(kube::ApiClient own, kube::ResourceMap& resources, Clock& clock, Logger log,
              OnChange on_change);
  ~ClusterView();

  // Begins to watch what the scope needs and is not watched yet. The set's earlier scope is
  // replaced. Does not wait. Kinds that the server does not serve are looked for again at each
  // call.
  void follow(const MemberScope& scope);
  // The same with the scope of before; a set that is not followed stays so.
  void follow_again(const std::string& applyset_id);
  // Forgets a set; watches that nobody needs any more end.
  void forget(const std::string& applyset_id);

  struct Snapshot {
    std::map<objects::ObjectId, Member> members;
    // Not empty while a watch has not told everything yet: what it is. on_change follows.
    std::string waiting_for;
  };
  // kForbidden where a watch is refused: names the account, the permission and the namespace, and
  // the way out. kUnavailable where the server cannot be asked. kInvalidInput where the set needs
  // more watches, or has more members, than a limit, which it names; other sets go on. All are
  // found out anew by later calls of follow() and follow_again(), after a rest.
  Result<Snapshot> members(const std::string& applyset_id) const;

  // The ID of the ApplySet that a live object says it is a member of, whoever's that set is; empty
  // where it is none or its kind is not watched there.
  std::string owner_of(const objects::ObjectId& id) const;

  // Between these two the changes of a set that is followed are kept back, and then told, unless an
  // answer was noted that takes them back: the watch's word of an apply may come long before the
  // apply's own answer, and must wake nobody. They may nest.
  void begin_writes(const std::string& applyset_id);
  void end_writes(const std::string& applyset_id);

  // What an apply answered, at once: a later snapshot has it, whatever the watches have seen. Of
  // two states of an object the one with the higher resourceVersion counts (both are numbers:
  // Kubernetes 1.35 says so, all others do so).
  void note_applied(const std::string& applyset_id, const kube::Resource& resource,
                    const Json& live_object);
  void note_deleted(const std::string& applyset_id, const objects::ObjectId& id,
                    const std::string& uid);

  struct Counts {
    std::size_t watches = 0;
    std::size_t sets = 0;
    std::size_t members = 0;
  };
  Counts counts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sealift::members
