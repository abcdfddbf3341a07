// What sealift verify says of attestations, and attestations as large as those of real images.
#include "cli_fixture.h"

#include <support/registry_server.h>
#include <support/test_part.h>

#include <memory>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr const char* kProvenance =
    R"({"builder":{"id":"https://example.com/builder"},"buildType":"https://example.com/make"})";

class CliStatement : public CliTest {
 protected:
  CliStatement() {
    make_key("ci");
    files().write("provenance.json", kProvenance);
    push("oci-layout:out:v1");
  }
  std::vector<std::string> attest(const std::string& predicate, const std::string& type) const {
    return {"attest", "oci-layout:out:v1", "--predicate", predicate, "--type", type, "--key",
            "ci.key"};
  }
  static std::vector<std::string> verify(std::vector<std::string> more) {
    more.insert(more.begin(), {"verify", "oci-layout:out:v1", "--key", "ci.pub"});
    return more;
  }
};

TEST_F(CliStatement, IsPrintedForPeopleAndAsJson) {
  succeed(attest("provenance.json", "slsaprovenance"));
  EXPECT_THAT(succeed(verify({"--type", "slsaprovenance"})),
              HasSubstr("stated: https://slsa.dev/provenance/v0.2: built by "
                        "https://example.com/builder, as https://example.com/make\n"));
  const auto verdict = succeed_json(verify({"--type", "slsaprovenance"}));
  const auto& statements = *verdict.find("statements")->as_array();
  ASSERT_THAT(statements, SizeIs(1));
  EXPECT_EQ(statements[0].string_at({"signer"}), "ci.pub");
  EXPECT_EQ(dump_json(*statements[0].find_path({"statement", "predicate"})), kProvenance);
  EXPECT_EQ(statements[0].string_at({"statement", "predicateType"}),
            "https://slsa.dev/provenance/v0.2");
}

TEST_F(CliStatement, PredicateAloneGoesToAFileOrToStandardOutput) {
  succeed(attest("provenance.json", "slsaprovenance"));
  EXPECT_EQ(succeed(verify({"--type", "slsaprovenance", "--predicate-out", "-"})),
            std::string(kProvenance) + "\n");
  EXPECT_THAT(succeed(verify({"--type", "slsaprovenance", "--predicate-out", "p.json"})),
              HasSubstr("accepted"));
  EXPECT_EQ(files().read("p.json"), std::string(kProvenance) + "\n");
  succeed(attest("provenance.json", "slsaprovenance"));
  EXPECT_EQ(succeed(verify({"--type", "slsaprovenance", "--predicate-out", "-"})),
            std::string(kProvenance) + "\n" + kProvenance + "\n");

  EXPECT_THAT(sealift(verify({"--predicate-out", "-"})), ends_with(2, "give --type or --policy"));
  const auto both = sealift(verify({"--type", "slsaprovenance", "--predicate-out", "-", "--json"}));
  EXPECT_EQ(both.exit_code, 7);
  EXPECT_THAT(both.err, HasSubstr("name a file"));
  const auto refused = sealift(verify({"--type", "spdx", "--predicate-out", "refused.json"}));
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_FALSE(files().has("refused.json"));
  const auto nothing = sealift(verify({"--type", "spdx", "--predicate-out", "-"}));
  EXPECT_EQ(nothing.exit_code, 3);
  EXPECT_EQ(nothing.out, "");
}

TEST_F(CliStatement, OfASignatureThereIsNone) {
  succeed({"sign", "oci-layout:out:v1", "--key", "ci.key"});
  EXPECT_THAT(succeed(verify({})), Not(HasSubstr("stated:")));
  EXPECT_EQ(succeed_json(verify({})).find("statements"), nullptr);
}

// A bill of materials as syft writes it, of about that many bytes.
std::string spdx_of(std::size_t bytes) {
  std::string text =
      R"({"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT",)"
      R"("name":"shop","documentNamespace":"https://example.com/shop",)"
      R"("creationInfo":{"created":"2026-01-01T00:00:00Z","creators":["Tool: test"]},"packages":[)";
  for (int i = 0; text.size() < bytes; ++i) {
    const auto number = std::to_string(i);
    text += std::string(i == 0 ? "" : ",") + R"({"name":"package-)" + number +
            R"(","SPDXID":"SPDXRef-Package-)" + number +
            R"(","versionInfo":"1.2.3","downloadLocation":"NOASSERTION","filesAnalyzed":false,)"
            R"("licenseConcluded":"NOASSERTION","licenseDeclared":"MIT","externalRefs":[)"
            R"({"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl",)"
            R"("referenceLocator":"pkg:npm/package-)" +
            number + R"(@1.2.3"}]})";
  }
  return text + "]}";
}

constexpr std::size_t kMiB = std::size_t{1} << 20;

TEST_F(CliStatement, LargeBillsOfMaterialsAreReadByBothPrograms) {
  const RegistryServer registry("distribution");
  files().write("sbom.json", spdx_of(5 * kMiB));
  for (const auto* storage : {"bundle", "tag"}) {
    SCOPED_TRACE(storage);
    const bool is_bundle = storage == std::string("bundle");
    const std::string new_format =
        std::string("--new-bundle-format=") + (is_bundle ? "true" : "false");
    const std::string name = registry.address() + "/shop-" + storage;
    const auto artifact = name + "@" + push("oci://" + name + ":v1", {"--plain-http"});
    const std::vector<std::string> check = {
        "verify", "oci://" + artifact, "--plain-http", "--key", "ci.pub", "--type", "spdxjson"};
    succeed({"attest", "oci://" + artifact, "--plain-http", "--predicate", "sbom.json", "--type",
             "spdxjson", "--key", "ci.key", "--signature-storage", storage});
    EXPECT_THAT(succeed(check), HasSubstr("SPDX document shop, "));
    run_well({test_part("cosign"), "verify-attestation", "--allow-http-registry", "--key", "ci.pub",
              "--insecure-ignore-tlog=true", "--type", "spdxjson", new_format, artifact});

    const std::string theirs = registry.address() + "/theirs-" + storage;
    const auto other = theirs + "@" + push("oci://" + theirs + ":v1", {"--plain-http"});
    run_well({"env", "COSIGN_PASSWORD=pw", test_part("cosign"), "attest", "--yes",
              "--allow-http-registry", "--key", "ci.key", "--predicate", "sbom.json", "--type",
              "spdxjson", "--use-signing-config=false", "--tlog-upload=false", new_format, other});
    EXPECT_THAT(succeed({"verify", "oci://" + other, "--plain-http", "--key", "ci.pub", "--type",
                         "spdxjson"}),
                AllOf(HasSubstr("accepted"), HasSubstr("SPDX document shop, ")));
  }
}

TEST_F(CliStatement, BillsOfMaterialsHaveALimitThatIsSaid) {
  files().write("sbom.json", spdx_of(31 * kMiB));
  succeed(attest("sbom.json", "spdxjson"));
  EXPECT_THAT(succeed(verify({"--type", "spdxjson"})), HasSubstr("SPDX document shop, "));
  // Who asks for signatures does not load it.
  succeed({"sign", "oci-layout:out:v1", "--key", "ci.key"});
  EXPECT_THAT(succeed(verify({})), HasSubstr("the limit for one piece is 1048576"));
  files().write("sbom.json", spdx_of(33 * kMiB));
  EXPECT_THAT(sealift(attest("sbom.json", "spdxjson")), ends_with(7, "33554432"));
}

}  // namespace
}  // namespace sealift::test
