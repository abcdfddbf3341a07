#include <gmock/gmock.h>

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

// Two of three people sign, and the builder says from which branch it built: from `sealift push`
// and cosign to the puller.
class ClusterRequirements : public DeliveryCase {
 protected:
  ClusterRequirements() {
    use_repository("oci://" + registry_.address() + "/shop");
    for (const auto* name : {"release", "security-a", "security-b", "builder"}) make_key(name);
    policies_ = policy();
    put_small();
  }

  void make_key(const std::string& name) {
    const auto made =
        run({program("sealift"), "key", "generate", "--output-key-prefix", directory_.file(name)});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  void sign(const std::string& name) {
    const auto done = run({program("sealift"), "sign", repository_ + ":prod", "--plain-http",
                           "--key", directory_.file(name + ".key")});
    ASSERT_EQ(done.exit_code, 0) << done.err;
  }
  // Real cosign, as a build system calls it.
  void attest(const std::string& key, const std::string& type, const Json& predicate) {
    const auto file = directory_.write("predicate.json", dump_json(predicate));
    const auto done =
        run({test::test_part("cosign"), "attest", "--yes", "--key", directory_.file(key + ".key"),
             "--use-signing-config=false", "--tlog-upload=false", "--allow-http-registry",
             "--new-bundle-format=true", "--type", type, "--predicate", file,
             repository_.substr(6) + "@" + digest_});
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
  test::ProcessResult run(const std::vector<std::string>& arguments) const {
    test::ProcessOptions options;
    options.environment = {
        {"HOME", directory_.path()}, {"SEALIFT_PASSWORD", "pw"}, {"COSIGN_PASSWORD", "pw"}};
    return test::run_process(arguments, std::move(options));
  }

  std::string policy() const {
    std::string keys;
    for (const auto* name : {"release", "security-a", "security-b", "builder"}) {
      keys += "      - {name: " + std::string(name) +
              ", publicKey: " + dump_json(Json(directory_.read(std::string(name) + ".pub"))) +
              "}\n";
    }
    return "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: shop}\nspec:\n"
           "  repositories: [\"" +
           repository_.substr(6) + "\"]\n  signers:\n    keys:\n" + keys +
           "  require:\n    all:\n"
           "      - signatures: {threshold: 2, signers: [release, security-a, security-b]}\n"
           "      - attestation:\n"
           "          predicateType: " +
           kProvenance +
           "\n          signers: [builder]\n          conditions:\n"
           "            - {path: /runDetails/builder/id, equals: '" +
           kBuilder +
           "'}\n"
           "            - path: /buildDefinition/externalParameters/branch\n"
           "              matches: 'main|release/[0-9.]+'\n";
  }
};

TEST_F(ClusterRequirements, AcceptedWithAllOfThem) {
  publish_next("1");
  sign("release");
  sign("security-b");
  attest_build("builder", kBuilder, "main");
  expect_delivered("1");
  const auto evidence = decisions().front();
  EXPECT_EQ(evidence.string_at({"evidence", "policy"}), "shop");
  EXPECT_THAT(dump_json(*evidence.find_path({"evidence", "requirements"})),
              AllOf(HasSubstr("\"security-b\""), HasSubstr("\"builder\"")));
}

TEST_F(ClusterRequirements, RefusedWithoutASignerAndSaysWhoCould) {
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

}  // namespace
}  // namespace sealift::e2e
