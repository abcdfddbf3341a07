#include <sealift/base/encoding.h>
#include <sealift/signing/policy_check.h>
#include <sealift/signing/repository_name.h>
#include <sealift/signing/requirement_result.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace sealift::signing {
namespace {

using Kind = PolicyFinding::Kind;

std::string quoted(std::string_view text) { return "\"" + printable(text) + "\""; }

class PolicyCheck {
 public:
  PolicyCheck(const std::vector<TrustPolicy>& policies,
              const std::vector<std::string>& repositories, Timestamp now)
      : policies_(policies), repositories_(repositories), now_(now) {}

  std::vector<PolicyFinding> run() {
    const auto rivals = find_rivals(policies_);
    std::set<std::string_view> names;
    for (const auto& policy : policies_) {
      if (!names.insert(policy.name).second) {
        add(Kind::kDuplicateName, policy, "a second policy has this name; rename one of them");
        continue;
      }
      if (const auto rival = rivals.find(policy.name); rival != rivals.end()) {
        add(Kind::kAmbiguous, policy,
            "the policy " + quoted(rival->second.name) + " is as specific about " +
                printable(rival->second.repository) +
                ", so that nothing of it is accepted; make the pattern of one of them longer");
      }
      check_patterns(policy);
      check_root(policy);
      check_keys(policy);
      check_identities(policy);
      check_quorums(policy);
      check_freshness_places(policy);
    }
    check_coverage();
    return std::move(findings_);
  }

 private:
  void add(Kind kind, const TrustPolicy& policy, std::string message) {
    findings_.push_back({kind, policy.name, std::move(message)});
  }

  void check_patterns(const TrustPolicy& policy) {
    if (repositories_.empty()) return;
    bool matches = false, decides = false;
    for (const auto& pattern : policy.repositories) {
      bool is_used = false;
      for (const auto& repository : repositories_) {
        if (!repository_pattern_matches(pattern, repository)) continue;
        is_used = matches = true;
        const auto selected = select_policy(policies_, repository);
        decides = decides || !selected || *selected == &policy;
      }
      if (!is_used) {
        add(Kind::kUnmatchedPattern, policy,
            "the pattern " + quoted(pattern) + " matches none of the repositories");
      }
    }
    if (matches && !decides) {
      add(Kind::kUnreachable, policy,
          "for each repository that it matches, a more specific policy decides");
    }
  }

  // Where nobody was to look for the folder, nothing is known of it.
  void check_root(const TrustPolicy& policy) {
    const bool was_read =
        policy.root || (policy.root_folder && !policy.root_folder->problem.empty());
    auto fault = was_read ? root_fault_at(policy, now_) : std::nullopt;
    if (!fault) return;
    add(fault->kind == RootFault::Kind::kExpired ? Kind::kRootExpired : Kind::kRootMissing, policy,
        std::move(fault->message));
  }

  void check_keys(const TrustPolicy& policy) {
    for (const auto& key : policy.keys) {
      if (const auto fault = key.fault_at(now_); !fault.empty()) {
        add(Kind::kKeyNotValid, policy,
            "the key " + quoted(key.name) + " " + fault +
                "; remove it, or keep it for signatures that are proven to be of its time");
      }
      const auto [known, is_new] =
          names_of_keys_.try_emplace(key.key.der(), std::pair(policy.name, key.name));
      const auto& [other_policy, other_name] = known->second;
      if (!is_new && other_name != key.name) {
        add(Kind::kDuplicateKey, policy,
            "the key " + quoted(key.name) + " is called " + quoted(other_name) + " by the policy " +
                quoted(other_policy) + "; one name makes records readable");
      }
    }
  }

  void check_identities(const TrustPolicy& policy) {
    const auto& all = policy.identities;
    for (auto one = all.begin(); one != all.end(); ++one) {
      const auto same = std::find_if(all.begin(), one, [&](const NamedIdentity& other) {
        return text_of(other) == text_of(*one);
      });
      if (same == one) continue;
      add(Kind::kDuplicateIdentity, policy,
          quoted(same->name) + " and " + quoted(one->name) +
              " are written alike, so that whoever is one is the other; name them once");
    }
  }

  static std::string text_of(const NamedIdentity& identity) {
    std::map<sigstore::Claim, std::string> claims;
    for (const auto& [claim, rule] : identity.rule.claims) claims[claim] = rule.describe();
    std::string text = identity.rule.name.describe() + "\n" + identity.rule.issuer.describe();
    for (const auto& [claim, rule] : claims) {
      text.append("\n").append(to_string(claim)).append(" ").append(rule);
    }
    return text;
  }

  void check_quorums(const TrustPolicy& policy) {
    std::set<std::string_view> used;
    for (const auto* quorum : quorums_of(policy)) {
      used.insert(quorum->signers.begin(), quorum->signers.end());
      std::vector<std::string> able;
      std::copy_if(quorum->signers.begin(), quorum->signers.end(), std::back_inserter(able),
                   [&](const std::string& name) { return can_sign(policy, name); });
      const std::string needed = std::to_string(quorum->threshold) + " of " +
                                 list_of(quorum->signers, ",") + " are needed, and ";
      if (able.size() < quorum->threshold) {
        add(Kind::kThresholdUnmet, policy,
            needed + (able.empty() ? "none" : "only " + list_of(able, "and")) +
                " can sign now; extend a key's validity, or name others");
      } else if (const auto people = count_people(policy, able); people < quorum->threshold) {
        add(Kind::kThresholdUnmet, policy,
            needed + "these are " + std::to_string(people) +
                (people == 1 ? " signer" : " signers") +
                ", because some of them name the same subject and issuer, and each signer counts "
                "once; name others");
      }
    }
    for (const auto& key : policy.keys) check_used(policy, used, key.name);
    for (const auto& identity : policy.identities) check_used(policy, used, identity.name);
  }

