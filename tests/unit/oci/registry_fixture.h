#pragma once

#include "support/fake_transport.h"
#include "support/manual_clock.h"
#include "support/result_matchers.h"

#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>
#include <sealift/oci/open_repository.h>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace sealift::oci {

// A repository whose registry is the function `on_request`. Time jumps where the client waits.
class RegistryTest : public testing::Test {
 protected:
  std::unique_ptr<Repository> open(const RepositoryOptions& options = {},
                                   const std::string& address = "oci://registry.example/shop") {
    auto reference = Reference::parse(address);
    auto repository = open_repository(*reference, options, environment_);
    return *std::move(repository);
  }

  static test::FakeAnswer status(int code, std::string body = "") {
    test::FakeAnswer answer;
    answer.status = code;
    answer.body = std::move(body);
    return answer;
  }
  static test::FakeAnswer typed(std::string body, std::string_view media_type) {
    test::FakeAnswer answer = status(200, std::move(body));
    answer.headers.set("Content-Type", std::string(media_type));
    return answer;
  }
  static test::FakeAnswer challenge(std::string header) {
    return status(401, R"({"errors":[{"code":"UNAUTHORIZED","message":"log in"}]})")
        .with_header("WWW-Authenticate", std::move(header));
  }
  static std::string manifest(std::string name = "a", std::optional<Descriptor> subject = {}) {
    return serialize(Manifest{std::string(media_type::kManifest),
                              "application/x.test",
                              empty_descriptor(),
                              {},
                              std::move(subject),
                              {{"name", name}}});
  }
  static std::string listing(const std::vector<Descriptor>& entries) {
    return serialize(Index{std::string(media_type::kIndex), "", entries, std::nullopt, {}});
  }
  static Descriptor describe(std::string_view bytes, std::string_view media_type = "text/plain") {
    return {std::string(media_type), Digest::of(bytes), bytes.size(), "", {}};
  }
  static Result<std::string> fetch(Repository& repository, const Descriptor& blob) {
    StringSink sink("blob", 16u << 20);
    SEALIFT_TRY(repository.fetch_blob(blob, sink, {}));
    return sink.take();
  }
  static std::string authorization(const test::SeenRequest& request) {
    return std::string(request.headers.get("Authorization").value_or("none"));
  }

  test::FakeTransport::Handler on_request = [](const test::SeenRequest&) { return status(404); };
  test::FakeTransport transport_{
      [this](const test::SeenRequest& request) { return on_request(request); }};
  test::ManualClock clock_{test::ManualClock::Sleep::kJumps};
  RepositoryEnvironment environment_{transport_, system_files(), clock_, system_random()};
};

}  // namespace sealift::oci
