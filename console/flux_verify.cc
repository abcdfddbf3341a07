#include <sealift/base/encoding.h>
#include <sealift/oci/reference.h>
#include <sealift/signing/trust_policy.h>

#include <algorithm>

#include "flux_source.h"

namespace sealift::console {
namespace {

const objects::Object* find_secret(const std::vector<objects::Object>& objects,
                                   const std::string& name_space, std::string_view name) {
  const auto found = std::find_if(objects.begin(), objects.end(), [&](const auto& object) {
    return object.gvk().group.empty() && object.gvk().kind == "Secret" && object.name() == name &&
           object.name_space() == name_space;
  });
  return found == objects.end() ? nullptr : &*found;
}

Json key_of(std::string_view file, std::string pem) {
  Json key;
  key.set("name", file.substr(0, file.size() - std::string_view(".pub").size()));
  key.set("publicKey", std::move(pem));
  return key;
}

// Entries ending in ".pub", as Flux takes them.
Json keys_of(const objects::Object& secret, Remarks& remarks) {
  Json keys = Json::array();
  for (const auto* member : {"data", "stringData"}) {
    const auto* entries = secret.json().find(member);
    if (entries == nullptr || entries->as_object() == nullptr) continue;
    for (const auto& [file, value] : *entries->as_object()) {
      if (!file.ends_with(".pub") || file.size() == 4 || value.as_string() == nullptr) continue;
      if (std::string_view(member) == "stringData") {
        keys.push_back(key_of(file, *value.as_string()));
        continue;
      }
      auto pem = base64_decode(*value.as_string());
      if (pem) {
        keys.push_back(key_of(file, *std::move(pem)));
      } else {
        remarks.lose("spec.verify.secretRef", "the entry " + printable(file, 80) + " of Secret " +
                                                  secret.name() + " is no base64");
      }
    }
  }
  return keys;
}

Json policy_of(const objects::Object& repository, std::string pattern, Json keys) {
  Json metadata;
  metadata.set("name", (repository.name_space().empty() ? "" : repository.name_space() + "-") +
                           repository.name());
  Json patterns = Json::array();
  patterns.push_back(std::move(pattern));
  Json signatures;
  signatures.set("keys", std::move(keys));
  Json spec;
  spec.set("repositories", std::move(patterns));
  spec.set("signatures", std::move(signatures));
  spec.set("rollback", "allow");
  Json policy;
  policy.set("apiVersion", "sealift.dev/v1alpha1");
  policy.set("kind", "TrustPolicy");
  policy.set("metadata", std::move(metadata));
  policy.set("spec", std::move(spec));
  return policy;
}

}  // namespace

std::optional<Json> convert_verify(const objects::Object& repository,
                                   const std::vector<objects::Object>& objects, Remarks& remarks) {
  const auto* verify = repository.json().find_path({"spec", "verify"});
  if (verify == nullptr || verify->is_null()) {
    remarks.note("spec.verify",
                 "is absent, and Sealift delivers nothing that no TrustPolicy accepts; sign the "
                 "artifact and write one");
    return std::nullopt;
  }
  FluxFields fields(verify, "spec.verify", remarks);
  const auto provider = fields.text("provider");
  const auto* reference = fields.take("secretRef");
  fields.lose("matchOIDCIdentity",
              "a TrustPolicy names keys; certificate identities are not accepted");
  fields.lose("trustedRootSecretRef", "is for certificate identities, which are not accepted");
  fields.lose_rest();
  if (provider != "cosign") {
    remarks.lose("spec.verify.provider", "signatures of \"" + printable(provider, 40) +
                                             "\" are not read; sign with cosign "
                                             "or \"sealift sign\", and write a TrustPolicy");
    return std::nullopt;
  }
  if (reference == nullptr) {
    remarks.lose("spec.verify.secretRef", "is absent: no key to trust is known; sign with a key");
    return std::nullopt;
  }
  const auto name = reference->string_at({"name"});
  const auto* secret = find_secret(objects, repository.name_space(), name);
  if (secret == nullptr) {
    remarks.lose("spec.verify.secretRef",
                 "Secret " + printable(name, 80) +
                     " is not in the input, so no TrustPolicy was made; add it: kubectl get secret "
                     "-o yaml");
    return std::nullopt;
  }
  const auto url = oci::Reference::parse(repository.json().string_at({"spec", "url"}));
  if (!url) return std::nullopt;  // the Delivery says so
  auto policy = policy_of(repository, url->name(), keys_of(*secret, remarks));
  auto parsed = signing::parse_trust_policy(policy, repository.source());
  if (!parsed) {
    remarks.lose("spec.verify", "no TrustPolicy was made: " + parsed.error().message());
    return std::nullopt;
  }
  remarks.note("spec.verify",
               "the TrustPolicy allows a return to older artifacts, as Flux does; set rollback: "
               "deny when \"sealift push\" makes the artifacts");
  return policy;
}

}  // namespace sealift::console
