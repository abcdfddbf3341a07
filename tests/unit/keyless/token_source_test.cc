#include "token_text.h"

#include <sealift/base/random.h>
#include <sealift/keyless/token_source.h>

#include <gtest/gtest.h>
#include <support/fake_transport.h>
#include <support/manual_clock.h>
#include <support/result_matchers.h>
#include <support/temp_directory.h>

namespace sealift::keyless {
namespace {

using sealift::test::fails_with;
using sealift::test::FakeAnswer;
using sealift::test::SeenRequest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class TokenSource : public testing::Test {
 protected:
  Result<IdentityToken> find(const TokenSources& sources, const std::string& issuer = "") {
    return find_identity_token(sources, issuer, {transport_, clock_, system_random()},
                               system_files(), {});
  }

  const std::string token_ = token_with(kAliceClaims);
  const std::string other_ = token_with(R"({"iss":"i","sub":"other","exp":1798761600})");
  FakeAnswer answer_ = FakeAnswer::json(200, R"({"count":1,"value":")" + token_ + "\"}");
  sealift::test::FakeTransport transport_{[this](const SeenRequest&) { return answer_; }};
  sealift::test::ManualClock clock_{sealift::test::ManualClock::Sleep::kJumps};
  sealift::test::TempDirectory files_;
};

TEST_F(TokenSource, PrefersWhatIsGiven) {
  ASSERT_OK_ASSIGN(const auto token, find({.given = token_, .ambient = other_}));
  EXPECT_EQ(token.subject, "alice@example.com");
}

TEST_F(TokenSource, ReadsAFile) {
  ASSERT_OK_ASSIGN(const auto token, find({.given = files_.write("token", token_ + "\n")}));
  EXPECT_EQ(token.text, token_);
  EXPECT_THAT(find({.given = files_.file("missing")}), fails_with(ErrorCode::kNotFound, "token"));
}

TEST_F(TokenSource, NeverShowsATokenThatItCannotUse) {
  const auto token = token_with(R"({"iss":"i","email":"a@b","email_verified":false,"exp":1})");
  const auto refused = find({.given = token});
  ASSERT_THAT(refused, fails_with(ErrorCode::kInvalidInput, "not verified"));
  EXPECT_THAT(refused.error().message(), Not(HasSubstr(token.substr(0, 16))));
}

TEST_F(TokenSource, AsksForTokensOverNothingButHttps) {
  for (const char* url : {"http://ci.example.com/token", "http://localhost:80@example.com/",
                          "http://localhost.example.com/", "ftp://ci.example.com"}) {
    EXPECT_THAT(find({.request_url = url, .request_token = "job"}),
                fails_with(ErrorCode::kInvalidInput, "not an https URL"))
        << url;
  }
  EXPECT_THAT(transport_.request_lines(), IsEmpty());
}

TEST_F(TokenSource, TakesTheVariableBeforeItAsksAService) {
  ASSERT_OK_ASSIGN(const auto token, find({.ambient = token_,
                                           .request_url = "https://ci.example.com/token",
                                           .request_token = "job"}));
  EXPECT_EQ(token.text, token_);
  EXPECT_THAT(transport_.request_lines(), IsEmpty());
}

TEST_F(TokenSource, AsksGitHubsServiceForSigstore) {
  ASSERT_OK_ASSIGN(const auto token, find({.request_url = "https://ci.example.com/token?api=2",
                                           .request_token = "of the job"}));
  EXPECT_EQ(token.text, token_);
  EXPECT_THAT(transport_.request_lines(),
              ElementsAre("GET https://ci.example.com/token?api=2&audience=sigstore"));
  EXPECT_EQ(transport_.requests().front().headers.get("Authorization"), "Bearer of the job");
}

TEST_F(TokenSource, SaysWhatTheServiceDoes) {
  const TokenSources job{.request_url = "https://ci.example.com/token", .request_token = "job"};
  answer_ = FakeAnswer::json(403, R"({"message":"no id-token permission"})");
  EXPECT_THAT(find(job), fails_with(ErrorCode::kForbidden, "no id-token permission"));
  answer_ = FakeAnswer::json(200, "{}");
  EXPECT_THAT(find(job), fails_with(ErrorCode::kInvalidInput, "token service"));
  answer_ = FakeAnswer::json(200, "[]");
  EXPECT_THAT(find(job), fails_with(ErrorCode::kInvalidInput, "token service"));
}

TEST_F(TokenSource, SaysWhereOneMayComeFrom) {
  EXPECT_THAT(find({}), fails_with(ErrorCode::kUnauthenticated, "--identity-token"));
  // A URL without the right to ask there is no source.
  EXPECT_THAT(find({.request_url = "https://ci.example.com"}),
              fails_with(ErrorCode::kUnauthenticated, "id-token: write"));
}

TEST_F(TokenSource, RefusesOldTokensAndThoseOfOthers) {
  EXPECT_THAT(find({.given = token_}, "https://other.example.com"),
              fails_with(ErrorCode::kInvalidInput, "https://issuer.example.com"));
  EXPECT_OK(find({.given = token_}, "https://issuer.example.com"));
  clock_.advance(std::chrono::hours(24 * 365));
  const auto old = find({.given = token_});
  EXPECT_THAT(old, fails_with(ErrorCode::kUnauthenticated, "2027-01-01T00:00:00Z"));
  EXPECT_THAT(old.error().message(), Not(HasSubstr(token_)));
}

}  // namespace
}  // namespace sealift::keyless
