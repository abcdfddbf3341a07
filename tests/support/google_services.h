#pragma once

#include "support/cloud_services.h"

namespace sealift::test {

// A machine's metadata server, Google's Security Token Service, the credentials of service
// accounts, and the registry europe-docker.pkg.dev.
class GoogleServices : public CloudServices {
 public:
  static constexpr const char* kProvider = "gcp";
  static constexpr const char* kRegistry = "europe-docker.pkg.dev";
  static constexpr const char* kAudience =
      "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k";
  static constexpr const char* kImpersonation =
      "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"
      "puller@shop.iam.gserviceaccount.com:generateAccessToken";

  using CloudServices::CloudServices;

  std::string subject_token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwdWxsZXIifQ.c3ViamVjdA";

 protected:
  FakeAnswer serve(const Call& call) override;

 private:
  FakeAnswer give_machine_token(const Call& call);
  FakeAnswer exchange(const Call& call);
  FakeAnswer impersonate(const Call& call);
  FakeAnswer registry(const Call& call);
};

}  // namespace sealift::test
