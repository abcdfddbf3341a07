#include <sealift/base/encoding.h>
#include <sealift/signing/repository_name.h>

#include <algorithm>
#include <set>
#include <utility>

#include "policy_export_source.h"

// ClusterImagePolicy (policy.sigstore.dev/v1beta1, policy-controller 0.13): one of the authorities
// is enough for it, so that what needs more is asked by a Rego module over those that matched.
namespace sealift::console {
namespace {

using signing::Transparency;

constexpr std::string_view kRegoHead =
    "package sigstore\nimport rego.v1\ndefault isCompliant := false\n";

constexpr std::size_t kMaxGlobs = 192;

// A registry is the same here with port 443, 80 and none; there each is a text of its own.
std::vector<std::string> registries_of(std::string_view registry) {
  const std::string name(registry);
  if (!may_lack_port(registry)) return {name};
  return {name, name + ":443", name + ":80"};
}

// "**" there is any text; here it is any number of whole segments, none included. So each of them
// becomes two patterns; more than kMaxGlobs are not finished.
std::vector<std::string> globs_of(std::string_view pattern) {
  const auto registry = pattern.substr(0, pattern.find('/'));
  const bool is_whole = registry.size() == pattern.size();
  pattern.remove_prefix(std::min(registry.size() + 1, pattern.size()));
  auto globs = is_whole ? std::vector{std::string(registry)} : registries_of(registry);
  while (!pattern.empty() && globs.size() <= kMaxGlobs) {
    const auto segment = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(std::min(segment.size() + 1, pattern.size()));
    std::vector<std::string> longer;
    for (const auto& glob : globs) {
      longer.push_back(glob + "/" + std::string(segment));
      if (segment == "**") longer.push_back(glob);
    }
    globs = std::move(longer);
  }
  std::vector<std::string> whole;
  for (const auto& glob : globs) {
    if (glob.ends_with("**")) {
      whole.push_back(glob);
    } else {
      whole.push_back(glob + ":*");
      whole.push_back(glob + "@*");
    }
  }
  return whole;
}

class PolicyController {
 public:
  explicit PolicyController(ExportedPolicy& policy) : policy_(policy) {}

  Json document() {
    const auto& require = policy_.policy().require;
    const auto body = requirement(require);
    Json spec;
    spec.set("mode", "enforce");
    spec.set("images", images());
    spec.set("authorities", std::move(authorities_));
    spec.set("policy",
             Json::Object{{"type", "rego"},
                          {"data", std::string(kRegoHead) +
                                       "matched := object.keys(input.authorityMatches)\n" + rules_ +
                                       "isCompliant if {\n" + body + "}\n"}});
    return Json::Object{{"apiVersion", "policy.sigstore.dev/v1beta1"},
                        {"kind", "ClusterImagePolicy"},
                        {"metadata", Json::Object{{"name", policy_.object_name()}}},
                        {"spec", std::move(spec)}};
  }

 private:
  Json images() {
    Json list = Json::array();
    for (const auto& pattern : policy_.policy().repositories) {
      if (pattern.starts_with("oci-layout:")) {
        policy_.lose("spec.repositories", printable(pattern) + " is no repository of images");
        continue;
      }
      if (pattern.find('[') != std::string::npos) {
        policy_.refuse("spec.repositories",
                       printable(pattern) +
                           " cannot be written there: patterns have no brackets, and so no IPv6 "
                           "addresses; give the registry a host name");
        continue;
      }
      for (auto& glob : globs_of(signing::without_default_port(pattern))) {
        list.push_back(Json::Object{{"glob", std::move(glob)}});
      }
    }
    const auto count = list.as_array()->size();
    if (count == 0 || count > kMaxGlobs) {
      policy_.refuse("spec.repositories", count == 0
                                              ? "none is a repository of images"
                                              : "too many patterns; write fewer with \"**\"");
    }
    return list;
  }

  // Lines of a rule's body.
  std::string requirement(const signing::Requirement& requirement) {
    if (const auto* combination = std::get_if<signing::Combination>(&requirement.rule)) {
      return combined(*combination);
    }
    const auto* attestation = std::get_if<signing::AttestationRequirement>(&requirement.rule);
    const auto& quorum = attestation
                             ? attestation->quorum
                             : std::get<signing::SignatureRequirement>(requirement.rule).quorum;
    std::string names;
    for (const auto& signer : policy_.able_signers(quorum)) {
      names += (names.empty() ? "" : ", ") + quoted(authority(signer, quorum, attestation));
    }
    return "  count({" + names + "} & matched) >= " + std::to_string(quorum.threshold) + "\n";
  }

