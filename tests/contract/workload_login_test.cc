// The whole way from a workload's identity to an artifact, for each cloud: over real HTTP and TLS,
// against doubles that check what the real services check.
#include "support/aws_services.h"
#include "support/azure_services.h"
#include "support/google_services.h"
#include "support/manual_clock.h"
#include "support/mapped_transport.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"

#include <sealift/cloud/workload_logins.h>
#include <sealift/oci/open_repository.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <thread>

namespace sealift::cloud {
namespace {

using test::AwsServices;
using test::AzureServices;
using test::fails_with;
using test::GoogleServices;
using test::TempDirectory;

using Variables = std::map<std::string, std::string>;

Variables identity(const AzureServices& services, const TempDirectory& directory) {
  return {{"AZURE_TENANT_ID", "11111111-1111-1111-1111-111111111111"},
          {"AZURE_CLIENT_ID", "22222222-2222-2222-2222-222222222222"},
          {"AZURE_FEDERATED_TOKEN_FILE", directory.write("token", services.federated_token)}};
}

Variables identity(const AwsServices& services, const TempDirectory& directory) {
  return {{"AWS_ROLE_ARN", AwsServices::kRole},
          {"AWS_WEB_IDENTITY_TOKEN_FILE", directory.write("token", services.web_identity)},
          {"AWS_REGION", "eu-central-1"}};
}

Variables identity(const GoogleServices& services, const TempDirectory& directory) {
  const Json configuration =
      Json::Object{{"type", "external_account"},
                   {"audience", GoogleServices::kAudience},
                   {"subject_token_type", "urn:ietf:params:oauth:token-type:jwt"},
                   {"token_url", "https://sts.googleapis.com/v1/token"},
                   {"service_account_impersonation_url", GoogleServices::kImpersonation},
                   {"credential_source",
                    Json::Object{{"file", directory.write("token", services.subject_token)}}}};
  return {{"GOOGLE_APPLICATION_CREDENTIALS",
           directory.write("configuration.json", dump_json(configuration))}};
}

template <typename Services>
class WorkloadLogin : public testing::Test {
 protected:
  Result<> fetch(oci::Repository& repository) {
    SEALIFT_TRY(repository.fetch_manifest("v1", {}));
    return {};
  }
  std::unique_ptr<oci::Repository> open() {
    oci::RepositoryOptions options;
    options.provider = Services::kProvider;
    const auto reference =
        oci::Reference::parse("oci://" + std::string(Services::kRegistry) + "/app");
    return oci::open_repository(*reference, options, environment_).value();
  }
  // How many questions were asked of others than the registry's content.
  std::size_t questions() {
    const auto asked = services_.asked();
    return static_cast<std::size_t>(std::count_if(
        asked.begin(), asked.end(),
        [](const std::string& line) { return line.find("/manifests/") == std::string::npos; }));
  }

  test::ManualClock clock_{test::ManualClock::Sleep::kJumps};
  Services services_{clock_};
  TempDirectory directory_;
  Variables variables_ = identity(services_, directory_);
  test::MappedTransport transport_{
      [this](const test::SeenRequest& request) { return services_.answer(request); }};
  WorkloadLogins logins_{{transport_, system_files(), clock_,
                          [this](const std::string& name) { return variables_[name]; }},
                         {Provider::kAzure, Provider::kAws, Provider::kGcp}};
  oci::RepositoryEnvironment environment_{transport_, system_files(), clock_, system_random(),
                                          &logins_};
};

using Clouds = testing::Types<AzureServices, AwsServices, GoogleServices>;
TYPED_TEST_SUITE(WorkloadLogin, Clouds);

TYPED_TEST(WorkloadLogin, IsMadeOnceAndServesEachRequest) {
  const auto repository = this->open();
  ASSERT_OK(this->fetch(*repository));
  const auto questions = this->questions();
  EXPECT_GE(questions, 2u);
  ASSERT_OK(this->fetch(*repository));
  EXPECT_EQ(this->questions(), questions);
}

TYPED_TEST(WorkloadLogin, IsRenewedWhenItEnds) {
  const auto repository = this->open();
  ASSERT_OK(this->fetch(*repository));
  for (int day = 0; day < 2; ++day) {
    const auto questions = this->questions();
    this->clock_.advance(std::chrono::hours(13));
    ASSERT_OK(this->fetch(*repository));
    EXPECT_GT(this->questions(), questions);
  }
}

TYPED_TEST(WorkloadLogin, IsMadeAgainWhereItIsTakenBack) {
  const auto repository = this->open();
  ASSERT_OK(this->fetch(*repository));
  this->services_.revoke_all();
  EXPECT_OK(this->fetch(*repository));
  EXPECT_OK(this->fetch(*this->open()));
}

TYPED_TEST(WorkloadLogin, IsOneForManyThreads) {
  const auto first = this->open();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([this] { EXPECT_OK(this->fetch(*this->open())); });
  }
  threads.clear();
  const auto asked = this->services_.asked();
  const std::string first_step = asked.at(static_cast<std::size_t>(
      std::find_if(asked.begin(), asked.end(),
                   [](const std::string& line) { return line.starts_with("POST "); }) -
      asked.begin()));
  EXPECT_EQ(std::count(asked.begin(), asked.end(), first_step), 1) << first_step;
}

TYPED_TEST(WorkloadLogin, AServiceThatIsAwayIsAskedAgain) {
  const auto repository = this->open();
  ASSERT_OK(this->fetch(*repository));
  const auto asked = this->services_.asked();
  const auto step = std::find_if(asked.begin(), asked.end(),
                                 [](const std::string& line) { return line.starts_with("POST "); });
  ASSERT_NE(step, asked.end());
  const auto host = step->substr(5, step->find('/') - 5);
  this->services_.fail_next(host, test::FakeAnswer::json(503, "").with_header("Retry-After", "1"));
  this->services_.revoke_all();
  EXPECT_OK(this->fetch(*repository)) << host;
}

TYPED_TEST(WorkloadLogin, NoErrorShowsASecret) {
  for (const auto* name : {"token", "configuration.json"}) {
    if (this->directory_.has(name)) this->directory_.write(name, "not.what.it-was-0123456789");
  }
  const auto refused = this->fetch(*this->open());
  ASSERT_FALSE(refused);
  const auto& message = refused.error().message();
  EXPECT_THAT(message, testing::HasSubstr("as this workload"));
  EXPECT_THAT(message, testing::Not(testing::HasSubstr("not.what.it-was")));
  for (const auto& secret : this->services_.secrets()) {
    EXPECT_THAT(message, testing::Not(testing::HasSubstr(secret)));
  }
}

TYPED_TEST(WorkloadLogin, NoOtherRegistryIsOpened) {
  oci::RepositoryOptions options;
  options.provider = TypeParam::kProvider;
  for (const auto* address : {"oci://registry.example.com/app", "oci://127.0.0.1:5000/app"}) {
    EXPECT_THAT(oci::open_repository(*oci::Reference::parse(address), options, this->environment_),
                fails_with(ErrorCode::kInvalidInput, "is not for"));
  }
  EXPECT_TRUE(this->services_.asked().empty());
}

}  // namespace
}  // namespace sealift::cloud
