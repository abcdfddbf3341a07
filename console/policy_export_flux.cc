#include <sealift/base/encoding.h>

#include <utility>

#include "policy_export_source.h"

// spec.verify of an OCIRepository (source.toolkit.fluxcd.io/v1): any one of the keys of a Secret,
// or any one of the identities; Flux knows no more.
namespace sealift::console {
namespace {

using signing::Transparency;

struct FluxSigners {
  Json keys = Json::object();  // entries of the Secret
  Json identities = Json::array();
};

const signing::Quorum* only_quorum(ExportedPolicy& policy) {
  const auto* only = std::get_if<signing::SignatureRequirement>(&policy.policy().require.rule);
  if (only == nullptr) {
    policy.refuse("spec.require",
                  "Flux asks for one signature and for nothing else: no attestations, no "
                  "combinations");
    return nullptr;
  }
  if (only->quorum.threshold > 1) {
    policy.refuse("spec.require", "Flux takes one signer; a threshold of " +
                                      std::to_string(only->quorum.threshold) +
                                      " cannot be asked for");
    return nullptr;
  }
  return &only->quorum;
}

void add_signer(const std::string& signer, const signing::Quorum& quorum, ExportedPolicy& policy,
                FluxSigners& signers) {
  const auto* identity = policy.identity(signer);
  if (identity == nullptr) {
    if (quorum.transparency_of_keys() == Transparency::kRequired) {
      policy.refuse("spec.require", "Flux does not ask for a log where a key signed");
    }
    signers.keys.set("signer" + std::to_string(signers.keys.as_object()->size()) + ".pub",
                     policy.key(signer)->key.to_pem());
    return;
  }
  const auto text = policy.identity_text(*identity);
  if (text.has_extensions) {
    policy.refuse("spec.signers.identities",
                  "\"" + printable(signer) +
                      "\" has extensions, which Flux does not check; let the subject say the same");
  }
  if (quorum.transparency_of_identities() != Transparency::kRequired) {
    policy.refuse("spec.require", "Flux asks for a log where an identity signed");
  }
  signers.identities.push_back(
      Json::Object{{"issuer", text.issuer.expression()}, {"subject", text.subject.expression()}});
}

Json secret(const std::string& name, const char* member, Json entries) {
  return Json::Object{{"apiVersion", "v1"},
                      {"kind", "Secret"},
                      {"metadata", Json::Object{{"name", name}}},
                      {member, std::move(entries)}};
}

Json verify_of(FluxSigners signers, ExportedPolicy& policy, std::vector<Json>& documents) {
  const auto name = policy.object_name();
  Json verify;
  verify.set("provider", "cosign");
  if (!signers.keys.as_object()->empty()) {
    verify.set("secretRef", Json::Object{{"name", name + "-keys"}});
    documents.push_back(secret(name + "-keys", "stringData", std::move(signers.keys)));
    return verify;
  }
  verify.set("matchOIDCIdentity", std::move(signers.identities));
  if (const auto root = policy.own_root(); !root.empty()) {
    verify.set("trustedRootSecretRef", Json::Object{{"name", name + "-root"}});
    documents.push_back(
        secret(name + "-root", "stringData", Json::Object{{"trusted_root.json", root}}));
  }
  return verify;
}

}  // namespace

void export_flux(ExportedPolicy& policy, std::vector<Json>& documents) {
  const auto* quorum = only_quorum(policy);
  if (quorum == nullptr) return;
  FluxSigners signers;
  for (const auto& signer : policy.able_signers(*quorum)) {
    add_signer(signer, *quorum, policy, signers);
  }
  if (!signers.keys.as_object()->empty() && !signers.identities.as_array()->empty()) {
    policy.refuse("spec.require", "Flux takes keys or identities, not both");
  }
  if (policy.refused()) return;
  const auto verify = verify_of(std::move(signers), policy, documents);
  Json::Array literal;
  for (const auto& pattern : policy.policy().repositories) {
    if (pattern.find('*') != std::string::npos || pattern.starts_with("oci-layout:")) {
      policy.lose("spec.repositories",
                  printable(pattern) +
                      " is no single repository of a registry: put spec.verify into each "
                      "OCIRepository that you have of it; Flux does not demand that it is there");
      continue;
    }
    literal.emplace_back(pattern);
  }
  Json metadata = Json::Object{{"name", policy.object_name()}};
  if (literal.empty()) literal.emplace_back("");
  for (std::size_t i = 0; i < literal.size(); ++i) {
    Json spec;
    if (const auto& url = *literal[i].as_string(); !url.empty()) {
      spec.set("interval", "10m");
      spec.set("url", "oci://" + url);
      if (i > 0) metadata.set("name", policy.object_name() + "-" + std::to_string(i));
    }
    spec.set("verify", verify);
    documents.push_back(Json::Object{{"apiVersion", "source.toolkit.fluxcd.io/v1"},
                                     {"kind", "OCIRepository"},
                                     {"metadata", metadata},
                                     {"spec", std::move(spec)}});
  }
}

}  // namespace sealift::console