  std::string combined(const signing::Combination& combination) {
    std::string body;
    if (combination.kind == signing::Combination::Kind::kAll) {
      for (const auto& each : combination.of) body += requirement(each);
      return body;
    }
    const auto name = "any" + std::to_string(next_rule_++);
    for (const auto& each : combination.of) {
      const auto choice = requirement(each);
      rules_ += name + " if {\n" + choice + "}\n";
    }
    return "  " + name + "\n";
  }

  // The name of a new authority that verifies what a signer made.
  std::string authority(const std::string& signer, const signing::Quorum& quorum,
                        const signing::AttestationRequirement* attestation) {
    Json authority;
    const auto name = "authority" + std::to_string(authorities_.size());
    authority.set("name", name);
    if (policy_.identity(signer) != nullptr) {
      add_identity(signer, quorum.transparency_of_identities(), authority);
    } else {
      add_key(signer, quorum.transparency_of_keys(), authority);
    }
    if (attestation != nullptr) add_attestation(*attestation, authority);
    authorities_.push_back(std::move(authority));
    return name;
  }

  void add_key(const std::string& signer, Transparency transparency, Json& authority) {
    if (!says_keys_) {
      says_keys_ = true;
      policy_.lose("spec.signers.keys",
                   "what keys signed is read under the tags .sig and .att alone, not as bundles: "
                   "sign with --signature-storage tag as well, or nothing is accepted");
    }
    authority.set("key", Json::Object{{"data", policy_.key(signer)->key.to_pem()},
                                      {"hashAlgorithm", "sha256"}});
    if (transparency == Transparency::kPreferred) {
      policy_.lose("spec.require",
                   "entries of logs are not looked at where they are only preferred");
    }
    if (transparency != Transparency::kRequired) return;
    authority.set("ctlog", policy_.own_root().empty()
                               ? Json(Json::Object{{"url", "https://rekor.sigstore.dev"}})
                               : Json(Json::Object{{"trustRootRef", root_name()}}));
  }

  void add_identity(const std::string& signer, Transparency transparency, Json& authority) {
    const auto text = policy_.identity_text(*policy_.identity(signer));
    if (text.has_extensions) {
      policy_.refuse("spec.signers.identities",
                     "\"" + printable(signer) +
                         "\" has extensions, which policy-controller does "
                         "not check; let the subject say the same");
    }
    if (transparency != Transparency::kRequired) {
      policy_.refuse("spec.require", "\"" + printable(signer) +
                                         "\" needs a log there, because nothing else proves the "
                                         "time");
    }
    Json identity;
    identity.set(text.issuer.matches.empty() ? "issuer" : "issuerRegExp",
                 text.issuer.matches.empty() ? text.issuer.equals : text.issuer.expression());
    identity.set(text.subject.matches.empty() ? "subject" : "subjectRegExp",
                 text.subject.matches.empty() ? text.subject.equals : text.subject.expression());
    Json keyless;
    keyless.set("identities", Json::Array{std::move(identity)});
    if (!policy_.own_root().empty()) keyless.set("trustRootRef", root_name());
    authority.set("keyless", std::move(keyless));
    authority.set("signatureFormat", "bundle");
  }

  std::string root_name() {
    const auto name = policy_.object_name();
    if (!says_root_) {
      says_root_ = true;
      policy_.note("spec.trustedRoot", "make a TrustRoot \"" + name +
                                           "\" of your trusted_root.json; without it nothing is "
                                           "accepted");
    }
    return name;
  }

  void add_attestation(const signing::AttestationRequirement& attestation, Json& authority) {
    Json asked;
    asked.set("name", "attestation");
    asked.set("predicateType", attestation.predicate_type);
    if (!attestation.conditions.empty()) {
      asked.set(
          "policy",
          Json::Object{
              {"type", "rego"},
              {"data", std::string(kRegoHead) + "isCompliant if {\n" +
                           rego_of(attestation.conditions, "input.predicate", policy_) + "}\n"}});
    }
    authority.set("attestations", Json::Array{std::move(asked)});
  }

  ExportedPolicy& policy_;
  Json::Array authorities_;
  std::string rules_;
  std::size_t next_rule_ = 0;
  bool says_keys_ = false;
  bool says_root_ = false;
};

}  // namespace

void export_policy_controller(ExportedPolicy& policy, std::vector<Json>& documents) {
  documents.push_back(PolicyController(policy).document());
}

}  // namespace sealift::console
