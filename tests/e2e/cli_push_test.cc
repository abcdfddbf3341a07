// sealift push: what is published, where to, and what is refused before anything is sent.
#include "cli_fixture.h"

#include <support/registry_server.h>
#include <support/test_part.h>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CliPush : public CliTest {
 protected:
  // Publishes `path` of the repository's HEAD and returns what became of it.
  ProcessResult try_push(const std::string& path, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {
        "push", "oci-layout:out:v1", "--from", git().path(), "--path", path};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return sealift(std::move(arguments));
  }
  // Commits one file in a directory of its own and tries to publish it.
  ProcessResult push_file(const std::string& name, std::string_view content) const {
    git().write("tried/" + name, content);
    git().commit("Try");
    auto result = try_push("tried");
    EXPECT_FALSE(files().has("out")) << "something was written";
    git().git("reset -q --hard HEAD~1");
    return result;
  }
  Json manifest(const std::string& reference) const {
    const Json shown = succeed_json({"inspect", reference});
    const Json* found = shown.find("manifest");
    return found == nullptr ? Json() : *found;
  }
};

TEST_F(CliPush, SaysWhatItDidInWordsAndInJson) {
  const std::string commit = git().git("rev-parse HEAD");
  const auto words = try_push("deploy/prod");
  EXPECT_EQ(words.exit_code, 0) << words.err;
  EXPECT_THAT(words.out, AllOf(HasSubstr("built     1 object in 1 file from sha1:" + commit),
                               HasSubstr("pushed    oci-layout:out:v1@sha256:")));
  EXPECT_EQ(words.err, "");
  make_key("a");
  const Json json = succeed_json({"push", "oci-layout:out:v1", "--from", git().path() + "@main",
                                  "--path", "deploy/prod", "--tag", "stable", "--sign", "a.key"});
  const std::string digest(json.string_at({"digest"}));
  EXPECT_THAT(digest, StartsWith("sha256:"));
  EXPECT_EQ(json.string_at({"url"}), "oci-layout:out:v1@" + digest);
  EXPECT_EQ(json.string_at({"repository"}), "oci-layout:out");
  EXPECT_EQ(json.string_at({"tag"}), "v1");
  EXPECT_EQ(dump_json(*json.find("tags")), R"(["v1","stable"])");
  EXPECT_EQ(json.string_at({"revision"}), "main@sha1:" + commit);
  EXPECT_EQ(json.find("files")->as_int64(), 1);
  EXPECT_EQ(json.find("objects")->as_int64(), 1);
  ASSERT_EQ(json.find("signatures")->as_array()->size(), 1u);
  EXPECT_EQ(succeed_json({"inspect", "oci-layout:out:stable"}).string_at({"digest"}), digest);
  EXPECT_EQ(succeed({"--quiet", "push", "oci-layout:out:v1", "--from", git().path()}), "");
}

