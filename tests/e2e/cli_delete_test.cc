// Tags and manifests that are not wanted any more, with what proves them.
#include "cli_store_case.h"

#include <support/pseudo_terminal.h>
#include <support/test_part.h>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class CliDelete : public CliStoreCase {
 protected:
  // Debian's docker-registry removes manifests, but no tags.
  bool removes_tags() const { return !is("docker-registry"); }
  std::size_t attached_to(const std::string& reference) const {
    const Json json = succeed_json(here({"ls", "--tree", reference}));
    return json.find("artifacts")->as_array()->at(0).find("attached")->as_array()->size();
  }
};

INSTANTIATE_TEST_SUITE_P(Stores, CliDelete,
                         testing::Values("layout", "distribution", "docker-registry", "crane"),
                         store_name);

TEST_P(CliDelete, OfATagLeavesTheManifestAndItsOtherTags) {
  const auto digest = publish("v1", {"--tag", "v2"});
  const auto removed = sealift(here({"delete", tagged("v1"), "--yes"}));
  if (!removes_tags()) {
    EXPECT_THAT(removed, ends_with(5, "--manifest removes the manifest"));
    EXPECT_THAT(tags(), ElementsAre("v1", "v2"));
    return;
  }
  EXPECT_EQ(removed.exit_code, 0) << removed.err;
  EXPECT_THAT(removed.out, AllOf(HasSubstr("removed   tag " + tagged("v1") + "\n"),
                                 HasSubstr("stays     manifest " + digest)));
  EXPECT_THAT(tags(), ElementsAre("v2"));
  EXPECT_TRUE(exists(by_digest(digest)));
  EXPECT_THAT(sealift(here({"delete", tagged("v1"), "--yes"})), ends_with(4, "v1"));
}

TEST_P(CliDelete, OfADigestTakesEachTagAlong) {
  const auto digest = publish("v1", {"--tag", "v2"});
  publish("other", {"-a", "x=y"});
  EXPECT_THAT(succeed(here({"delete", by_digest(digest), "--yes"})),
              AllOf(HasSubstr("removed   manifest "), HasSubstr("removed   tag " + tagged("v1")),
                    HasSubstr("removed   tag " + tagged("v2"))));
  EXPECT_THAT(tags(), ElementsAre("other"));
  EXPECT_TRUE(exists(tagged("other")));
}

TEST_P(CliDelete, DryRunSaysExactlyWhatGoesAndRemovesNothing) {
  make_key("release");
  publish("v1", {"--tag", "v2", "--sign", "release.key"});
  const std::vector<std::string> command = {"delete", tagged("v1"), "--manifest",
                                            "--with-attached"};
  auto dry = command;
  dry.emplace_back("--dry-run");
  auto planned = succeed(here(dry));
  EXPECT_THAT(planned,
              AllOf(HasSubstr("would go  attached sha256:"), HasSubstr("would go  manifest "),
                    HasSubstr("would go  tag " + tagged("v2"))));
  EXPECT_THAT(tags(), ElementsAre("v1", "v2"));
  EXPECT_EQ(attached_to(tagged("v1")), 1u);
  auto real = command;
  real.emplace_back("--yes");
  auto done = succeed(here(real));
  for (auto at = planned.find("would go"); at != std::string::npos; at = planned.find("would go")) {
    planned.replace(at, 8, "removed ");
  }
  EXPECT_EQ(done, planned);
  EXPECT_THAT(tags(), IsEmpty());
}

TEST_P(CliDelete, LeavesWhatIsAttachedUnlessToldAndSaysSo) {
  make_key("release");
  const auto digest = publish("v1", {"--sign", "release.key", "--signature-storage", "tag"});
  succeed(here({"sign", tagged("v1"), "--key", "release.key"}));
  ASSERT_EQ(attached_to(tagged("v1")), 2u);
  EXPECT_THAT(succeed(here({"delete", by_digest(digest), "--dry-run"})),
              HasSubstr("(--with-attached removes it)"));
  const Json json = succeed_json(here({"delete", by_digest(digest), "--with-attached", "--yes"}));
  const auto& removed = json.find("removed")->as_array()->at(0);
  EXPECT_EQ(removed.find("attached")->as_array()->size(), 2u);
  EXPECT_THAT(tags({"--all"}), Not(Contains(testing::EndsWith(".sig"))));
  if (removes_tags()) {
    EXPECT_THAT(tags({"--all"}), IsEmpty());
  }
  publish("v1");
  EXPECT_EQ(attached_to(tagged("v1")), 0u) << "nothing of the old signatures is left";
}

