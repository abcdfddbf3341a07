#include "support/test_certificate_log.h"

#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>

#include <openssl/x509.h>

#include <cstdlib>
#include <utility>

namespace sealift::test {
namespace {

constexpr const char* kTimestampsOid = "1.3.6.1.4.1.11129.2.4.2";

std::string number(std::uint64_t value, int width) {
  std::string out;
  for (int i = width - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  return out;
}

// DER.
std::string octet_string(const std::string& content) {
  const std::size_t size = content.size();
  if (size < 0x80) return "\x04" + number(size, 1) + content;
  if (size < 0x100) return "\x04\x81" + number(size, 1) + content;
  return "\x04\x82" + number(size, 2) + content;
}

std::string tbs_of(const std::string& certificate) {
  const auto* at = reinterpret_cast<const unsigned char*>(certificate.data());
  X509* x509 = d2i_X509(nullptr, &at, static_cast<long>(certificate.size()));
  if (x509 == nullptr) std::abort();
  unsigned char* bytes = nullptr;
  const int size = i2d_re_X509_tbs(x509, &bytes);
  std::string tbs(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  X509_free(x509);
  return tbs;
}

}  // namespace

TestCertificateLog::TestCertificateLog(std::string base_url, TestKey key)
    : base_url_(std::move(base_url)), key_(std::move(key)) {}

std::string TestCertificateLog::id() const { return Digest::of(key_.public_der()).raw(); }

std::string TestCertificateLog::promise(const std::string& tbs, const std::string& issuer_key,
                                        Timestamp time) const {
  const auto milliseconds = static_cast<std::uint64_t>(time.time_since_epoch().count()) * 1000;
  const std::string message = number(0, 1) + number(0, 1) + number(milliseconds, 8) + number(1, 2) +
                              Digest::of(issuer_key).raw() + number(tbs.size(), 3) + tbs +
                              number(0, 2);
  const std::string signature = key_.sign(message);
  const std::string timestamp = number(0, 1) + id() + number(milliseconds, 8) + number(0, 2) +
                                number(4, 1) + number(3, 1) + number(signature.size(), 2) +
                                signature;
  const std::string list = number(timestamp.size(), 2) + timestamp;
  return octet_string(edit_list(number(list.size(), 2) + list));
}

IssuedCertificate TestCertificateLog::issue_logged(const IssuedCertificate& issuer,
                                                   CertificateDraft draft, Timestamp time,
                                                   TestKey key) const {
  const std::string tbs = tbs_of(issue(issuer, draft, key).der);
  draft.raw_extensions.push_back(
      {kTimestampsOid, false, promise(tbs, issuer.key.public_der(), time)});
  return issue(issuer, draft, std::move(key));
}

Json TestCertificateLog::trusted_root_entry(const std::string& start) const {
  const Json::Object key{{"rawBytes", base64_encode(key_.public_der())},
                         {"keyDetails", "PKIX_ECDSA_P256_SHA_256"},
                         {"validFor", Json::Object{{"start", start}}}};
  return Json::Object{{"baseUrl", base_url_},
                      {"hashAlgorithm", "SHA2_256"},
                      {"publicKey", key},
                      {"logId", Json::Object{{"keyId", base64_encode(id())}}}};
}

}  // namespace sealift::test
