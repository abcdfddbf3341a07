#include "flag_policy.h"

#include <sealift/base/file_system.h>
#include <sealift/signing/policy_document.h>

#include <utility>

#include "key_argument.h"
#include "predicate_type.h"

namespace sealift::program {
namespace {

Json text_rule(const std::string& text, const std::string& pattern) {
  return text.empty() ? Json::Object{{"matches", pattern}} : Json::Object{{"equals", text}};
}

// "name=text", which load_signer_rule() took.
Result<> add_extensions(const std::vector<std::string>& arguments, const char* rule,
                        Json& extensions) {
  for (const auto& argument : arguments) {
    const auto equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    if (extensions.find(name) != nullptr) {
      return fail(ErrorCode::kInvalidInput,
                  "the extension " + name + " is asked for twice, and says one thing");
    }
    extensions.set(name, Json::Object{{rule, argument.substr(equals + 1)}});
  }
  return {};
}

Result<Json> identity_document(const SignerFlags& flags, const std::string& name) {
  Json extensions = Json::object();
  SEALIFT_TRY(add_extensions(flags.extensions, "equals", extensions));
  SEALIFT_TRY(add_extensions(flags.extension_patterns, "matches", extensions));
  return Json(Json::Object{{"name", name},
                           {"issuer", text_rule(flags.issuer, flags.issuer_pattern)},
                           {"subject", text_rule(flags.identity, flags.identity_pattern)},
                           {"extensions", std::move(extensions)}});
}

Result<Json> root_document(const std::string& file) {
  if (file.empty()) return Json(Json::Object{{"sigstore", "public"}});
  SEALIFT_ASSIGN_CONTEXT(auto bytes,
                         read_file(system_files(), file, sigstore::kMaxTrustedRootBytes),
                         "reading the trusted root");
  // Read here, so that what is wrong with it is said of the file.
  SEALIFT_TRY(sigstore::parse_trusted_root(bytes, file));
  return Json(Json::Object{{"inline", std::move(bytes)}});
}

Json require_document(const TrustFlags& flags, const std::string& signer, bool needs_log) {
  Json quorum = Json::Object{{"signers", Json::Array{signer}}};
  if (needs_log) quorum.set("transparency", "required");
  if (flags.predicate_type.empty()) return Json::Object{{"signatures", std::move(quorum)}};
  quorum.set("predicateType", predicate_type_of(flags.predicate_type));
  return Json::Object{{"attestation", std::move(quorum)}};
}

}  // namespace

Result<Json> policy_document_for(const TrustFlags& flags) {
  const SignerFlags& signer = *flags.signer;
  SEALIFT_ASSIGN(const auto rule, load_signer_rule(signer));
  const auto* key = std::get_if<crypto::PublicKey>(&rule);
  const std::string person = signer.identity.empty() ? signer.identity_pattern : signer.identity;
  SEALIFT_ASSIGN(const auto name, key != nullptr ? name_of_key(signer.key) : person);
  if (key != nullptr && flags.trusted_root_file.empty() && flags.predicate_type.empty()) {
    return signing::policy_document_for_key(*key, name);
  }
  Json spec = Json::Object{{"repositories", Json::Array{"**"}}, {"rollback", "allow"}};
  if (key != nullptr) {
    const Json::Object named{{"name", name}, {"publicKey", key->to_pem()}};
    spec.set("signers", Json::Object{{"keys", Json::Array{named}}});
  } else {
    SEALIFT_ASSIGN(auto identity, identity_document(signer, name));
    spec.set("signers", Json::Object{{"identities", Json::Array{std::move(identity)}}});
  }
  const bool needs_log = key == nullptr || !flags.trusted_root_file.empty();
  if (needs_log) {
    SEALIFT_ASSIGN(auto root, root_document(flags.trusted_root_file));
    spec.set("trustedRoot", std::move(root));
  }
  spec.set("require", require_document(flags, name, needs_log));
  return Json(Json::Object{
      {"apiVersion", "sealift.dev/v1alpha1"},
      {"kind", "TrustPolicy"},
      {"metadata", Json::Object{{"name", (key != nullptr ? "key " : "identity ") + name}}},
      {"spec", std::move(spec)}});
}

}  // namespace sealift::program
