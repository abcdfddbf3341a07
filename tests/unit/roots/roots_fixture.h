#pragma once

#include <sealift/roots/archive_source.h>
#include <sealift/roots/trust_archive.h>
#include <sealift/roots/trust_pack.h>
#include <sealift/signing/trust_policy.h>
#include <sealift/sigstore/known_trusted_root.h>
#include <sealift/tuf/client.h>

#include <support/faulty_file_system.h>
#include <support/manual_clock.h>
#include <support/result_matchers.h>
#include <support/tuf_repository.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace sealift::roots {

// A repository with a trusted root, and a trust folder "keep/sigstore" that follows it. Everything
// expires in a year, the timestamp in a week.
class RootsTest : public testing::Test {
 protected:
  RootsTest() : repository(clock.now()) {
    repository.add_target("targets", "trusted_root.json",
                          std::string(sigstore::public_trusted_root().bytes));
    repository.set_expiry("timestamp", expiry);
    release();
    EXPECT_OK(tuf::initialize_trust(environment, folder(), repository.root(1), {}));
  }

  tuf::TrustDirectory folder(const std::string& path = "keep/sigstore") { return {files, path}; }
  // A new version of targets, snapshot and timestamp.
  void release() {
    repository.release();
    copy_out();
  }
  void copy_out() {
    for (const auto& [path, bytes] : repository.files()) files.put("copy/" + path, bytes);
  }
  Result<> get(const std::string& target = "trusted_root.json",
               const std::string& path = "keep/sigstore") {
    const auto source = tuf::make_directory_source(files, "copy", "copy/targets");
    return tuf::Client(environment, folder(path), std::chrono::seconds(0))
        .get_target(*source, target, {})
        .map([](auto&&) {});
  }
  Result<std::string> pack(const std::string& path = "keep/sigstore") {
    StringSink sink("archive", kMaxTrustArchiveBytes);
    SEALIFT_TRY(pack_trust_folder(files, path, clock.now(), sink));
    return sink.take();
  }
  // An archive of another repository, whose timestamp is its ninth.
  std::string foreign(std::int64_t root_version) {
    test::TufRepository other(clock.now());
    other.add_target("targets", "trusted_root.json",
                     std::string(sigstore::public_trusted_root().bytes));
    other.set_version("root", root_version);
    other.publish("root");
    other.set_version("timestamp", 8);
    other.set_expiry("timestamp", expiry);
    other.release();
    const auto place = "foreign" + std::to_string(root_version);
    for (const auto& [path, bytes] : other.files()) files.put(place + "/copy/" + path, bytes);
    EXPECT_OK(
        tuf::initialize_trust(environment, folder(place + "/trust"), other.root(root_version), {}));
    const auto source = tuf::make_directory_source(files, place + "/copy", place + "/copy/targets");
    EXPECT_OK(tuf::Client(environment, folder(place + "/trust"), std::chrono::seconds(0))
                  .get_target(*source, "trusted_root.json", {}));
    return pack(place + "/trust").value_or("");
  }
  // A disk on which there is nothing but that archive.
  void carry_in(const std::string& bytes) { inside.put("keep/sigstore.tar.gz", bytes); }

  static signing::RootFolder wanted(std::string target = "trusted_root.json") {
    return {.name = "sigstore", .target = std::move(target)};
  }

  test::ManualClock clock{test::ManualClock::Sleep::kJumps};
  Timestamp expiry = clock.now() + std::chrono::hours(24 * 7);
  test::FaultyFileSystem files;
  test::FaultyFileSystem inside;
  test::TufRepository repository;
  tuf::ClientEnvironment environment{files, clock, system_random()};
};

}  // namespace sealift::roots
