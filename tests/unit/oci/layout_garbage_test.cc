// What processes leave in a layout, and what nothing leads to any more.
#include "support/faulty_file_system.h"
#include "support/manual_clock.h"
#include "support/result_matchers.h"

#include "layout_repository.h"

#include <sealift/oci/layout_garbage.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <gtest/gtest.h>

namespace sealift::oci {
namespace {

using test::fails_with;
using test::FaultyFileSystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* kDirectory = "/srv/out";

class LayoutGarbage : public testing::Test {
 protected:
  std::unique_ptr<LayoutRepository> open() {
    return std::make_unique<LayoutRepository>(kDirectory, files_, clock_, system_random());
  }
  Descriptor push_blob(Repository& layout, const std::string& content) {
    const Descriptor blob{"text/plain", Digest::of(content), content.size(), "", {}};
    EXPECT_OK(layout.push_blob(blob, Blob::from_string(content), {}));
    return blob;
  }
  Descriptor push(Repository& layout, const std::string& content, const std::string& tag,
                  std::optional<Descriptor> subject = {}) {
    push_blob(layout, std::string(kEmptyJson));
    const Manifest manifest{
        std::string(media_type::kManifest), "application/x.test", empty_descriptor(),
        {push_blob(layout, content)},       std::move(subject),   {}};
    const auto pushed = layout.push_manifest(serialize(manifest), media_type::kManifest, tag, {});
    EXPECT_OK(pushed);
    return pushed->descriptor;
  }
  Result<> remove(const std::string& directory = kDirectory) {
    const auto note = [&](const GarbageBlob& blob) { removed_.push_back(blob.digest); };
    return remove_layout_garbage(directory, files_, clock_, note, stop_.get_token());
  }
  std::vector<Digest> collect() {
    removed_.clear();
    EXPECT_OK(remove());
    return removed_;
  }
  std::vector<Digest> find() {
    const auto garbage = find_layout_garbage(kDirectory, files_, {});
    EXPECT_OK(garbage);
    std::vector<Digest> digests;
    for (const auto& blob : garbage.value_or(std::vector<GarbageBlob>())) {
      digests.push_back(blob.digest);
    }
    return digests;
  }
  std::vector<std::string> hidden() {
    std::vector<std::string> names;
    const auto entries = files_.list(kDirectory);
    EXPECT_OK(entries);
    for (const auto& entry : *entries) {
      if (entry.name.starts_with('.') && entry.name != ".sealift.lock") names.push_back(entry.name);
    }
    return names;
  }
  static std::string path_of(const Digest& digest) {
    return std::string(kDirectory) + "/blobs/sha256/" + digest.hex();
  }

  FaultyFileSystem files_;
  test::ManualClock clock_{test::ManualClock::Sleep::kJumps};
  std::stop_source stop_;
  std::vector<Digest> removed_;
};

TEST_F(LayoutGarbage, OnlyWhatNothingLeadsToGoes) {
  const auto kept = push(*open(), "kept", "v1");
  const auto signature = push(*open(), "signature", "", kept);
  const auto child = push(*open(), "child", "");
  const auto removed = push(*open(), "removed", "v2");
  const Index index{std::string(media_type::kIndex), "", {child}, std::nullopt, {}};
  ASSERT_OK(open()->push_manifest(serialize(index), media_type::kIndex, "index", {}));
  ASSERT_OK(open()->remove_manifest(child.digest, {})) << "the index leads to it still";
  EXPECT_THAT(collect(), IsEmpty());
  push_blob(*open(), "of a push that was given up");
  ASSERT_OK(open()->remove_manifest(removed.digest, {}));
  const auto unreached = UnorderedElementsAre(removed.digest, Digest::of("removed"),
                                              Digest::of("of a push that was given up"));
  EXPECT_THAT(find(), unreached);
  EXPECT_THAT(collect(), unreached);
  EXPECT_THAT(collect(), IsEmpty());
  for (const auto& digest : {kept.digest, signature.digest, child.digest, Digest::of("kept"),
                             Digest::of("signature"), Digest::of("child"), Digest::of("{}")}) {
    EXPECT_TRUE(files_.exists(path_of(digest))) << digest.to_string();
  }
}

TEST_F(LayoutGarbage, AnUnknownDocumentKeepsWhatItNames) {
  const auto inner = push(*open(), "inner", "");
  push_blob(*open(), "named");
  const std::string document = R"({"mediaType":"application/x.list+json","blobs":[{"digest":")" +
                               Digest::of("named").to_string() + R"("},{"digest":")" +
                               inner.digest.to_string() + R"("}]})";
  files_.put(path_of(Digest::of(document)), document);
  files_.put(
      std::string(kDirectory) + "/index.json",
      R"({"schemaVersion":2,"manifests":[{"mediaType":"application/x.list+json","digest":")" +
          Digest::of(document).to_string() + R"(","size":)" + std::to_string(document.size()) +
          "}]}");
  EXPECT_THAT(collect(), IsEmpty());
}

