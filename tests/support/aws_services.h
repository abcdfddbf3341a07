#pragma once

#include "support/cloud_services.h"

namespace sealift::test {

// The Security Token Service and Amazon ECR of eu-central-1, the agent of EKS Pod Identity, and the
// registry of one account.
class AwsServices : public CloudServices {
 public:
  static constexpr const char* kProvider = "aws";
  static constexpr const char* kRegistry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
  static constexpr const char* kRole = "arn:aws:iam::123456789012:role/puller";

  using CloudServices::CloudServices;

  std::string web_identity = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwdWxsZXIifQ.d2ViIGlkZW50aXR5";
  std::string pod_token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwb2QifQ.cG9kIGlkZW50aXR5";

 protected:
  FakeAnswer serve(const Call& call) override;

 private:
  struct Keys {
    std::string id;
    std::string secret;
    std::string session;
  };
  Keys make_keys();
  FakeAnswer assume_role(const Call& call);
  FakeAnswer give_pod_keys(const Call& call);
  FakeAnswer authorize(const Call& call);
  bool is_signed(const Call& call);
  FakeAnswer registry(const Call& call);

  std::map<std::string, Keys> keys_;  // by id
};

}  // namespace sealift::test
