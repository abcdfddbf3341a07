// sealift key generate | public | import, and what cosign makes of the keys.
#include "cli_fixture.h"

#include <support/test_part.h>

#include <sys/stat.h>

namespace sealift::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class CliKey : public CliTest {
 protected:
  mode_t mode_of(const std::string& name) const {
    struct stat info{};
    EXPECT_EQ(::stat(files().file(name).c_str(), &info), 0);
    return info.st_mode & 0777;
  }
};

class CliKeyOfType : public CliKey, public testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(Types, CliKeyOfType,
                         testing::Values("ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "ed25519",
                                         "rsa-2048", "rsa-3072", "rsa-4096"),
                         [](const auto& type) {
                           std::string name = type.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST_P(CliKeyOfType, EncryptedOrPlainSignsAndIsReadByCosign) {
  const Json made = succeed_json({"key", "generate", "--type", GetParam()});
  EXPECT_EQ(made.string_at({"privateKey"}), "cosign.key");
  EXPECT_EQ(made.string_at({"publicKey"}), "cosign.pub");
  EXPECT_EQ(made.string_at({"type"}), GetParam());
  EXPECT_THAT(made.string_at({"fingerprint"}), StartsWith("sha256:"));
  EXPECT_THAT(files().read("cosign.key"),
              StartsWith("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n"));
  EXPECT_EQ(mode_of("cosign.key"), 0600u);
  EXPECT_EQ(succeed({"key", "public", "--key", "cosign.key"}), files().read("cosign.pub"));
  EXPECT_EQ(run_well({test_part("cosign"), "public-key", "--key", "cosign.key"}),
            files().read("cosign.pub"));

  succeed(
      {"key", "generate", "--type", GetParam(), "--no-password", "--output-key-prefix", "plain"},
      with_environment({{"SEALIFT_PASSWORD", std::nullopt}}));
  EXPECT_THAT(files().read("plain.key"), StartsWith("-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_EQ(run_well({"openssl", "pkey", "-in", "plain.key", "-pubout"}),
            files().read("plain.pub"));

  push("oci-layout:out:v1", {"--sign", "cosign.key", "--sign", "plain.key"});
  succeed({"verify", "oci-layout:out:v1", "--key", "cosign.pub"});
  succeed({"verify", "oci-layout:out:v1", "--key", "plain.pub"});
}

TEST_F(CliKey, NeverReplacesAFile) {
  for (const char* there : {"a.key", "a.pub"}) {
    files().write(there, "precious");
    EXPECT_THAT(sealift({"key", "generate", "--output-key-prefix", "a"}),
                ends_with(8, std::string(there) + " exists and a key is never replaced"));
    EXPECT_EQ(files().read(there), "precious");
    EXPECT_FALSE(files().has(there == std::string("a.key") ? "a.pub" : "a.key"));
    run_well({"rm", there});
  }
}

TEST_F(CliKey, PasswordComesFromAFileOrTheEnvironment) {
  files().write("password", "from file\r\nsecond line\n");
  files().write("wrong", "wrong");
  succeed({"key", "generate", "--password-file", "password"});
  EXPECT_THAT(sealift({"key", "public", "--key", "cosign.key"}),
              ends_with(5, "cosign.key: the password does not open this key"));
  EXPECT_THAT(sealift({"key", "public", "--key", "cosign.key", "--password-file", "wrong"}),
              ends_with(5, "does not open"));
  const std::string expected = files().read("cosign.pub");
  EXPECT_EQ(succeed({"key", "public", "--key", "cosign.key", "--password-file", "password"}),
            expected);
  for (const char* name : {"SEALIFT_PASSWORD", "COSIGN_PASSWORD"}) {
    const auto result = run({"env", "-u", "SEALIFT_PASSWORD", "-u", "COSIGN_PASSWORD",
                             name + std::string("=from file"), SEALIFT_PROGRAM, "key", "public",
                             "--key", "cosign.key"});
    EXPECT_EQ(result.out, expected) << name << result.err;
  }
  EXPECT_THAT(sealift({"key", "public", "--key", "cosign.key", "--password-file", "missing"}),
              ends_with(4, "reading the password: "));
}

TEST_F(CliKey, AsksNobodyWhereThereIsNoTerminal) {
  const auto result =
      run({"env", "-u", "COSIGN_PASSWORD", "setsid", "--wait", SEALIFT_PROGRAM, "key", "generate"});
  EXPECT_THAT(result, ends_with(5,
                                "set SEALIFT_PASSWORD or COSIGN_PASSWORD, or give "
                                "--password-file"));
  EXPECT_FALSE(files().has("cosign.key"));
}

TEST_F(CliKey, ImportTakesWhatOpensslMakes) {
  run_well({"openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "sec1.pem"});
  run_well({"openssl", "genrsa", "-traditional", "-out", "pkcs1.pem", "2048"});
  run_well({"openssl", "genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:other", "-out",
            "pkcs8.pem"});
  for (const std::string name : {"sec1", "pkcs1", "pkcs8"}) {
    SCOPED_TRACE(name);
    succeed({"key", "import", "--key", name + ".pem", "--output-key-prefix", name},
            with_environment({{"SEALIFT_IMPORT_PASSWORD", "other"}}));
    EXPECT_EQ(
        run_well({test_part("cosign"), "public-key", "--key", name + ".key"}),
        run_well({"openssl", "pkey", "-in", name + ".pem", "-passin", "pass:other", "-pubout"}));
  }
  EXPECT_THAT(sealift({"key", "import", "--key", "pkcs8.pem", "--output-key-prefix", "again"},
                      with_environment({{"SEALIFT_IMPORT_PASSWORD", "wrong"}})),
              ends_with(5, "pkcs8.pem"));
  EXPECT_THAT(sealift({"key", "import", "--key", "sec1.pub", "--output-key-prefix", "again"}),
              ends_with(7, "public half"));
  EXPECT_THAT(sealift({"key", "import", "--key", "missing.pem"}), ends_with(4, "missing.pem"));
  EXPECT_FALSE(files().has("again.key"));
}

TEST_F(CliKey, CosignsKeysSignHere) {
  run_well({test_part("cosign"), "generate-key-pair"});
  EXPECT_EQ(succeed({"key", "public", "--key", "cosign.key"}), files().read("cosign.pub"));
  run_well({"openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out",
            "p384.pem"});
  run_well({test_part("cosign"), "import-key-pair", "--key", "p384.pem", "--output-key-prefix",
            "imported"});
  push("oci-layout:out:v1", {"--sign", "cosign.key", "--sign", "imported.key"});
  succeed({"verify", "oci-layout:out:v1", "--key", "cosign.pub"});
  succeed({"verify", "oci-layout:out:v1", "--key", "imported.pub"});
}

TEST_F(CliKey, APublicKeyInTheWrongPlaceIsNamed) {
  make_key("a");
  EXPECT_THAT(sealift({"push", "oci-layout:out:v1", "--from", git().path(), "--sign", "a.pub"}),
              ends_with(7, "a.pub: holds a PEM block \"PUBLIC KEY\""));
  EXPECT_FALSE(files().has("out"));
  push("oci-layout:out:v1");
  EXPECT_THAT(sealift({"verify", "oci-layout:out:v1", "--key", "a.key"}),
              ends_with(7, "this is the private half"));
}

}  // namespace
}  // namespace sealift::test