  // How many different signers these can be at most. Whoever has one subject and issuer is one
  // signer, whatever else a certificate must say.
  static std::size_t count_people(const TrustPolicy& policy,
                                  const std::vector<std::string>& signers) {
    std::set<std::pair<std::string, std::string>> subjects;
    std::size_t others = 0;
    for (const auto& name : signers) {
      const auto* identity = identity_named(policy, name);
      const auto* subject = identity == nullptr ? nullptr : identity->rule.name.exact_text();
      const auto* issuer = identity == nullptr ? nullptr : identity->rule.issuer.exact_text();
      if (subject != nullptr && issuer != nullptr) {
        subjects.emplace(*subject, *issuer);
      } else {
        ++others;
      }
    }
    return subjects.size() + others;
  }

  void check_used(const TrustPolicy& policy, const std::set<std::string_view>& used,
                  const std::string& name) {
    if (used.contains(name)) return;
    add(Kind::kUnusedSigner, policy, "no requirement names the signer " + quoted(name));
  }

  // Which repositories a statement of freshness may be about.
  void check_freshness_places(const TrustPolicy& policy) {
    if (!policy.freshness) return;
    const auto& places = policy.freshness->repositories;
    for (const auto& pattern : places) {
      if (pattern.find('*') == std::string::npos) continue;
      add(Kind::kFreshnessPlace, policy,
          "by freshness.repositories " + quoted(pattern) +
              " what is stated of one of several repositories counts for another, which may have "
              "the same artifact under the same tag; name what the policy's repositories are "
              "copies of, in a policy for each");
    }
    const auto& patterns = policy.repositories;
    const auto layout = std::find_if(patterns.begin(), patterns.end(), [](const auto& pattern) {
      return !path_scheme(pattern).empty();
    });
    if (layout == patterns.end() || !places.empty()) return;
    add(Kind::kFreshnessPlace, policy,
        quoted(*layout) +
            " is a place on a disk, and what was stated of the repository that it is a copy of "
            "does not "
            "count for it; list that one under freshness.repositories");
  }

  bool can_sign(const TrustPolicy& policy, std::string_view name) const {
    const auto* key = key_named(policy, name);
    return key == nullptr || key->fault_at(now_).empty();
  }

  void check_coverage() {
    for (const auto& repository : repositories_) {
      const bool is_covered =
          std::any_of(policies_.begin(), policies_.end(), [&](const TrustPolicy& policy) {
            return std::any_of(policy.repositories.begin(), policy.repositories.end(),
                               [&](const std::string& pattern) {
                                 return repository_pattern_matches(pattern, repository);
                               });
          });
      if (is_covered) continue;
      findings_.push_back({Kind::kUncovered, "",
                           "no policy is about " + printable(repository) +
                               ", and without one nothing of it is accepted"});
    }
  }

  const std::vector<TrustPolicy>& policies_;
  const std::vector<std::string>& repositories_;
  Timestamp now_;
  // By key: the policy that named it first, and how.
  std::map<std::string, std::pair<std::string, std::string>> names_of_keys_;
  std::vector<PolicyFinding> findings_;
};

}  // namespace

bool PolicyFinding::is_error() const {
  switch (kind) {
    case Kind::kDuplicateName:
    case Kind::kAmbiguous:
    case Kind::kRootMissing:
    case Kind::kRootExpired:
    case Kind::kThresholdUnmet:
      return true;
    default:
      return false;
  }
}

std::string_view to_string(PolicyFinding::Kind kind) {
  switch (kind) {
    case Kind::kDuplicateName:
      return "duplicate_name";
    case Kind::kAmbiguous:
      return "ambiguous";
    case Kind::kUnreachable:
      return "unreachable";
    case Kind::kUnmatchedPattern:
      return "unmatched_pattern";
    case Kind::kUncovered:
      return "uncovered";
    case Kind::kRootMissing:
      return "root_missing";
    case Kind::kRootExpired:
      return "root_expired";
    case Kind::kThresholdUnmet:
      return "threshold_unmet";
    case Kind::kKeyNotValid:
      return "key_not_valid";
    case Kind::kDuplicateKey:
      return "duplicate_key";
    case Kind::kDuplicateIdentity:
      return "duplicate_identity";
    case Kind::kUnusedSigner:
      return "unused_signer";
    case Kind::kFreshnessPlace:
      return "freshness_place";
  }
  return "unknown";
}

Json to_json(const PolicyFinding& finding) {
  return Json::Object{{"severity", finding.is_error() ? "error" : "warning"},
                      {"kind", to_string(finding.kind)},
                      {"policy", finding.policy},
                      {"message", finding.message}};
}

std::vector<PolicyFinding> check_policies(const std::vector<TrustPolicy>& policies,
                                          const std::vector<std::string>& repositories,
                                          Timestamp now) {
  return PolicyCheck(policies, repositories, now).run();
}

}  // namespace sealift::signing
