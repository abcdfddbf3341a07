#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "message.h"
#include "sample_notification.h"

namespace sealift::notify {
namespace {

using test::sample;
using test::sample_event;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

const std::string kCommit(40, 'b');
const SinkSecrets kGitHub{"https://api.github.com", "secret", ""};
const SinkSecrets kGitLab{"https://gitlab.example:8443/", "secret", ""};

TEST(CommitStatus, IsGitHubs) {
  const auto message = github_status(kGitHub, sample_event());
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->url, "https://api.github.com/repos/octo/web/statuses/" + kCommit);
  EXPECT_THAT(message->headers, Contains(Pair("Authorization", "Bearer secret")));
  EXPECT_EQ(message->body, R"({"state":"failure","context":"sealift/shop/web@edge-17",)"
                           R"("description":"no signature counts"})");
}

TEST(CommitStatus, IsGitLabs) {
  auto notification = sample("web", Severity::kInfo, "Delivered");
  notification.source = "git@GitLab.example:group/sub/web.git";
  const auto message = gitlab_status(kGitLab, sample_event(notification, ""));
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->url,
            "https://gitlab.example:8443/api/v4/projects/group%2Fsub%2Fweb/statuses/" + kCommit);
  EXPECT_THAT(message->headers, Contains(Pair("PRIVATE-TOKEN", "secret")));
  EXPECT_EQ(message->body, R"({"state":"success","name":"sealift/shop/web",)"
                           R"("description":"no signature counts"})");
}

struct StateCase {
  Severity severity;
  std::string reason;
  std::string state;  // empty: nothing to say
};

TEST(CommitStatus, FollowsTheReason) {
  const std::vector<StateCase> cases = {
      {Severity::kInfo, "Delivered", "success"},
      {Severity::kInfo, "Progressing", "pending"},
      {Severity::kInfo, "Waiting", "pending"},
      {Severity::kWarning, "DependencyNotReady", "pending"},
      {Severity::kError, "Refused", "failure"},
      {Severity::kError, "NotFresh", ""},
      {Severity::kError, "Anything", "failure"},
      {Severity::kWarning, "RolledBack", "failure"},
      {Severity::kWarning, "DriftCorrected", ""},
      {Severity::kInfo, "Suspended", ""},
  };
  for (const auto& [severity, reason, state] : cases) {
    const auto message = github_status(kGitHub, sample_event(sample("web", severity, reason)));
    EXPECT_EQ(message.has_value(), !state.empty()) << reason;
    if (message) {
      EXPECT_THAT(message->body, HasSubstr("\"state\":\"" + state + "\"")) << reason;
    }
  }
}

struct RevisionCase {
  std::string revision;
  bool is_commit;
};

TEST(CommitStatus, NeedsACommit) {
  const std::vector<RevisionCase> cases = {
      {"main@sha1:" + kCommit, true},
      {"feature/a@b@sha1:" + kCommit, true},
      {"sha1:" + kCommit, true},
      {kCommit, true},
      {"main@sha256:" + std::string(64, 'c'), true},
      {"main@sha1:" + kCommit + "-dirty", false},
      {"main@sha1:" + std::string(40, 'B'), false},
      {"main@sha1:" + std::string(39, 'b'), false},
      {"main@md5:" + kCommit, false},
      {"main", false},
      {"", false},
      {"main@sha1:../../../../" + std::string(28, 'b'), false},
  };
  for (const auto& [revision, is_commit] : cases) {
    auto notification = sample();
    notification.revision = revision;
    EXPECT_EQ(github_status(kGitHub, sample_event(notification)).has_value(), is_commit)
        << revision;
  }
}

struct SourceCase {
  std::string source;
  std::string repository;  // empty: nothing to say
};

TEST(CommitStatus, NeedsARepositoryOfItsHost) {
  const std::vector<SourceCase> cases = {
      {"https://github.com/octo/web", "octo/web"},
      {"https://github.com/octo/web.git/", "octo/web"},
      {"https://user:pass@github.com:443/octo/web.git", "octo/web"},
      {"ssh://git@github.com:22/octo/web.git", "octo/web"},
      {"git@github.com:octo/web.git", "octo/web"},
      {"https://gitlab.com/octo/web", ""},
      {"https://github.com.evil.example/octo/web", ""},
      {"https://github.com/octo", ""},
      {"https://github.com/octo/web/more", ""},
      {"https://github.com/octo/..", ""},
      {"https://github.com/octo/we b", ""},
      {"https://github.com/octo/web?x=/", ""},
      {"https://github.com//web", ""},
      {"https://github.com", ""},
      {"/srv/git/web", ""},
      {"", ""},
  };
  for (const auto& [source, repository] : cases) {
    auto notification = sample();
    notification.source = source;
    const auto message = github_status(kGitHub, sample_event(notification));
    EXPECT_EQ(message ? message->url : "",
              repository.empty()
                  ? ""
                  : "https://api.github.com/repos/" + repository + "/statuses/" + kCommit)
        << source;
  }
  auto notification = sample();
  notification.source = "https://ghe.example/octo/web";
  const auto enterprise =
      github_status({"https://ghe.example/api/v3/", "t", ""}, sample_event(notification));
  ASSERT_TRUE(enterprise.has_value());
  EXPECT_EQ(enterprise->url, "https://ghe.example/api/v3/repos/octo/web/statuses/" + kCommit);
}

TEST(CommitStatus, CutsTheDescription) {
  auto notification = sample();
  notification.message = std::string(1000, 'x');
  const auto message = github_status(kGitHub, sample_event(notification));
  ASSERT_TRUE(message.has_value());
  EXPECT_LT(message->body.size(), 140u + 100u);
}

}  // namespace
}  // namespace sealift::notify
