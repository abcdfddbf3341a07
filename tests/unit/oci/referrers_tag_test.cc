// Several who add to the listing under one referrers tag at a registry that keeps none itself.
#include "hostile_registry_case.h"
#include "turns.h"

#include <chrono>
#include <thread>

namespace sealift::oci {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::SeenRequest;
using testing::SizeIs;

class ReferrersTagTest : public HostileRegistryTest {
 protected:
  ReferrersTagTest() { registry_.quirks.referrers_api = false; }

  auto add(Repository& repository, const std::string& name) {
    return repository.push_manifest(manifest(name, subject_), media_type::kManifest, "", {});
  }

  const Descriptor subject_ = describe(manifest("subject"), media_type::kManifest);
  const std::string tag_ = "manifests/sha256-" + subject_.digest.hex();
};

// The clock of these tests stands still while a request is under way, so that nobody looks again
// late enough to see what the others undid.
TEST_F(ReferrersTagTest, ThreadsOfOneSessionUndoNothingOfEachOther) {
  registry_.put_blob("shop", std::string(kEmptyJson));
  on_request = [&](const SeenRequest& request) {
    FakeAnswer answer = registry_.answer(request);
    if (request.method == "GET" && request.url.ends_with(tag_)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));  // the others read it as well
    }
    return answer;
  };
  const auto repository = open();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 5; ++i) {
      threads.emplace_back(
          [&, i] { EXPECT_OK(add(*repository, "signature " + std::to_string(i))); });
    }
  }
  ASSERT_OK_ASSIGN(const auto found, repository->referrers(subject_.digest, {}));
  EXPECT_THAT(found, SizeIs(5));
}

TEST(TurnsTest, WaitingEndsWithTheStopAndOtherNamesDoNotWait) {
  Turns turns;
  ASSERT_OK_ASSIGN(const auto turn, turns.take("a", {}));
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_THAT(turns.take("a", stop.get_token()),
              fails_with(ErrorCode::kCancelled, "waiting for the turn at a"));
  EXPECT_OK(turns.take("b", {}));
  EXPECT_OK(turns.take("b", {})) << "given on when it went";
}

}  // namespace
}  // namespace sealift::oci
