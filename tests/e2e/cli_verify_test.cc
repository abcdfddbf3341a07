// sealift sign, verify, pull and inspect: what is accepted, what is refused, and in which words.
#include "cli_fixture.h"

#include <filesystem>
#include <fstream>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class CliVerify : public CliTest {
 protected:
  CliVerify() { make_key("a"); }

  ProcessResult verify(std::vector<std::string> more = {"--key", "a.pub"}) const {
    more.insert(more.begin(), {"verify", "oci-layout:out:v1"});
    return sealift(std::move(more));
  }
  std::string blob(const std::string& digest) const {
    return files().file("out/blobs/sha256/" + digest.substr(digest.find(':') + 1));
  }
  std::string layer_digest() const {
    const Json shown = succeed_json({"inspect", "oci-layout:out:v1"});
    return std::string(
        shown.find_path({"manifest", "layers"})->as_array()->at(0).string_at({"digest"}));
  }
  // Makes another byte of the one in the middle.
  static void change_byte(const std::string& path) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(path) / 2);
    file.seekg(middle);
    const int before = file.get();
    file.seekp(middle);
    file.put(static_cast<char>(before ^ 1));
    ASSERT_TRUE(file.flush()) << path;
  }
  std::string policy(const std::string& repository, int threshold,
                     const std::vector<std::string>& keys) const {
    std::string text =
        "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: shop}\nspec:\n"
        "  repositories: ['" +
        repository + "']\n  signatures:\n    threshold: " + std::to_string(threshold) +
        "\n    keys:\n";
    for (const auto& key : keys) {
      text += "    - name: " + key + "\n      publicKey: |\n";
      std::string pem = files().read(key + ".pub");
      for (std::size_t at = 0; at < pem.size();) {
        const auto end = pem.find('\n', at);
        text += "        " + pem.substr(at, end - at) + "\n";
        at = end + 1;
      }
    }
    return files().write("policy.yaml", text);
  }
};

TEST_F(CliVerify, AcceptsAndShowsTheEvidence) {
  const std::string digest = push("oci-layout:out:v1", {"--sign", "a.key"});
  const auto words = verify();
  EXPECT_EQ(words.exit_code, 0);
  EXPECT_THAT(words.out, AllOf(HasSubstr("accepted  " + digest), HasSubstr("accepted: \"a.pub\""),
                               HasSubstr("bundle at referrer sha256:")));
  EXPECT_EQ(words.err, "");
  const Json json = succeed_json({"verify", "oci-layout:out:v1", "--key", "a.pub"});
  EXPECT_EQ(json.find("accepted")->as_bool() ? *json.find("accepted")->as_bool() : false, true);
  EXPECT_EQ(json.string_at({"evidence", "verdict"}), "accepted");
  EXPECT_EQ(json.string_at({"evidence", "digest"}), digest);
  ASSERT_THAT(*json.find_path({"evidence", "accepted"})->as_array(), SizeIs(1));
  EXPECT_EQ(json.find_path({"evidence", "accepted"})->as_array()->at(0).string_at({"format"}),
            "bundle");
}

TEST_F(CliVerify, SignAddsASignatureInEitherForm) {
  make_key("b");
  const std::string digest = push("oci-layout:out:v1");
  EXPECT_THAT(verify(), ends_with(3, "is refused"));
  const Json bundle = succeed_json({"sign", "oci-layout:out:v1", "--key", "a.key"});
  EXPECT_EQ(bundle.string_at({"digest"}), digest);
  EXPECT_EQ(bundle.string_at({"repository"}), "oci-layout:out");
  ASSERT_THAT(*bundle.find("signatures")->as_array(), SizeIs(1));
  EXPECT_EQ(verify().exit_code, 0);
  EXPECT_THAT(
      succeed({"sign", "oci-layout:out@" + digest, "--key", "b.key", "--signature-storage", "tag"}),
      HasSubstr("signed    by key sha256:"));
  EXPECT_THAT(verify({"--key", "b.pub"}).out, HasSubstr("simplesigning at tag sha256-"));
  EXPECT_THAT(sealift({"sign", "oci-layout:out:v9", "--key", "a.key"}), ends_with(4, "\"v9\""));
}

TEST_F(CliVerify, RefusesTheUnsigned) {
  push("oci-layout:out:v1");
  const auto result = verify();
  EXPECT_THAT(result, ends_with(3, "no signature was found"));
  EXPECT_THAT(result.out, AllOf(HasSubstr("refused   sha256:"), HasSubstr("no signature was found"),
                                HasSubstr("0 of 1 required signers")));
}

TEST_F(CliVerify, RefusesAnotherKeyAndNamesEachPiece) {
  make_key("b");
  make_key("c");
  push("oci-layout:out:v1", {"--sign", "b.key"});
  succeed({"sign", "oci-layout:out:v1", "--key", "c.key", "--signature-storage", "tag"});
  const auto words = verify();
  EXPECT_THAT(words, ends_with(3, "the signature fits no key of the policy"));
  EXPECT_THAT(words.out, AllOf(HasSubstr("refused: referrer sha256:"),
                               HasSubstr("refused: tag sha256-"), HasSubstr("[unknown_key]")));
  const auto result = verify({"--key", "a.pub", "--json"});
  EXPECT_EQ(result.exit_code, 3);
  ASSERT_OK_ASSIGN(const Json json, parse_json(result.out, "verdict"));
  EXPECT_EQ(json.string_at({"evidence", "verdict"}), "refused");
  EXPECT_EQ(json.string_at({"evidence", "brokenRule"}), "threshold");
  EXPECT_THAT(*json.find_path({"evidence", "refused"})->as_array(), SizeIs(2));
  ASSERT_OK_ASSIGN(const Json error, parse_json(result.err, "error"));
  EXPECT_EQ(error.string_at({"error", "code"}), "untrusted");
}

