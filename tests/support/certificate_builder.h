#pragma once

#include <sealift/base/clock.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

struct evp_pkey_st;

namespace sealift::test {

// A key pair for tests.
class TestKey {
 public:
  static TestKey ec(const std::string& curve = "P-256");
  static TestKey rsa(std::size_t bits);
  static TestKey ed25519();

  evp_pkey_st* get() const { return key_.get(); }
  std::string public_der() const;  // SubjectPublicKeyInfo
  // Over the message's `hash`; Ed25519 takes none.
  std::string sign(const std::string& message, const std::string& hash = "SHA256") const;

 private:
  explicit TestKey(evp_pkey_st* key);
  std::shared_ptr<evp_pkey_st> key_;
};

struct RawExtension {
  std::string oid;  // dotted
  bool critical = false;
  std::string value;  // what the OCTET STRING holds
};

// What a certificate says, right or wrong. By default one of an authority's customers.
struct CertificateDraft {
  std::string subject = "leaf";  // the common name; empty for an empty subject
  Timestamp not_before{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
  Timestamp not_after{std::chrono::sys_days(std::chrono::year(2027) / 1 / 1)};
  std::string serial = "42";  // decimal, perhaps negative
  int version = 3;
  // As OpenSSL's configuration files write them: {"basicConstraints", "critical,CA:TRUE"}.
  std::vector<std::pair<std::string, std::string>> extensions;
  std::vector<RawExtension> raw_extensions = {};
  std::string hash = "SHA256";
};

struct IssuedCertificate {
  std::string der;
  TestKey key;
};

// The certificate by which an authority signs itself.
CertificateDraft authority_draft(const std::string& name);
// A customer's, with that extended key usage in OpenSSL's words.
CertificateDraft leaf_draft(const std::string& usage = "codeSigning");

IssuedCertificate self_signed(const CertificateDraft& draft, TestKey key = TestKey::ec());
IssuedCertificate issue(const IssuedCertificate& issuer, const CertificateDraft& draft,
                        TestKey key = TestKey::ec());

}  // namespace sealift::test
