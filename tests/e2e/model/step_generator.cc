#include "model/step_generator.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sealift::e2e::model {
namespace {

constexpr int kSlots = 5;
constexpr int kBystanders = 3;
constexpr int kStepsForEach = 2;  // at most, on average, in a burst

using What = Step::What;

// How often each step comes, of the sum of all.
constexpr std::pair<What, int> kWeights[] = {
    {What::kPublish, 240},     {What::kChange, 100},      {What::kDelete, 40},
    {What::kRequest, 60},      {What::kEdit, 170},        {What::kErase, 100},
    {What::kUnlabel, 50},      {What::kDisown, 40},       {What::kPlant, 40},
    {What::kForge, 40},        {What::kKillPuller, 20},   {What::kStopPuller, 10},
    {What::kLoseState, 8},     {What::kCutWatches, 40},   {What::kStorm, 20},
    {What::kRegistryAway, 15}, {What::kRestartServer, 2},
};

}  // namespace

std::string Step::to_string() const {
  switch (what) {
    case What::kPublish:
      return "publish version " + std::to_string(number) + " in " + repository;
    case What::kChange:
      return "change " + application + " to " + settings.to_string();
    case What::kDelete:
      return "delete " + application;
    case What::kCreate:
      return "create " + application + " as " + settings.to_string();
    case What::kRequest:
      return "ask for a run of " + application;
    case What::kEdit:
      return "edit " + key.to_string() + " to " + value;
    case What::kErase:
      return "erase " + key.to_string();
    case What::kUnlabel:
      return "take the label off " + key.to_string();
    case What::kDisown:
      return "empty managedFields of " + key.to_string();
    case What::kPlant:
      return "plant " + key.to_string() + " with " + value;
    case What::kForge:
      return "forge the label of " + application + " on " + key.to_string();
    case What::kKillPuller:
      return "kill the puller";
    case What::kStopPuller:
      return "stop the puller";
    case What::kLoseState:
      return "kill the puller and empty its disk";
    case What::kCutWatches:
      return "cut all connections";
    case What::kStorm:
      return "let one request of " + std::to_string(number) + " go wrong";
    case What::kRegistryAway:
      return "take the registry away";
    case What::kRestartServer:
      break;
  }
  return "kill the API server and start it again";
}

StepGenerator::StepGenerator(std::uint64_t seed, std::vector<Application> applications)
    : engine_(seed), applications_(std::move(applications)) {}

// The distributions of the standard library differ from one to the other.
int StepGenerator::below(int end) {
  return static_cast<int>(engine_() % static_cast<std::uint64_t>(end));
}

bool StepGenerator::chance(int percent) { return below(100) < percent; }

template <typename Range>
const auto& StepGenerator::any(const Range& range) {
  return *std::next(std::begin(range), below(static_cast<int>(std::size(range))));
}

Version StepGenerator::make_version(int number) {
  Version version{number, Flaw::kNone, {}};
  // The first one is good, so that something is there to be harmed.
  if (number > 1 && chance(30)) {
    version.flaw = any(std::array{Flaw::kUnsigned, Flaw::kForeignKey, Flaw::kInvalid, Flaw::kBroken,
                                  Flaw::kBroken});
  }
  for (int slot = 0; slot < kSlots; ++slot) {
    if (!version.manifests.empty() && chance(30)) continue;
    // The kind of a slot changes now and then; a Deployment costs the cluster most.
    const auto kind = chance(70) ? kAllKinds[slot] : any(kAllKinds);
    // No variable is replaced within base64.
    const bool may_vary = kind != Kind::kSecret;
    version.manifests.push_back({kind, slot, "v" + std::to_string(below(3)), chance(30), chance(8),
                                 chance(30) && may_vary});
  }
  if (version.flaw == Flaw::kBroken) {
    version.manifests.push_back({Kind::kWidget, kSlots, std::string(kBrokenValue)});
  }
  return version;
}

const World::Versions& StepGenerator::make_versions(int count) {
  for (const auto& application : applications_) {
    auto& versions = versions_[application.repository];
    while (static_cast<int>(versions.size()) < count) {
      versions.push_back(make_version(static_cast<int>(versions.size()) + 1));
    }
  }
  return versions_;
}

Settings StepGenerator::make_settings(const Application& application) {
  Settings settings;
  settings.suspend = chance(8);
  settings.prune = chance(75);
  settings.wait = chance(80);
  settings.rollback = chance(35);
  settings.orphan = chance(30);
  settings.drift = chance(70) ? Drift::kCorrect : any(std::array{Drift::kDetect, Drift::kIgnore});
  settings.variable = any(std::array{"x", "y"});
  settings.team = any(std::array{"", "red", "blue"});
  if (!application.other_namespace.empty() && chance(30)) {
    settings.target_namespace = application.other_namespace;
  }
  return settings;
}

