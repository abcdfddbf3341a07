#pragma once

#include "support/certificate_builder.h"

#include <sealift/base/clock.h>
#include <sealift/base/json.h>

#include <functional>
#include <string>

namespace sealift::test {

// A Certificate Transparency log of a test's own, written from RFC 6962.
class TestCertificateLog {
 public:
  explicit TestCertificateLog(std::string base_url = "https://ct.example.com",
                              TestKey key = TestKey::ec());

  const TestKey& key() const { return key_; }
  std::string id() const;  // bytes

  // A certificate as issue() makes it, with this log's promise in it.
  IssuedCertificate issue_logged(const IssuedCertificate& issuer, CertificateDraft draft,
                                 Timestamp time, TestKey key = TestKey::ec()) const;

  // Falsifies the list of promises (RFC 6962, section 3.3) before it goes into a certificate.
  std::function<std::string(const std::string&)> edit_list = [](const std::string& list) {
    return list;
  };

  // An element of "ctlogs" in a trusted root.
  Json trusted_root_entry(const std::string& start = "2026-01-01T00:00:00Z") const;

 private:
  std::string promise(const std::string& tbs, const std::string& issuer_key, Timestamp time) const;

  std::string base_url_;
  TestKey key_;
};

}  // namespace sealift::test
