// More tags for what is there.
#include "cli_store_case.h"

#include <support/test_part.h>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CliTag : public CliStoreCase {};

INSTANTIATE_TEST_SUITE_P(Stores, CliTag,
                         testing::Values("layout", "distribution", "docker-registry", "crane"),
                         store_name);

TEST_P(CliTag, NamesTheSameManifestByTagAndByDigest) {
  const auto digest = publish("v1");
  const auto other = publish("other", {"-a", "x=y"});
  EXPECT_THAT(succeed(here({"tag", tagged("v1"), "1.0", "stable"})),
              AllOf(HasSubstr("tagged    " + tagged("1.0") + "  " + digest),
                    HasSubstr("tagged    " + tagged("stable") + "  " + digest)));
  succeed(here({"tag", by_digest(other), "next"}));
  EXPECT_THAT(tags(), ElementsAre("1.0", "next", "other", "stable", "v1"));
  for (const char* tag : {"1.0", "stable"}) {
    EXPECT_EQ(succeed_json(here({"inspect", tagged(tag)})).string_at({"digest"}), digest);
  }
  EXPECT_EQ(succeed_json(here({"inspect", tagged("next")})).string_at({"digest"}), other);
}

TEST_P(CliTag, SaysWhatATagNamedBefore) {
  const auto older = publish("stable");
  const auto newer = publish("v2", {"-a", "x=y"});
  EXPECT_THAT(succeed(here({"tag", tagged("v2"), "stable"})), HasSubstr("instead of " + older));
  const Json again = succeed_json(here({"tag", tagged("v2"), "stable", "fresh"}));
  EXPECT_EQ(again.string_at({"digest"}), newer);
  const auto& changed = *again.find("tags")->as_array();
  ASSERT_EQ(changed.size(), 2u);
  EXPECT_EQ(*changed[0].find("changed")->as_bool(), false);
  EXPECT_EQ(*changed[1].find("changed")->as_bool(), true);
}

TEST_P(CliTag, RefusesWhatIsNotThereAndWhatIsNoTag) {
  publish("v1");
  EXPECT_THAT(sealift(here({"tag", tagged("v2"), "v3"})), ends_with(4, "v2"));
  EXPECT_THAT(sealift(here({"tag", tagged("v1"), "a/b"})), ends_with(2, "a/b is no tag"));
  EXPECT_THAT(sealift(here({"tag", tagged("v1")})), ends_with(2, "tags"));
  EXPECT_THAT(sealift(here({"tag", repository(), "v3"})), ends_with(2, "neither a tag nor"));
  EXPECT_THAT(tags(), ElementsAre("v1"));
}

class CliTagInterop : public CliTest {};

TEST_F(CliTagInterop, CraneAndOrasFindTheTag) {
  const RegistryServer server("distribution");
  const auto name = server.address() + "/shop";
  const auto digest = push("oci://" + name + ":v1", {"--plain-http"});
  succeed({"tag", "oci://" + name + ":v1", "v2", "--plain-http"});
  EXPECT_EQ(run_well({test_part("crane"), "digest", "--insecure", name + ":v2"}), digest + "\n");
  run_well({test_part("oras"), "tag", "--plain-http", name + ":v2", "v3"});
  EXPECT_THAT(succeed({"tag", "oci://" + name + ":v1", "v3", "--plain-http"}),
              HasSubstr("present   oci://" + name + ":v3"));
}

}  // namespace
}  // namespace sealift::test
