// Logins of people: by browser and by device, and what issuers may answer.
#include <sealift/base/random.h>
#include <sealift/keyless/browser_login.h>
#include <sealift/keyless/device_login.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <support/fake_transport.h>
#include <support/manual_clock.h>
#include <support/openid_provider.h>
#include <support/result_matchers.h>

namespace sealift::keyless {
namespace {

using sealift::test::fails_with;
using sealift::test::FakeAnswer;
using sealift::test::parse_form;
using sealift::test::SeenRequest;
using testing::ElementsAre;

constexpr const char* kRedirect = "http://localhost:8000/auth/callback";

class Login : public testing::Test {
 protected:
  Result<OpenIdProvider> discover() { return discover_provider(issuer_.issuer, environment_, {}); }
  OpenIdProvider provider() { return discover().value(); }
  BrowserLogin begin() { return {provider(), {}, kRedirect, system_random()}; }

  // What the browser of who logs in brings back.
  LoginReturn log_in(const BrowserLogin& login) {
    const auto address = issuer_.log_in(login.url());
    const auto form = parse_form(address.substr(address.find('?') + 1));
    return {.state = form.at("state"), .code = form.at("code")};
  }
  Result<IdentityToken> redeem(const BrowserLogin& login) {
    SEALIFT_ASSIGN(const auto code, login.code_in(log_in(login)));
    return login.redeem(code, environment_, {});
  }
  Result<IdentityToken> by_device() {
    return log_in_by_device(provider(), {},
                            [&](const DevicePrompt& prompt) { prompts_.push_back(prompt.code); },
                            environment_, {});
  }

