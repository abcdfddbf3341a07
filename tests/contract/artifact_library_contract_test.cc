// What many Deliveries of one artifact cost a real registry.
#include "support/counting_proxy.h"
#include "support/faulty_file_system.h"
#include "support/key_signature.h"
#include "support/registry_server.h"
#include "support/result_matchers.h"
#include "unit/artifacts/library_world.h"
#include "unit/puller/delivery_world.h"

#include <sealift/artifacts/artifact_library.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>
#include <sealift/signing/signature_store.h>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "support/sample_manifests.h"
#include "unit/artifacts/sample_layer.h"
#include "unit/delivery/sample_delivery.h"

namespace sealift::artifacts {
namespace {

using delivery::test::make_delivery;
using sealift::test::config_map;
using sealift::test::CountingProxy;
using sealift::test::FaultyFileSystem;
using sealift::test::ProxiedRequest;
using sealift::test::RegistryServer;
using std::chrono::hours;
using std::chrono::milliseconds;
using test::FileTexts;
using test::Wakes;

constexpr std::size_t kDeliveries = 300;

class NoSecrets : public delivery::SecretSource {
 public:
  Result<delivery::NamedData> secret(const delivery::Delivery&, std::string_view,
                                     std::stop_token) override {
    return fail(ErrorCode::kNotFound, "no Secret");
  }
  Result<delivery::NamedData> config_map(const delivery::Delivery&, std::string_view,
                                         std::stop_token) override {
    return fail(ErrorCode::kNotFound, "no ConfigMap");
  }
};

std::string waiter(std::size_t i) { return "team-" + std::to_string(i) + "/web"; }

// A publisher at a real registry, and a library that reaches it through a proxy that counts.
class ArtifactLibraryContract : public testing::TestWithParam<const char*> {
 protected:
  ArtifactLibraryContract()
      : registry_(GetParam()),
        proxy_("http://" + registry_.address(), nullptr),
        access_(access_through(proxy_)),
        key_(crypto::PrivateKey::generate(crypto::KeyType::kEd25519).value()) {
    signing::TrustPolicy policy;
    policy.name = "signed-releases";
    policy.repositories = {"**"};
    policy.keys = {{"release", key_.public_key()}};
    policy.require = signing::Requirement{signing::SignatureRequirement{{.signers = {"release"}}}};
    policies_ = std::make_shared<const std::vector<signing::TrustPolicy>>(1, policy);
  }

  static ArtifactAccess access_through(const CountingProxy& proxy) {
    auto delivery =
        make_delivery("oci://" + proxy.url().substr(std::string("http://").size()) + "/team/shop");
    delivery.artifact.select = {"stable", "", {}};
    delivery.artifact.insecure = true;
    NoSecrets secrets;
    return artifact_access(delivery, secrets, {}).value();
  }

  Result<Digest> publish(const FileTexts& files, std::int64_t sequence) {
    SEALIFT_ASSIGN(const auto reference,
                   oci::Reference::parse("oci://" + registry_.address() + "/team/shop"));
    oci::RepositoryOptions options;
    options.plain_http = true;
    SEALIFT_ASSIGN(const auto repository, oci::open_repository(reference, options, environment_));
    const auto layer = test::layer_of(files);
    const oci::Descriptor blob{
        std::string(oci::media_type::kFluxContent), Digest::of(layer), layer.size(), "", {}};
    SEALIFT_TRY(repository->push_blob(blob, Blob::from_string(layer), {}));
    SEALIFT_TRY(repository->push_blob(oci::empty_descriptor(),
                                      Blob::from_string(std::string(oci::kEmptyJson)), {}));
    const oci::Manifest manifest{
        std::string(oci::media_type::kManifest),
        "",
        oci::empty_descriptor(),
        {blob},
        {},
        {{std::string(signing::kSequenceAnnotation), std::to_string(sequence)}}};
    SEALIFT_ASSIGN(const auto pushed, repository->push_manifest(oci::serialize(manifest),
                                                                manifest.media_type, "stable", {}));
    SEALIFT_TRY(sealift::test::sign_by_key(*repository, pushed.descriptor, reference.name(), key_,
                                           signing::SignatureStorage::kBundle,
                                           system_clock().now()));
    return pushed.descriptor.digest;
  }

  // One step of a Delivery: as far as the library has answers. Nullopt: it has to wait.
  Result<std::optional<std::string>> step(std::size_t i) {
    SEALIFT_ASSIGN(const auto resolved, library_.resolve(access_, hours(1), waiter(i)));
    if (!resolved) return std::nullopt;
    SEALIFT_ASSIGN(const auto verdict, library_.verify(access_, {resolved->digest, resolved->tag},
                                                       policies_, hours(1), waiter(i)));
    if (!verdict) return std::nullopt;
    if (const auto* no = std::get_if<signing::Refused>(&(*verdict)->judgement)) {
      return fail(no->error);
    }
    SEALIFT_ASSIGN(const auto parsed,
                   library_.objects(access_,
                                    std::get<std::shared_ptr<const signing::VerifiedArtifact>>(
                                        (*verdict)->judgement),
                                    "", waiter(i)));
    if (!parsed) return std::nullopt;
    return (*parsed)->objects.at(0).name();
  }
  // Asks the registry now.
  Result<Digest> look(std::size_t i) {
    for (milliseconds age(0);; age = hours(1)) {
      SEALIFT_ASSIGN(const auto resolved, library_.resolve(access_, age, waiter(i)));
      if (resolved) return resolved->digest;
      wakes_.wait_for(waiter(i));
    }
  }
  // The name of the artifact's object, by way of as many steps as it takes.
  Result<std::string> run(std::size_t i) {
    for (;;) {
      SEALIFT_ASSIGN(auto name, step(i));
      if (name) return *std::move(name);
      wakes_.wait_for(waiter(i));
    }
  }

