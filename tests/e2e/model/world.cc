#include "model/world.h"

namespace sealift::e2e::model {

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
  if (!seen.unanswered.empty()) return seen.unanswered;
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
    track.newest_before = live != seen.deliveries.end() ? live->second.newest : 0;
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
