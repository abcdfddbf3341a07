#pragma once

#include "support/certificate_builder.h"
#include "support/test_certificate_log.h"
#include "support/test_log.h"

#include <sealift/base/clock.h>
#include <sealift/base/json.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sealift::test {

// One keyless signature that somebody makes, by default all that verifies.
struct KeylessDraft {
  // As OpenSSL's configuration files write a subject's alternative names.
  std::string identity =
      "URI:https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main";
  std::string issuer = "https://token.actions.githubusercontent.com";
  // Further extensions 1.3.6.1.4.1.57264.1.n, from number 8 on.
  std::vector<std::pair<int, std::string>> claims = {{12, "https://github.com/acme/shop"},
                                                     {14, "refs/heads/main"}};
  std::string usage = "codeSigning";
  std::string artifact = "the artifact";
  // Signs a statement of this type about the artifact instead of its bytes.
  std::string predicate_type = {};
  Json predicate = Json::Object{{"builder", "ours"}};
  Timestamp time = parse_timestamp("2026-06-01T12:00:00Z").value();
  // When the log and the time stamp authority say that it was.
  std::optional<Timestamp> logged = std::nullopt;
  std::optional<Timestamp> stamped = std::nullopt;
  bool in_certificate_log = true;
  bool is_stamped = true;
  // In a classic layer with an envelope, the time stamp is of its signature alone.
  bool stamps_signature = false;
  // Signs with this key alone, without a certificate.
  std::optional<TestKey> key = std::nullopt;
};

// A Sigstore of a test's own: certificate authority with an intermediate, Certificate Transparency
// log, transparency log, time stamp authority. It is written from the formats and shares no code
// with what verifies them.
class TestSigstore {
 public:
  explicit TestSigstore(TestLog::Make make = TestLog::Make::kRekor1);

  // Trusted root 0.1 with the one log, the one authority, and so on, of each.
  Json trusted_root() const;
  // Bundle 0.3 with everything: entry with promise (of Rekor 1) and proof, time stamp.
  Json bundle(const KeylessDraft& draft = {});
  // The same as cosign's classic storage has it: a layer and its annotations. Only of Rekor 1.
  struct Layer {
    std::string content;
    std::vector<std::pair<std::string, std::string>> annotations;
  };
  Layer classic_layer(const KeylessDraft& draft = {});

  TestLog& log() { return log_; }
  TestCertificateLog& certificate_log() { return certificate_log_; }
  const IssuedCertificate& authority() const { return authority_; }
  const IssuedCertificate& intermediate() const { return intermediate_; }
  const IssuedCertificate& stamps() const { return stamps_; }

 private:
  struct Signed;
  Signed sign(const KeylessDraft& draft, const std::string& content, bool is_envelope) const;
  IssuedCertificate certify(const KeylessDraft& draft) const;
  std::string stamp(const KeylessDraft& draft, const std::string& stamped) const;
  std::size_t log_it(const std::string& body);

  TestLog::Make make_;
  IssuedCertificate authority_;
  IssuedCertificate intermediate_;
  IssuedCertificate stamp_authority_;
  IssuedCertificate stamps_;
  TestCertificateLog certificate_log_;
  TestLog log_;
};

}  // namespace sealift::test
