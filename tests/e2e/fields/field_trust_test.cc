#include <gmock/gmock.h>

#include "field_case.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// What a TrustPolicy says, while Deliveries go on: its changes count at once.
class FieldTrust : public FieldCase {
 protected:
  void SetUp() override {
    FieldCase::SetUp();
    put("a.yaml", bare_map("a", "1"));
    publish();
    declare("shop");
    expect_ready("shop");
  }
  void TearDown() override {
    remove("/apis/sealift.dev/v1alpha1/trustpolicies/" + name_);
    FieldCase::TearDown();
  }
  // The policy of this case's repository alone, which is more specific than that of all cases.
  void trust(const std::string& key, const std::string& more = {},
             const std::string& signatures = {}) const {
    std::string pem;
    for (const char letter : public_key()) {
      pem += letter;
      if (letter == '\n') pem += "          ";
    }
    write("apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: " + name_ +
          "}\nspec:\n  repositories: ['" + repository_ + "']\n" + more + "  signatures:\n" +
          signatures + "    keys:\n      - name: release\n" + key + "        publicKey: |\n" +
          "          " + pem + "\n");
  }
  void expect_refused(const std::string& why) const {
    EXPECT_THAT(message_for("Refused", "shop"), HasSubstr(why));
    EXPECT_EQ(value_of("a"), "1") << "what was delivered stays";
    trust({});
    expect_ready("shop");
  }
};

TEST_F(FieldTrust, KeysCountInTheirTime) {
  trust("        notBefore: 2020-01-01T00:00:00Z\n        notAfter: 2999-01-01T00:00:00Z\n");
  run_again("shop");
  expect_ready("shop");
  trust("        notAfter: 2020-01-01T00:00:00Z\n");
  expect_refused("release");
  trust("        notBefore: 2999-01-01T00:00:00Z\n");
  expect_refused("release");
}

TEST_F(FieldTrust, AThresholdTakesThatManyKeys) {
  const auto made = test::run_process({program("sealift"), "key", "generate", "--no-password",
                                       "--output-key-prefix", directory_.file("second")});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  std::string second;
  for (const char letter : directory_.read("second.pub")) {
    second += letter;
    if (letter == '\n') second += "          ";
  }
  const auto both = "        publicKey: |\n          " + second + "\n      - name: second\n";
  // Of the two keys, in whatever order, one has signed.
  trust(both, {}, "    threshold: 2\n");
  EXPECT_THAT(message_for("Refused", "shop"), HasSubstr("2"));
  publish_as(++sequence_, {"--sign", key_file(), "--sign", directory_.file("second.key")});
  expect_ready("shop");
  EXPECT_THAT(dump_json(*delivery("shop").find_path({"status", "artifact", "signers"})),
              AllOf(HasSubstr("release"), HasSubstr("second")));
}

TEST_F(FieldTrust, WhatIsTooOldIsRefused) {
  trust({}, "  maxAge: 1h\n");
  run_again("shop");
  expect_ready("shop");
  // It is soon older than this.
  trust({}, "  maxAge: 1s\n");
  expect_refused("up to an age of 1s");
}

TEST_F(FieldTrust, AnOlderArtifactIsRefusedUnlessAllowed) {
  change("a.yaml", "\"1\"", "\"2\"");
  publish_as(100, {"--sign", key_file()});
  expect_value("a", "2");
  expect_ready("shop");
  change("a.yaml", "\"2\"", "\"3\"");
  publish_as(99, {"--sign", key_file()});
  EXPECT_THAT(message_for("Refused", "shop"), HasSubstr("99"));
  EXPECT_EQ(value_of("a"), "2");
  trust({}, "  rollback: allow\n");
  expect_value("a", "3");
  expect_ready("shop");
}

TEST_F(FieldTrust, RollbackToAnArtifactUntilTheAnnotationGoes) {
  const auto first = std::string(delivery("shop").string_at({"status", "artifact", "digest"}));
  change("a.yaml", "\"1\"", "\"2\"");
  publish();
  expect_value("a", "2");
  expect_ready("shop");
  // Nobody but the security team lets an older one pass.
  annotate("shop", "sealift.dev/rollback-to", first);
  message_for("Refused", "shop");
  EXPECT_EQ(value_of("a"), "2");
  trust({}, "  rollback: allow\n");
  expect_value("a", "1");
  EXPECT_THAT(message_for("RolledBack", "shop"), HasSubstr(first));
  patch(delivery_path("shop"),
        R"({"metadata": {"annotations": {"sealift.dev/rollback-to": null}}})");
  expect_value("a", "2");
  expect_ready("shop");
}

TEST_F(FieldTrust, ThePolicyOfTheRepositoryDecides) {
  write("apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: " + name_ +
        "}\nspec:\n  repositories: ['registry.example.com/elsewhere', '" + repository_ +
        "']\n  signatures:\n    keys:\n      - name: nobody\n        publicKey: |\n"
        "          -----BEGIN PUBLIC KEY-----\n"
        "          MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEj1m1Ck/Rw1dVZfFc0dfUMJ5pPkR8\n"
        "          3MkHBfA7gPiyacVj5unDswTV8ZC2nVgmPV4qQ6vrR4Pi/t+g1jEq3nbI+A==\n"
        "          -----END PUBLIC KEY-----\n");
  expect_refused("nobody");
}

}  // namespace
}  // namespace sealift::e2e
