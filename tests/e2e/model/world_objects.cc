// What the objects may be, once the statuses are believed.
#include "model/world.h"

#include <algorithm>

namespace sealift::e2e::model {

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
  // One of the same name before it may have let its objects go, and those are nobody's.
  const bool was_let_go =
      track.created_anew && std::any_of(track.settings_seen.begin(), track.settings_seen.end(),
                                        [](const auto& settings) { return settings.orphan; });
  const bool prunes = verdict.rule == Rule::kDelivered && track.settings.prune && !was_let_go;
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

}  // namespace sealift::e2e::model
