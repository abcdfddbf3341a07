#include "signature_judge.h"

#include <sealift/base/encoding.h>
#include <sealift/signing/stated_signer.h>

#include <algorithm>
#include <variant>

namespace sealift::signing {
namespace {

using sigstore::RefusalKind;
using sigstore::SignedEvidence;

Complaint complaint_of(const sigstore::Refusal& refusal) {
  const auto as = [&](Refusal ours) { return Complaint{ours, refusal.message, refusal.kind}; };
  switch (refusal.kind) {
    case RefusalKind::kMalformed:
      return as(Refusal::kMalformed);
    case RefusalKind::kKeyUnknown:
      return as(Refusal::kUnknownKey);
    case RefusalKind::kSignature:
      return as(Refusal::kBadSignature);
    case RefusalKind::kSubject:
    case RefusalKind::kContent:
      return as(Refusal::kWrongSubject);
    case RefusalKind::kPredicateType:
      return as(Refusal::kWrongPayloadType);
    default:
      return as(Refusal::kEvidence);
  }
}

tl::expected<SignedEvidence, Complaint> read(const FoundSignature& piece) {
  auto evidence = read_evidence(piece);
  if (!evidence) return tl::unexpected(complaint_of(evidence.error()));
  if (std::holds_alternative<sigstore::MessageSignature>(evidence->content)) {
    return complain(Refusal::kWrongPayloadType,
                    "the bundle signs the bytes of a file (messageSignature) and not a statement "
                    "about a manifest; sign with `sealift sign` or `cosign sign`");
  }
  const auto* envelope = evidence->envelope();
  if (envelope != nullptr && envelope->payload_type != sigstore::kInTotoPayloadType) {
    return complain(Refusal::kWrongPayloadType, "the payload's type is " +
                                                    printable(envelope->payload_type) + ", not " +
                                                    std::string(sigstore::kInTotoPayloadType));
  }
  return *std::move(evidence);
}

// The bytes that are signed; of a payload or an envelope.
std::string signed_bytes(const SignedEvidence& evidence) {
  if (const auto* envelope = evidence.envelope()) {
    return sigstore::pre_authentication_encoding(envelope->payload_type, envelope->payload);
  }
  return std::get<sigstore::SignedPayload>(evidence.content).payload;
}

std::string name_of(const sigstore::TrustedAuthority& authority) {
  return authority.uri.empty() ? authority.common_name : authority.uri;
}

// Who signed and what they said, without pointers into the root.
AcceptedSignature seen(const sigstore::VerifiedSignature& verified) {
  AcceptedSignature seen;
  seen.fingerprint = verified.key.fingerprint();
  seen.predicate_type = verified.statement ? verified.statement->predicate_type
                                           : std::string(sigstore::kSignaturePredicateType);
  if (verified.signer) {
    seen.identity = verified.signer->identity;
    seen.authority = name_of(*verified.signer->authority);
  }
  return seen;
}

Proof proof_of(const sigstore::VerifiedSignature& verified) {
  Proof proof;
  for (const auto& entry : verified.log_entries) {
    proof.logs.push_back({entry.log->base_url, entry.index, entry.integrated_time});
  }
  for (const auto& [authority, time] : verified.timestamps) {
    proof.timestamps.push_back({name_of(*authority), time});
  }
  const auto earliest = std::min_element(verified.times.begin(), verified.times.end());
  if (earliest != verified.times.end()) proof.signed_at = *earliest;
  return proof;
}

// Every identity that somebody vouches for.
sigstore::IdentityRule anybody() {
  static const auto any_text = sigstore::TextRule::matching("(?:.|\\n)*").value();
  return {any_text, any_text};
}

const sigstore::TrustedRoot& root_of(const TrustPolicy& policy) {
  static const sigstore::TrustedRoot nobody;
  return policy.root ? *policy.root->trusted : nobody;
}

// How far a signer got in the check of an identity.
int closeness(const sigstore::Refusal& refusal) {
  if (refusal.kind == RefusalKind::kExtension) return 2;
  return refusal.kind == RefusalKind::kIssuer ? 1 : 0;
}

std::string key_names(const TrustPolicy& policy) {
  std::vector<std::string> names;
  for (const auto& key : policy.keys) names.push_back(key.name);
  return names.empty() ? "the policy has no keys" : "the policy's keys are " + list_of(names, ",");
}

// No entry was stored with the signature, or only such as nobody here can judge.
bool is_unlogged(const JudgedSignature& judged) {
  return !judged.has_log_entries ||
         (judged.with_log && !*judged.with_log &&
          judged.with_log->error().kind == sigstore::RefusalKind::kLogUnknown);
}

bool holds(const std::optional<Reading>& reading) { return reading && reading->has_value(); }

// A piece counts for somebody, or there is a reason why for nobody.
std::optional<Complaint> fault_of(const JudgedSignature& judged) {
  if (holds(judged.with_log) || holds(judged.without_log)) return std::nullopt;
  const bool tells_more = judged.without_log && is_unlogged(judged);
  return judged.with_log && !tells_more ? judged.with_log->error() : judged.without_log->error();
}

}  // namespace

const Reading& JudgedSignature::reading(Transparency transparency) const {
  if (transparency == Transparency::kRequired) return *with_log;
  if (transparency == Transparency::kWaived) return *without_log;
  return is_unlogged(*this) ? *without_log : *with_log;
}

void SignatureJudge::LogUse::add(Transparency transparency) {
  required = required || transparency == Transparency::kRequired;
  preferred = preferred || transparency == Transparency::kPreferred;
  waived = waived || transparency == Transparency::kWaived;
}

SignatureJudge::SignatureJudge(const TrustPolicy& policy, const Digest& digest, Timestamp now)
    : policy_(policy),
      root_(root_of(policy)),
      artifact_(sigstore::Artifact::of_digest(digest)),
      now_(now) {
  for (const auto* quorum : quorums_of(policy)) {
    for (const auto& name : quorum->signers) {
      if (key_named(policy, name) != nullptr) of_keys_.add(quorum->transparency_of_keys());
      if (identity_named(policy, name) != nullptr) {
        of_identities_.add(quorum->transparency_of_identities());
      }
    }
  }
}

SignatureJudge::Judgement SignatureJudge::judge(const FoundSignature& piece) const {
  const auto evidence = read(piece);
  if (!evidence) return tl::unexpected(evidence.error());
  auto judged = evidence->certificate() != nullptr ? judge_by_certificate(*evidence)
                                                   : judge_by_key(*evidence);
  if (!judged) return judged;
  judged->seen.signer = judged->signers.front();
  judged->seen.format = format_name(piece.format);
  judged->seen.location = piece.location;
  return judged;
}

SignatureJudge::Judgement SignatureJudge::judge_by_key(const SignedEvidence& evidence) const {
  const auto key = find_key(evidence);
  if (!key) return tl::unexpected(key.error());
  auto judged = verify(evidence, {.signer = (*key)->key}, of_keys_);
  if (!judged) return judged;
  check_validity(**key, judged->with_log);
  check_validity(**key, judged->without_log);
  if (auto fault = fault_of(*judged)) return tl::unexpected(*std::move(fault));
  for (const auto& other : policy_.keys) {
    if (other.key.der() == (*key)->key.der()) judged->signers.push_back(other.name);
  }
  judged->person = judged->seen.fingerprint;
  return judged;
}

SignatureJudge::Judgement SignatureJudge::judge_by_certificate(
    const SignedEvidence& evidence) const {
  if (policy_.identities.empty()) {
    return complain(Refusal::kUnsupportedMaterial,
                    "it was made with a certificate, and the policy trusts keys alone; sign with "
                    "one of the policy's keys as well");
  }
  auto judged = verify(evidence, {.signer = anybody()}, of_identities_);
  if (!judged) return judged;
  const auto& identity = *judged->seen.identity;
  auto names = find_identities(identity);
  if (!names) return tl::unexpected(std::move(names).error());
  judged->signers = *std::move(names);
  // No name has a line feed, so no two people are one.
  judged->person = identity.issuer + "\n" + identity.name.value;
  return judged;
}

Reading SignatureJudge::read_proof(const SignedEvidence& evidence,
                                   const sigstore::VerificationRule& rule,
                                   JudgedSignature& judged) const {
  auto verified = sigstore::verify_evidence(evidence, artifact_, root_, rule, now_);
  if (!verified) return tl::unexpected(complaint_of(verified.error()));
  judged.seen = seen(*verified);
  if (verified->statement) judged.predicate = std::move(verified->statement->predicate);
  return proof_of(*verified);
}

// In each way in which somebody may ask: what one requirement waives must neither help nor harm
// the signature before another one.
SignatureJudge::Judgement SignatureJudge::verify(const SignedEvidence& evidence,
                                                 sigstore::VerificationRule rule,
                                                 LogUse use) const {
  JudgedSignature judged;
  judged.has_log_entries = !evidence.log_entries.empty();
  rule.predicate_type = std::nullopt;
  if (use.required || use.preferred) judged.with_log = read_proof(evidence, rule, judged);
  if (use.waived || !judged.with_log || (use.preferred && is_unlogged(judged))) {
    rule.requires_log = false;
    judged.without_log = read_proof(evidence, rule, judged);
  }
  if (auto fault = fault_of(judged)) return tl::unexpected(*std::move(fault));
  return judged;
}

// The hint only says which key to blame, because it is not signed itself.
tl::expected<const NamedKey*, Complaint> SignatureJudge::find_key(
    const SignedEvidence& evidence) const {
  const auto& hint = evidence.key_hint;
  const std::string message = signed_bytes(evidence);
  const auto fits = [&](const NamedKey& key) {
    return key.key.verify(message, evidence.signature()).has_value();
  };
  const auto& keys = policy_.keys;
  const auto named = std::find_if(keys.begin(), keys.end(), [&](const NamedKey& key) {
    return !hint.empty() && key.key.hint() == hint;
  });
  if (named != keys.end()) {
    if (fits(*named)) return &*named;
    return complain(Refusal::kBadSignature,
                    "it names the key \"" + named->name +
                        "\", and the signature does not fit that key: signature or payload was "
                        "changed; sign again");
  }
  const auto found = std::find_if(keys.begin(), keys.end(), fits);
  if (found != keys.end()) return &*found;
  const std::string maker =
      hint.empty() ? "" : " (it names a key with the hint " + printable(hint, 80) + ")";
  return complain(Refusal::kUnknownKey,
                  "the signature fits no key of the policy" + maker + "; " + key_names(policy_) +
                      ": sign with one of these, or let the policy trust the signer's key");
}

void SignatureJudge::check_validity(const NamedKey& key, std::optional<Reading>& reading) const {
  if (!holds(reading)) return;
  const auto signed_at = (*reading)->signed_at;
  const auto fault = key.fault_at(signed_at.value_or(now_));
  if (fault.empty()) return;
  // Without the time of checking: the same reason is told in the same words.
  reading = complain(
      Refusal::kKeyNotValid,
      "the key \"" + key.name + "\" " + fault +
          (signed_at ? ", and the signature is from " + format_timestamp(*signed_at)
                     : ", and nothing proves that the signature was made while it was valid") +
          "; sign again with a current key");
}

// The names that the policy has for a signer.
tl::expected<std::vector<std::string>, Complaint> SignatureJudge::find_identities(
    const sigstore::CertificateIdentity& identity) const {
  std::vector<std::string> names;
  std::optional<sigstore::Refusal> closest;
  for (const auto& [name, rule] : policy_.identities) {
    auto fits = sigstore::check_identity(identity, rule);
    if (fits) {
      names.push_back(name);
    } else if (!closest || closeness(fits.error()) > closeness(*closest)) {
      closest = std::move(fits).error().with_context("as \"" + name + "\"");
    }
  }
  if (!names.empty()) return names;
  return tl::unexpected(Complaint{Refusal::kUnknownIdentity,
                                  "the policy names nobody who is " +
                                      printable(identity.name.value) + " for " +
                                      printable(identity.issuer) + "; " + closest->message,
                                  closest->kind});
}

}  // namespace sealift::signing
