#include <sealift/base/encoding.h>
#include <sealift/signing/repository_name.h>

#include <map>
#include <utility>

#include "policy_export_source.h"

// ImageValidatingPolicy (policies.kyverno.io/v1, Kyverno 1.17 and later): attestors by name, and
// CEL that counts which of them verify.
namespace sealift::console {
namespace {

using signing::Transparency;

// "*" stays within a segment, and stands for a port too where the segment is the registry.
std::string segment_expression(std::string_view segment, bool is_registry) {
  std::string out;
  for (const char c : segment) {
    if (c == '*') {
      out += is_registry ? "[^/@]*" : "[^/:@]*";
    } else if (c == '.') {
      out += "[.]";
    } else {
      if (std::string_view(R"(\+?()|[]{}^$)").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

// An expression for images of the repositories that a pattern means: "**" is any number of
// segments, and a tag or digest may follow. A registry is the same with port 443, 80 and none.
std::string image_expression(std::string_view pattern) {
  const std::string canonical = signing::without_default_port(pattern);
  pattern = canonical;
  std::string out = "^";
  bool needs_slash = false;
  while (!pattern.empty()) {
    const auto segment = pattern.substr(0, pattern.find('/'));
    const bool is_registry = out == "^" && segment.size() < pattern.size();
    pattern.remove_prefix(std::min(segment.size() + 1, pattern.size()));
    if (segment == "**") {
      out += needs_slash ? "(/[^/:@]+)*" : "([^/@]+/)*";
      continue;
    }
    if (needs_slash) out += "/";
    needs_slash = true;
    out += segment_expression(segment, is_registry);
    if (is_registry && may_lack_port(segment)) out += "(:0*(443|80))?";
  }
  // What is "**" alone has no segment of its own.
  return out + (needs_slash ? "" : "[^/:@]*") + "([:@].*)?$";
}

class Kyverno {
 public:
  explicit Kyverno(ExportedPolicy& policy) : policy_(policy) {}

  Json document() {
    const auto expression = requirement(policy_.policy().require);
    Json spec;
    spec.set("failurePolicy", "Fail");
    spec.set("validationActions", Json::Array{"Deny"});
    const Json::Object pods{{"apiGroups", Json::Array{""}},
                            {"apiVersions", Json::Array{"v1"}},
                            {"operations", Json::Array{"CREATE", "UPDATE"}},
                            {"resources", Json::Array{"pods", "pods/ephemeralcontainers"}}};
    spec.set("matchConstraints", Json::Object{{"resourceRules", Json::Array{pods}}});
    spec.set("matchImageReferences", images());
    spec.set("attestors", std::move(attestors_));
    if (!attestations_.empty()) spec.set("attestations", std::move(attestations_));
    spec.set(
        "validations",
        Json::Array{Json::Object{
            {"expression", over_all_images(expression)},
            {"message", "the TrustPolicy " + printable(policy_.policy().name) + " is not met"}}});
    return Json::Object{{"apiVersion", "policies.kyverno.io/v1"},
                        {"kind", "ImageValidatingPolicy"},
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
      list.push_back(
          Json::Object{{"expression", "ref.matches(" + quoted(image_expression(pattern)) + ")"}});
    }
    if (list.as_array()->empty()) {
      policy_.refuse("spec.repositories", "none is a repository of images");
    }
    return list;
  }

  // Images that the policy is not about count as verified by nobody, so they are passed over.
  std::string over_all_images(const std::string& expression) {
    std::string matches;
    for (const auto& pattern : policy_.policy().repositories) {
      if (pattern.starts_with("oci-layout:")) continue;
      matches += (matches.empty() ? "" : " || ") + std::string("image.matches(") +
                 quoted(image_expression(pattern)) + ")";
    }
    return "(images.containers + images.initContainers + images.ephemeralContainers).all(image, "
           "!(" +
           matches + ") || (" + expression + "))";
  }

  std::string requirement(const signing::Requirement& requirement) {
    if (const auto* combination = std::get_if<signing::Combination>(&requirement.rule)) {
      const bool is_all = combination->kind == signing::Combination::Kind::kAll;
      std::string text;
      for (const auto& each : combination->of) {
        text += (text.empty() ? "(" : is_all ? " && (" : " || (") + this->requirement(each) + ")";
      }
      return text;
    }
    if (const auto* attestation = std::get_if<signing::AttestationRequirement>(&requirement.rule)) {
      return attested(*attestation);
    }
    const auto& quorum = std::get<signing::SignatureRequirement>(requirement.rule).quorum;
    return "verifyImageSignatures(image, " + attestors_of(quorum) +
           ") >= " + std::to_string(quorum.threshold);
  }

  std::string attested(const signing::AttestationRequirement& attestation) {
    const auto [known, is_new] = names_of_types_.try_emplace(
        attestation.predicate_type, "type" + std::to_string(names_of_types_.size()));
    const auto& name = known->second;
    if (is_new) {
      attestations_.push_back(Json::Object{
          {"name", name}, {"intoto", Json::Object{{"type", attestation.predicate_type}}}});
    }
    std::string text = "verifyAttestationSignatures(image, attestations." + name + ", " +
                       attestors_of(attestation.quorum) +
                       ") >= " + std::to_string(attestation.quorum.threshold);
    if (attestation.conditions.empty()) return text;
    policy_.note("spec.require", "of several attestations " +
                                     printable(attestation.predicate_type) +
                                     " of an image, the conditions are held against one alone");
    return text + " && " +
           cel_of(attestation.conditions,
                  "extractPayload(image, attestations." + name + ").predicate", policy_);
  }

  std::string attestors_of(const signing::Quorum& quorum) {
    std::string list;
    for (const auto& signer : policy_.able_signers(quorum)) {
      const bool is_identity = policy_.identity(signer) != nullptr;
      const auto transparency =
          is_identity ? quorum.transparency_of_identities() : quorum.transparency_of_keys();
      list += (list.empty() ? "" : ", ") + std::string("attestors.") +
              attestor(signer, is_identity, transparency);
    }
    return "[" + list + "]";
  }

  // The name of what verifies signatures of a signer, with or without a log.
  std::string attestor(const std::string& signer, bool is_identity, Transparency transparency) {
    const auto [known, is_new] = names_of_attestors_.try_emplace(
        {signer, transparency}, "signer" + std::to_string(names_of_attestors_.size()));
    if (!is_new) return known->second;
    Json cosign;
    if (is_identity) {
      add_identity(signer, transparency, cosign);
    } else {
      cosign.set("key", Json::Object{{"data", policy_.key(signer)->key.to_pem()}});
    }
    if (transparency != Transparency::kRequired) {
      cosign.set("ctlog", Json::Object{{"insecureIgnoreTlog", true}});
    }
    if (transparency == Transparency::kPreferred) {
      policy_.lose("spec.require",
                   "entries of logs are not looked at where they are only preferred");
    }
    if (const auto root = policy_.own_root();
        !root.empty() && (is_identity || transparency == Transparency::kRequired)) {
      cosign.set("trustedRoot", Json::Object{{"value", root}});
    }
    attestors_.push_back(Json::Object{{"name", known->second}, {"cosign", std::move(cosign)}});
    return known->second;
  }

  void add_identity(const std::string& signer, Transparency transparency, Json& cosign) {
    const auto text = policy_.identity_text(*policy_.identity(signer));
    if (text.has_extensions) {
      policy_.refuse("spec.signers.identities",
                     "\"" + printable(signer) +
                         "\" has extensions, which Kyverno does not check; "
                         "let the subject say the same");
    }
    if (transparency != Transparency::kRequired) {
      policy_.refuse("spec.require", "\"" + printable(signer) +
                                         "\" needs a log there, because nothing else proves the "
                                         "time");
    }
    Json identity;
    set_text("issuer", "issuerRegExp", text.issuer, identity);
    set_text("subject", "subjectRegExp", text.subject, identity);
    cosign.set("keyless", Json::Object{{"identities", Json::Array{std::move(identity)}}});
  }

  static void set_text(const char* exact, const char* expression, const ExportedText& text,
                       Json& identity) {
    if (text.matches.empty()) {
      identity.set(exact, text.equals);
    } else {
      identity.set(expression, text.expression());
    }
  }

  ExportedPolicy& policy_;
  std::map<std::pair<std::string, Transparency>, std::string> names_of_attestors_;
  std::map<std::string, std::string> names_of_types_;
  Json::Array attestors_;
  Json::Array attestations_;
};

}  // namespace

void export_kyverno(ExportedPolicy& policy, std::vector<Json>& documents) {
  documents.push_back(Kyverno(policy).document());
}

}  // namespace sealift::console
