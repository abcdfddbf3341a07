#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "model/application.h"
#include "model/world.h"

namespace sealift::e2e::model {

// What happens to the cluster, the registry or the puller.
struct Step {
  enum class What {
    kPublish,  // `repository`, `number`
    kChange,   // `application`, `settings`
    kDelete,   // `application`
    kCreate,   // `application`, `settings`
    kRequest,  // `application`: a run is asked for
    kEdit,     // `key`, `value`
    kErase,    // `key`
    kUnlabel,  // `key` loses the ApplySet label
    kDisown,   // `key` loses its managedFields
    kPlant,    // `key`, `value`: somebody creates what may be wanted one day
    kForge,    // `key`, `application`: a foreign object gets the application's label
    kKillPuller,
    kStopPuller,
    kLoseState,  // the puller is killed and starts with an empty disk
    kCutWatches,
    kStorm,         // `number`: one request of so many goes wrong until the end of the burst
    kRegistryAway,  // until the end of the burst
    kRestartServer,
  };
  What what = What::kRequest;
  std::string application{};
  std::string repository{};
  int number = 0;
  Settings settings{};
  ObjectKey key{};
  std::string value{};
  std::string to_string() const;
};

// Artifacts and steps by chance. The same seed gives the same ones, whatever comes of them.
class StepGenerator {
 public:
  StepGenerator(std::uint64_t seed, std::vector<Application> applications);

  // `count` versions for each repository. Those of a repository whose policy is strict can be
  // published once each, in order or again.
  const World::Versions& make_versions(int count);
  // One Delivery for each application, and an artifact for each repository.
  std::vector<Step> beginning();
  std::vector<Step> burst();

 private:
  int below(int end);
  bool chance(int percent);
  template <typename Range>
  const auto& any(const Range& range);
  Version make_version(int number);
  Settings make_settings(const Application& application);
  Step publish();
  Step change();
  Step delete_or_create();
  Step touch(Step::What what);
  Step forge();
  Step next();

  struct Plan {
    bool exists = false;
    Settings settings;
  };

  std::mt19937_64 engine_;
  std::vector<Application> applications_;
  World::Versions versions_;
  std::map<std::string, Plan> plans_;  // by application
  std::map<std::string, int> tags_;    // by repository
};

}  // namespace sealift::e2e::model
