#pragma once

#include "support/cloud_services.h"

namespace sealift::test {

// Microsoft Entra's token endpoint, a machine's metadata service, and the registry shop.azurecr.io
// with its exchange of tokens.
class AzureServices : public CloudServices {
 public:
  static constexpr const char* kProvider = "azure";
  static constexpr const char* kRegistry = "shop.azurecr.io";

  using CloudServices::CloudServices;

  std::string federated_token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwdWxsZXIifQ.c2lnbmF0dXJl";
  bool has_role = true;  // AcrPull at the registry

 protected:
  FakeAnswer serve(const Call& call) override;

 private:
  FakeAnswer give_token(const Call& call);
  FakeAnswer give_machine_token(const Call& call);
  FakeAnswer exchange(const Call& call);
  FakeAnswer registry(const Call& call);
};

}  // namespace sealift::test
