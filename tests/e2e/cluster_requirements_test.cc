#include <gmock/gmock.h>

#include <sealift/base/clock.h>

#include <chrono>
#include <fstream>
#include <iterator>

#include "delivery_case.h"
#include "support/registry_server.h"
#include "support/test_part.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kProvenance = "https://slsa.dev/provenance/v1";
constexpr const char* kBuilder = "https://ci.example.com/release";
constexpr const char* kFreshness = "https://sealift.dev/freshness/v1";

constexpr const char* kTwoAndProvenance =
    "  require:\n    all:\n"
    "      - signatures: {threshold: 2, signers: [release, security-a, security-b]}\n"
    "      - attestation:\n"
    "          predicateType: https://slsa.dev/provenance/v1\n"
    "          signers: [builder]\n          conditions:\n"
    "            - {path: /runDetails/builder/id, equals: 'https://ci.example.com/release'}\n"
    "            - path: /buildDefinition/externalParameters/branch\n"
    "              matches: 'main|release/[0-9.]+'\n";
constexpr const char* kFresh =
    "  require: {signatures: {signers: [release]}}\n"
    "  freshness: {maxAge: 1h, signers: [builder]}\n";

// Two of three people sign, and the builder says from which branch it built: from `sealift push`
// and cosign to the puller.
class ClusterRequirements : public DeliveryCase {
 protected:
  ClusterRequirements() {
    use_repository("oci://" + registry_.address() + "/shop");
    policies_ = policy(kTwoAndProvenance);
    put_small();
  }

