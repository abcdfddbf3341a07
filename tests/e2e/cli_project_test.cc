// sealift build and sealift push of the artifacts that sealift.yaml lists.
#include "cli_fixture.h"

#include <sealift/base/encoding.h>

#include <support/registry_server.h>
#include <support/test_part.h>

#include <map>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CliProject : public CliTest {
 protected:
  CliProject() {
    for (const char* app : {"web", "api"}) {
      for (const char* env : {"dev", "prod"}) write_app(app, env, "1");
    }
    write_project("oci-layout:reg-${app}");
    git().commit("Begin");
  }

  void write_app(const std::string& app, const std::string& env, const std::string& value) const {
    git().write("apps/" + app + "/" + env + "/settings.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + app +
                    "\ndata:\n  env: " + env + "\n  value: \"" + value + "\"\n");
  }
  void write_project(const std::string& destination) const {
    git().write("sealift.yaml",
                "apiVersion: sealift.dev/v1alpha1\n"
                "kind: Project\n"
                "defaults:\n"
                "  destination: " +
                    destination +
                    "\n"
                    "  tags: ['${env}', '${env}-${commit_short}']\n"
                    "artifacts:\n"
                    "  - name: ${app}-${env}\n"
                    "    path: apps/${app}/${env}\n"
                    "    annotations: {team: '${app}'}\n"
                    "    matrix:\n"
                    "      app: [web, api]\n"
                    "      env: [dev, prod]\n");
  }
  ProcessResult in_project(std::string command, std::vector<std::string> more = {},
                           ProcessOptions options = {}) const {
    std::vector<std::string> arguments = {std::move(command), "--from", git().path()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return sealift(std::move(arguments), std::move(options));
  }
  Json json_of(std::string command, std::vector<std::string> more = {}) const {
    more.push_back("--json");
    const auto result = in_project(std::move(command), std::move(more));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return parse_json(result.out, "output").value_or(Json());
  }
  // "web-dev pushed api-dev unchanged …" of a document, with the digests in `digests`.
  static std::string states(const Json& document,
                            std::map<std::string, std::string>* digests = nullptr) {
    std::string text;
    for (const auto& artifact : *document.find("artifacts")->as_array()) {
      const std::string name(artifact.string_at({"name"}));
      text += (text.empty() ? "" : " ") + name + " " + std::string(artifact.string_at({"status"}));
      if (digests != nullptr) digests->insert_or_assign(name, artifact.string_at({"digest"}));
    }
    return text;
  }
};

constexpr const char* kAllPushed = "web-dev pushed web-prod pushed api-dev pushed api-prod pushed";
constexpr const char* kAllUnchanged =
    "web-dev unchanged web-prod unchanged api-dev unchanged api-prod unchanged";

TEST_F(CliProject, IsBuiltIntoALayoutUnderItsNames) {
  const auto built = in_project("build", {"--output", "out"});
  EXPECT_EQ(built.exit_code, 0) << built.err;
  EXPECT_THAT(built.out, AllOf(HasSubstr("built     4 artifacts with 4 objects from sha1:"),
                               HasSubstr("stored    oci-layout:out:web-dev@sha256:")));
  succeed({"pull", "oci-layout:out:api-prod", "--output", "pulled"});
  EXPECT_THAT(files().read("pulled/settings.yaml"), HasSubstr("env: prod"));
  const Json again = json_of("build", {"--output", "oci-layout:other", "--only", "api-prod"});
  const Json shown = succeed_json({"inspect", "oci-layout:out:api-prod"});
  ASSERT_EQ(again.find("artifacts")->as_array()->size(), 1u);
  EXPECT_EQ(again.find("artifacts")->as_array()->front().string_at({"digest"}),
            shown.string_at({"digest"}));
  EXPECT_EQ(shown.find("manifest")->string_at({"annotations", "team"}), "api");
}