TEST_P(CliDelete, OfASignatureAloneTidiesTheListAsWell) {
  make_key("release");
  publish("v1", {"--sign", "release.key"});
  const Json tree = succeed_json(here({"ls", "--tree", tagged("v1")}));
  const auto& artifact = tree.find("artifacts")->as_array()->at(0);
  const std::string signature(artifact.find("attached")->as_array()->at(0).string_at({"digest"}));
  succeed(here({"delete", by_digest(signature), "--yes"}));
  EXPECT_EQ(attached_to(tagged("v1")), 0u);
  EXPECT_TRUE(exists(tagged("v1")));
}

// The same file as SBOM of two artifacts is one manifest with two tags.
TEST_P(CliDelete, ASharedAttachmentStaysWithTheOther) {
  if (!removes_tags()) {
    SUCCEED() << "nothing can be taken from one of two there";
    return;
  }
  const auto first = publish("v1");
  const auto second = publish("v2", {"-a", "x=y"});
  const auto sbom = publish("sbom", {"-a", "is=sbom"});
  const auto tag_of = [](const std::string& digest) {
    return "sha256-" + digest.substr(7) + ".sbom";
  };
  succeed(here({"tag", tagged("sbom"), tag_of(first), tag_of(second)}));
  EXPECT_THAT(succeed(here({"delete", by_digest(first), "--with-attached", "--yes"})),
              HasSubstr("the tag alone"));
  EXPECT_TRUE(exists(tagged("sbom")));
  EXPECT_EQ(attached_to(tagged("v2")), 1u);
  EXPECT_THAT(tags({"--all"}), Not(Contains(tag_of(first))));
}

TEST_P(CliDelete, SeveralAtOnceAreLookedAtBeforeAnyIsRemoved) {
  publish("v1");
  publish("v2", {"-a", "x=y"});
  EXPECT_THAT(sealift(here({"delete", tagged("v1"), tagged("none"), "--manifest", "--yes"})),
              ends_with(4, "none"));
  EXPECT_THAT(tags(), ElementsAre("v1", "v2"));
  succeed(here({"delete", tagged("v1"), tagged("v2"), "--manifest", "--yes"}));
  EXPECT_THAT(tags(), IsEmpty());
}

class CliDeleteQuestion : public CliTest {
 protected:
  std::vector<std::string> command() const {
    return {"env", "-C", directory(), SEALIFT_PROGRAM, "delete", "oci-layout:out:v1"};
  }
};

TEST_F(CliDeleteQuestion, IsAskedOnATerminalAndNotElsewhere) {
  push("oci-layout:out:v1");
  EXPECT_THAT(sealift({"delete", "oci-layout:out:v1"}), ends_with(2, "give --yes"));
  PseudoTerminal no(command());
  ASSERT_TRUE(no.wait_for("Type \"yes\" to go on: "));
  EXPECT_THAT(no.output(), HasSubstr("tag oci-layout:out:v1"));
  no.type("y\n");
  EXPECT_EQ(no.wait(), 9);
  EXPECT_THAT(no.output(), HasSubstr("nothing was removed"));
  succeed({"inspect", "oci-layout:out:v1"});
  PseudoTerminal yes(command());
  ASSERT_TRUE(yes.wait_for("to go on: "));
  yes.type("yes\n");
  EXPECT_EQ(yes.wait(), 0) << yes.output();
  EXPECT_THAT(sealift({"inspect", "oci-layout:out:v1"}), ends_with(4, "v1"));
}

TEST_F(CliDeleteQuestion, ARepositoryWithoutATagIsNoName) {
  EXPECT_THAT(sealift({"delete", "oci-layout:out", "--yes"}), ends_with(2, "neither a tag nor"));
}

}  // namespace
}  // namespace sealift::test
