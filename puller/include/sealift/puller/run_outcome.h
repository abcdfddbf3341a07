#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/error.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::puller {

// Where a run is, in the order of the way; failures name it.
enum class RunStage {
  kResolve,
  kFetch,
  kVerify,
  kPlan,
  kPreflight,
  kApply,
  kWait,
  kPrune,
  kRecord,
};
std::string_view to_string(RunStage stage);  // "resolve", …

// What one run of one Delivery came to.
struct RunOutcome {
  enum class Kind {
    kDelivered,  // something was changed, and all is as wanted
    kUnchanged,  // nothing had to be done
    kRefused,    // the policy or the replay check said no; the target is untouched
    kFailed,     // see `error` and `stage`; the next run continues
    kSuspended,  // the Delivery says so
    kWaiting,    // it goes on when what it waits for has come: see `waiting_for` and `stage`
    kRemoved,    // the Delivery was deleted, and its objects have gone or were let go
  };
  Kind kind = Kind::kFailed;
  RunStage stage = RunStage::kResolve;
  std::optional<Error> error;
  std::string waiting_for;  // for people: "Deployment.apps shop/web is InProgress (…)"
  // For another Delivery: kWaiting, or kFailed where the time was over with that.
  bool waits_for_dependency = false;
  std::optional<Digest> digest;
  // The registry could not be asked, and the run went on with what was accepted before.
  std::optional<Error> registry_away;
  // The artifact that was wanted and failed, where an older one was put back in its place.
  std::optional<Digest> rolled_back_from;
  bool go_on = false;  // the next step has to do something now, and not after an interval
  // kWaiting: nobody announces what is waited for, so it has to be looked for.
  std::optional<std::chrono::milliseconds> look_again_in;
  std::string refused_rule;  // kRefused: signing::PolicyRule in words, or "policy"
  // kRefused: it is what was accepted before and is looked after; nobody says any more that it is
  // the newest.
  bool not_fresh = false;
  // Sent since the outcome before that was no wait, however this one ended.
  std::size_t applied = 0;
  std::size_t corrected = 0;  // of those, what had drifted
  std::size_t pruned = 0;
  std::size_t let_go = 0;  // kRemoved: and are there still
  std::size_t unchanged = 0;
  // And left, because the Delivery says detect: by the last comparison, maybe of an earlier run.
  std::size_t drifted = 0;
};
std::string_view to_string(RunOutcome::Kind kind);

}  // namespace sealift::puller