// Another path, umask, locale, time zone, home and number of processors, a clone without history,
// and no repository of the clone's own.
TEST_F(CliProject, GivesTheSameBytesOnAnotherMachine) {
  git().write("apps/web/dev/kustomization.yaml", "resources: [settings.yaml]\n");
  git().commit("Render one");
  succeed({"build", "--from", git().path(), "--output", "here"});
  const auto source = "file://" + git().path();
  run_well({"git", "clone", "--quiet", "--depth=1", source, files().file("shallow")});
  run_well({"git", "clone", "--quiet", "--bare", source, files().file("bare.git")});
  for (const std::string clone : {"shallow", "bare.git"}) {
    const auto there = files().file("built-" + clone);
    auto options = with_environment({{"LC_ALL", "tr_TR.UTF-8"},
                                     {"TZ", "Asia/Kathmandu"},
                                     {"HOME", files().file("home")},
                                     {"XDG_CACHE_HOME", files().file("cache")},
                                     {"TMPDIR", files().path()}});
    const auto built =
        run_process({"sh", "-c", "umask 077; exec taskset -c 0 \"$0\" \"$@\"", SEALIFT_PROGRAM,
                     "build", "--from", files().file(clone), "--output", there},
                    options);
    ASSERT_EQ(built.exit_code, 0) << built.err;
    run_well({"diff", "--recursive", files().file("here"), there});
  }
}

TEST_F(CliProject, GivesWhatPushWithAReferenceGives) {
  const Json one = succeed_json({"push", "oci-layout:one:v1", "--from", git().path(), "--path",
                                 "apps/web/dev", "--annotation", "team=web"});
  std::map<std::string, std::string> digests;
  states(json_of("push"), &digests);
  EXPECT_EQ(digests["web-dev"], one.string_at({"digest"}));
}

TEST_F(CliProject, IsPublishedAndSignedAndThenLeftAlone) {
  const RegistryServer server("distribution");
  write_project("oci://" + server.address() + "/${app}");
  git().commit("Move");
  make_key("a");
  const std::vector<std::string> flags = {"--sign", "a.key", "--plain-http"};
  std::map<std::string, std::string> first;
  EXPECT_EQ(states(json_of("push", flags), &first), kAllPushed);
  for (const char* place : {"web:dev", "web:prod", "api:dev"}) {
    succeed(
        {"verify", "oci://" + server.address() + "/" + place, "--key", "a.pub", "--plain-http"});
  }
  write_app("web", "prod", "2");
  git().commit("Change one");
  std::map<std::string, std::string> second;
  EXPECT_EQ(states(json_of("push", flags), &second),
            "web-dev unchanged web-prod pushed api-dev unchanged api-prod unchanged");
  EXPECT_EQ(second["api-dev"], first["api-dev"]);
  EXPECT_NE(second["web-prod"], first["web-prod"]);
  // The other tags lead to what stayed.
  const std::string commit = git().git("rev-parse --short=12 HEAD");
  EXPECT_EQ(
      succeed_json({"inspect", "oci://" + server.address() + "/api:dev-" + commit, "--plain-http"})
          .string_at({"digest"}),
      first["api-dev"]);
  EXPECT_EQ(states(json_of("push", flags)), kAllUnchanged);
  auto republish = flags;
  republish.insert(republish.end(), {"--republish", "--only", "web-prod"});
  EXPECT_EQ(states(json_of("push", republish)), "web-prod pushed");
}

TEST_F(CliProject, DoesNotSignWhatSomebodyElsePublished) {
  make_key("a");
  EXPECT_EQ(states(json_of("push")), kAllPushed);
  EXPECT_EQ(states(json_of("push")), kAllUnchanged);
  EXPECT_EQ(states(json_of("push", {"--sign", "a.key"})), kAllPushed)
      << "an unsigned one may say anything of its commit";
  EXPECT_EQ(states(json_of("push", {"--sign", "a.key"})), kAllUnchanged);
  make_key("b");
  EXPECT_EQ(states(json_of("push", {"--sign", "b.key"})), kAllPushed);
}

