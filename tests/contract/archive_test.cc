// Archives: what goes in comes out, at stores of every kind, from a file and from a stream.
#include "copy_store.h"
#include "support/test_part.h"

#include <sealift/oci/archive.h>
#include <sealift/oci/copy.h>
#include <sealift/oci/copy_completeness.h>

#include <fstream>

#include <unistd.h>

namespace sealift::oci {
namespace {

using test::fails_with;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

CopyOptions with_attached() {
  CopyOptions options;
  options.attached_endings = {"sig", "att"};
  return options;
}

std::unique_ptr<Repository> open_archive(const std::string& path) {
  static const std::unique_ptr<HttpTransport> transport = make_curl_transport("sealift-test");
  static const RepositoryEnvironment environment{*transport, system_files(), system_clock(),
                                                 system_random()};
  return open_repository(*Reference::parse("oci-archive:" + path), {}, environment).value();
}

std::string large_text() {
  std::string large;
  for (int i = 0; large.size() < 1'000'000; ++i) large += std::to_string(i) + "\n";
  return large;
}

class Archive : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.file(name); }
  std::string bytes_of(const std::string& name) {
    return read_file(system_files(), path(name), 1u << 24).value_or("");
  }
  void write(const std::string& name, const std::string& bytes) {
    std::ofstream(path(name), std::ios::binary) << bytes;
  }

  Result<ArchiveSummary> pack(Store& from, const std::vector<std::string>& tags,
                              const std::string& name, BlobQuestion leave_out = {},
                              ArchivePlace place = ArchivePlace::kReplaced) {
    std::vector<CopyItem> items;
    for (const auto& tag : tags) items.push_back({tag, {tag}});
    ArchiveBuilder builder(std::move(leave_out));
    SEALIFT_TRY(builder.add(*from, items, with_attached(), {}));
    return builder.write_file(system_files(), path(name), place, 4, {});
  }
  // With a statement about it, one about that, a signature under a tag, and an index over it.
  void fill(Store& store) {
    artifact_ = store.push_artifact({large_text(), "small"}, "v1");
    statement_ = store.push_artifact({"statement"}, "", artifact_);
    countersignature_ = store.push_artifact({"countersignature"}, "", statement_);
    store.push_artifact({"signature"}, signature_tag(*artifact_));
    index_ = store.push_index({*artifact_}, "all");
    store.push_artifact({"other"}, "v2");
  }
  void expect_all_in(Store& to) {
    EXPECT_EQ(to.bytes_of("v1"), source_.bytes_of("v1"));
    EXPECT_EQ(to.bytes_of("all"), source_.bytes_of("all"));
    EXPECT_EQ(to.bytes_of(signature_tag(*artifact_)), source_.bytes_of(signature_tag(*artifact_)));
    EXPECT_THAT(to.referrers_of(*artifact_), ElementsAre(statement_->digest));
    EXPECT_THAT(to.referrers_of(*statement_), ElementsAre(countersignature_->digest));
    const std::string large = large_text();
    StringSink blob("blob", 1u << 24);
    EXPECT_OK(to->fetch_blob({"text/plain", Digest::of(large), large.size(), "", {}}, blob, {}));
    EXPECT_TRUE(blob.bytes() == large);
  }

  test::TempDirectory directory_;
  Store source_{"layout"};
  std::optional<Descriptor> artifact_, statement_, countersignature_, index_;
};