  sealift::test::OpenIdProvider issuer_;
  std::optional<FakeAnswer> instead_;
  sealift::test::FakeTransport transport_{[this](const SeenRequest& request) {
    return instead_ ? *instead_ : issuer_.answer(request);
  }};
  sealift::test::ManualClock clock_{sealift::test::ManualClock::Sleep::kJumps};
  Environment environment_{transport_, clock_, system_random()};
  std::vector<std::string> prompts_;
};

TEST_F(Login, ByBrowserGivesATokenOfWhoLoggedIn) {
  ASSERT_OK_ASSIGN(const auto token, redeem(begin()));
  EXPECT_EQ(token.subject, "alice@example.com");
  EXPECT_EQ(token.issuer, issuer_.issuer);
  issuer_.edit_claims = [](Json& claims) { claims.set("aud", Json::Array{"x", "sigstore"}); };
  EXPECT_OK(redeem(begin()));
}

TEST_F(Login, HasSecretsOfItsOwn) {
  const auto one = parse_form(begin().url());
  const auto two = parse_form(begin().url());
  for (const char* name : {"state", "nonce", "code_challenge"})
    EXPECT_NE(one.at(name), two.at(name));
  // Codes are of one login.
  const auto mine = begin();
  const auto other = begin();
  const auto code = *log_in(other).code;
  EXPECT_THAT(mine.redeem(code, environment_, {}),
              fails_with(ErrorCode::kUnauthenticated, "invalid_grant"));
  EXPECT_THAT(other.redeem(code, environment_, {}),
              fails_with(ErrorCode::kUnauthenticated, "invalid_grant"));
}

TEST_F(Login, TakesNoAnswerButItsOwn) {
  const auto login = begin();
  const auto good = log_in(login);
  EXPECT_OK(login.code_in(good));
  const auto with = [&](void (*change)(LoginReturn&)) {
    LoginReturn returned = good;
    change(returned);
    return login.code_in(returned);
  };
  const auto is_a_strangers = fails_with(ErrorCode::kForbidden, "not the answer");
  EXPECT_THAT(with([](LoginReturn& r) { r.state.reset(); }), is_a_strangers);
  EXPECT_THAT(with([](LoginReturn& r) { r.state = ""; }), is_a_strangers);
  EXPECT_THAT(with([](LoginReturn& r) { r.state->back() ^= 1; }), is_a_strangers);
  EXPECT_THAT(with([](LoginReturn& r) { r.issuer = "https://evil.example"; }), is_a_strangers);
  // Nobody without the state can end a login either.
  EXPECT_THAT(with([](LoginReturn& r) {
                r.state = "x";
                r.error = "access_denied";
              }),
              is_a_strangers);
  EXPECT_THAT(with([](LoginReturn& r) {
                r.error = "access_denied";
                r.error_description = "not\x1byou";
              }),
              fails_with(ErrorCode::kUnauthenticated, "access_denied (not\\x1byou)"));
  EXPECT_THAT(with([](LoginReturn& r) { r.code.reset(); }),
              fails_with(ErrorCode::kInvalidInput, "without a code"));
  EXPECT_THAT(with([](LoginReturn& r) { r.code->assign(5000, 'x'); }),
              fails_with(ErrorCode::kInvalidInput, "without a code"));
  EXPECT_OK(with([](LoginReturn& r) { r.issuer = "https://issuer.example.com/auth"; }));
}

TEST_F(Login, RefusesTokensThatAreNotOfThisLogin) {
  const struct {
    ErrorCode code;
    const char* message;
    void (*edit)(Json& claims);
  } kCases[] = {
      {ErrorCode::kUntrusted, "another login", [](Json& c) { c.set("nonce", "x"); }},
      {ErrorCode::kUntrusted, "another login", [](Json& c) { c.erase("nonce"); }},
      {ErrorCode::kUntrusted, "of the issuer", [](Json& c) { c.set("iss", "https://e.example"); }},
      {ErrorCode::kUntrusted, "not for the client", [](Json& c) { c.set("aud", "others"); }},
      {ErrorCode::kUntrusted, "not for the client", [](Json& c) { c.erase("aud"); }},
      {ErrorCode::kInvalidInput, "not verified", [](Json& c) { c.erase("email_verified"); }},
      {ErrorCode::kInvalidInput, "\"exp\"", [](Json& c) { c.erase("exp"); }},
  };
  for (const auto& test : kCases) {
    issuer_.edit_claims = test.edit;
    EXPECT_THAT(redeem(begin()), fails_with(test.code, test.message)) << test.message;
  }
  issuer_.edit_claims = [](Json&) {};
  issuer_.edit_token_answer = [](Json& answer) { answer.erase("id_token"); };
  EXPECT_THAT(redeem(begin()), fails_with(ErrorCode::kInvalidInput, "gave is no identity token"));
  const auto login = begin();
  const auto code = *log_in(login).code;
  instead_ = FakeAnswer::json(200, R"({"error":"access_denied"})");
  EXPECT_THAT(login.redeem(code, environment_, {}),
              fails_with(ErrorCode::kUnauthenticated, "access_denied"));
  instead_ = FakeAnswer::json(400, "{}");
  EXPECT_THAT(login.redeem(code, environment_, {}),
              fails_with(ErrorCode::kUnauthenticated, "status 400"));
}

TEST_F(Login, GoesWhereTheIssuerSaysAndNobodyReadsAlong) {
  const struct {
    const char* message;
    void (*edit)(Json& document);
  } kCases[] = {
      {"calls itself", [](Json& d) { d.set("issuer", "https://evil.example"); }},
      {"calls itself", [](Json& d) { d.erase("issuer"); }},
      {"its token_endpoint", [](Json& d) { d.erase("token_endpoint"); }},
      {"its authorization_endpoint", [](Json& d) { d.erase("authorization_endpoint"); }},
      {"not an https URL", [](Json& d) { d.set("token_endpoint", "http://issuer.example.com"); }},
      {"not an https URL", [](Json& d) { d.set("token_endpoint", "http://localhost.example/"); }},
      {"not an https URL", [](Json& d) { d.set("token_endpoint", "http://localhost:80@evil/"); }},
      {"not an https URL", [](Json& d) { d.set("authorization_endpoint", "file:///etc/passwd"); }},
      {"not an https URL",
       [](Json& d) { d.set("device_authorization_endpoint", "http://issuer.example.com"); }},
  };
  for (const auto& test : kCases) {
    issuer_.edit_discovery = test.edit;
    EXPECT_THAT(discover(), fails_with(ErrorCode::kInvalidInput, test.message));
  }
  issuer_.edit_discovery = [](Json& d) { d.set("token_endpoint", "http://127.0.0.1:80/token"); };
  EXPECT_OK(discover());
  transport_.forget_requests();
  issuer_.issuer = "http://issuer.example.com";
  EXPECT_THAT(discover(), fails_with(ErrorCode::kInvalidInput, "not an https URL"));
  EXPECT_EQ(transport_.request_count(), 0u);
}

TEST_F(Login, ByDeviceWaitsAsLongAsTheIssuerWants) {
  issuer_.device_errors = {"authorization_pending", "slow_down", "authorization_pending"};
  ASSERT_OK_ASSIGN(const auto token, by_device());
  EXPECT_EQ(token.subject, "alice@example.com");
  EXPECT_THAT(prompts_, ElementsAre("WDJB-MJHT"));
  EXPECT_EQ(clock_.elapsed(), std::chrono::seconds(5 + 5 + 10 + 10));
}

TEST_F(Login, ByDeviceEndsWhereNobodyComes) {
  issuer_.device_errors.assign(1000, "authorization_pending");
  EXPECT_THAT(by_device(), fails_with(ErrorCode::kUnauthenticated, "WDJB-MJHT in time"));
  EXPECT_LE(clock_.elapsed(), std::chrono::seconds(600));
  issuer_.device_answer = Json::Object{{"expires_in", 1'000'000'000'000}, {"interval", 0}};
  const auto before = clock_.elapsed();
  EXPECT_THAT(by_device(), fails_with(ErrorCode::kUnauthenticated, "in time"));
  EXPECT_LE(clock_.elapsed() - before, kMaxDeviceLogin);
  issuer_.device_errors = {"access_denied"};
  EXPECT_THAT(by_device(), fails_with(ErrorCode::kUnauthenticated, "access_denied"));
  issuer_.edit_discovery = [](Json& d) { d.erase("device_authorization_endpoint"); };
  EXPECT_THAT(by_device(), fails_with(ErrorCode::kNotFound, "no login by device"));
}

TEST_F(Login, ByDeviceTakesNoOtherToken) {
  issuer_.edit_claims = [](Json& claims) { claims.set("aud", "others"); };
  EXPECT_THAT(by_device(), fails_with(ErrorCode::kUntrusted, "not for the client"));
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_THAT(log_in_by_device(
                  provider(), {}, [](const auto&) {}, environment_, stopped.get_token()),
              fails_with(ErrorCode::kCancelled, ""));
}

}  // namespace
}  // namespace sealift::keyless
