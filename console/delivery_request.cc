#include <sealift/base/duration.h>
#include <sealift/base/encoding.h>
#include <sealift/console/cluster_objects.h>
#include <sealift/console/delivery_request.h>
#include <sealift/console/stop_after.h>

#include <algorithm>
#include <array>

namespace sealift::console {
namespace {

Json annotation(std::string_view name, Json value) {
  Json annotations;
  annotations.set(name, std::move(value));
  return annotations;
}

Json suspend_spec(bool value) {
  Json spec;
  spec.set("suspend", value);
  return spec;
}

Result<DeliveryRecord> patch(const kube::ApiClient& client, const delivery::DeliveryName& name,
                             const Json& annotations, const Json& spec, std::stop_token stop) {
  SEALIFT_ASSIGN(auto patched, patch_delivery(client, name, annotations, spec, std::move(stop)));
  return read_delivery_record(patched);
}

Result<DeliveryRecord> unless_suspended(DeliveryRecord delivery) {
  if (!delivery.suspended) return delivery;
  return fail(ErrorCode::kConflict,
              delivery.name.to_string() +
                  " is suspended, so nothing runs; the request is kept until \"sealift resume " +
                  delivery.name.name + " --namespace " + delivery.name.name_space + "\"");
}

// Reasons of Ready=False that end by themselves.
bool is_on_the_way(std::string_view reason) {
  constexpr std::array<std::string_view, 3> kReasons = {"Progressing", "Waiting",
                                                        "DependencyNotReady"};
  return std::find(kReasons.begin(), kReasons.end(), reason) != kReasons.end();
}

ErrorCode code_of(std::string_view reason) {
  if (reason == "Refused" || reason == "NotFresh") return ErrorCode::kUntrusted;
  if (reason == "ServiceAccountRequired" || reason == "Forbidden") return ErrorCode::kForbidden;
  if (reason == "InvalidSpec" || reason == "PlanFailed" || reason == "PreflightFailed") {
    return ErrorCode::kInvalidInput;
  }
  if (reason == "Suspended") return ErrorCode::kConflict;
  return ErrorCode::kUnavailable;
}

Error failure_of(const DeliveryRecord& delivery, const Condition& condition) {
  return Error(code_of(condition.reason), delivery.name.to_string() + ": " + condition.reason +
                                              ": " + printable(condition.message, 2000));
}

// Outcomes of runs that left the artifact in the cluster, whole.
bool was_good(std::string_view outcome) {
  constexpr std::array<std::string_view, 2> kGood = {"delivered", "unchanged"};
  return std::find(kGood.begin(), kGood.end(), outcome) != kGood.end();
}

}  // namespace

std::string new_request(Timestamp now, Random& random) {
  return format_timestamp(now) + "-" + hex_encode(random.bytes(4));
}

Result<DeliveryRecord> request_run(const kube::ApiClient& client,
                                   const delivery::DeliveryName& name, const std::string& request,
                                   std::stop_token stop) {
  SEALIFT_ASSIGN(auto delivery,
                 patch(client, name, annotation(kRequestedAt, request), {}, std::move(stop)));
  return unless_suspended(std::move(delivery));
}

Result<DeliveryRecord> suspend(const kube::ApiClient& client, const delivery::DeliveryName& name,
                               std::stop_token stop) {
  return patch(client, name, {}, suspend_spec(true), std::move(stop));
}

Result<DeliveryRecord> resume(const kube::ApiClient& client, const delivery::DeliveryName& name,
                              const std::string& request, std::stop_token stop) {
  return patch(client, name, annotation(kRequestedAt, request), suspend_spec(false),
               std::move(stop));
}

Result<Digest> previous_digest(const DeliveryRecord& delivery) {
  const auto& current =
      delivery.accepted_digest.empty() ? delivery.artifact.digest : delivery.accepted_digest;
  const auto found = std::find_if(
      delivery.history.begin(), delivery.history.end(), [&](const HistoryEntry& entry) {
        return was_good(entry.outcome) && entry.digest != current && !entry.digest.empty();
      });
  if (found == delivery.history.end()) {
    return fail(ErrorCode::kNotFound,
                "the history of " + delivery.name.to_string() +
                    " has no other artifact that was delivered; name one with --to DIGEST");
  }
  auto digest = Digest::parse(found->digest);
  if (!digest) {
    return fail(
        std::move(digest).error().with_context("the history of " + delivery.name.to_string()));
  }
  return digest;
}

Result<DeliveryRecord> roll_back(const kube::ApiClient& client, const delivery::DeliveryName& name,
                                 const std::optional<Digest>& digest, const std::string& request,
                                 std::stop_token stop) {
  auto annotations = annotation(kRollbackTo, digest ? Json(digest->to_string()) : Json());
  annotations.set(kRequestedAt, request);
  SEALIFT_ASSIGN(auto delivery, patch(client, name, annotations, {}, std::move(stop)));
  return unless_suspended(std::move(delivery));
}

Result<bool> has_answered(const DeliveryRecord& delivery, std::string_view request) {
  if (delivery.deleting) {
    return fail(ErrorCode::kConflict, delivery.name.to_string() + " is being deleted");
  }
  if (delivery.last_handled != request) return false;
  if (delivery.observed_generation < delivery.generation) return false;
  if (delivery.stalled && delivery.stalled->status == "True") {
    return fail(failure_of(delivery, *delivery.stalled));
  }
  if (!delivery.ready || delivery.ready->status == "Unknown") return false;
  if (delivery.ready->status == "False") {
    if (is_on_the_way(delivery.ready->reason)) return false;
    return fail(failure_of(delivery, *delivery.ready));
  }
  if (delivery.reconciling && delivery.reconciling->status == "True") return false;
  // Whoever asks for a run wants what is in the registry now, and nobody has seen that.
  if (delivery.registry_away && delivery.registry_away->status == "True") {
    return fail(ErrorCode::kUnavailable,
                delivery.name.to_string() +
                    ": the registry could not be asked for a newer artifact, and what was "
                    "accepted before stays in force: " +
                    printable(delivery.registry_away->message, 2000));
  }
  return true;
}

Result<DeliveryRecord> wait_for_answer(const kube::ApiClient& client, const DeliveryRecord& asked,
                                       const std::string& request, const WaitOptions& options,
                                       std::stop_token stop) {
  const StopAfter deadline(options.timeout, client.environment().clock, std::move(stop));
  DeliveryRecord last;
  auto told = asked.message();
  const auto seen = [&](const Json& json) -> Result<bool> {
    last = read_delivery_record(json);
    SEALIFT_ASSIGN(const bool done, has_answered(last, request));
    if (auto message = last.message(); !done && options.progress && message != told) {
      options.progress(message);
      told = std::move(message);
    }
    return done;
  };
  auto followed = follow_delivery(client, asked.name, seen, deadline.token());
  if (followed) return last;
  if (!deadline.expired()) return fail(std::move(followed).error());
  const bool heard = last.last_handled == request;
  constexpr std::string_view kNobody =
      "no puller has answered the request; is one running, and does it look at this namespace? The "
      "status says: ";
  return fail(ErrorCode::kUnavailable, asked.name.to_string() + " did not become ready within " +
                                           format_duration(options.timeout) + ": " +
                                           std::string(heard ? std::string_view() : kNobody) +
                                           printable(last.message(), 2000));
}

}  // namespace sealift::console
