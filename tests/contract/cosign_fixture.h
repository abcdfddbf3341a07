#pragma once

#include "support/key_signature.h"
#include "support/process.h"
#include "support/registry_server.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"
#include "support/test_part.h"

#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>
#include <sealift/oci/open_repository.h>
#include <sealift/signing/signature_store.h>
#include <sealift/signing/verifier.h>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace sealift::signing {

// The real cosign, a real registry, and a repository in it. Every case has an artifact of its own.
class CosignTest : public testing::Test {
 protected:
  explicit CosignTest(const std::string& registry = "distribution") : server_(registry) {}

  void SetUp() override {
    oci::RepositoryOptions options;
    options.plain_http = true;
    ASSERT_OK_ASSIGN(const auto reference, oci::Reference::parse("oci://" + name()));
    ASSERT_OK_ASSIGN(repository_, oci::open_repository(reference, options, environment_));
  }

  std::string name() const { return server_.address() + "/team/shop"; }
  oci::Repository& repository() { return *repository_; }
  const sealift::test::TempDirectory& files() const { return files_; }

  oci::StoredManifest push_artifact(const std::string& content) {
    const oci::Descriptor layer{"text/plain", Digest::of(content), content.size(), "", {}};
    EXPECT_OK(repository_->push_blob(layer, Blob::from_string(content), {}));
    EXPECT_OK(repository_->push_blob(oci::empty_descriptor(),
                                     Blob::from_string(std::string(oci::kEmptyJson)), {}));
    const oci::Manifest manifest{std::string(oci::media_type::kManifest),
                                 "application/x.test",
                                 oci::empty_descriptor(),
                                 {layer},
                                 {},
                                 {}};
    std::string bytes = oci::serialize(manifest);
    const auto pushed =
        repository_->push_manifest(bytes, manifest.media_type, "v-" + content, {}).value();
    return {pushed.descriptor, std::move(bytes)};
  }

  sealift::test::ProcessResult cosign(std::vector<std::string> arguments,
                                      const std::string& password = "pw") const {
    arguments.insert(arguments.begin(), sealift::test::test_part("cosign"));
    sealift::test::ProcessOptions options;
    options.environment = {{"HOME", files_.path()}, {"COSIGN_PASSWORD", password}};
    options.directory = files_.path();
    return sealift::test::run_process(arguments, std::move(options));
  }

  // A file that cosign opens with its password; it takes no plain keys.
  std::string key_file(const crypto::PrivateKey& key) const {
    return files_.write("signer.key", key.to_encrypted_pem("pw", system_random()).value());
  }

  std::string at(const oci::StoredManifest& artifact) const {
    return name() + "@" + artifact.descriptor.digest.to_string();
  }
  static std::string format_flag(SignatureStorage storage) {
    return std::string("--new-bundle-format=") +
           (storage == SignatureStorage::kBundle ? "true" : "false");
  }

  sealift::test::ProcessResult cosign_sign(const oci::StoredManifest& artifact,
                                           const std::string& key_file,
                                           SignatureStorage storage) const {
    return cosign({"sign", "--yes", "--key", key_file, "--use-signing-config=false",
                   "--tlog-upload=false", "--allow-http-registry", format_flag(storage),
                   at(artifact)});
  }

  sealift::test::ProcessResult cosign_verify(const oci::StoredManifest& artifact,
                                             const crypto::PublicKey& key,
                                             SignatureStorage storage) const {
    return cosign({"verify", "--key", files_.write("verify.pub", key.to_pem()),
                   "--insecure-ignore-tlog=true", "--allow-http-registry", format_flag(storage),
                   at(artifact)});
  }

  Result<oci::Descriptor> sign(const oci::StoredManifest& artifact, const crypto::PrivateKey& key,
                               SignatureStorage storage) {
    return sealift::test::sign_by_key(*repository_, artifact.descriptor, name(), key, storage,
                                      system_clock().now());
  }

  std::variant<VerifiedArtifact, Refused> verify_with(const oci::StoredManifest& artifact,
                                                      const crypto::PublicKey& key) {
    const auto set =
        fetch_signatures(*repository_, artifact.descriptor.digest, WantedPieces::kSignatures, {})
            .value();
    const auto policy = policy_for_key(key, "key");
    const std::string repository = name();
    return verify({repository, artifact, set, policy, system_clock().now(), nullptr});
  }

 private:
  sealift::test::TempDirectory files_;
  sealift::test::RegistryServer server_;
  std::unique_ptr<HttpTransport> transport_ = make_curl_transport("sealift-test");
  oci::RepositoryEnvironment environment_{*transport_, system_files(), system_clock(),
                                          system_random()};
  std::unique_ptr<oci::Repository> repository_;
};

// What a failed expectation prints.
inline std::string explain(const std::variant<VerifiedArtifact, Refused>& outcome) {
  const auto* refused = std::get_if<Refused>(&outcome);
  return refused ? refused->error.message() : "accepted";
}

inline bool is_accepted(const std::variant<VerifiedArtifact, Refused>& outcome) {
  return std::holds_alternative<VerifiedArtifact>(outcome);
}

}  // namespace sealift::signing
