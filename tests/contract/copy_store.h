#pragma once

#include "support/registry_server.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"

#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>
#include <sealift/oci/open_repository.h>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sealift::oci {

// A repository of one kind that ends with the test.
class Store {
 public:
  explicit Store(const std::string& kind) {
    std::string address = "oci-layout:" + directory_.file("out");
    if (kind != "layout") {
      server_.emplace(kind);
      address = "oci://" + server_->address() + "/team/shop";
    }
    RepositoryOptions options;
    options.plain_http = true;
    repository_ = open_repository(*Reference::parse(address), options, environment_).value();
  }

  Repository& operator*() { return *repository_; }
  Repository* operator->() { return repository_.get(); }

  Descriptor push_blob(const std::string& bytes) {
    Descriptor blob{"text/plain", Digest::of(bytes), bytes.size(), "", {}};
    EXPECT_OK(repository_->push_blob(blob, Blob::from_string(bytes), {}));
    return blob;
  }
  Descriptor push_artifact(const std::vector<std::string>& contents, const std::string& tag,
                           std::optional<Descriptor> subject = {}) {
    EXPECT_OK(
        repository_->push_blob(empty_descriptor(), Blob::from_string(std::string(kEmptyJson)), {}));
    std::vector<Descriptor> layers;
    for (const auto& content : contents) layers.push_back(push_blob(content));
    return push(serialize(Manifest{std::string(media_type::kManifest),
                                   "application/x.test",
                                   empty_descriptor(),
                                   std::move(layers),
                                   std::move(subject),
                                   {}}),
                media_type::kManifest, tag);
  }
  // As cosign keeps them: the same layer for each, with another annotation.
  Descriptor push_signatures(const std::vector<std::string>& signatures, const std::string& tag) {
    EXPECT_OK(
        repository_->push_blob(empty_descriptor(), Blob::from_string(std::string(kEmptyJson)), {}));
    std::vector<Descriptor> layers;
    for (const auto& signature : signatures) {
      layers.push_back(push_blob("what is signed"));
      layers.back().annotations = {{"dev.cosignproject.cosign/signature", signature}};
    }
    return push(
        serialize(Manifest{
            std::string(media_type::kManifest), "", empty_descriptor(), std::move(layers), {}, {}}),
        media_type::kManifest, tag);
  }
  Descriptor push_index(std::vector<Descriptor> children, const std::string& tag) {
    return push(serialize(Index{std::string(media_type::kIndex), "", std::move(children), {}, {}}),
                media_type::kIndex, tag);
  }
  Descriptor push(const std::string& bytes, std::string_view type, const std::string& tag) {
    auto pushed = repository_->push_manifest(bytes, type, tag, {});
    EXPECT_OK(pushed);
    return pushed.value().descriptor;
  }

  std::string bytes_of(const std::string& name) {
    auto stored = repository_->fetch_manifest(name, {});
    return stored ? stored->bytes : stored.error().message();
  }
  std::vector<Digest> referrers_of(const Descriptor& subject) {
    std::vector<Digest> digests;
    const auto listed = repository_->referrers(subject.digest, {});
    EXPECT_OK(listed);
    if (!listed) return digests;
    for (const auto& entry : *listed) digests.push_back(entry.digest);
    return digests;
  }

 private:
  test::TempDirectory directory_;
  std::optional<test::RegistryServer> server_;
  std::unique_ptr<HttpTransport> transport_ = make_curl_transport("sealift-test");
  RepositoryEnvironment environment_{*transport_, system_files(), system_clock(), system_random()};
  std::unique_ptr<Repository> repository_;
};

inline std::string signature_tag(const Descriptor& subject) {
  return "sha256-" + subject.digest.hex() + ".sig";
}

}  // namespace sealift::oci