  // Of all cases: each takes a second of scrypt, by which cosign wants keys encrypted.
  static std::string key_file(const std::string& name) {
    static const test::TempDirectory keys;
    if (!keys.has(name + ".key")) {
      const auto made =
          run({program("sealift"), "key", "generate", "--output-key-prefix", keys.file(name)});
      EXPECT_EQ(made.exit_code, 0) << made.err;
    }
    return keys.file(name + ".key");
  }
  static std::string public_key(const std::string& name) {
    const auto file = key_file(name);
    std::ifstream stream(file.substr(0, file.size() - 3) + "pub");
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void sign(const std::string& name) {
    const auto done = run({program("sealift"), "sign", repository_ + ":prod", "--plain-http",
                           "--key", key_file(name)});
    ASSERT_EQ(done.exit_code, 0) << done.err;
  }
  // Real cosign, as a build system calls it.
  void attest(const std::string& key, const std::string& type, const Json& predicate) {
    const auto file = directory_.write("predicate.json", dump_json(predicate));
    const auto done = run({test::test_part("cosign"), "attest", "--yes", "--key", key_file(key),
                           "--use-signing-config=false", "--tlog-upload=false",
                           "--allow-http-registry", "--new-bundle-format=true", "--type", type,
                           "--predicate", file, repository_.substr(6) + "@" + digest_});
    ASSERT_EQ(done.exit_code, 0) << done.err;
  }
  void attest_build(const std::string& key, const std::string& builder, const std::string& branch) {
    const Json::Object definition{{"buildType", "https://ci.example.com/build/v1"},
                                  {"externalParameters", Json::Object{{"branch", branch}}},
                                  {"resolvedDependencies", Json::array()}};
    const Json::Object details{{"builder", Json::Object{{"id", builder}}}};
    attest(key, "slsaprovenance1",
           Json::Object{{"buildDefinition", definition}, {"runDetails", details}});
  }
  // Of those who have keys here; `rules` are lines of its spec.
  std::string policy(const std::string& rules) const {
    std::string keys;
    for (const auto* name : {"release", "security-a", "security-b", "builder"}) {
      keys += "      - {name: " + std::string(name) +
              ", publicKey: " + dump_json(Json(public_key(name))) + "}\n";
    }
    return "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: shop}\nspec:\n"
           "  repositories: [\"" +
           repository_.substr(6) + "\"]\n  signers:\n    keys:\n" + keys + rules;
  }
  // The next version, signed by nobody.
  void publish_next(const std::string& value) {
    put("a.yaml", config_map("a", value));
    publish_as(++sequence_, {});
  }

  void expect_refused(const testing::Matcher<const std::string&>& reason) {
    const auto before = snapshot();
    proxy_.forget_requests();
    const auto run = deliver();
    EXPECT_EQ(run.exit_code, 3) << run;
    EXPECT_EQ(run.kind(), "refused") << run;
    EXPECT_THAT(run.reason(), reason);
    EXPECT_THAT(proxy_.writes(), IsEmpty());
    EXPECT_EQ(snapshot(), before);
  }
  void expect_delivered(const std::string& value) {
    const auto run = deliver();
    ASSERT_EQ(run.exit_code, 0) << run;
    EXPECT_EQ(value_of("a"), value);
  }

  test::RegistryServer registry_{"distribution"};

 private:
  static test::ProcessResult run(const std::vector<std::string>& arguments) {
    test::ProcessOptions options;
    options.environment = {{"SEALIFT_PASSWORD", "pw"}, {"COSIGN_PASSWORD", "pw"}};
    return test::run_process(arguments, std::move(options));
  }
};

TEST_F(ClusterRequirements, AcceptedWithAllAndRefusedWithoutASigner) {
  publish_next("1");
  attest_build("builder", kBuilder, "main");
  expect_refused(
      HasSubstr("2 of 3 signers are needed; nobody signed; \"release\", \"security-a\" "
                "or \"security-b\" could"));
  sign("release");
  expect_refused(
      HasSubstr("2 of 3 signers are needed; \"release\" signed; \"security-a\" or "
                "\"security-b\" could"));
  // Who may attest may not release, and a second signature by one is not a second signer.
  sign("builder");
  sign("release");
  expect_refused(HasSubstr("\"release\" signed; \"security-a\" or \"security-b\" could"));
  sign("security-a");
  expect_delivered("1");
  const auto accepted = decisions().at(decisions().size() - 2);
  EXPECT_EQ(accepted.string_at({"evidence", "policy"}), "shop");
  EXPECT_THAT(dump_json(*accepted.find_path({"evidence", "requirements"})),
              AllOf(HasSubstr("\"security-a\""), HasSubstr("\"builder\"")));
}

TEST_F(ClusterRequirements, RefusedWithoutProvenanceAndSaysWhatIsWrongWithIt) {
  const auto lacks = AllOf(HasSubstr("an attestation " + std::string(kProvenance)),
                           HasSubstr("nobody made one that counts; \"builder\" could"));
  publish_next("1");
  sign("release");
  sign("security-a");
  expect_refused(lacks);
  attest_build("release", kBuilder, "main");
  expect_refused(lacks);
  attest_build("builder", kBuilder, "experiment");
  expect_refused(AllOf(lacks, HasSubstr("condition"), HasSubstr("experiment")));
  attest_build("builder", "https://laptop.example.com", "main");
  expect_refused(AllOf(lacks, HasSubstr("condition")));
  attest_build("builder", kBuilder, "release/1.2");
  expect_delivered("1");
  // What speaks for one version does not speak for the next.
  publish_next("2");
  expect_refused(HasSubstr("nobody signed"));
  sign("security-b");
  sign("security-a");
  expect_refused(lacks);
  attest_build("builder", kBuilder, "main");
  expect_delivered("2");
}

// A registry or a mirror that keeps handing out what was right yesterday.
TEST_F(ClusterRequirements, RefusedWhereNobodySaysThatItIsTheNewest) {
  policies_ = policy(kFresh);
  const auto state_of = [&](const std::string& repository, const std::string& tag,
                            std::chrono::seconds age) {
    const auto time = system_clock().now() - age;
    attest("builder", kFreshness,
           Json::Object{{"repository", repository},
                        {"tag", tag},
                        {"digest", digest_},
                        {"time", format_timestamp(time)}});
  };
  const auto state = [&](const std::string& tag, std::chrono::seconds age) {
    state_of(repository_.substr(6), tag, age);
  };
  publish_next("1");
  sign("release");
  expect_refused(AllOf(HasSubstr("a freshness statement by 1 of 1 signer is needed"),
                       HasSubstr("\"builder\" could")));
  state("canary", std::chrono::seconds(0));
  expect_refused(HasSubstr("it is about the tag canary, and asked for is prod"));
  // What was promoted has the same digest and the same tag where it came from.
  publish_next("1");
  sign("release");
  state_of("registry.example.com/staging/shop", "prod", std::chrono::seconds(0));
  expect_refused(HasSubstr("it is about the repository registry.example.com/staging/shop"));
  publish_next("1");
  sign("release");
  state("prod", std::chrono::hours(48));
  expect_refused(AllOf(HasSubstr("may be 1h"), HasSubstr("holds newer ones back")));
  state("prod", std::chrono::seconds(0));
  expect_delivered("1");
  publish_next("2");
  sign("release");
  expect_refused(HasSubstr("a freshness statement"));
  state("prod", std::chrono::minutes(10));
  expect_delivered("2");
}

}  // namespace
}  // namespace sealift::e2e