class CliPushTo : public CliPush, public testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(Registries, CliPushTo,
                         testing::Values("distribution", "docker-registry", "crane"),
                         [](const auto& kind) {
                           std::string name = kind.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST_P(CliPushTo, SignsInBothFormsAndGivesTheSameDigestAsALayout) {
  const RegistryServer server(GetParam());
  const std::string reference = "oci://" + server.address() + "/team/shop:v1";
  make_key("a");
  make_key("b");
  const std::string digest =
      push(reference, {"--plain-http", "--tag", "stable", "--sign", "a.key"});
  EXPECT_EQ(push("oci-layout:out:v1"), digest);
  EXPECT_EQ(push(reference, {"--plain-http", "--sign", "b.key", "--signature-storage", "tag"}),
            digest);
  for (const char* key : {"a.pub", "b.pub"}) {
    succeed({"verify", reference, "--key", key, "--plain-http"});
  }
  const Json shown = succeed_json({"inspect", reference, "--plain-http"});
  EXPECT_EQ(shown.find("signatures")->as_array()->size(), 2u);
  const std::string stable = "oci://" + server.address() + "/team/shop:stable";
  succeed({"pull", stable, "--output", "pulled", "--key", "a.pub", "--plain-http"});
  EXPECT_EQ(files().read("pulled/settings.yaml"), kConfigMap);
}

TEST_F(CliPush, RecordsWhatTheUserSays) {
  push("oci-layout:out:v1",
       {"--source", "https://example.com/shop", "--revision", "r7", "--artifact-version", "1.2.3",
        "--sequence", "42", "-a", "team=shop", "--annotation", "com.example.note=a=b"});
  const Json shown = manifest("oci-layout:out:v1");
  const auto annotation = [&](std::string_view name) {
    return std::string(shown.string_at({"annotations", name}));
  };
  EXPECT_EQ(annotation("org.opencontainers.image.source"), "https://example.com/shop");
  EXPECT_EQ(annotation("org.opencontainers.image.revision"), "r7");
  EXPECT_EQ(annotation("org.opencontainers.image.version"), "1.2.3");
  EXPECT_EQ(annotation("dev.sealift.sequence"), "42");
  EXPECT_EQ(annotation("team"), "shop");
  EXPECT_EQ(annotation("com.example.note"), "a=b");
  EXPECT_THAT(try_push("deploy/prod", {"--annotation", "dev.sealift.sequence=7"}),
              ends_with(7, "--sequence"));
  EXPECT_THAT(try_push("deploy/prod", {"--annotation", "nonsense"}), ends_with(7, "KEY=VALUE"));
  EXPECT_THAT(try_push("deploy/prod", {"--sequence", "-1"}), ends_with(2, "sequence"));
}

TEST_F(CliPush, FormatDecidesTheMediaTypes) {
  push("oci-layout:out:flux");
  push("oci-layout:out:oci", {"--format", "oci"});
  EXPECT_EQ(manifest("oci-layout:out:flux").string_at({"config", "mediaType"}),
            "application/vnd.cncf.flux.config.v1+json");
  EXPECT_EQ(manifest("oci-layout:out:oci").string_at({"config", "mediaType"}),
            "application/vnd.oci.image.config.v1+json");
  succeed({"pull", "oci-layout:out:oci", "-o", "pulled"});
  EXPECT_EQ(files().read("pulled/settings.yaml"), kConfigMap);
}

TEST_F(CliPush, WorktreeIsReadOnlyWhenAskedFor) {
  const std::string clean = push("oci-layout:out:v1");
  git().write("deploy/prod/settings.yaml", "broken: [");
  EXPECT_EQ(push("oci-layout:out:v1"), clean);
  EXPECT_THAT(try_push("deploy/prod", {"--worktree"}), ends_with(7, "settings.yaml:2:1:"));
  std::string changed(kConfigMap);
  changed.replace(changed.find("blue"), 4, "teal");
  git().write("deploy/prod/settings.yaml", changed);
  EXPECT_NE(push("oci-layout:out:work", {"--worktree"}), clean);
  EXPECT_THAT(std::string(manifest("oci-layout:out:work")
                              .string_at({"annotations", "org.opencontainers.image.revision"})),
              testing::EndsWith("-dirty"));
}

TEST_F(CliPush, RendersAKustomization) {
  git().write("deploy/prod/kustomization.yaml", "namePrefix: shop-\nresources: [settings.yaml]\n");
  git().commit("Add a kustomization");
  const std::string parts = test_part("kustomize");
  const std::string path = parts.substr(0, parts.rfind('/')) + ":/usr/bin:/bin";
  const Json json =
      succeed_json({"push", "oci-layout:out:v1", "--from", git().path(), "--path", "deploy/prod"},
                   with_environment({{"PATH", path}}));
  EXPECT_THAT(std::string(json.string_at({"renderer"})), StartsWith("kustomize v"));
  succeed({"pull", "oci-layout:out:v1", "-o", "pulled"});
  EXPECT_THAT(files().read("pulled/manifests.yaml"), HasSubstr("name: shop-settings"));
  EXPECT_THAT(
      sealift({"push", "oci-layout:out:v2", "--from", git().path(), "--path", "deploy/prod"},
              with_environment({{"PATH", directory()}})),
      ends_with(4, "kustomize"));
}

TEST_F(CliPush, WarningsOfKustomizeAreShown) {
  git().write("deploy/prod/kustomization.yaml",
              "commonLabels: {team: shop}\nresources: [settings.yaml]\n");
  git().commit("Add a deprecated field");
  const std::string parts = test_part("kustomize");
  const auto result =
      sealift({"push", "oci-layout:out:v1", "--from", git().path(), "--path", "deploy/prod"},
              with_environment({{"PATH", parts.substr(0, parts.rfind('/')) + ":/usr/bin:/bin"}}));
  EXPECT_THAT(result, ends_with(0, "sealift: warning: kustomize v"));
  EXPECT_THAT(result.err, HasSubstr("'commonLabels' is deprecated"));
}

TEST_F(CliPush, RefusesWhatTheApiServerWouldWithFileLineAndColumn) {
  EXPECT_THAT(push_file("a.yaml", "apiVersion: v1\nkind: [\n"), ends_with(7, "a.yaml:"));
  EXPECT_THAT(push_file("a.yaml", "apiVersion: v1\nkind: ConfigMap\nkind: Secret\n"),
              ends_with(7, "a.yaml:3:1:"));
  EXPECT_THAT(push_file("a.yaml", "apiVersion: v1\nmetadata:\n  name: a\n"),
              ends_with(7, "a.yaml:1:1:"));
  EXPECT_THAT(push_file("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: A_B\n"),
              ends_with(7, "a.yaml:4:3:"));
  EXPECT_THAT(push_file("a.json", "{\"apiVersion\": \"v1\","), ends_with(7, "a.json:2:1:"));
  EXPECT_THAT(push_file("a.yaml", std::string(kConfigMap) + "---\n" + std::string(kConfigMap)),
              ends_with(7, "a.yaml:8:1:"));
  EXPECT_THAT(push_file("a.yaml", std::string("a: \xff\n")), ends_with(7, "UTF-8"));
}

TEST_F(CliPush, RefusesBombs) {
  std::string aliases = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int level = 1; level < 9; ++level) {
    const std::string before = "*a" + std::to_string(level - 1);
    aliases += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + before;
    for (int times = 0; times < 9; ++times) aliases += "," + before;
    aliases += "]\n";
  }
  EXPECT_THAT(push_file("bomb.yaml", aliases), ends_with(7, "bomb.yaml:"));
  EXPECT_THAT(push_file("deep.yaml", std::string(10'000, '[')), ends_with(7, "deep.yaml:1:"));
}

TEST_F(CliPush, NamesEveryFaultAtOnce) {
  git().write("tried/a.yaml", "kind: [\n");
  git().write("tried/b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: B!}\n");
  git().write("tried/c.yaml", "just text\n");
  git().commit("Try");
  EXPECT_THAT(try_push("tried"),
              AllOf(ends_with(7, "a.yaml:"), ends_with(7, "b.yaml:3:"), ends_with(7, "c.yaml:1:")));
}

TEST_F(CliPush, SaysWhichPartOfTheSourceIsMissing) {
  const auto from = [&](const std::string& source, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"push", "oci-layout:out:v1", "--from", source};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return sealift(arguments);
  };
  EXPECT_THAT(from(git().path() + "@v9"), ends_with(4, "no revision v9"));
  EXPECT_THAT(from(git().path(), {"--path", "deploy/test"}), ends_with(4, "deploy/test"));
  EXPECT_THAT(from(directory()), ends_with(4, "no Git repository at " + directory()));
  EXPECT_THAT(from(directory() + "/none"), ends_with(4, directory() + "/none"));
  EXPECT_THAT(from("https://example.com/shop.git"), ends_with(7, "clone"));
  git().write("empty/.gitignore", "x\n");
  git().commit("Add a directory without content");
  EXPECT_THAT(from(git().path(), {"--path", "empty"}), ends_with(7, "empty"));
  EXPECT_FALSE(files().has("out"));
}

TEST_F(CliPush, AWrongPasswordCostsNoUpload) {
  make_key("a");
  const auto result =
      sealift({"push", "oci-layout:out:v1", "--from", git().path(), "--sign", "a.key"},
              with_environment({{"SEALIFT_PASSWORD", "wrong"}}));
  EXPECT_THAT(result, ends_with(5, "a.key: the password does not open this key"));
  EXPECT_EQ(result.out, "");
  EXPECT_FALSE(files().has("out"));
}

TEST_F(CliPush, ADigestThatTheCommitDoesNotGiveIsAConflict) {
  const std::string other(64, '0');
  EXPECT_THAT(sealift({"push", "oci-layout:out:v1@sha256:" + other, "--from", git().path()}),
              ends_with(8, "which the address asks for; nothing was sent"));
}

TEST_F(CliPush, WithoutARegistryItSaysWhoDidNotAnswer) {
  const auto result =
      sealift({"push", "oci://127.0.0.1:1/shop:v1", "--from", git().path(), "--plain-http"});
  EXPECT_THAT(result, ends_with(6, "cannot connect to 127.0.0.1:1"));
}

}  // namespace
}  // namespace sealift::test