std::vector<Step> StepGenerator::beginning() {
  std::vector<Step> steps;
  for (const auto& [repository, versions] : versions_) {
    Step step{.what = What::kPublish, .repository = repository, .number = 1};
    tags_[repository] = 1;
    steps.push_back(std::move(step));
  }
  for (const auto& application : applications_) {
    auto& plan = plans_[application.name];
    plan = {true, make_settings(application)};
    plan.settings.suspend = false;
    steps.push_back(
        {.what = What::kCreate, .application = application.name, .settings = plan.settings});
  }
  return steps;
}

Step StepGenerator::publish() {
  const auto& application = any(applications_);
  const auto& versions = versions_.at(application.repository);
  auto& tag = tags_[application.repository];
  const int count = static_cast<int>(versions.size());
  // Where the policy is strict, mostly forward: back is refused.
  const bool forward = application.is_strict && tag < count && !chance(15);
  tag = forward ? tag + 1 : 1 + below(count);
  return {.what = What::kPublish, .repository = application.repository, .number = tag};
}

Step StepGenerator::change() {
  const auto& application = any(applications_);
  auto& plan = plans_[application.name];
  if (!plan.exists) return delete_or_create();
  const auto other = make_settings(application);
  auto& settings = plan.settings;
  if (settings.suspend && chance(70)) {
    settings.suspend = false;
  } else {
    switch (below(8)) {
      case 0:
        settings.suspend = !settings.suspend;
        break;
      case 1:
        settings.prune = !settings.prune;
        break;
      case 2:
        settings.drift = other.drift;
        break;
      case 3:
        settings.rollback = !settings.rollback;
        settings.wait = other.wait;
        break;
      case 4:
        settings.team = other.team;
        break;
      case 5:
        settings.target_namespace = other.target_namespace;
        break;
      case 6:
        settings.variable = other.variable;
        break;
      default:
        settings = other;
    }
  }
  return {.what = What::kChange, .application = application.name, .settings = settings};
}

Step StepGenerator::delete_or_create() {
  const auto& application = any(applications_);
  auto& plan = plans_[application.name];
  // What the policy remembers of an application that comes again is its own story.
  if (application.is_strict && plan.exists) return publish();
  plan.exists = !plan.exists;
  if (!plan.exists) return {.what = What::kDelete, .application = application.name};
  plan.settings = make_settings(application);
  return {.what = What::kCreate, .application = application.name, .settings = plan.settings};
}

Step StepGenerator::touch(What what) {
  const auto& application = any(applications_);
  const auto& version = versions_.at(application.repository)
                            .at(static_cast<std::size_t>(tags_[application.repository] - 1));
  const auto& manifest = any(version.manifests);
  const auto& settings = plans_[application.name].settings;
  Step step{.what = what, .value = "somebody-" + std::to_string(below(5))};
  step.key = {
      manifest.kind,
      settings.target_namespace.empty() ? application.name_space : settings.target_namespace,
      object_name(application, manifest.slot)};
  // Now and then what only another version has.
  if (what == What::kPlant || chance(20)) {
    step.key.kind = any(kAllKinds);
    step.key.name = object_name(application, below(kSlots));
  }
  return step;
}

Step StepGenerator::forge() {
  const auto& application = any(applications_);
  return {.what = What::kForge,
          .application = application.name,
          .key = {Kind::kConfigMap, application.name_space,
                  "foreign-" + std::to_string(below(kBystanders))},
          .value = "precious"};
}

Step StepGenerator::next() {
  int sum = 0;
  for (const auto& [what, weight] : kWeights) sum += weight;
  int at = below(sum);
  auto what = What::kRequest;
  for (const auto& [candidate, weight] : kWeights) {
    what = candidate;
    at -= weight;
    if (at < 0) break;
  }
  switch (what) {
    case What::kPublish:
      return publish();
    case What::kChange:
      return change();
    case What::kDelete:
    case What::kCreate:
      return delete_or_create();
    case What::kEdit:
    case What::kErase:
    case What::kUnlabel:
    case What::kDisown:
    case What::kPlant:
      return touch(what);
    case What::kForge:
      return forge();
    case What::kRequest:
      return {.what = what, .application = any(applications_).name};
    default:
      return {.what = what, .number = 2 + below(8)};
  }
}

std::vector<Step> StepGenerator::burst() {
  std::vector<Step> steps;
  const int longest = kStepsForEach * static_cast<int>(applications_.size());
  for (int left = 1 + below(longest); left > 0; --left) steps.push_back(next());
  return steps;
}

}  // namespace sealift::e2e::model