TEST_F(LayoutGarbage, ANamedManifestNeedNotSayItsType) {
  push_blob(*open(), "named");
  push_blob(*open(), std::string(kEmptyJson));
  const std::string manifest =
      R"({"schemaVersion":2,"config":)" + dump_json(to_json(empty_descriptor())) +
      R"(,"layers":[)" +
      dump_json(to_json(Descriptor{"text/plain", Digest::of("named"), 5, "", {}})) + "]}";
  const std::string document = R"({"mediaType":"application/x.list+json","of":{"digest":")" +
                               Digest::of(manifest).to_string() + R"("}})";
  files_.put(path_of(Digest::of(manifest)), manifest);
  files_.put(path_of(Digest::of(document)), document);
  files_.put(
      std::string(kDirectory) + "/index.json",
      R"({"schemaVersion":2,"manifests":[{"mediaType":"application/x.list+json","digest":")" +
          Digest::of(document).to_string() + R"(","size":)" + std::to_string(document.size()) +
          "}]}");
  EXPECT_THAT(collect(), IsEmpty());
}

TEST_F(LayoutGarbage, NoManifestOutlivesWhatItNames) {
  for (std::size_t n = 1;; ++n) {
    SCOPED_TRACE(n);
    push(*open(), "kept", "v1");
    const auto gone = push(*open(), "gone", "v2");
    ASSERT_OK(open()->remove_manifest(gone.digest, {}));
    files_.fail_from(n, Error(ErrorCode::kIo, "the machine stopped"));
    const bool done = remove().has_value();
    files_.power_cut();
    if (files_.exists(path_of(gone.digest))) {
      EXPECT_TRUE(files_.exists(path_of(Digest::of("gone"))));
    }
    if (done) break;
  }
}

TEST_F(LayoutGarbage, AManifestThatCannotBeReadStopsIt) {
  const auto broken = push(*open(), "broken", "v1");
  push_blob(*open(), "loose");
  files_.put(path_of(broken.digest), "{");
  EXPECT_THAT(remove(), fails_with(ErrorCode::kUntrusted, broken.digest.to_string()));
  EXPECT_TRUE(files_.exists(path_of(Digest::of("loose"))));
}

TEST_F(LayoutGarbage, NothingIsTakenFromSomebodyAtWork) {
  auto at_work = open();
  const auto blob = push_blob(*at_work, "not named yet");
  EXPECT_THAT(remove(), fails_with(ErrorCode::kUnavailable, "waited 30 s for 1 others"));
  EXPECT_TRUE(files_.exists(path_of(blob.digest)));
  at_work.reset();
  EXPECT_THAT(collect(), ElementsAre(blob.digest));
}

// A stick that is mounted to be read, or somebody who is at work.
TEST_F(LayoutGarbage, WhoOnlyLooksChangesNothingAndWaitsForNobody) {
  push(*open(), "kept", "v1");
  const auto at_work = open();
  const auto blob = push_blob(*at_work, "not named yet");
  files_.put(std::string(kDirectory) + "/.sealift-0123456789abcdef.tmp", "half");
  const auto before = files_.call_count();
  EXPECT_THAT(find(), ElementsAre(blob.digest));
  auto calls = files_.calls();
  calls.erase(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(before));
  EXPECT_THAT(calls, testing::Each(testing::MatchesRegex("(open|read|close|info|list) .*")));
}

