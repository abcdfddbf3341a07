#include "support/result_matchers.h"

#include <sealift/commits/allowed_signers.h>

#include <gtest/gtest.h>

namespace sealift::commits {
namespace {

using sealift::test::fails_with;

const std::string kKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGkZ0UrjPAtQzfTJ0jA7Nlw4W1EmoKlxZUOXQFZHRkRV";

TEST(AllowedSigners, AreReadWithTheirOptions) {
  ASSERT_OK_ASSIGN(
      const auto signers,
      AllowedSigners::parse("# the team\n\n   \nada@example.com " + kKey +
                                " a remark \"with quotes\n"
                                "\"*@ops.example.com,root\" namespaces=\"git,file\","
                                "valid-after=\"20260101\",VALID-BEFORE=\"20270203040506Z\" " +
                                kKey + "\r\n\tca Cert-Authority " + kKey,
                            "allowed"));
  ASSERT_EQ(signers.lines().size(), 3u);
  const auto& plain = signers.lines()[0];
  EXPECT_EQ(plain.line, 4u);
  EXPECT_EQ(plain.principals, "ada@example.com");
  EXPECT_FALSE(plain.is_authority);
  EXPECT_EQ(plain.namespaces, std::nullopt);
  EXPECT_EQ(plain.valid_after, std::nullopt);
  EXPECT_EQ(plain.valid_before, std::nullopt);
  EXPECT_EQ(plain.key_type, "ssh-ed25519");
  EXPECT_EQ(plain.key.size(), 51u);
  const auto& bounded = signers.lines()[1];
  EXPECT_EQ(bounded.principals, "*@ops.example.com,root");
  EXPECT_EQ(bounded.namespaces, "git,file");
  EXPECT_EQ(format_timestamp(bounded.valid_after.value()), "2026-01-01T00:00:00Z");
  EXPECT_EQ(format_timestamp(bounded.valid_before.value()), "2027-02-03T04:05:06Z");
  EXPECT_TRUE(signers.lines()[2].is_authority);
  EXPECT_EQ(signers.lines()[2].principals, "ca");
}

TEST(AllowedSigners, AreRefusedWithTheirLine) {
  const auto with_options = [](const std::string& options) {
    return "ada " + options + " " + kKey;
  };
  const std::string wrong[] = {
      "ada",
      "ada ssh-ed25519",
      "ada ssh-ed25519 AAAA",
      "ada ssh-ed25519 not*base64",
      "ada ssh-rsa " + kKey.substr(12),
      kKey,
      "\"ada " + kKey,
      "\"\" " + kKey,
      "a\"d\"a " + kKey,
      with_options("no-such-option"),
      with_options("namespaces=\"git\",no-such-option=\"x\""),
      with_options("namespaces"),
      with_options("namespaces="),
      with_options("namespaces=\"\""),
      with_options("namespaces=\"git\",namespaces=\"file\""),
      with_options("namespaces=\"git\" valid-after=\"20260101\""),
      with_options("cert-authority,cert-authority"),
      with_options("cert-authority=\"yes\""),
      with_options("valid-after=\"2026\""),
      with_options("valid-after=\"2026010\""),
      with_options("valid-after=\"20260101T00\""),
      with_options("valid-after=\"20260132\""),
      with_options("valid-after=\"20260001\""),
      with_options("valid-after=\"20260230\""),
      with_options("valid-after=\"202601012400\""),
      with_options("valid-after=\"202601010060\""),
      with_options("valid-after=\"20260101000060\""),
      with_options("valid-after=\"-2026010\""),
      with_options("valid-after=\"20260102\",valid-before=\"20260101\""),
      with_options(","),
  };
  for (const auto& line : wrong) {
    EXPECT_THAT(AllowedSigners::parse("\n" + line + "\n" + "ada " + kKey, "allowed"),
                fails_with(ErrorCode::kInvalidInput, "allowed:2: "))
        << line;
  }
  EXPECT_THAT(AllowedSigners::parse("# nobody\n", "allowed"),
              fails_with(ErrorCode::kInvalidInput, "names nobody"));
}

TEST(AllowedSigners, AreBounded) {
  EXPECT_THAT(AllowedSigners::parse(std::string((1u << 20) + 1, '\n'), "allowed"),
              fails_with(ErrorCode::kInvalidInput, "1 MiB"));
  EXPECT_THAT(AllowedSigners::parse(std::string(20'000, '\n'), "allowed"),
              fails_with(ErrorCode::kInvalidInput, "allowed:10001: "));
  EXPECT_THAT(AllowedSigners::parse("# " + std::string(20'000, 'x'), "allowed"),
              fails_with(ErrorCode::kInvalidInput, "16 KiB"));
}

// A list may hold keys that sign elsewhere; they match no signature here.
TEST(AllowedSigners, MayHoldKeysOfOtherKinds) {
  EXPECT_OK(AllowedSigners::parse("ada ssh-dss AAAAB3NzaC1kc3M=\n", "allowed"));
}

}  // namespace
}  // namespace sealift::commits
