#include "model/world.h"

#include <algorithm>

namespace sealift::e2e::model {
namespace {

bool is_refused(const Version& version) {
  return version.flaw == Flaw::kUnsigned || version.flaw == Flaw::kForeignKey;
}

// Passes the policy and the API server.
bool is_deliverable(const Version& version) {
  return version.flaw == Flaw::kNone || version.flaw == Flaw::kBroken;
}

std::string text_of(const std::optional<int>& version) {
  return version ? "version " + std::to_string(*version) : "nothing";
}

}  // namespace

World::World(std::vector<Application> applications, Versions versions)
    : versions_(std::move(versions)) {
  for (auto& application : applications) {
    Track track;
    track.application = application;
    tracks_.emplace(application.name, std::move(track));
  }
}

void World::published(const std::string& repository, int version) {
  tags_[repository] = version;
  for (auto& [name, track] : tracks_) {
    if (track.application.repository != repository) continue;
    track.tag = version;
    track.tags_seen.insert(version);
  }
}

void World::created(const std::string& application, const Settings& settings) {
  auto& track = tracks_.at(application);
  track.created_anew = true;
  track.exists = track.existed = true;
  track.settings = settings;
  track.settings_seen.push_back(settings);
  track.accepted_before.insert(std::nullopt);
}

void World::changed(const std::string& application, const Settings& settings) {
  auto& track = tracks_.at(application);
  track.settings = settings;
  track.settings_seen.push_back(settings);
}

void World::deleted(const std::string& application) { tracks_.at(application).exists = false; }

void World::wrote(const ObjectKey& key, std::optional<LiveObject> object) {
  touched_.insert(key);
  if (!object) {
    objects_.erase(key);
    return;
  }
  if (!object->ours || object->owner.empty()) loose_.insert(key);
  objects_.insert_or_assign(key, *std::move(object));
}

void World::state_lost() {
  for (auto& [name, track] : tracks_) {
    track.lost_state = true;
    track.healthy.insert(std::nullopt);
  }
}

const Version& World::version(const Track& track, int number) const {
  return versions_.at(track.application.repository).at(static_cast<std::size_t>(number - 1));
}

// What may have been delivered since the last rest.
std::set<int> World::candidates(const Track& track) const {
  std::set<int> all;
  for (const auto& accepted : track.accepted_before) {
    if (accepted && *accepted > 0) all.insert(*accepted);
  }
  for (const auto tag : track.tags_seen) {
    if (is_deliverable(version(track, tag))) all.insert(tag);
  }
  for (const auto& healthy : track.healthy) {
    if (healthy) all.insert(*healthy);
  }
  return all;
}

const LiveObject* World::known(const ObjectKey& key) const {
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : &found->second;
}

const World::Track* World::owner_of(const ObjectKey& key) const {
  const auto end = key.name.rfind("-s");
  const auto found = tracks_.find(key.name.substr(0, end));
  return found == tracks_.end() ? nullptr : &found->second;
}

std::string World::problem_of_accepted(const Track& track, const LiveDelivery& seen) const {
  if (track.accepted_before.contains(seen.accepted)) return {};
  if (seen.accepted && !track.is_unchanged() && candidates(track).contains(*seen.accepted)) {
    return {};
  }
  return "it accepted " + text_of(seen.accepted);
}

World::Verdict World::judge(const Track& track, const Observation& seen) const {
  const auto found = seen.deliveries.find(track.application.name);
  if (found == seen.deliveries.end()) {
    if (track.exists) return {Rule::kNever, {}, "it is not there"};
    return {track.existed ? Rule::kReleased : Rule::kNever, {}, {}};
  }
  if (!track.exists) return {Rule::kNever, {}, "it is still there"};
  const auto& live = found->second;
  if (track.settings.suspend) {
    if (live.reason != "Suspended") return {Rule::kNever, {}, "it is not Suspended"};
    return {Rule::kUntouched, {}, problem_of_accepted(track, live)};
  }
  return judge_running(track, live, seen);
}

// What has drifted and is left so is not waited for, and neither is its health.
bool World::is_broken(const Track& track, const Version& version, const Observation& seen) const {
  if (version.flaw != Flaw::kBroken || !track.settings.wait) return false;
  if (track.settings.drift == Drift::kCorrect) return true;
  for (const auto& [key, content] : desired(track.application, track.settings, version)) {
    const auto found = seen.objects.find(key);
    if (content.value == kBrokenValue && found != seen.objects.end() &&
        found->second == LiveObject{content, track.application.name, true}) {
      return true;
    }
  }
  return false;
}

// A refused artifact changes nothing, and the accepted one is looked after.
World::Rule World::rule_of_refused(const Track& track, const LiveDelivery& live,
                                   const Observation& seen) const {
  if (!live.accepted) return Rule::kUntouched;
  return is_broken(track, version(track, *live.accepted), seen) ? Rule::kApplied : Rule::kDelivered;
}

World::Verdict World::judge_running(const Track& track, const LiveDelivery& live,
                                    const Observation& seen) const {
  const auto wrong = [&](const std::string& why) {
    return Verdict{Rule::kNever, {}, "it is " + live.reason + ", and " + why};
  };
  if (!track.tag) return live.reason == "ArtifactFailed" ? Verdict{} : wrong("nothing is there");
  const auto tag = *track.tag;
  const auto& wanted = version(track, tag);
  const auto& needed = track.application.depends_on;
  if (live.reason == "DependencyNotReady") {
    const auto other = seen.deliveries.find(needed);
    if (needed.empty() || is_refused(wanted)) return wrong("it waits for nobody");
    if (other != seen.deliveries.end() && other->second.reason == "Delivered") {
      return wrong(needed + " is ready");
    }
    return {Rule::kUntouched, {}, problem_of_accepted(track, live)};
  }
  const bool is_broken = this->is_broken(track, wanted, seen);
  if (live.reason == "Delivered") {
    if (!is_deliverable(wanted) || is_broken)
      return wrong("the artifact is " + to_string(wanted.flaw));
    if (live.accepted != tag) return wrong("it accepted " + text_of(live.accepted));
    return {Rule::kDelivered, tag, {}};
  }
  if (live.reason == "Refused" || (live.reason == "HealthCheckFailed" && !is_broken)) {
    const bool is_older = track.application.is_strict && live.accepted && *live.accepted > tag;
    if (!is_refused(wanted) && !is_older) return wrong("the artifact is acceptable");
    const auto rule = rule_of_refused(track, live, seen);
    if ((live.reason == "Refused") != (rule != Rule::kApplied)) return wrong("it must not be");
    return {rule, live.accepted, problem_of_accepted(track, live)};
  }
  if (live.reason == "PreflightFailed") {
    if (wanted.flaw != Flaw::kInvalid) return wrong("the API server takes it");
    return {Rule::kUntouched, {}, problem_of_accepted(track, live)};
  }
  if (live.reason == "HealthCheckFailed") {
    if (live.accepted != tag) return wrong("it accepted " + text_of(live.accepted));
    if (track.settings.rollback && !track.healthy.contains(std::nullopt) &&
        !track.healthy.contains(tag)) {
      return wrong("there is a way back");
    }
    return {Rule::kApplied, tag, {}};
  }
  if (live.reason == "RolledBack") {
    if (!is_broken || !track.settings.rollback) return wrong("nothing calls for that");
    if (!live.accepted || !track.healthy.contains(live.accepted)) {
      return wrong("went back to " + text_of(live.accepted));
    }
    return {Rule::kDelivered, live.accepted, {}};
  }
  return wrong("the artifact is " + to_string(wanted.flaw));
}

World::Allowed World::written(const Track& track, const ObjectKey& key) const {
  Allowed all;
  for (const auto number : candidates(track)) {
    for (const auto& settings : track.settings_seen) {
      const auto contents = desired(track.application, settings, version(track, number));
      const auto found = contents.find(key);
      if (found != contents.end()) all.insert(found->second);
    }
  }
  return all;
}

bool World::may_have_pruned(const Track& track, const ObjectKey& key) const {
  for (const auto number : candidates(track)) {
    for (const auto& settings : track.settings_seen) {
      // What does not become healthy prunes nothing.
      const bool ends = version(track, number).flaw == Flaw::kNone || !settings.wait ||
                        settings.drift != Drift::kCorrect;
      if (!settings.prune || !ends) continue;
      if (!desired(track.application, settings, version(track, number)).contains(key)) return true;
    }
  }
  return track.created_anew;
}

std::optional<Content> World::wanted(const Track& track, const Verdict& verdict,
                                     const ObjectKey& key) const {
  if (!verdict.version) return std::nullopt;
  const auto contents =
      desired(track.application, track.settings, version(track, *verdict.version));
  const auto found = contents.find(key);
  if (found == contents.end()) return std::nullopt;
  return found->second;
}

World::Allowed World::allowed_wanted(const Track& track, const Content& wanted,
                                     const ObjectKey& key) const {
  if (track.settings.drift == Drift::kCorrect) return {wanted};
  const auto* live = known(key);
  const auto current = live ? std::optional(live->content) : std::nullopt;
  if (touched_.contains(key) || track.lost_state || track.created_anew ||
      track.reason_before != "Delivered" || track.accepted_before.size() != 1) {
    auto all = written(track, key);
    all.insert(wanted);
    all.insert(current);
    return all;
  }
  // Left as it is, unless its manifest has changed.
  const auto before = desired(track.application, track.settings_seen.front(),
                              version(track, **track.accepted_before.begin()));
  const auto found = before.find(key);
  if (found == before.end() || found->second != wanted) return {wanted};
  if (track.is_unchanged()) return {current};
  return {wanted, current};
}

World::Allowed World::allowed_unwanted(const Track& track, const Verdict& verdict,
                                       const ObjectKey& key) const {
  const auto* live = known(key);
  auto all = track.is_unchanged() ? Allowed{} : written(track, key);
  // Somebody took it from us, or it was to be kept, and that may have changed before it went.
  const bool was_prunable =
      touched_.contains(key) || loose_.contains(key) ||
      std::any_of(all.begin(), all.end(), [](const auto& content) { return !content->keep; });
  const bool prunes = verdict.rule == Rule::kDelivered && track.settings.prune;
  if (prunes) {
    // What was written meanwhile and kept by its annotation stays.
    if (!loose_.contains(key)) {
      std::erase_if(all, [](const auto& content) { return !content->keep; });
    }
  }
  if (live == nullptr) {
    all.insert(std::nullopt);
    return all;
  }
  if (prunes && live->is_prunable()) {
    all.insert(std::nullopt);
    return all;
  }
  all.insert(live->content);
  if (was_prunable && may_have_pruned(track, key)) all.insert(std::nullopt);
  return all;
}

World::Allowed World::allowed_released(const Track& track, const ObjectKey& key) const {
  const auto* live = known(key);
  auto all = written(track, key);
  if (!track.settings.orphan) {
    if (!loose_.contains(key)) {
      std::erase_if(all, [](const auto& content) { return !content->keep; });
    }
    if (live != nullptr && live->is_prunable()) {
      all.insert(std::nullopt);
      return all;
    }
  }
  if (live == nullptr) {
    all.insert(std::nullopt);
    return all;
  }
  all.insert(live->content);
  if (!track.settings.orphan || may_have_pruned(track, key)) all.insert(std::nullopt);
  return all;
}

World::Allowed World::allowed(const Track& track, const Verdict& verdict,
                              const ObjectKey& key) const {
  const auto* live = known(key);
  const auto current = live ? std::optional(live->content) : std::nullopt;
  if (verdict.rule == Rule::kNever) return {current};
  auto wish = wanted(track, verdict, key);
  if (verdict.rule == Rule::kReleased) return allowed_released(track, key);
  if (wish) return allowed_wanted(track, *wish, key);
  auto all = allowed_unwanted(track, verdict, key);
  if (verdict.rule == Rule::kUntouched) {
    const auto before = written(track, key);
    if (!track.is_unchanged() || track.reason_before == "Delivered") {
      all.insert(before.begin(), before.end());
    }
    all.insert(current);
  }
  if (track.created_anew) all.insert(std::nullopt);
  return all;
}

void World::compare_object(const Observation& seen, const std::map<std::string, Verdict>& verdicts,
                           const ObjectKey& key, std::vector<std::string>& problems) const {
  const auto found = seen.objects.find(key);
  auto content = found == seen.objects.end() ? std::nullopt : std::optional(found->second.content);
  const auto* track = owner_of(key);
  if (track == nullptr) {
    const auto* live = known(key);
    if ((live ? std::optional(live->content) : std::nullopt) != content) {
      problems.push_back(key.to_string() + ", which belongs to nobody, is " +
                         (content ? content->to_string() : "gone"));
    }
    return;
  }
  const auto& verdict = verdicts.at(track->application.name);
  auto may_be = allowed(*track, verdict, key);
  if (loose_.contains(key)) {
    // What nobody owns is taken off by nobody.
    const auto reduced = [](const std::optional<Content>& one) {
      return one ? std::optional(Content{one->value, "", "", false}) : one;
    };
    Allowed all;
    for (const auto& one : may_be) all.insert(reduced(one));
    may_be = std::move(all);
    content = reduced(content);
  }
  if (!may_be.contains(content)) {
    std::string text =
        key.to_string() + " is " + (content ? content->to_string() : "absent") + " and may be";
    for (const auto& one : may_be) text += " " + (one ? one->to_string() : "absent");
    problems.push_back(std::move(text));
  }
  if (!content) return;
  const auto& owner = found->second.owner;
  const bool is_wanted = wanted(*track, verdict, key).has_value();
  if (is_wanted && track->settings.drift == Drift::kCorrect &&
      (owner != track->application.name || !found->second.ours)) {
    problems.push_back(key.to_string() + " is not marked as a member");
  }
  if (verdict.rule == Rule::kReleased && !owner.empty()) {
    problems.push_back(key.to_string() + " was not let go");
  }
}

void World::compare_counts(const Track& track, const Verdict& verdict, const Observation& seen,
                           std::vector<std::string>& problems) const {
  if (!verdict.version || verdict.rule != Rule::kDelivered) return;
  const auto& name = track.application.name;
  const auto& live = seen.deliveries.at(name);
  if (live.reason != "Delivered") return;
  int differing = 0;
  const auto contents =
      desired(track.application, track.settings, version(track, *verdict.version));
  for (const auto& [key, content] : contents) {
    const auto found = seen.objects.find(key);
    differing += found == seen.objects.end() || found->second.content.value != content.value;
  }
  const int wanted = static_cast<int>(contents.size());
  if (track.settings.drift == Drift::kCorrect && live.objects != wanted) {
    problems.push_back(name + " counts " + std::to_string(live.objects) + " objects instead of " +
                       std::to_string(wanted));
  }
  if (track.settings.drift == Drift::kDetect ? live.drifted < differing : live.drifted != 0) {
    problems.push_back(name + " reports " + std::to_string(live.drifted) +
                       " drifted objects, and " + std::to_string(differing) + " are");
  }
}

std::vector<std::string> World::differences(const Observation& seen) const {
  std::vector<std::string> problems;
  std::map<std::string, Verdict> verdicts;
  std::set<ObjectKey> keys;
  for (const auto& [name, track] : tracks_) {
    auto verdict = judge(track, seen);
    if (!verdict.problem.empty()) {
      problems.push_back(name + " (" + text_of(track.tag) + " " +
                         (track.tag ? model::to_string(version(track, *track.tag).flaw) : "") +
                         "): " + verdict.problem);
    } else {
      compare_counts(track, verdict, seen, problems);
    }
    for (const auto number : candidates(track)) {
      for (const auto& settings : track.settings_seen) {
        for (const auto& [key, content] :
             desired(track.application, settings, version(track, number))) {
          keys.insert(key);
        }
      }
    }
    verdicts.emplace(name, std::move(verdict));
  }
  for (const auto& [key, object] : objects_) keys.insert(key);
  for (const auto& [key, object] : seen.objects) keys.insert(key);
  for (const auto& key : keys) {
    const auto* track = owner_of(key);
    // One word about the Delivery is enough.
    if (track != nullptr && !verdicts.at(track->application.name).problem.empty()) continue;
    compare_object(seen, verdicts, key, problems);
  }
  return problems;
}

void World::settle(const Observation& seen) {
  for (auto& [name, track] : tracks_) {
    const auto live = seen.deliveries.find(name);
    const auto candidates_before = candidates(track);
    track.accepted_before.clear();
    track.reason_before.clear();
    if (live != seen.deliveries.end()) {
      track.accepted_before.insert(live->second.accepted);
      track.reason_before = live->second.reason;
    }
    if (track.reason_before == "Delivered" && track.settings.wait) {
      track.healthy = {track.tag};
    } else if (track.reason_before == "RolledBack") {
      track.healthy = {live->second.accepted};
    } else if (!track.is_unchanged()) {
      for (const auto number : candidates_before) {
        if (version(track, number).flaw == Flaw::kNone) track.healthy.insert(number);
      }
      track.healthy.insert(std::nullopt);
    }
    track.existed = track.exists;
    track.created_anew = track.lost_state = false;
    track.settings_seen = {track.settings};
    track.tags_seen.clear();
    if (track.tag) track.tags_seen.insert(*track.tag);
  }
  objects_ = seen.objects;
  touched_.clear();
  std::erase_if(loose_, [&](const auto& key) { return !objects_.contains(key); });
  for (const auto& [key, object] : objects_) {
    if (!object.ours || object.owner.empty()) loose_.insert(key);
  }
}

}  // namespace sealift::e2e::model