TEST_F(CliProject, StatesHowItWasBuilt) {
  const RegistryServer server("distribution");
  write_project("oci://" + server.address() + "/${app}");
  git().commit("Move");
  make_key("a");
  const std::string commit = git().git("rev-parse HEAD");
  const auto pushed =
      in_project("push", {"--sign", "a.key", "--plain-http", "--only", "web-dev"},
                 with_environment({{"GITLAB_CI", "true"},
                                   {"CI_COMMIT_SHA", commit},
                                   {"CI_PROJECT_URL", "https://git.example/shop"},
                                   {"CI_RUNNER_ID", "7"},
                                   {"CI_JOB_URL", "https://git.example/shop/-/jobs/1"}}));
  EXPECT_EQ(pushed.exit_code, 0) << pushed.err;
  const std::string reference = server.address() + "/web:dev";
  succeed({"verify", "oci://" + reference, "--key", "a.pub", "--type", "slsaprovenance1",
           "--plain-http"});
  const std::string statement = run_well(
      {test_part("cosign"), "verify-attestation", "--key", "a.pub", "--type", "slsaprovenance1",
       "--insecure-ignore-tlog=true", "--allow-http-registry", reference});
  const Json envelope = parse_json(statement, "what cosign prints").value_or(Json());
  const auto payload = base64_decode(envelope.string_at({"payload"})).value_or("");
  EXPECT_THAT(payload, AllOf(HasSubstr(R"("path":"apps/web/dev")"), HasSubstr(commit),
                             HasSubstr(R"("id":"https://git.example/shop/-/runners/7")")));
  in_project("push", {"--sign", "a.key", "--plain-http", "--only", "api-dev", "--no-provenance"});
  EXPECT_THAT(sealift({"verify", "oci://" + server.address() + "/api:dev", "--key", "a.pub",
                       "--type", "slsaprovenance1", "--plain-http"}),
              ends_with(3, "refused"));
}

TEST_F(CliProject, MovesNoTagThatNamesACommit) {
  json_of("push");
  const std::string commit = git().git("rev-parse --short=12 HEAD");
  const std::vector<std::string> other = {"--only", "web-dev", "--sequence", "7", "--republish"};
  EXPECT_THAT(in_project("push", other),
              ends_with(8, "oci-layout:reg-web:dev-" + commit + " is sha256:"));
  auto forced = other;
  forced.push_back("--force");
  EXPECT_EQ(in_project("push", forced).exit_code, 0);
}

TEST_F(CliProject, SelectsWhatChangedSinceACommit) {
  write_app("api", "dev", "2");
  git().commit("Change one");
  const auto since = [&](const std::string& revision) {
    return in_project("push", {"--dry-run", "--changed-since", revision}).out;
  };
  EXPECT_THAT(since("HEAD~1"),
              AllOf(HasSubstr("would push api-dev"), HasSubstr(": its inputs changed\n"),
                    HasSubstr("unchanged web-dev"), Not(HasSubstr("would push web-dev"))));
  EXPECT_THAT(since("HEAD"), Not(HasSubstr("would push")));
  EXPECT_THAT(since("HEAD~2"), HasSubstr(": it is new\n")) << "there was no sealift.yaml";
  EXPECT_THAT(since(std::string(40, '0')), HasSubstr(": all were asked for\n"));
  write_project("oci-layout:elsewhere-${app}");
  git().commit("Move");
  EXPECT_THAT(since("HEAD~1"), HasSubstr(": its entry changed\n"));
  EXPECT_THAT(in_project("push", {"--changed-since", "nothing"}),
              ends_with(4, "--changed-since: the repository has no revision nothing"));
  EXPECT_THAT(in_project("push", {"--changed-since", "HEAD", "--worktree"}),
              ends_with(7, "not of a work tree"));
  const Json pushed = json_of("push", {"--changed-since", "HEAD"});
  EXPECT_EQ(pushed.find("unchanged")->as_array()->size(), 4u);
  EXPECT_FALSE(files().has("elsewhere-web"));
}

TEST_F(CliProject, PublishesNothingWhereAnyCannotBeBuilt) {
  git().write("apps/web/prod/broken.yaml", "a: [");
  git().write("apps/api/dev/broken.yaml", "a: b");
  git().commit("Break two");
  const auto result = in_project("push");
  EXPECT_THAT(result, ends_with(7, "2 of 4 artifacts cannot be built, so none was published:\n"));
  EXPECT_THAT(result.err, AllOf(HasSubstr("\nweb-prod: apps/web/prod cannot be published:\n"
                                          "  broken.yaml:"),
                                HasSubstr("\napi-dev: "), HasSubstr("apiVersion is missing")));
  EXPECT_FALSE(files().has("reg-web"));
  EXPECT_EQ(in_project("push", {"--only", "web-dev"}).exit_code, 0);
}

TEST_F(CliProject, KnowsTheBranchOfTheCloneAndOfTheCiSystem) {
  git().write("sealift.yaml",
              "apiVersion: sealift.dev/v1alpha1\nkind: Project\nartifacts:\n"
              "  - name: web\n    path: apps/web/dev\n    destination: oci-layout:reg\n"
              "    tags: ['${branch//\\//-}']\n");
  git().commit("By branch");
  git().git("checkout -q -b feature/x");
  const std::vector<std::string> dry = {"--dry-run"};
  EXPECT_THAT(in_project("push", dry).out, HasSubstr("oci-layout:reg:feature-x:"));
  git().git("checkout -q --detach");
  EXPECT_THAT(in_project("push", dry), ends_with(7, "${branch} has no value"));
  const std::string commit = git().git("rev-parse HEAD");
  const auto in_ci = [&](Environment environment) {
    return in_project("push", dry, with_environment(std::move(environment))).out;
  };
  EXPECT_THAT(in_ci({{"GITLAB_CI", "true"}, {"CI_COMMIT_SHA", commit}, {"CI_COMMIT_BRANCH", "gl"}}),
              HasSubstr("oci-layout:reg:gl:"));
  EXPECT_THAT(in_ci({{"GITHUB_ACTIONS", "true"},
                     {"GITHUB_SHA", commit},
                     {"GITHUB_REF_TYPE", "branch"},
                     {"GITHUB_REF_NAME", "gh"}}),
              HasSubstr("oci-layout:reg:gh:"));
  EXPECT_THAT(in_project("push", {"--dry-run", "--branch", "told"}).out,
              HasSubstr("oci-layout:reg:told:"));
}

struct Mistake {
  std::vector<std::string> arguments;
  int exit_code;
  std::string message;
};

TEST_F(CliProject, SaysWhatIsWrongWithTheCommandLine) {
  const std::vector<Mistake> mistakes = {
      {{"push", "--path", "x"}, 2, "sealift.yaml says so for each"},
      {{"push", "--tag", "x"}, 2, "sealift.yaml says so for each"},
      {{"push", "oci-layout:x:y"}, 2, "--from is required"},
      {{"push", "oci-layout:x:y", "--from", ".", "--only", "a"}, 2, "--only: for the artifacts"},
      {{"push", "oci-layout:x:y", "--from", ".", "--force"}, 2, "--force: for the artifacts"},
      {{"push", "--concurrency", "0"}, 2, "concurrency"},
      {{"build"}, 2, "--output"},
      {{"build", "--output", "oci-layout:x:y", "--from", git().path()}, 7, "names a directory"},
      {{"push", "--from", git().path(), "--only", "web"}, 4, "it has web-dev, web-prod"},
      {{"push", "--from", git().path(), "--file", "x.yaml"}, 4, "has no file x.yaml; write one"},
      {{"push", "--from", git().path(), "--file", "apps/web/dev/settings.yaml"},
       7,
       "apps/web/dev/settings.yaml:1:1: apiVersion: must be sealift.dev/v1alpha1"},
  };
  for (const auto& mistake : mistakes) {
    EXPECT_THAT(sealift(mistake.arguments), ends_with(mistake.exit_code, mistake.message));
  }
}

}  // namespace
}  // namespace sealift::test
