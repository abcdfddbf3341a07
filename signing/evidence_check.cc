#include <sealift/base/encoding.h>
#include <sealift/signing/evidence_check.h>
#include <sealift/signing/policy_document.h>

#include <algorithm>
#include <utility>

namespace sealift::signing {
namespace {

constexpr std::size_t kMaxDifferences = 32;

// Words for people.
bool is_prose(std::string_view member) { return member == "reason" || member == "message"; }

std::string shown(const Json* value) {
  return value == nullptr ? "nothing" : printable(dump_json(*value));
}

// Where two answers differ, by the members' paths.
class Comparison {
 public:
  explicit Comparison(std::vector<EvidenceDifference>& differences) : differences_(differences) {}

  void compare(const Json* said, const Json* found, const std::string& path) {
    if (said != nullptr && found != nullptr && said->is_object() && found->is_object()) {
      return compare_objects(*said, *found, path);
    }
    if (said != nullptr && found != nullptr && said->is_array() && found->is_array()) {
      return compare_arrays(*said->as_array(), *found->as_array(), path);
    }
    if (said == found || (said != nullptr && found != nullptr && *said == *found)) return;
    if (differences_.size() >= kMaxDifferences) return;
    differences_.push_back(
        {path, "the document says " + shown(said) + ", and checked again it is " + shown(found)});
  }

 private:
  void compare_objects(const Json& said, const Json& found, const std::string& path) {
    for (const auto& [name, value] : *said.as_object()) {
      if (!is_prose(name)) compare(&value, found.find(name), path + "." + printable(name, 64));
    }
    for (const auto& [name, value] : *found.as_object()) {
      if (!is_prose(name) && said.find(name) == nullptr) {
        compare(nullptr, &value, path + "." + printable(name, 64));
      }
    }
  }

  void compare_arrays(const Json::Array& said, const Json::Array& found, const std::string& path) {
    for (std::size_t i = 0; i < std::max(said.size(), found.size()); ++i) {
      compare(i < said.size() ? &said[i] : nullptr, i < found.size() ? &found[i] : nullptr,
              path + "[" + std::to_string(i) + "]");
    }
  }

