#pragma once

#include "support/process.h"
#include "support/temp_directory.h"

#include <sealift/base/json.h>

#include <string>
#include <string_view>

namespace sealift::test {

// A private Sigstore on loopback (tests/parts/sigstore): the servers of a certificate authority,
// both makes of logs and time stamps. It ends with the object. Aborts the test program, with the
// servers' words, where it does not start.
class SigstoreServices {
 public:
  SigstoreServices();
  SigstoreServices(const SigstoreServices&) = delete;
  SigstoreServices& operator=(const SigstoreServices&) = delete;

  // Of "people" and "jobs" (issuers of tokens), "fulcio", "certificateLog", "rekor1", "rekor2",
  // "timestamps".
  std::string url(std::string_view service) const;

  std::string trusted_root_file() const { return directory_.file("trusted_root.json"); }
  std::string trusted_root() const { return directory_.read("trusted_root.json"); }
  // That names the log of Rekor 1 or 2.
  std::string signing_config_file(int rekor) const;

  // Of a person, by mail address; of a workflow of GitHub, by repository.
  std::string person_token(const std::string& mail) const;
  std::string job_token(const std::string& repository) const;
  // Where an issuer gives such a token, as GitHub's ACTIONS_ID_TOKEN_REQUEST_URL.
  std::string person_token_url(const std::string& mail) const;
  std::string job_token_url(const std::string& repository) const;
  // Whom Fulcio certifies then.
  static std::string workflow_of(const std::string& repository);

 private:
  TempDirectory directory_;
  Process process_;
  Json urls_;
};

}  // namespace sealift::test
