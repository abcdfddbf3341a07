#pragma once

#include <sealift/base/encoding.h>

#include <string>

namespace sealift::keyless {

inline std::string base64url(const std::string& bytes) {
  std::string text = base64_encode(bytes);
  text.erase(text.find_last_not_of('=') + 1);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

// A token with these claims, as JSON, that nobody signed.
inline std::string token_with(const std::string& claims) {
  return base64url(R"({"alg":"ES256"})") + "." + base64url(claims) + "." + base64url("signature");
}

inline constexpr const char* kAliceClaims =
    R"({"iss":"https://issuer.example.com","sub":"1234","email":"alice@example.com",)"
    R"("email_verified":true,"aud":"sigstore","exp":1798761600})";  // 2027-01-01T00:00:00Z

}  // namespace sealift::keyless
