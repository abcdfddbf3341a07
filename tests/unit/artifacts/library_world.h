#pragma once

#include <sealift/artifacts/artifact_library.h>
#include <sealift/crypto/keys.h>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/fake_transport.h"
#include "support/faulty_file_system.h"
#include "support/manual_clock.h"
#include "unit/artifacts/sample_layer.h"
#include "unit/signing/memory_repository.h"

namespace sealift::artifacts::test {

// Hosts that take a request and never answer, before another transport.
class TarpitTransport : public HttpTransport {
 public:
  explicit TarpitTransport(HttpTransport& inner) : inner_(inner) {}
  Result<HttpResponse> send(const HttpRequest& request, HttpSink& sink,
                            std::stop_token stop) override;

  void hang(const std::string& host);
  // What hangs goes on.
  void release(const std::string& host);
  // Returns when that many requests hang.
  void wait_for_hanging(std::size_t count);
  std::size_t hanging();

 private:
  HttpTransport& inner_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::set<std::string> hosts_;
  std::size_t hanging_ = 0;
};

inline bool is_accepted(const Verdict& verdict) {
  return !std::holds_alternative<signing::Refused>(verdict.judgement);
}
inline std::string refusal_of(const Verdict& verdict) {
  const auto* refused = std::get_if<signing::Refused>(&verdict.judgement);
  return refused == nullptr ? "accepted" : refused->error.message();
}

// Who was woken, and how often.
class Wakes {
 public:
  void add(const std::string& waiter);
  // Returns when the waiter was woken since the last wait for it.
  void wait_for(const std::string& waiter);
  std::map<std::string, std::size_t> counts();
  void forget();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::size_t> unseen_;
  std::map<std::string, std::size_t> counts_;
};

// Registries in memory (any "HOST/REPOSITORY" that something was published to), a puller's disk,
// and an artifact library between them. Everything that is published is signed by one key, which
// the policy trusts.
class LibraryWorld {
 public:
  LibraryWorld();
  ~LibraryWorld();

  Digest publish(const std::string& name, const std::string& tag, const FileTexts& files,
                 std::int64_t sequence = 1);
  // Its layer is not an archive of files but these bytes; unsigned where `sign` is false.
  Digest publish_layer(const std::string& name, const std::string& tag, const std::string& layer,
                       std::int64_t sequence = 1, bool sign = true);
  void sign(const std::string& name, const Digest& digest);
  // Somebody says that the tag still is that.
  void say_fresh(const std::string& name, const std::string& tag, const Digest& digest);

  // A Delivery of that tag.
  delivery::Delivery delivery(const std::string& name, const std::string& tag = "stable");
  ArtifactAccess access(const std::string& name, const std::string& tag = "stable");
  ArtifactAccess access(const delivery::Delivery& delivery);

  // A new library on the same disk.
  void restart();
  ArtifactLibrary& artifacts() { return *library_; }
  // Calls until there is an answer, waiting to be woken between.
  template <typename Call>
  auto await(const std::string& waiter, const Call& call) {
    for (;;) {
      auto answer = call();
      if (!answer || *answer) return answer.map([](auto value) { return *std::move(value); });
      wakes.wait_for(waiter);
    }
  }
  Result<Digest> resolve(const ArtifactAccess& access, std::chrono::milliseconds max_age = {},
                         const std::string& waiter = "shop/web");
  Result<std::shared_ptr<const Verdict>> verify(const ArtifactAccess& access, const Digest& digest,
                                                std::chrono::milliseconds max_age = {},
                                                const std::string& waiter = "shop/web");
  // The artifact that a policy accepted; throws where none did.
  std::shared_ptr<const signing::VerifiedArtifact> verified(const ArtifactAccess& access,
                                                            const Digest& digest);
  Result<std::shared_ptr<const ParsedArtifact>> objects(const ArtifactAccess& access,
                                                        const Digest& digest,
                                                        const std::string& path = "",
                                                        const std::string& waiter = "shop/web");

  std::size_t requests(const std::string& method, const std::string& part = "");

  // Asked before a registry answers; nullopt: it answers.
  std::function<std::optional<sealift::test::FakeAnswer>(const sealift::test::SeenRequest&)> rule;
  std::map<std::pair<std::string, std::string>, delivery::NamedData>
      secrets;  // by namespace and name
  Policies policies;
  std::optional<std::string> asked_tag = "";  // by which verify() asks
  sealift::test::FaultyFileSystem disk;
  ArtifactCache cache{disk, "cache"};
  sealift::test::ManualClock clock{sealift::test::ManualClock::Sleep::kJumps};
  Wakes wakes;

 private:
  class Secrets;
  sealift::test::FakeAnswer answer(const sealift::test::SeenRequest& request);

  std::mutex mutex_;  // of the registries
  std::map<std::string, signing::test::MemoryRepository> registries_;

 public:
  sealift::test::FakeTransport registry;
  TarpitTransport transport{registry};

 private:
  oci::RepositoryEnvironment environment_;
  std::unique_ptr<ArtifactLibrary> library_;
};

}  // namespace sealift::artifacts::test
