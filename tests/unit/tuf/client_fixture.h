#pragma once

#include <sealift/tuf/client.h>

#include <support/fake_transport.h>
#include <support/faulty_file_system.h>
#include <support/manual_clock.h>
#include <support/result_matchers.h>
#include <support/tuf_repository.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sealift::tuf {

// A client whose trust folder is "trust" on a disk that may fail, and a repository on a server that
// does as the test says. It is 2026-01-01; everything expires in a year.
class ClientTest : public testing::Test {
 protected:
  static constexpr const char* kUrl = "http://repository.test/tuf";

  explicit ClientTest(
      test::TufRepository::Layout layout = test::TufRepository::Layout::kConsistentSnapshot)
      : repository(clock.now(), layout) {
    source = *make_http_source(transport, kUrl, std::string(kUrl) + "/targets/");
  }

  void begin() {
    ASSERT_OK(
        initialize_trust(environment, TrustDirectory(files, "trust"), repository.root(1), {}));
  }
  // begin() and a first update.
  void begin_and_update() {
    begin();
    ASSERT_OK(update());
  }
  Result<UpdateResult> update(const std::string& folder = "trust") {
    return Client(environment, TrustDirectory(files, folder), allowed).update(*source, {});
  }
  Result<FetchedTarget> get(const std::string& path, const std::string& folder = "trust") {
    return Client(environment, TrustDirectory(files, folder), allowed)
        .get_target(*source, path, {});
  }
  // 0 where the folder has no such file.
  std::int64_t stored(const std::string& role, const std::string& folder = "trust") const {
    const auto path = folder + "/" + escaped_role(role) + ".json";
    if (!files.exists(path)) return 0;
    const auto json = parse_json(files.content(path), path);
    return *json->find_path({"signed", "version"})->as_int64();
  }
  // The paths that were asked for since the last call.
  std::vector<std::string> asked() {
    std::vector<std::string> paths;
    for (const auto& request : transport.requests()) {
      paths.push_back(request.url.substr(std::string(kUrl).size() + 1));
    }
    transport.forget_requests();
    return paths;
  }
  static crypto::PrivateKey new_key(crypto::KeyType type = crypto::KeyType::kEcdsaP256) {
    return *crypto::PrivateKey::generate(type);
  }

  test::ManualClock clock{test::ManualClock::Sleep::kJumps};
  test::FaultyFileSystem files;
  test::TufRepository repository;
  // Asked before the repository; an answer of status 0 leaves it to it.
  std::function<test::FakeAnswer(const std::string& path)> interfere;
  test::FakeTransport transport{[this](const test::SeenRequest& request) {
    const auto path = request.url.substr(std::string(kUrl).size() + 1);
    if (interfere) {
      auto answer = interfere(path);
      if (answer.status != 0) return answer;
    }
    const auto file = repository.files().find(path);
    if (file == repository.files().end()) return test::FakeAnswer{404, {}, "nothing here", {}, {}};
    return test::FakeAnswer{200, {}, file->second, {}, {}};
  }};
  ClientEnvironment environment{files, clock, system_random()};
  std::chrono::seconds allowed{0};
  std::unique_ptr<RepositorySource> source;
};

}  // namespace sealift::tuf
