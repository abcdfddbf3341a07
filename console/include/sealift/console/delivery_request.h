#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/digest.h>
#include <sealift/base/random.h>
#include <sealift/base/result.h>
#include <sealift/console/delivery_record.h>
#include <sealift/kube/api_client.h>

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::console {

inline constexpr std::string_view kRequestedAt = "sealift.dev/requestedAt";
inline constexpr std::string_view kRollbackTo = "sealift.dev/rollback-to";

// A value of the annotation kRequestedAt that no earlier request has: the time, and a random part
// for two requests within a second.
std::string new_request(Timestamp now, Random& random);

// Asks the puller for a run now. kConflict where the Delivery is suspended: the request stays, and
// is answered when it is resumed.
Result<DeliveryRecord> request_run(const kube::ApiClient& client,
                                   const delivery::DeliveryName& name, const std::string& request,
                                   std::stop_token stop);

// Suspends, or resumes and asks for a run.
Result<DeliveryRecord> suspend(const kube::ApiClient& client, const delivery::DeliveryName& name,
                               std::stop_token stop);
Result<DeliveryRecord> resume(const kube::ApiClient& client, const delivery::DeliveryName& name,
                              const std::string& request, std::stop_token stop);

// What a Delivery was before: the newest successful entry of its history with another digest than
// the one delivered now. kNotFound where the history has none; kInvalidInput where it has no valid
// digest. Pure.
Result<Digest> previous_digest(const DeliveryRecord& delivery);

// Pins a digest, or with nullopt follows the artifact's reference again, and asks for a run.
Result<DeliveryRecord> roll_back(const kube::ApiClient& client, const delivery::DeliveryName& name,
                                 const std::optional<Digest>& digest, const std::string& request,
                                 std::stop_token stop);

// Whether the run that was asked for is over and everything is Ready; an error says why it never
// will be, or why the run failed: kUntrusted for a refusal, kUnavailable for what the puller tries
// again and where the registry could not be asked, kForbidden and kInvalidInput for what somebody
// has to change. Pure.
Result<bool> has_answered(const DeliveryRecord& delivery, std::string_view request);

struct WaitOptions {
  std::chrono::milliseconds timeout{300'000};
  // Hears each message that the status did not have when it was asked; may be empty.
  std::function<void(const std::string&)> progress;
};

// Waits by a watch until has_answered(); `asked` is what was there then. kUnavailable with the last
// message when the time is up.
Result<DeliveryRecord> wait_for_answer(const kube::ApiClient& client, const DeliveryRecord& asked,
                                       const std::string& request, const WaitOptions& options,
                                       std::stop_token stop);

}  // namespace sealift::console
