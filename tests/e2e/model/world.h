#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/application.h"

namespace sealift::e2e::model {

// An object as it lives.
struct LiveObject {
  Content content;
  std::string owner;  // the application whose ApplySet label it has, or empty
  bool ours = false;  // Sealift's field manager has fields of it
  bool operator==(const LiveObject&) const = default;
  // What Sealift may delete when it is no longer wanted.
  bool is_prunable() const { return ours && !owner.empty() && !content.keep; }
};

// A Delivery as its status tells it.
struct LiveDelivery {
  std::string reason;           // of Ready
  std::optional<int> accepted;  // the version; -1 for a digest that nobody published
  int objects = 0;              // status.inventory.objects
  int drifted = 0;              // status.drift.count
  int newest = 0;               // status.accepted.sequence
};

struct Observation {
  // Deliveries whose status does not tell yet what came of the burst, each with the reason. While
  // there are any, nothing else counts.
  std::vector<std::string> unanswered;
  std::map<ObjectKey, LiveObject> objects;
  std::map<std::string, LiveDelivery> deliveries;  // by application
};

// What the cluster must hold once a burst of events is over and the puller has come to rest, by the
// documentation's word. Between two rests nobody knows which of the events the puller has seen one
// by one: where that matters, everything that may follow is allowed, and what is observed then is
// what the next burst starts from. Pure.
class World {
 public:
  using Versions = std::map<std::string, std::vector<Version>>;  // by repository, number - 1

  World(std::vector<Application> applications, Versions versions);

  // Events of a burst, in their order.
  void published(const std::string& repository, int version);
  void created(const std::string& application, const Settings& settings);
  void changed(const std::string& application, const Settings& settings);
  void deleted(const std::string& application);
  // Somebody other than the puller wrote an object, which is like this now; nothing: it is gone.
  void wrote(const ObjectKey& key, std::optional<LiveObject> object);
  void state_lost();  // the puller starts with an empty disk

  // What is not as it must be, in words; empty: the puller is at rest and all is well.
  std::vector<std::string> differences(const Observation& seen) const;
  // The burst is over: what was seen is what is.
  void settle(const Observation& seen);

 private:
  struct Track {
    Application application;
    bool exists = false;
    bool existed = false;  // at some time in the burst
    bool created_anew = false;
    bool lost_state = false;
    Settings settings;
    std::optional<int> tag;
    // Since the last rest, which is the first of each.
    std::vector<Settings> settings_seen;
    std::set<int> tags_seen;
    std::set<std::optional<int>> accepted_before;
    std::string reason_before;
    int newest_before = 0;
    // What a rollback would go back to.
    std::set<std::optional<int>> healthy{std::nullopt};

    bool is_unchanged() const {
      return settings_seen.size() <= 1 && tags_seen.size() <= 1 && !created_anew && !lost_state;
    }
  };

  // How a Delivery's objects follow from what its status says.
  enum class Rule {
    kDelivered,  // all as wanted, the rest pruned
    kApplied,    // all as wanted, and nothing pruned
    kUntouched,  // nothing is done
    kReleased,   // the Delivery is gone
    kNever,      // there was none
  };
  struct Verdict {
    Rule rule = Rule::kNever;
    std::optional<int> version;  // that the objects follow
    std::string problem;         // the status cannot be this
  };
  using Allowed = std::set<std::optional<Content>>;

  const Version& version(const Track& track, int number) const;
  std::set<int> candidates(const Track& track) const;
  std::string problem_of_accepted(const Track& track, const LiveDelivery& seen) const;
  static std::string problem_of_order(const Track& track, const LiveDelivery& seen);
  Verdict judge(const Track& track, const Observation& seen) const;
  Verdict judge_running(const Track& track, const LiveDelivery& live,
                        const Observation& seen) const;
  bool is_broken(const Track& track, const Version& version, const Observation& seen) const;
  static bool may_have_failed(const Track& track, const Version& version);
  Rule rule_of_refused(const Track& track, const LiveDelivery& live, const Observation& seen) const;
  // Everything that the puller may have written under this name in the burst.
  Allowed written(const Track& track, const ObjectKey& key) const;
  bool may_have_pruned(const Track& track, const ObjectKey& key) const;
  Allowed allowed(const Track& track, const Verdict& verdict, const ObjectKey& key) const;
  Allowed allowed_wanted(const Track& track, const Content& wanted, const ObjectKey& key) const;
  Allowed allowed_unwanted(const Track& track, const Verdict& verdict, const ObjectKey& key) const;
  Allowed allowed_released(const Track& track, const ObjectKey& key) const;
  std::optional<Content> wanted(const Track& track, const Verdict& verdict,
                                const ObjectKey& key) const;
  const LiveObject* known(const ObjectKey& key) const;
  const Track* owner_of(const ObjectKey& key) const;
  void compare_object(const Observation& seen, const std::map<std::string, Verdict>& verdicts,
                      const ObjectKey& key, std::vector<std::string>& problems) const;
  void compare_counts(const Track& track, const Verdict& verdict, const Observation& seen,
                      std::vector<std::string>& problems) const;

  Versions versions_;
  std::map<std::string, Track> tracks_;
  std::map<std::string, int> tags_;          // of repositories
  std::map<ObjectKey, LiveObject> objects_;  // at the last rest, and written since
  std::set<ObjectKey> touched_;              // by somebody else since the last rest
  // Nobody owns a field of theirs that an apply would have to remove.
  std::set<ObjectKey> loose_;
};

}  // namespace sealift::e2e::model
