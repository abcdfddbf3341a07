#pragma once

#include "support/fake_transport.h"

#include <sealift/base/json.h>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::test {

// An issuer of identity tokens where a person called alice@example.com logs in: discovery,
// authorization code with PKCE, and login by device, as their specifications have them (OpenID
// Connect Core and Discovery 1.0, RFC 6749, 7636, 8628). It is strict about what it is asked. Its
// tokens carry no true signature. A handler for FakeTransport and TestServer; safe from many
// threads once it is set up.
class OpenIdProvider {
 public:
  std::string issuer = "https://issuer.example.com/auth";
  std::string client = "sigstore";
  Json device_answer = Json::Object{{"expires_in", 600}, {"interval", 5}};
  // Its next answers to who asks for a device's token; then comes the token.
  std::vector<std::string> device_errors;
  // Falsify what it gives out.
  std::function<void(Json&)> edit_discovery = [](Json&) {};
  std::function<void(Json&)> edit_claims = [](Json&) {};
  std::function<void(Json&)> edit_token_answer = [](Json&) {};

  FakeAnswer answer(const SeenRequest& request);

  // Where the browser of somebody who opens that address and logs in is sent; empty, with a failed
  // expectation, where a parameter is missing or wrong.
  std::string log_in(const std::string& address);

 private:
  struct Login {
    std::string challenge;
    std::string nonce;
    std::string redirect_uri;
  };
  FakeAnswer discovery() const;
  FakeAnswer device_code(const std::map<std::string, std::string>& form);
  FakeAnswer token(const std::map<std::string, std::string>& form);
  FakeAnswer give(const Login& login, const std::map<std::string, std::string>& form) const;

  std::mutex mutex_;
  std::map<std::string, Login> codes_;
};

// "a=b&c=d%20e" → its values.
std::map<std::string, std::string> parse_form(std::string_view form);

}  // namespace sealift::test