  std::vector<EvidenceDifference>& differences_;
};

void compare_changed_parts(const EvidenceDocument& document, std::vector<EvidenceDifference>& out) {
  for (const auto& part : document.changed_parts) {
    out.push_back({"digests." + printable(part, 64),
                   "this part was changed, added or removed after the document was written"});
  }
}

void compare_artifact(const EvidenceDocument& document, const EvidenceExpectation& expectation,
                      std::vector<EvidenceDifference>& out) {
  if (!expectation.artifact) return;
  const auto& [repository, tag, digest] = *expectation.artifact;
  if (!repository.empty() && repository != document.repository) {
    out.push_back({"artifact.repository", "the document is about " +
                                              printable(document.repository) + ", not " +
                                              printable(repository)});
  }
  if (digest && *digest != document.artifact.descriptor.digest) {
    out.push_back({"artifact.digest", "the document is about " +
                                          document.artifact.descriptor.digest.to_string() +
                                          ", not " + digest->to_string()});
  }
  if (!tag.empty() && tag != document.tag) {
    const auto& asked = document.tag;
    out.push_back({"artifact.tag", "the artifact was asked for " +
                                       (asked && !asked->empty() ? "as the tag " + printable(*asked)
                                                                 : std::string("by its digest")) +
                                       ", not as the tag " + printable(tag)});
  }
}

// What is found on the way to a verdict.
struct Findings {
  std::vector<EvidenceDifference> differences;
  std::vector<std::string> remarks;
};

std::string described(const PolicyRoot& root) {
  return "\"" + printable(root.name) + "\" (" + root.digest.to_string() + ")";
}

// Why the root of the document cannot be that of its policy, which brings `own` today; empty where
// it can: the built-in root of another day.
std::string unfit_root(const PolicyRoot& own, const PolicyRoot& recorded) {
  if (own.digest == recorded.digest) return "";
  if (own.name == kInlineRootName) return "it is not the one that stands in the policy";
  if (own.name != recorded.name) return "";
  return "what the document has under this name is " + recorded.digest.to_string() +
         ", and it is " + own.digest.to_string();
}

// The root that the document says was in the policy's folder that day: nobody else has it any more.
Result<> take_folder_root(const EvidenceDocument& document, TrustPolicy& policy,
                          Findings& findings) {
  if (!document.root) return {};
  if (!document.root->expires) {
    findings.differences.push_back({"trustedRoot.expires",
                                    "the policy takes its root from a trust folder, and until when "
                                    "that counted is not here"});
    return {};
  }
  SEALIFT_ASSIGN(policy.root,
                 make_policy_root(document.root->name, document.root->json, "trustedRoot.json"));
  policy.root_folder->content =
      RootFolder::Content{std::make_shared<const std::string>(document.root->json),
                          document.root->first_to_expire, *document.root->expires};
  return {};
}

// The document's own policy, with the root that it had on that day.
Result<TrustPolicy> recorded_policy(const EvidenceDocument& document, Findings& findings) {
  SEALIFT_ASSIGN(auto policy, parse_trust_policy(document.policy, "policy"));
  if (policy.root_folder) {
    SEALIFT_TRY(take_folder_root(document, policy, findings));
    return policy;
  }
  if (policy.root.has_value() != document.root.has_value()) {
    findings.differences.push_back(
        {"trustedRoot", policy.root ? "the policy has a trusted root, and it is not here"
                                    : "the policy has no trusted root"});
  }
  if (!policy.root || !document.root) return policy;
  SEALIFT_ASSIGN(auto recorded,
                 make_policy_root(document.root->name, document.root->json, "trustedRoot.json"));
  if (auto reason = unfit_root(*policy.root, recorded); !reason.empty()) {
    findings.differences.push_back({"trustedRoot", std::move(reason)});
    return policy;
  }
  if (policy.root->digest != recorded.digest) {
    findings.remarks.push_back("decided again by the document's trusted root " +
                               described(recorded) + ", which is not the one that is built in, " +
                               described(*policy.root));
  }
  policy.root = std::move(recorded);
  return policy;
}

// A policy that was given without its trust folders, where the document's own names the same
// target of the same folder: what was in there only the document can say.
Result<> borrow_folder_root(const EvidenceDocument& document, TrustPolicy& policy,
                            Findings& findings) {
  if (!policy.root_folder || policy.root || !policy.root_folder->problem.empty()) return {};
  SEALIFT_ASSIGN(const auto own, parse_trust_policy(document.policy, "policy"));
  const auto& wanted = *policy.root_folder;
  if (!document.root || !own.root_folder || own.root_folder->name != wanted.name ||
      own.root_folder->target != wanted.target) {
    return {};
  }
  SEALIFT_TRY(take_folder_root(document, policy, findings));
  if (!policy.root) return {};
  findings.remarks.push_back("the root of the policy that was given, " + described(*policy.root) +
                             ", and until when it counted are the document's word: the trust "
                             "folder was not given (--trust-dir)");
  return {};
}

Result<TrustPolicy> policy_for(const EvidenceDocument& document,
                               const EvidenceExpectation& expectation, Findings& findings) {
  TrustPolicy policy;
  if (expectation.policy) {
    policy = expectation.policy->policy;
    if (!(expectation.policy->document == document.policy)) {
      findings.remarks.push_back("decided again by the policy \"" + printable(policy.name) +
                                 "\" that was given; the document's \"" +
                                 printable(document.policy.string_at({"metadata", "name"})) +
                                 "\" is another one");
    }
    if (!expectation.root) SEALIFT_TRY(borrow_folder_root(document, policy, findings));
  } else {
    SEALIFT_ASSIGN(policy, recorded_policy(document, findings));
  }
  if (expectation.root && !policy.root && !policy.root_folder) {
    return fail(
        ErrorCode::kInvalidInput,
        "a trusted root was given, and the policy \"" + printable(policy.name) +
            "\" has none that it could replace: it asks neither for identities nor for logs");
  }
  if (expectation.root) {
    policy.root = expectation.root;
    policy.root_folder.reset();
  }
  const bool is_others = expectation.policy || expectation.root;
  if (is_others && policy.root && document.root &&
      Digest::of(document.root->json) != policy.root->digest) {
    findings.remarks.push_back("decided again by the trusted root " + described(*policy.root) +
                               "; the document's is another one");
  }
  return policy;
}

// Under another policy or root, their names and digests are other ones.
void compare_answers(Json said, Json found, const EvidenceDocument& document,
                     const EvidenceExpectation& expectation,
                     std::vector<EvidenceDifference>& differences) {
  Comparison comparison(differences);
  if (expectation.policy && !(expectation.policy->document == document.policy)) {
    for (const auto* member : {"verdict", "brokenRule", "repository", "digest"}) {
      comparison.compare(said.find(member), found.find(member), std::string("answer.") + member);
    }
    return;
  }
  if (expectation.policy || expectation.root) {
    said.erase("root");
    found.erase("root");
  }
  comparison.compare(&said, &found, "answer");
}

}  // namespace

const Evidence& EvidenceCheck::evidence() const {
  const auto* refused = std::get_if<Refused>(&verdict);
  return refused ? refused->evidence : std::get<VerifiedArtifact>(verdict).evidence();
}

Result<EvidenceCheck> check_evidence(const EvidenceDocument& document,
                                     const EvidenceExpectation& expectation) {
  Findings findings;
  compare_changed_parts(document, findings.differences);
  compare_artifact(document, expectation, findings.differences);
  SEALIFT_ASSIGN(const auto policy, policy_for(document, expectation, findings));
  auto verdict =
      verify({.repository = document.repository,
              .artifact = document.artifact,
              .signatures = document.signatures,
              .policy = policy,
              .now = document.time,
              .before = document.before ? &*document.before : nullptr,
              .tag = document.tag ? std::optional<std::string_view>(*document.tag) : std::nullopt});
  if (!document.tag && policy.freshness) {
    findings.differences.push_back(
        {"artifact.rolledBack", "the document waives the freshness that the policy asks for"});
  }
  compare_answers(document.answer, answer_of(verdict), document, expectation, findings.differences);
  const Json& by = expectation.policy ? expectation.policy->document : document.policy;
  return EvidenceCheck{std::move(verdict), Digest::of(dump_json_sorted(by)),
                       std::move(findings.differences), std::move(findings.remarks)};
}

Json to_json(const EvidenceCheck& check) {
  Json json;
  json.set("holds", check.differences.empty());
  json.set("verdict", check.is_accepted() ? "accepted" : "refused");
  Json& differences = json.set("differences", Json::array());
  for (const auto& [where, message] : check.differences) {
    differences.push_back(Json::Object{{"where", where}, {"message", message}});
  }
  Json& remarks = json.set("remarks", Json::array());
  for (const auto& remark : check.remarks) remarks.push_back(remark);
  json.set("policyDigest", check.policy_digest.to_string());
  json.set("answer", answer_of(check.verdict));
  return json;
}

}  // namespace sealift::signing