TEST_F(CliVerify, PoliciesDecideByRepositoryAndThreshold) {
  make_key("b");
  push("oci-layout:out:v1", {"--sign", "a.key"});
  EXPECT_EQ(verify({"--policy", policy("oci-layout:out", 1, {"a", "b"})}).exit_code, 0);
  EXPECT_THAT(verify({"--policy", policy("oci-layout:out", 2, {"a", "b"})}),
              ends_with(3, "2 of 2 signers are needed; \"a\" signed; \"b\" could"));
  succeed({"sign", "oci-layout:out:v1", "--key", "b.key"});
  EXPECT_EQ(verify({"--policy", policy("oci-layout:out", 2, {"a", "b"})}).exit_code, 0);
  EXPECT_THAT(verify({"--policy", policy("registry.example.com/**", 1, {"a"})}),
              ends_with(3, "registry.example.com/**"));
  files().write("empty.yaml", "");
  EXPECT_THAT(verify({"--policy", "empty.yaml"}), ends_with(7, "empty.yaml"));
  files().write("other.yaml", kConfigMap);
  EXPECT_THAT(verify({"--policy", "other.yaml"}), ends_with(7, "other.yaml:1"));
  EXPECT_THAT(verify({"--policy", "missing.yaml"}), ends_with(4, "missing.yaml"));
}

TEST_F(CliVerify, ASignatureCopiedToAnotherDigestIsRefused) {
  const std::string first =
      push("oci-layout:out:v0", {"--sign", "a.key", "--signature-storage", "tag"});
  const std::string second = push("oci-layout:out:v1", {"--sequence", "7"});
  ASSERT_NE(first, second);
  const auto sig_tag = [](const std::string& digest) {
    return "sha256-" + digest.substr(digest.find(':') + 1) + ".sig";
  };
  std::string index = files().read("out/index.json");
  index.replace(index.find(sig_tag(first)), sig_tag(first).size(), sig_tag(second));
  files().write("out/index.json", index);
  const auto result = verify();
  EXPECT_THAT(result, ends_with(3, "is refused"));
  EXPECT_THAT(result.out, HasSubstr("[wrong_subject]"));
}

TEST_F(CliVerify, AChangedLayerIsNotUnpacked) {
  push("oci-layout:out:v1", {"--sign", "a.key"});
  change_byte(blob(layer_digest()));
  EXPECT_THAT(sealift({"pull", "oci-layout:out:v1", "-o", "pulled", "--key", "a.pub"}),
              ends_with(3, "sha256:"));
  EXPECT_FALSE(files().has("pulled/settings.yaml"));
}

TEST_F(CliVerify, ATruncatedLayerIsNotUnpacked) {
  push("oci-layout:out:v1", {"--sign", "a.key"});
  std::filesystem::resize_file(blob(layer_digest()), 40);
  EXPECT_THAT(sealift({"pull", "oci-layout:out:v1", "-o", "pulled", "--key", "a.pub"}),
              ends_with(3, "40"));
  EXPECT_FALSE(files().has("pulled/settings.yaml"));
}

TEST_F(CliVerify, AChangedManifestIsRefused) {
  const std::string digest = push("oci-layout:out:v1", {"--sign", "a.key"});
  change_byte(blob(digest));
  EXPECT_THAT(verify(), ends_with(3, digest));
  EXPECT_THAT(sealift({"pull", "oci-layout:out:v1", "-o", "pulled"}), ends_with(3, digest));
  EXPECT_FALSE(files().has("pulled"));
}

TEST_F(CliVerify, PullChecksWhatItIsToldToCheck) {
  make_key("b");
  push("oci-layout:out:v1", {"--sign", "a.key"});
  EXPECT_THAT(sealift({"pull", "oci-layout:out:v1", "-o", "one"}),
              ends_with(0, "no signature was checked"));
  EXPECT_EQ(files().read("one/settings.yaml"), kConfigMap);
  const Json json = succeed_json({"pull", "oci-layout:out:v1", "-o", "two", "--key", "a.pub"});
  EXPECT_EQ(*json.find("verified")->as_bool(), true);
  EXPECT_EQ(json.string_at({"directory"}), "two");
  EXPECT_EQ(json.string_at({"repository"}), "oci-layout:out");
  succeed(
      {"pull", "oci-layout:out:v1", "-o", "three", "--policy", policy("oci-layout:out", 1, {"a"})});
  EXPECT_THAT(sealift({"pull", "oci-layout:out:v1", "-o", "four", "--key", "b.pub"}),
              ends_with(3, "is refused"));
  EXPECT_FALSE(files().has("four"));
  EXPECT_THAT(sealift({"pull", "oci-layout:out:v1", "-o", "one"}),
              ends_with(8, "one/settings.yaml is in the way"));
}

TEST_F(CliVerify, InspectChecksNothingAndSaysSo) {
  const std::string digest = push("oci-layout:out:v1", {"--sign", "a.key"});
  EXPECT_THAT(succeed({"inspect", "oci-layout:out:v1"}),
              AllOf(HasSubstr("Digest      " + digest), HasSubstr("dev.sealift.sequence"),
                    HasSubstr("none of them checked"), HasSubstr("referrer sha256:")));
  const Json json = succeed_json({"inspect", "oci-layout:out:v1"});
  EXPECT_EQ(json.string_at({"reference"}), "oci-layout:out:v1");
  EXPECT_EQ(json.find("size")->as_int64(),
            static_cast<std::int64_t>(std::filesystem::file_size(blob(digest))));
  EXPECT_THAT(sealift({"inspect", "oci-layout:none:v1"}), ends_with(4, "no image layout in"));
}

}  // namespace
}  // namespace sealift::test