  std::size_t count(const std::string& method, const std::string& path_part) {
    return proxy_.count([&](const ProxiedRequest& request) {
      return request.method == method && request.path.find(path_part) != std::string::npos;
    });
  }

  RegistryServer registry_;
  CountingProxy proxy_;
  std::unique_ptr<HttpTransport> transport_ = make_curl_transport("sealift-test");
  FaultyFileSystem disk_;
  oci::RepositoryEnvironment environment_{*transport_, disk_, system_clock(), system_random()};
  ArtifactAccess access_;
  crypto::PrivateKey key_;
  Policies policies_;
  ArtifactCache cache_{disk_, "cache"};
  Wakes wakes_;
  ArtifactLibrary library_{environment_, cache_, system_clock(), Logger::silent(),
                           [this](const std::string& name) { wakes_.add(name); }};
};

INSTANTIATE_TEST_SUITE_P(Registries, ArtifactLibraryContract,
                         testing::Values("distribution", "crane"),
                         [](const auto& registry) { return std::string(registry.param); });

TEST_P(ArtifactLibraryContract, ThreeHundredDeliveriesCostWhatOneDoes) {
  ASSERT_OK_ASSIGN(const auto digest, publish({{"a.yaml", config_map("first")}}, 1));
  for (std::size_t i = 0; i < kDeliveries; ++i) ASSERT_OK(step(i));
  for (std::size_t i = 0; i < kDeliveries; ++i) {
    ASSERT_OK_ASSIGN(const auto name, run(i));
    ASSERT_EQ(name, "first");
  }
  EXPECT_EQ(count("HEAD", ""), 1u);
  EXPECT_EQ(count("GET", "/manifests/" + digest.to_string()), 1u);
  ASSERT_OK_ASSIGN(const auto stored, cache_.manifest(digest));
  const auto layer = oci::parse_manifest(stored->bytes, "")->layers.at(0).digest;
  EXPECT_EQ(count("GET", "/blobs/" + layer.to_string()), 1u);
  const auto all = proxy_.requests().size();
  EXPECT_LE(all, 8u) << "the signature's requests come on top";

  // An interval later: one HEAD, and nobody else hears of it.
  ASSERT_OK(look(0));
  for (std::size_t i = 0; i < kDeliveries; ++i) ASSERT_OK(run(i));
  EXPECT_EQ(proxy_.requests().size(), all + 1);
  EXPECT_EQ(count("HEAD", ""), 2u);
}

TEST_P(ArtifactLibraryContract, AnUpdateThatOneSeesReachesAll) {
  ASSERT_OK(publish({{"a.yaml", config_map("first")}}, 1));
  for (std::size_t i = 0; i < kDeliveries; ++i) ASSERT_OK(run(i));
  ASSERT_OK_ASSIGN(const auto updated, publish({{"a.yaml", config_map("second")}}, 2));
  wakes_.forget();
  proxy_.forget_requests();
  ASSERT_OK_ASSIGN(const auto seen, look(17));
  EXPECT_EQ(seen, updated);
  for (std::size_t i = 0; i < kDeliveries; ++i) {
    if (i != 17) wakes_.wait_for(waiter(i));
    ASSERT_OK_ASSIGN(const auto name, run(i));
    ASSERT_EQ(name, "second");
  }
  EXPECT_EQ(count("HEAD", ""), 1u);
  EXPECT_LE(proxy_.requests().size(), 8u);
}

TEST_P(ArtifactLibraryContract, ARegistryThatIsOffChangesNothing) {
  ASSERT_OK_ASSIGN(const auto digest, publish({{"a.yaml", config_map("first")}}, 1));
  ASSERT_OK(run(0));
  EXPECT_TRUE(library_.is_cached(access_, digest));
  proxy_.set_rule([](const ProxiedRequest&, std::size_t) {
    return sealift::test::ProxyAction::answer(403, "{}");
  });
  ArtifactLibrary second(environment_, cache_, system_clock(), Logger::silent(),
                         [this](const std::string& name) { wakes_.add(name); });
  wakes_.forget();
  const auto await = [&](const auto& call) {
    for (;;) {
      auto answer = call();
      if (!answer || *answer) return answer;
      wakes_.wait_for("shop/web");
    }
  };
  ASSERT_OK_ASSIGN(const auto verdict, await([&] {
                     return second.verify(access_, {digest, ""}, policies_, hours(1), "shop/web");
                   }));
  const auto artifact =
      std::get<std::shared_ptr<const signing::VerifiedArtifact>>((*verdict)->judgement);
  proxy_.forget_requests();
  ASSERT_OK_ASSIGN(const auto parsed,
                   await([&] { return second.objects(access_, artifact, "", "shop/web"); }));
  EXPECT_EQ((*parsed)->objects.size(), 1u);
  EXPECT_TRUE(proxy_.requests().empty());
}

}  // namespace
}  // namespace sealift::artifacts
