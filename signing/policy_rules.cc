#include "policy_rules.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace sealift::signing {
namespace {

tl::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::kUntrusted, std::move(message));
}

// "3 of unknown_key, 1 of wrong_subject": the heart of a refusal in one line.
std::string summary_of(const std::vector<RefusedSignature>& refused) {
  std::map<std::string_view, std::size_t> counts;
  for (const auto& signature : refused) ++counts[refusal_name(signature)];
  std::string text;
  for (const auto& [name, count] : counts) {
    text.append(text.empty() ? "" : ", ").append(std::to_string(count)).append(" ").append(name);
  }
  return text;
}

// What was meant for this policy and came close; otherwise the first.
const RefusedSignature& most_telling(const std::vector<RefusedSignature>& refused) {
  for (const auto telling : {Refusal::kCondition, Refusal::kStale, Refusal::kWrongReference}) {
    const auto close = std::find_if(refused.begin(), refused.end(),
                                    [&](const auto& piece) { return piece.refusal == telling; });
    if (close != refused.end()) return *close;
  }
  return refused.front();
}

// What was found beside, for whoever wonders why his signature was not enough.
std::string leftovers_of(const Evidence& evidence) {
  const auto& refused = evidence.refused;
  if (evidence.accepted.empty() && refused.empty()) {
    return "; no signature was found, neither as referrer nor under the .sig tag; sign the "
           "artifact, or copy its signatures along with it";
  }
  if (refused.empty()) return "";
  const bool one = refused.size() == 1;
  return "; " +
         (one ? "1 piece that was found does not count"
              : std::to_string(refused.size()) + " pieces that were found do not count") +
         " (" + summary_of(refused) + "), " + (one ? "" : "one of them ") + "because " +
         most_telling(refused).reason;
}

}  // namespace

Result<> check_root(const TrustPolicy& policy, Timestamp now) {
  auto fault = root_fault_at(policy, now);
  return fault ? refuse(std::move(fault->message)) : Result<>();
}

Result<> check_requirements(const Evidence& evidence) {
  if (evidence.requirements->is_met) return {};
  return refuse("the policy \"" + evidence.policy +
                "\" is not met: " + evidence.requirements->reason + leftovers_of(evidence));
}

Result<> check_freshness(const Evidence& evidence) {
  if (!evidence.freshness || evidence.freshness->is_met) return {};
  return refuse("the policy \"" + evidence.policy +
                "\" asks for a statement that the artifact is still the newest, and that is not "
                "there: " +
                evidence.freshness->reason + leftovers_of(evidence));
}

Result<> check_age(const TrustPolicy& policy, const oci::Manifest& manifest, Timestamp now) {
  if (!policy.max_age) return {};
  const std::string limit = "the policy \"" + policy.name +
                            "\" accepts artifacts up to an age of " +
                            format_duration(*policy.max_age) + ", and ";
  const auto text = oci::find_annotation(manifest.annotations, kCreatedAnnotation);
  if (text.empty()) {
    return refuse(limit + "this one has no annotation " + std::string(kCreatedAnnotation) +
                  " that tells its age");
  }
  const auto created = parse_timestamp(text);
  if (!created) {
    return refuse(limit + "this one's annotation " + std::string(kCreatedAnnotation) + " is \"" +
                  printable(text, 60) + "\", which is no RFC 3339 time");
  }
  if (*created > now + kMaxClockSkew) {
    // Without the time of asking: the same reason is told in the same words.
    return refuse(limit + "this one claims to be from " + format_timestamp(*created) +
                  ", which is in the future: check the clocks of both machines");
  }
  if (now - *created > *policy.max_age) {
    return refuse(limit + "this one is from " + format_timestamp(*created) +
                  "; publish it again from a current commit");
  }
  return {};
}

Result<std::optional<std::int64_t>> read_sequence(const oci::Manifest& manifest) {
  const auto text = oci::find_annotation(manifest.annotations, kSequenceAnnotation);
  if (text.empty()) return std::nullopt;
  std::int64_t sequence = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), sequence);
  if (error != std::errc() || end != text.data() + text.size()) {
    return refuse("the annotation " + std::string(kSequenceAnnotation) + " is \"" +
                  printable(text, 60) + "\", which is no integer");
  }
  return sequence;
}

Result<> check_order(const TrustPolicy& policy, const Digest& digest,
                     std::optional<std::int64_t> sequence, const AcceptedBefore* before) {
  if (policy.rollback == TrustPolicy::Rollback::kAllow || before == nullptr ||
      digest == before->in_force) {
    return {};
  }
  // A memory that was tampered with may give the sequence of the newest to an older one.
  if (digest == before->digest && sequence.value_or(0) >= before->sequence) return {};
  const std::string advice = "; publish what is wanted as a new artifact, or let the policy \"" +
                             policy.name + "\" allow rollback";
  if (!sequence) {
    return refuse("the artifact has no annotation " + std::string(kSequenceAnnotation) +
                  ", so that nothing says whether it is newer than the one accepted before it (" +
                  before->digest.to_string() + ") or an older one that is played back" + advice);
  }
  if (*sequence < before->sequence) {
    return refuse("the artifact's sequence " + std::to_string(*sequence) +
                  " is lower than the sequence " + std::to_string(before->sequence) +
                  " accepted before (" + before->digest.to_string() +
                  "): it is an older one that is played back" + advice);
  }
  if (*sequence == before->sequence) {
    return refuse("the artifact has the sequence " + std::to_string(*sequence) +
                  " of the one accepted before (" + before->digest.to_string() +
                  ") and another digest, so that their order is unknown" + advice);
  }
  return {};
}

}  // namespace sealift::signing
