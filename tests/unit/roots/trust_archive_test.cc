// A trust folder as one file, there and back.
#include "roots_fixture.h"

#include <sealift/archive/compression.h>
#include <sealift/archive/tar_writer.h>

namespace sealift::roots {
namespace {

using test::fails_with;
using testing::ElementsAre;

using TrustArchive = RootsTest;

TEST_F(TrustArchive, HoldsWhatTheFolderTrustsAndNothingElse) {
  ASSERT_OK(get());
  files.put("keep/sigstore/stray.json", "{}");
  files.put("keep/sigstore/targets/stray", "x");
  files.put("keep/sigstore/root_history/.2.root.json.0123456789abcdef.tmp", "x");
  ASSERT_OK_ASSIGN(const auto bytes, pack());
  carry_in(bytes);
  ASSERT_OK_ASSIGN(const auto archive, open_trust_archive(inside, "keep/sigstore.tar.gz"));
  std::vector<std::string> names;
  for (const auto* folder : {"", "/root_history", "/targets"}) {
    ASSERT_OK_ASSIGN(const auto entries,
                     archive->list("keep/sigstore.tar.gz" + std::string(folder)));
    for (const auto& entry : entries) names.push_back(entry.name);
  }
  EXPECT_THAT(names,
              ElementsAre("root.json", "root_history", "snapshot.json", "targets", "targets.json",
                          "timestamp.json", "1.root.json", "trusted_root.json"));
}

TEST_F(TrustArchive, ItsBytesDependOnTheContentAlone) {
  ASSERT_OK(get());
  ASSERT_OK_ASSIGN(const auto first, pack());
  ASSERT_OK(tuf::initialize_trust(environment, folder("other"), repository.root(1), {}));
  ASSERT_OK(get("trusted_root.json", "other"));
  clock.advance(std::chrono::hours(1));
  ASSERT_OK_ASSIGN(const auto second, pack("other"));
  EXPECT_EQ(first, second);
}

TEST_F(TrustArchive, IsASourceOfUpdatesThatAreVerifiedAgain) {
  repository.publish_next("root");
  repository.delegate("targets", "team", {"team/*"});
  repository.add_target("team", "team/a.txt", "of a team");
  repository.publish("team");
  release();
  ASSERT_OK(get());
  ASSERT_OK(get("team/a.txt"));
  ASSERT_OK_ASSIGN(const auto bytes, pack());
  carry_in(bytes);

  tuf::ClientEnvironment there{inside, clock, system_random()};
  const tuf::TrustDirectory trust(inside, "trust");
  ASSERT_OK(tuf::initialize_trust(there, trust, repository.root(1), {}));
  ASSERT_OK_ASSIGN(const auto source, make_archive_source(inside, "keep/sigstore.tar.gz"));
  tuf::Client client(there, trust, std::chrono::seconds(0));
  ASSERT_OK_ASSIGN(const auto updated, client.update(*source, {}));
  EXPECT_EQ(updated.trusted.root().envelope.version, 2);
  ASSERT_OK(client.get_target(*source, "trusted_root.json", {}));
  ASSERT_OK(client.get_target(*source, "team/a.txt", {}));
  EXPECT_EQ(inside.content("trust/targets/team/a.txt"), "of a team");

  // By another beginning nothing of it is believed.
  const test::TufRepository stranger(clock.now());
  const tuf::TrustDirectory other(inside, "other");
  ASSERT_OK(tuf::initialize_trust(there, other, stranger.root(1), {}));
  EXPECT_THAT(tuf::Client(there, other, std::chrono::seconds(0)).update(*source, {}),
              fails_with(ErrorCode::kUntrusted, "is signed by 0"));
}

TEST_F(TrustArchive, WhatIsNotWholeIsNotPacked) {
  EXPECT_THAT(pack(), fails_with(ErrorCode::kNotFound, "does not hold all metadata yet"));
  EXPECT_THAT(pack("nowhere"), fails_with(ErrorCode::kNotFound, "trusts no root yet"));
  ASSERT_OK(get());
  files.put("keep/sigstore/snapshot.json", "{}");
  EXPECT_THAT(pack(), fails_with(ErrorCode::kInvalidInput, "keep/sigstore"));
}

TEST_F(TrustArchive, WhatExpiredIsPackedAllTheSame) {
  ASSERT_OK(get());
  ASSERT_OK_ASSIGN(const auto before, pack());
  clock.advance(std::chrono::hours(24 * 400));
  StringSink sink("archive", kMaxTrustArchiveBytes);
  ASSERT_OK_ASSIGN(const auto status, pack_trust_folder(files, "keep/sigstore", clock.now(), sink));
  EXPECT_EQ(sink.bytes(), before);
  EXPECT_EQ(status.roles.front().problem->kind, tuf::RefusalKind::kExpired);
}

TEST_F(TrustArchive, IsBounded) {
  StringSink packed("archive", kMaxTrustArchiveBytes);
  archive::GzipWriter gzip(packed);
  archive::TarWriter tar(gzip);
  ASSERT_OK(tar.add_file("root.json", std::string(kMaxTrustArchiveBytes + 1, ' '), false));
  ASSERT_OK(tar.finish());
  ASSERT_OK(gzip.finish());
  carry_in(packed.take());
  EXPECT_THAT(open_trust_archive(inside, "keep/sigstore.tar.gz"),
              fails_with(ErrorCode::kInvalidInput, std::to_string(kMaxTrustArchiveBytes)));
}

// Each read and write of packing and reading fails once.
TEST_F(TrustArchive, FaultsOfTheDiskAreTold) {
  ASSERT_OK(get());
  const auto before = files.call_count();
  ASSERT_OK_ASSIGN(const auto bytes, pack());
  const auto calls = files.call_count() - before;
  ASSERT_GT(calls, 8u);
  for (std::size_t n = 1; n <= calls; n += test::kFaultStride) {
    files.fail_call(n, Error(ErrorCode::kIo, "the disk is gone"));
    EXPECT_THAT(pack(), fails_with(ErrorCode::kIo, "the disk is gone")) << n;
  }
  carry_in(bytes);
  inside.fail_call(2, Error(ErrorCode::kIo, "the disk is gone"));
  EXPECT_THAT(open_trust_archive(inside, "keep/sigstore.tar.gz"),
              fails_with(ErrorCode::kIo, "the disk is gone"));
}

}  // namespace
}  // namespace sealift::roots
