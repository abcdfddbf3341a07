// What the statuses may say.
#include "model/world.h"

#include <algorithm>

namespace sealift::e2e::model {

std::string World::problem_of_accepted(const Track& track, const LiveDelivery& seen) const {
  if (track.accepted_before.contains(seen.accepted)) return {};
  if (seen.accepted && !track.is_unchanged() && candidates(track).contains(*seen.accepted)) {
    return {};
  }
  return "it accepted " + text_of(seen.accepted);
}

// Where the policy is strict, nothing comes that is older than what was there, but for a way back.
std::string World::problem_of_order(const Track& track, const LiveDelivery& seen) {
  if (!track.application.is_strict) return {};
  const bool went_back = seen.reason == "RolledBack" && track.tag;
  const int least = went_back ? std::max(*track.tag, track.newest_before) : track.newest_before;
  if (seen.newest < least) return "it forgot that it accepted version " + std::to_string(least);
  if (seen.accepted && *seen.accepted < track.newest_before &&
      !track.accepted_before.contains(seen.accepted) && !track.healthy.contains(seen.accepted)) {
    return text_of(seen.accepted) + " was played back";
  }
  return {};
}

World::Verdict World::judge(const Track& track, const Observation& seen) const {
  const auto found = seen.deliveries.find(track.application.name);
  if (found == seen.deliveries.end()) {
    if (track.exists) return {Rule::kNever, {}, "it is not there"};
    return {track.existed ? Rule::kReleased : Rule::kNever, {}, {}};
  }
  if (!track.exists) return {Rule::kNever, {}, "it is still there"};
  const auto& live = found->second;
  if (auto problem = problem_of_order(track, live); !problem.empty()) {
    return {Rule::kNever, {}, std::move(problem)};
  }
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

// What has failed once is known for that until the reference names another one, whatever became of
// the object that said so.
bool World::may_have_failed(const Track& track, const Version& version) {
  const bool is_settled = track.is_unchanged() && (track.reason_before == "Delivered" ||
                                                   track.reason_before == "HealthCheckFailed");
  return version.flaw == Flaw::kBroken && !is_settled;
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
  const bool is_older = track.application.is_strict && live.newest > tag;
  const bool is_broken = !is_older && this->is_broken(track, wanted, seen);
  if (live.reason == "Delivered") {
    if (!is_deliverable(wanted) || is_broken)
      return wrong("the artifact is " + to_string(wanted.flaw));
    if (live.accepted != tag) return wrong("it accepted " + text_of(live.accepted));
    if (track.is_unchanged() && track.reason_before == "RolledBack") {
      return wrong("it has failed before");
    }
    return {Rule::kDelivered, tag, {}};
  }
  if (live.reason == "Refused" || (live.reason == "HealthCheckFailed" && !is_broken)) {
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
    if (!track.settings.rollback || !(is_broken || may_have_failed(track, wanted))) {
      return wrong("nothing calls for that");
    }
    if (!live.accepted || !track.healthy.contains(live.accepted)) {
      return wrong("went back to " + text_of(live.accepted));
    }
    return {Rule::kDelivered, live.accepted, {}};
  }
  return wrong("the artifact is " + to_string(wanted.flaw));
}

}  // namespace sealift::e2e::model
