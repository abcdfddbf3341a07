#pragma once

#include "support/cloud_services.h"
#include "support/manual_clock.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"

#include <sealift/cloud/workload_logins.h>
#include <sealift/oci/open_repository.h>

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace sealift::cloud {

// A workload whose network is the services of one cloud.
template <typename Services>
class CloudTest : public testing::Test {
 protected:
  // The login at the services' registry.
  Result<oci::Credentials> log_in() { return log_in(Services::kRegistry); }
  Result<oci::Credentials> log_in(const std::string& registry) {
    SEALIFT_ASSIGN(const auto source, logins_.open(Services::kProvider, registry));
    return source->find({});
  }
  // That this error tells and shows no secret.
  void expect_refused(ErrorCode code, const std::string& part) {
    const auto refused = log_in();
    EXPECT_THAT(refused, test::fails_with(code, part));
    if (refused) return;
    for (const auto& secret : services_.secrets()) {
      EXPECT_EQ(refused.error().message().find(secret), std::string::npos);
    }
  }
  test::ManualClock clock_;
  Services services_{clock_};
  test::TempDirectory directory_;
  std::map<std::string, std::string> variables_;
  test::FakeTransport transport_{
      [this](const test::SeenRequest& request) { return services_.answer(request); }};
  WorkloadLogins logins_{{transport_, system_files(), clock_,
                          [this](const std::string& name) {
                            const auto found = variables_.find(name);
                            return found == variables_.end() ? std::string() : found->second;
                          }},
                         {Provider::kAzure, Provider::kAws, Provider::kGcp}};
};

}  // namespace sealift::cloud
