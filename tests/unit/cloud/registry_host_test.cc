// Which host is whose registry: a login goes nowhere else.
#include "registry_host.h"

#include <gtest/gtest.h>

namespace sealift::cloud {
namespace {

TEST(RegistryHost, EachCloudHasItsOwn) {
  for (const auto* host :
       {"shop.azurecr.io", "shop.azurecr.cn", "a-1.azurecr.us", "shop.westeurope.geo.azurecr.io"}) {
    EXPECT_TRUE(is_registry_of(Provider::kAzure, host)) << host;
    EXPECT_FALSE(is_registry_of(Provider::kAws, host)) << host;
    EXPECT_FALSE(is_registry_of(Provider::kGcp, host)) << host;
  }
  for (const auto* host : {"gcr.io", "eu.gcr.io", "europe-docker.pkg.dev"}) {
    EXPECT_TRUE(is_registry_of(Provider::kGcp, host)) << host;
    EXPECT_FALSE(is_registry_of(Provider::kAzure, host)) << host;
  }
}

TEST(RegistryHost, NoOtherLooksLikeOne) {
  for (const auto* host : {"",
                           "azurecr.io",
                           ".azurecr.io",
                           "shop.azurecr.io.evil.example",
                           "shop.azurecr.io:8443",
                           "shopazurecr.io",
                           "evil.example/.azurecr.io",
                           "a@b.azurecr.io",
                           "a..azurecr.io",
                           "-a.azurecr.io",
                           "SHOP.azurecr.io",
                           "evil-gcr.io",
                           "gcr.io.evil.example",
                           "gcr.io:443",
                           "pkg.dev",
                           "evilpkg.dev",
                           "x.pkg.dev.",
                           "123456789012.dkr.ecr.eu.amazonaws.com.evil.example",
                           "12345678901.dkr.ecr.eu-west-1.amazonaws.com",
                           "1234567890123.dkr.ecr.eu.amazonaws.com",
                           "123456789012.dkr.ecr..amazonaws.com",
                           "123456789012.dkr.ecr.amazonaws.com",
                           "123456789012.dkr.ecr.a.b.amazonaws.com",
                           "123456789012.dkr.ecr.eu-west-1.on.aws",
                           "123456789012.dkr-ecr.eu-west-1.amazonaws.com",
                           "public.ecr.aws",
                           "evil.123456789012.dkr.ecr.eu-west-1.amazonaws.com",
                           "123456789012.dkr.ecr.eu_west.amazonaws.com"}) {
    for (const auto provider : {Provider::kAzure, Provider::kAws, Provider::kGcp}) {
      EXPECT_FALSE(is_registry_of(provider, host)) << host;
    }
  }
}

struct EcrCase {
  const char* registry;
  const char* region;
  const char* endpoint;
};

class EcrHost : public testing::TestWithParam<EcrCase> {};

TEST_P(EcrHost, NamesItsRegionAndEndpoint) {
  const auto registry = ecr_registry_of(GetParam().registry);
  ASSERT_TRUE(registry);
  EXPECT_EQ(registry->region, GetParam().region);
  EXPECT_EQ(registry->endpoint, GetParam().endpoint);
}

INSTANTIATE_TEST_SUITE_P(
    Table, EcrHost,
    testing::Values(EcrCase{"123456789012.dkr.ecr.eu-central-1.amazonaws.com", "eu-central-1",
                            "api.ecr.eu-central-1.amazonaws.com"},
                    EcrCase{"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1",
                            "api.ecr.cn-north-1.amazonaws.com.cn"},
                    EcrCase{"123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
                            "us-gov-west-1", "ecr-fips.us-gov-west-1.amazonaws.com"},
                    EcrCase{"123456789012.dkr-ecr.us-east-2.on.aws", "us-east-2",
                            "ecr.us-east-2.api.aws"},
                    EcrCase{"123456789012.dkr-ecr-fips.us-east-2.on.aws", "us-east-2",
                            "ecr-fips.us-east-2.api.aws"}));

TEST(RegistryHost, StsIsTheRegionsOwn) {
  EXPECT_EQ(sts_host("eu-west-1"), "sts.eu-west-1.amazonaws.com");
  EXPECT_EQ(sts_host("cn-north-1"), "sts.cn-north-1.amazonaws.com.cn");
}

TEST(RegistryHost, ACloudOfAzureGoesByTheName) {
  EXPECT_EQ(azure_cloud_of("shop.azurecr.cn")->authority, "https://login.chinacloudapi.cn");
  EXPECT_EQ(azure_cloud_of("shop.azurecr.us")->resource, "https://management.usgovcloudapi.net");
}

}  // namespace
}  // namespace sealift::cloud