TEST_F(LayoutGarbage, WhatWentIsKnownWhereItWasStopped) {
  push(*open(), "kept", "v1");
  for (const char* content : {"one", "two", "three"}) push_blob(*open(), content);
  std::vector<Digest> gone;
  const auto stop_at_two = [&](const GarbageBlob& blob) {
    gone.push_back(blob.digest);
    if (gone.size() == 2) stop_.request_stop();
  };
  EXPECT_THAT(remove_layout_garbage(kDirectory, files_, clock_, stop_at_two, stop_.get_token()),
              fails_with(ErrorCode::kCancelled, "run it again"));
  ASSERT_EQ(gone.size(), 2u);
  for (const auto& digest : gone) EXPECT_FALSE(files_.exists(path_of(digest)));
  EXPECT_EQ(find().size(), 1u);
}

TEST_F(LayoutGarbage, IsOnlyForLayouts) {
  ASSERT_OK(files_.make_directories("/srv/other"));
  EXPECT_THAT(remove("/srv/other"), fails_with(ErrorCode::kNotFound, "no image layout"));
  EXPECT_FALSE(files_.exists("/srv/other/.sealift.lock"));
}

TEST_F(LayoutGarbage, AFailureOrACrashAtAnyCallLosesNothing) {
  for (std::size_t n = 1;; ++n) {
    SCOPED_TRACE(n);
    const auto kept = push(*open(), "kept", "v1");
    push_blob(*open(), "loose");
    files_.fail_from(n, Error(ErrorCode::kIo, "the machine stopped"));
    const bool done = remove().has_value();
    files_.power_cut();
    StringSink content("content", 100);
    EXPECT_OK(open()->fetch_manifest("v1", {}));
    EXPECT_OK(open()->fetch_blob({"", Digest::of("kept"), 4, "", {}}, content, {}));
    if (done) break;
  }
  collect();
  EXPECT_FALSE(files_.exists(path_of(Digest::of("loose"))));
}

TEST_F(LayoutGarbage, WhatDeadProcessesLeftIsRemovedByTheNextPush) {
  push(*open(), "first", "v1");
  EXPECT_THAT(hidden(), IsEmpty());
  for (const char* name : {".sealift-0123456789abcdef.tmp", ".sealift-0123456789abcdef-7.tmp",
                           ".sealift-0123456789abcdef.session", ".index.json.0123.tmp"}) {
    files_.put(std::string(kDirectory) + "/" + name, "half");
  }
  const auto next = open();
  push(*next, "second", "v2");
  ASSERT_EQ(hidden().size(), 1u);
  EXPECT_TRUE(hidden()[0].ends_with(".session"));
}

TEST_F(LayoutGarbage, TemporaryFilesOfTheLivingStay) {
  auto at_work = open();
  push_blob(*at_work, "first");
  const auto session = hidden().at(0);
  const auto temporary = session.substr(0, session.find(".session")) + "-9.tmp";
  files_.put(std::string(kDirectory) + "/" + temporary, "half");
  push(*open(), "second", "v2");
  EXPECT_THAT(hidden(), UnorderedElementsAre(session, temporary));
  at_work.reset();
  push(*open(), "third", "v3");
  EXPECT_THAT(hidden(), IsEmpty());
}

// Of many artifacts, each manifest is read once, however often their signatures are asked for.
TEST_F(LayoutGarbage, ReferrersAreReadOnceForAllSubjects) {
  std::vector<Descriptor> subjects;
  {
    const auto layout = open();
    for (int i = 0; i < 20; ++i) {
      subjects.push_back(push(*layout, "content " + std::to_string(i), ""));
      push(*layout, "signature " + std::to_string(i), "", subjects.back());
    }
  }
  const auto layout = open();
  const auto before = files_.calls().size();
  for (const auto& subject : subjects) {
    ASSERT_OK_ASSIGN(const auto found, layout->referrers(subject.digest, {}));
    EXPECT_EQ(found.size(), 1u);
  }
  const auto calls = files_.calls();
  const auto opened =
      std::count_if(calls.begin() + static_cast<std::ptrdiff_t>(before), calls.end(),
                    [](const std::string& call) {
                      return call.starts_with("open ") && call.find("/blobs/") != std::string::npos;
                    });
  EXPECT_EQ(opened, 40);
}

}  // namespace
}  // namespace sealift::oci
