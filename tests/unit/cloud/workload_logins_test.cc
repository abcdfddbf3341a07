// Who gets a login, and for which registry.
#include "cloud_fixture.h"

#include "support/google_services.h"

namespace sealift::cloud {
namespace {

using test::fails_with;
using test::GoogleServices;

class WorkloadLoginsTest : public CloudTest<GoogleServices> {};

TEST_F(WorkloadLoginsTest, NothingIsAskedBeforeALoginIsWanted) {
  ASSERT_OK(logins_.open("gcp", "gcr.io"));
  EXPECT_EQ(transport_.request_count(), 0u);
}

TEST_F(WorkloadLoginsTest, WhoHasTheSameRegistryOpenSharesOneLogin) {
  ASSERT_OK_ASSIGN(const auto first, logins_.open("gcp", "gcr.io"));
  ASSERT_OK_ASSIGN(const auto same, logins_.open("gcp", "gcr.io"));
  ASSERT_OK_ASSIGN(const auto other, logins_.open("gcp", "eu.gcr.io"));
  EXPECT_EQ(first, same);
  EXPECT_NE(first, other);
  ASSERT_OK(first->find({}));
  ASSERT_OK(same->find({}));
  EXPECT_EQ(transport_.request_count(), 1u);
}

TEST_F(WorkloadLoginsTest, ARegistryThatIsNotTheProvidersGetsNone) {
  for (const auto* registry : {"registry.example.com", "gcr.io:443", "gcr.io.evil.example",
                               "shop.azurecr.io", "localhost:5000"}) {
    EXPECT_THAT(logins_.open("gcp", registry),
                fails_with(ErrorCode::kInvalidInput,
                           std::string("the login of provider gcp is not for ") + registry +
                               ": it goes to gcr.io, *.gcr.io or *.pkg.dev alone"));
  }
  EXPECT_THAT(logins_.open("aws", "public.ecr.aws"), fails_with(ErrorCode::kInvalidInput));
}

TEST_F(WorkloadLoginsTest, AnUnknownProviderIsNone) {
  for (const auto* name : {"", "AWS", "generic", "google"}) {
    EXPECT_THAT(logins_.open(name, "gcr.io"),
                fails_with(ErrorCode::kInvalidInput, "is no provider of logins"));
  }
  for (const auto provider : {Provider::kAzure, Provider::kAws, Provider::kGcp}) {
    EXPECT_EQ(parse_provider(to_string(provider)), provider);
  }
}

TEST_F(WorkloadLoginsTest, WhatIsNotAllowedIsRefusedBeforeAnythingIsAsked) {
  WorkloadLogins none(
      {transport_, system_files(), clock_, [](const std::string&) { return std::string(); }},
      {Provider::kAws});
  EXPECT_THAT(none.open("gcp", "gcr.io"),
              fails_with(ErrorCode::kForbidden, "--allow-provider gcp"));
  EXPECT_EQ(transport_.request_count(), 0u);
}

}  // namespace
}  // namespace sealift::cloud
