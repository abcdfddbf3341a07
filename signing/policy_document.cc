#include <sealift/signing/policy_document.h>
#include <sealift/sigstore/known_trusted_root.h>

namespace sealift::signing {

Json policy_document_for_key(const crypto::PublicKey& key, const std::string& name) {
  const Json::Object named{{"name", name}, {"publicKey", key.to_pem()}};
  const Json::Object spec{{"repositories", Json::Array{"**"}},
                          {"signatures", Json::Object{{"keys", Json::Array{named}}}},
                          {"rollback", "allow"}};
  return Json::Object{{"apiVersion", "sealift.dev/v1alpha1"},
                      {"kind", "TrustPolicy"},
                      {"metadata", Json::Object{{"name", "key " + name}}},
                      {"spec", spec}};
}

std::string root_json_of(const Json& policy_document) {
  const auto* root = policy_document.find_path({"spec", "trustedRoot"});
  if (root == nullptr || root->is_null()) return "";
  const auto* own = root->find("inline");
  if (own != nullptr && own->is_string()) return *own->as_string();
  return std::string(sigstore::public_trusted_root().bytes);
}

}  // namespace sealift::signing