class ArchiveTo : public Archive, public testing::WithParamInterface<const char*> {
 protected:
  Store to_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Stores, ArchiveTo,
                         testing::Values("layout", "distribution", "docker-registry", "crane"),
                         [](const auto& kind) {
                           std::string name = kind.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST_P(ArchiveTo, AFileBringsAllThatIsAttached) {
  fill(source_);
  ASSERT_OK(pack(source_, {"v1", "all"}, "a.tar"));
  const auto from = open_archive(path("a.tar"));
  ASSERT_OK_ASSIGN(const auto tags, from->tags({}));
  EXPECT_THAT(tags, UnorderedElementsAre("v1", "all", signature_tag(*artifact_)));
  ASSERT_OK_ASSIGN(
      const auto summary,
      copy_artifacts(*from, *to_, {{"v1", {"v1"}}, {"all", {"all"}}}, with_attached(), {}));
  EXPECT_EQ(summary.manifests, 6u);  // "v1" is a part of "all" and has a tag
  expect_all_in(to_);
}

TEST_P(ArchiveTo, AStreamBringsTheSame) {
  fill(source_);
  ASSERT_OK(pack(source_, {"v1", "all", "v2"}, "a.tar"));
  ASSERT_OK_ASSIGN(auto stream, system_files().open(path("a.tar")));
  const auto choose = [](const std::vector<std::string>&) -> Result<std::vector<CopyItem>> {
    return std::vector<CopyItem>{{"v1", {"v1"}}, {"all", {"all"}}};
  };
  ASSERT_OK_ASSIGN(const auto copied, copy_from_stream(*stream, *to_, choose, with_attached(), {}));
  EXPECT_EQ(copied.summary.manifests, 6u);
  EXPECT_EQ(copied.summary.blobs, 6u);
  expect_all_in(to_);
  EXPECT_THAT(to_->resolve("v2", {}), fails_with(ErrorCode::kNotFound));

  ASSERT_OK_ASSIGN(stream, system_files().open(path("a.tar")));
  ASSERT_OK_ASSIGN(const auto again, copy_from_stream(*stream, *to_, choose, with_attached(), {}));
  EXPECT_EQ(again.summary.blobs, 0u);
  EXPECT_EQ(again.summary.manifests, 0u);
}

TEST_P(ArchiveTo, AnUpdateCompletesWhatIsThereAndNamesWhatIsNot) {
  source_.push_artifact({"old", "same"}, "v1");
  ASSERT_OK(pack(source_, {"v1"}, "full.tar"));
  const auto v2 = source_.push_artifact({"new", "same"}, "v2");
  const std::shared_ptr<Repository> base = open_archive(path("full.tar"));
  ASSERT_OK_ASSIGN(const auto update, pack(source_, {"v2"}, "update.tar",
                                           [base](const Digest& digest, std::stop_token stop) {
                                             return base->has_blob(digest, std::move(stop));
                                           }));
  EXPECT_EQ(update.blobs, 1u);
  EXPECT_EQ(update.left_out, 2u);  // with the empty config

  const auto from = open_archive(path("update.tar"));
  const std::vector<CopyItem> items{{"v2", {"v2"}}};
  const auto missing = Digest::of("same").to_string();
  EXPECT_THAT(check_copy_is_complete(*from, *to_, items, with_attached(), {}),
              fails_with(ErrorCode::kNotFound, missing));
  ASSERT_OK_ASSIGN(auto stream, system_files().open(path("update.tar")));
  const auto choose = [&](const auto&) -> Result<std::vector<CopyItem>> { return items; };
  EXPECT_THAT(copy_from_stream(*stream, *to_, choose, with_attached(), {}),
              fails_with(ErrorCode::kNotFound, missing));
  EXPECT_THAT(to_->resolve("v2", {}), fails_with(ErrorCode::kNotFound));

  ASSERT_OK(copy_artifacts(*base, *to_, {{"v1", {"v1"}}}, with_attached(), {}));
  ASSERT_OK(check_copy_is_complete(*from, *to_, items, with_attached(), {}));
  ASSERT_OK(copy_artifacts(*from, *to_, items, with_attached(), {}));
  ASSERT_OK_ASSIGN(const auto found, to_->resolve("v2", {}));
  EXPECT_EQ(found.digest, v2.digest);
}

TEST_F(Archive, TheSameContentGivesTheSameBytes) {
  fill(source_);
  Store other("distribution");
  std::vector<CopyItem> items;
  for (const char* tag : {"v2", "all", "v1"}) items.push_back({tag, {tag}});
  ASSERT_OK(copy_artifacts(*source_, *other, items, with_attached(), {}));
  ASSERT_OK(pack(source_, {"v1", "v2", "all"}, "a.tar"));
  ASSERT_OK(pack(other, {"all", "v1", "v2"}, "b.tar"));
  EXPECT_TRUE(bytes_of("a.tar") == bytes_of("b.tar"));
}

TEST_F(Archive, WritingGoesOnWhereItStopped) {
  fill(source_);
  ASSERT_OK(pack(source_, {"v1", "all"}, "a.tar"));
  const std::string whole = bytes_of("a.tar");
  for (std::size_t at = 0; at <= whole.size(); at += 77'777) {
    write("b.tar.partial", whole.substr(0, at));
    ASSERT_OK_ASSIGN(const auto summary, pack(source_, {"v1", "all"}, "b.tar"));
    ASSERT_TRUE(bytes_of("b.tar") == whole) << at;
    EXPECT_LE(summary.kept_bytes, at);
    EXPECT_GE(summary.kept_bytes + 1'100'000, at);
    EXPECT_THAT(system_files().info(path("b.tar.partial")), fails_with(ErrorCode::kNotFound));
  }
}

TEST_F(Archive, WhatWasSpoiltMeanwhileIsWrittenAnew) {
  fill(source_);
  ASSERT_OK(pack(source_, {"v1"}, "a.tar"));
  const std::string whole = bytes_of("a.tar");
  constexpr std::size_t kFirstEntry = 1'024;  // where that is spoilt, the file may be anybody's
  for (std::size_t at = kFirstEntry; at < whole.size(); at += 100'021) {
    std::string spoilt = whole;
    spoilt[at] ^= 1;
    write("b.tar.partial", spoilt);
    ASSERT_OK(pack(source_, {"v1"}, "b.tar"));
    ASSERT_TRUE(bytes_of("b.tar") == whole) << at;
  }
  write("b.tar.partial", whole + "and more than there should be");
  ASSERT_OK(pack(source_, {"v1"}, "b.tar"));
  EXPECT_TRUE(bytes_of("b.tar") == whole);
}

TEST_F(Archive, OnlyOneProcessWritesIt) {
  fill(source_);
  write("a.tar.partial", "");
  ASSERT_OK_ASSIGN(auto held, system_files().lock(path("a.tar.partial")));
  EXPECT_THAT(pack(source_, {"v1"}, "a.tar"), fails_with(ErrorCode::kUnavailable, "a.tar.partial"));
  held.reset();
  EXPECT_OK(pack(source_, {"v1"}, "a.tar"));
}

TEST_F(Archive, IsNotWrittenOverWhatSomebodyElsePutThere) {
  fill(source_);
  write("thesis", "all of it");
  ASSERT_EQ(::symlink("thesis", path("a.tar.partial").c_str()), 0);
  EXPECT_THAT(pack(source_, {"v1"}, "a.tar"),
              fails_with(ErrorCode::kConflict, "no regular file; nothing was changed"));
  write("b.tar.partial", "all of it");
  EXPECT_THAT(pack(source_, {"v1"}, "b.tar"),
              fails_with(ErrorCode::kConflict, "holds something else; nothing was changed"));
  write("c.tar", "all of it");
  EXPECT_THAT(pack(source_, {"v1"}, "c.tar", {}, ArchivePlace::kNew),
              fails_with(ErrorCode::kConflict, "c.tar appeared while the archive was written"));
  for (const char* name : {"thesis", "b.tar.partial", "c.tar"}) {
    EXPECT_EQ(bytes_of(name), "all of it");
  }
}

TEST_F(Archive, IsNotWrittenTo) {
  fill(source_);
  ASSERT_OK(pack(source_, {"v1"}, "a.tar"));
  const auto archive = open_archive(path("a.tar"));
  const Descriptor blob{"text/plain", Digest::of("x"), 1, "", {}};
  const auto forbidden = [](const std::string& part = "written once") {
    return fails_with(ErrorCode::kForbidden, part);
  };
  EXPECT_THAT(archive->push_blob(blob, Blob::from_string("x"), {}), forbidden());
  EXPECT_THAT(archive->push_manifest("{}", media_type::kManifest, "v3", {}), forbidden());
  EXPECT_THAT(archive->remove_tag("v1", {}), forbidden());
  EXPECT_THAT(archive->remove_manifest(artifact_->digest, {}), forbidden());
  EXPECT_THAT(archive->remove_referrer(artifact_->digest, statement_->digest, {}), forbidden());
}

TEST_F(Archive, AFlippedBitIsNeverTaken) {
  source_.push_artifact({"content"}, "v1");
  ASSERT_OK(pack(source_, {"v1"}, "a.tar"));
  const std::string whole = bytes_of("a.tar");
  const std::string manifest = source_.bytes_of("v1");
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    std::string bad = whole;
    bad[at] ^= 4;
    ViewSource stream(bad);
    Store to("layout");
    const auto choose = [](const auto&) -> Result<std::vector<CopyItem>> {
      return std::vector<CopyItem>{{"v1", {"v1"}}};
    };
    const auto copied = copy_from_stream(stream, *to, choose, {}, {});
    if (copied) {
      EXPECT_EQ(to.bytes_of("v1"), manifest) << at;
    }
    write("b.tar", bad);
    Store other("layout");
    const auto from = open_archive(path("b.tar"));
    if (copy_artifacts(*from, *other, {{"v1", {"v1"}}}, {}, {})) {
      EXPECT_EQ(other.bytes_of("v1"), manifest) << at;
    }
  }
}

TEST_F(Archive, CutOffAnywhereIsRefused) {
  fill(source_);
  ASSERT_OK(pack(source_, {"v1"}, "a.tar"));
  const std::string whole = bytes_of("a.tar");
  for (std::size_t size = 0; size + 1'024 <= whole.size(); size += 99'973) {
    ViewSource stream(std::string_view(whole).substr(0, size));
    Store to("layout");
    const auto choose = [](const auto&) -> Result<std::vector<CopyItem>> {
      return std::vector<CopyItem>{{"v1", {"v1"}}};
    };
    EXPECT_THAT(copy_from_stream(stream, *to, choose, {}, {}),
                fails_with(ErrorCode::kInvalidInput, "truncated"))
        << size;
    EXPECT_THAT(to->resolve("v1", {}), fails_with(ErrorCode::kNotFound));
  }
}

}  // namespace
}  // namespace sealift::oci
