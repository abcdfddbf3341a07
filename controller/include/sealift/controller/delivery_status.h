#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/delivery/delivery.h>
#include <sealift/puller/delivery_report.h>
#include <sealift/target/inventory.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The status of a Delivery (docs/formats/delivery.md) as a pure function of the status before and
// of what happened. Everything in it has a bound, so that a status never outgrows etcd.
namespace sealift::controller {

// The status after a report. A request is answered when its run has ended, or waits for another
// Delivery, which may take for ever. Nullopt where it would say nothing new: other times alone are
// no news. Members that are not ours, and what was accepted, stay as they are.
std::optional<Json> status_of(const Json& previous, const delivery::Delivery& delivery,
                              const puller::DeliveryReport& report);

// The status before the first write of a run: what was accepted, and that it is on its way. Nullopt
// where the same has been accepted before.
std::optional<Json> accepted_status(const Json& previous, const delivery::Delivery& delivery,
                                    const target::Acceptance& acceptance, Timestamp now);

// A Delivery that is not run at all, and why.
struct NotRun {
  std::string_view reason;  // "InvalidSpec", "ServiceAccountRequired"
  std::string message;
  std::int64_t generation = 0;
  std::string requested_at{};  // the request that is answered with this
};
std::optional<Json> status_of(const Json& previous, const NotRun& why, Timestamp now);

// What was accepted before, by `status.accepted`. Nothing where there is none; kInvalidInput where
// it cannot be read: its loss must never pass for "nothing". `where` begins the message.
Result<target::TargetMemory> accepted_in(const Json& status, std::string_view where);

// Whether somebody may be waiting for this change: conditions, the observed generation, the answer
// to a request, the history, the artifact. Counts and messages can wait some seconds.
bool is_urgent(const Json& previous, const Json& next);

// The JSON merge patch (RFC 7386) that makes `to` of `from`; an empty object where nothing differs.
Json merge_patch(const Json& from, const Json& to);

}  // namespace sealift::controller
