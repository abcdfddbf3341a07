#pragma once

#include <string>

namespace sealift::test {

// A fresh P-256 certificate authority with one server certificate, all as PEM, valid for a day.
struct TestCertificate {
  std::string ca_pem;
  std::string certificate_pem;
  std::string key_pem;

  // `subject_alt_name` as OpenSSL writes it: "IP:127.0.0.1,DNS:localhost".
  static TestCertificate make(const std::string& subject_alt_name = "IP:127.0.0.1,DNS:localhost");
};

}  // namespace sealift::test
