#pragma once

#include "support/process.h"
#include "support/refusal_matchers.h"
#include "support/result_matchers.h"
#include "support/sigstore_services.h"
#include "support/temp_directory.h"
#include "support/test_part.h"

#include <sealift/base/clock.h>
#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/verification.h>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sealift::sigstore {

// The real cosign and a private Sigstore, one for all cases.
class KeylessTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { services_ = std::make_unique<sealift::test::SigstoreServices>(); }
  static void TearDownTestSuite() { services_.reset(); }

  static const sealift::test::SigstoreServices& services() { return *services_; }
  const sealift::test::TempDirectory& files() const { return files_; }

  sealift::test::ProcessResult cosign(
      std::vector<std::string> arguments,
      std::vector<std::pair<std::string, std::optional<std::string>>> environment = {}) const {
    arguments.insert(arguments.begin(), sealift::test::test_part("cosign"));
    sealift::test::ProcessOptions options;
    options.environment = std::move(environment);
    options.environment.emplace_back("HOME", files_.path());
    options.environment.emplace_back("COSIGN_PASSWORD", "pw");
    options.directory = files_.path();
    return sealift::test::run_process(arguments, std::move(options));
  }

  // The content of a new bundle about `file`; empty, with a failure, where cosign fails.
  std::string cosign_sign_blob(const std::string& file, const std::string& token, int rekor) const {
    const auto result =
        cosign({"sign-blob", "--yes", "--signing-config", services().signing_config_file(rekor),
                "--trusted-root", services().trusted_root_file(), "--bundle", "bundle.json", file},
               {{"SIGSTORE_ID_TOKEN", token}});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.exit_code == 0 ? files_.read("bundle.json") : "";
  }

  static TrustedRoot trusted_root() {
    return parse_trusted_root(services().trusted_root(), "trusted_root.json").value();
  }

  static IdentityRule identity(const std::string& name, const std::string& issuer) {
    return {TextRule::exact(name).value(), TextRule::exact(issuer).value()};
  }

 private:
  inline static std::unique_ptr<sealift::test::SigstoreServices> services_;
  sealift::test::TempDirectory files_;
};

}  // namespace sealift::sigstore
