#pragma once

#include <sealift/artifacts/artifact_library.h>
#include <sealift/crypto/keys.h>
#include <sealift/delivery/configuration.h>
#include <sealift/puller/puller.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "support/fake_transport.h"
#include "support/faulty_file_system.h"
#include "support/manual_clock.h"
#include "unit/artifacts/sample_layer.h"

namespace sealift::puller::test {

// A publisher, a puller and what lies between them, all in memory. Two disks: the publisher's,
// which never fails, with an image layout; and the puller's, with its state and the target
// directory, so that its calls are the puller's alone.
class DeliveryWorld {
 public:
  DeliveryWorld();

  // Publishes a signed artifact in the layout "media" under the world's tag.
  Digest publish(const artifacts::test::FileTexts& files, std::int64_t sequence);
  // The same without a signature; and the signature, of which no tag tells.
  void publish_unsigned(const artifacts::test::FileTexts& files, std::int64_t sequence);
  void sign_published();
  // Somebody says that the tag still is what was published last.
  void say_fresh();
  Digest publish_layer(const std::string& layer, std::int64_t sequence);
  // Its manifest claims a layer of that size, which nobody has; the Delivery names its digest.
  Digest publish_oversized(std::uint64_t bytes, std::int64_t sequence);

  void pass(std::chrono::milliseconds time) { clock_.advance(time); }
  // Nothing comes from there until it is back.
  void set_registry_away(bool away);

  // Begins with what is on both disks of the other one, and without a process.
  void begin_as(const DeliveryWorld& other);

  // Starts a puller's process on its disk, as the program does.
  Result<> start();
  // One run of the Delivery in that process. A process that cannot start is a failed run.
  RunOutcome run();
  RunOutcome run_in_new_process();

  // The files of the Delivery's folder in the target, hidden ones included.
  artifacts::test::FileTexts delivered();
  Result<DecisionLogCheck> check_record();
  std::string record() const;  // its bytes, or empty

  // Of the process that was started. The next call ends what this one stands on.
  RunEnvironment environment() { return environment(clock_); }
  RunEnvironment environment(Clock& clock);
  // Who is woken by the environment's artifacts.
  void attach(Puller* puller);
  // Runs the only Delivery in a puller of its own.
  RunOutcome run_in(const RunEnvironment& environment);

  sealift::test::FaultyFileSystem disk;
  delivery::Configuration configuration;
  std::string writer = "this disk";
  std::string tag = "stable";

 private:
  struct Process {
    explicit Process(FileSystem& files)
        : cache(files, "state/cache"), states(files, "state/deliveries") {}
    artifacts::ArtifactCache cache;
    target::StateStore states;
    std::unique_ptr<DecisionLog> decisions;
    std::unique_ptr<DeadlineTimer> deadlines;
    std::unique_ptr<artifacts::ArtifactLibrary> artifacts;
  };

  std::unique_ptr<oci::Repository> open_media();
  oci::Descriptor publish_manifest(const oci::Descriptor& layer, std::int64_t sequence);
  void sign(oci::Repository& media, const oci::Descriptor& manifest);

  sealift::test::FaultyFileSystem shelf_;
  std::optional<oci::Descriptor> published_;
  sealift::test::FakeTransport transport_;
  sealift::test::ManualClock clock_;
  oci::RepositoryEnvironment repositories_;
  std::mutex puller_mutex_;
  Puller* puller_ = nullptr;
  std::optional<Process> process_;
};

}  // namespace sealift::puller::test
