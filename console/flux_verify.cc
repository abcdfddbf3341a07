#include <sealift/base/encoding.h>
#include <sealift/oci/reference.h>
#include <sealift/signing/trust_policy.h>

#include <algorithm>

#include "flux_source.h"

namespace sealift::console {
namespace {

// Where Flux has the root in a Secret.
constexpr std::string_view kRootEntry = "trusted_root.json";

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

Json policy_of(const objects::Object& repository, std::string pattern) {
  const std::string name =
      (repository.name_space().empty() ? "" : repository.name_space() + "-") + repository.name();
  return Json::Object{{"apiVersion", "sealift.dev/v1alpha1"},
                      {"kind", "TrustPolicy"},
                      {"metadata", Json::Object{{"name", name}}},
                      {"spec", Json::Object{{"repositories", Json::Array{std::move(pattern)}},
                                            {"rollback", "allow"}}}};
}

// Flux looks for a match anywhere in the text, with Go's expressions; ours are for the whole text.
// Only where both ends are anchored and there is no choice between them is it the same as it is.
std::string whole_text(const std::string& expression) {
  const bool is_anchored = expression.size() > 2 && expression.starts_with('^') &&
                           expression.ends_with('$') && !expression.ends_with("\\$") &&
                           expression.find('|') == std::string::npos;
  if (is_anchored) return expression.substr(1, expression.size() - 2);
  return "(?:.|\\n)*(?:" + expression + ")(?:.|\\n)*";
}

class VerifyConverter {
 public:
  VerifyConverter(const objects::Object& repository, const std::vector<objects::Object>& objects,
                  Remarks& remarks)
      : repository_(repository), objects_(objects), remarks_(remarks) {}

  std::optional<Json> convert(const Json& verify) {
    FluxFields fields(&verify, "spec.verify", remarks_);
    const auto provider = fields.text("provider");
    const auto* keys = fields.take("secretRef");
    const auto* identities = fields.take("matchOIDCIdentity");
    const auto* root = fields.take("trustedRootSecretRef");
    fields.lose_rest();
    if (provider != "cosign") {
      remarks_.lose("spec.verify.provider", "signatures of \"" + printable(provider, 40) +
                                                "\" are not read; sign with cosign "
                                                "or \"sealift sign\", and write a TrustPolicy");
      return std::nullopt;
    }
    const auto url = oci::Reference::parse(repository_.json().string_at({"spec", "url"}));
    if (!url) return std::nullopt;  // the Delivery says so
    auto policy = policy_of(repository_, url->name());
    Json& spec = *policy.find("spec");
    if (keys != nullptr) {
      lose_beside_keys(identities, root);
      if (!add_keys(*keys, spec)) return std::nullopt;
    } else if (!add_identities(identities, root, spec)) {
      return std::nullopt;
    }
    return checked(std::move(policy));
  }

 private:
  void lose_beside_keys(const Json* identities, const Json* root) {
    for (const auto& [name, value] :
         {std::pair("matchOIDCIdentity", identities), std::pair("trustedRootSecretRef", root)}) {
      if (value == nullptr || is_empty(*value)) continue;
      remarks_.lose(std::string("spec.verify.") + name,
                    "Flux does not look at it beside secretRef, so the TrustPolicy asks for the "
                    "keys alone");
    }
  }

  // Null with a remark on `field`.
  const objects::Object* secret_of(const Json& reference, const std::string& field) {
    const auto name = reference.string_at({"name"});
    const auto* secret = find_secret(objects_, repository_.name_space(), name);
    if (secret == nullptr) {
      remarks_.lose(field, "Secret " + printable(name, 80) +
                               " is not in the input, so no TrustPolicy was made; add it: kubectl "
                               "get secret -o yaml");
    }
    return secret;
  }

  bool add_keys(const Json& reference, Json& spec) {
    const auto* secret = secret_of(reference, "spec.verify.secretRef");
    if (secret == nullptr) return false;
    spec.set("signatures", Json::Object{{"keys", keys_of(*secret, remarks_)}});
    return true;
  }

  // As Flux judges them: any one of them is enough, and a transparency log must hold the signature.
  bool add_identities(const Json* identities, const Json* root, Json& spec) {
    const auto* list = identities == nullptr ? nullptr : identities->as_array();
    if (list == nullptr || list->empty()) {
      remarks_.lose("spec.verify",
                    "neither secretRef nor matchOIDCIdentity says who signs: Flux then takes "
                    "whoever has a certificate of Sigstore, and no TrustPolicy was made; write one "
                    "that names who may");
      return false;
    }
    Json::Array named, names;
    for (const auto& identity : *list) {
      const std::string name = "identity" + std::to_string(names.size() + 1);
      const std::string issuer(identity.string_at({"issuer"}));
      const std::string subject(identity.string_at({"subject"}));
      if (issuer.empty() || subject.empty()) {
        remarks_.lose("spec.verify.matchOIDCIdentity",
                      "an entry without issuer or subject is anybody, so no TrustPolicy was made");
        return false;
      }
      named.push_back(Json::Object{{"name", name},
                                   {"issuer", Json::Object{{"matches", whole_text(issuer)}}},
                                   {"subject", Json::Object{{"matches", whole_text(subject)}}}});
      names.emplace_back(name);
    }
    if (!add_root(root, spec)) return false;
    spec.set("signers", Json::Object{{"identities", std::move(named)}});
    spec.set("require", Json::Object{{"signatures", Json::Object{{"signers", std::move(names)}}}});
    return true;
  }

  bool add_root(const Json* reference, Json& spec) {
    if (reference == nullptr || is_empty(*reference)) {
      spec.set("trustedRoot", Json::Object{{"sigstore", "public"}});
      return true;
    }
    const auto* secret = secret_of(*reference, "spec.verify.trustedRootSecretRef");
    if (secret == nullptr) return false;
    const auto plain = secret->json().string_at({"stringData", kRootEntry});
    auto root = plain.empty() ? base64_decode(secret->json().string_at({"data", kRootEntry}))
                              : Result<std::string>(std::string(plain));
    if (!root || root->empty()) {
      remarks_.lose("spec.verify.trustedRootSecretRef",
                    "Secret " + secret->name() +
                        " has no entry trusted_root.json in base64, so no "
                        "TrustPolicy was made");
      return false;
    }
    spec.set("trustedRoot", Json::Object{{"inline", *std::move(root)}});
    return true;
  }

  std::optional<Json> checked(Json policy) {
    const auto parsed = signing::parse_trust_policy(policy, repository_.source());
    if (!parsed) {
      remarks_.lose("spec.verify", "no TrustPolicy was made: " + parsed.error().message());
      return std::nullopt;
    }
    remarks_.note("spec.verify",
                  "the TrustPolicy allows a return to older artifacts, as Flux does; set rollback: "
                  "deny when \"sealift push\" makes the artifacts");
    return policy;
  }

  const objects::Object& repository_;
  const std::vector<objects::Object>& objects_;
  Remarks& remarks_;
};

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
  return VerifyConverter(repository, objects, remarks).convert(*verify);
}

}  // namespace sealift::console
