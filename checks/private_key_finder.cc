#include <algorithm>

#include "secret_finders.h"

namespace sealift::checks {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::string_view kPutty = "PuTTY-User-Key-File-";
constexpr std::size_t kMaxLabelBytes = 64;
// The largest keys in use have a few kilobytes.
constexpr std::size_t kMaxKeyBytes = 64u << 10;
// A text that only mentions the marker has no key behind it.
constexpr std::ptrdiff_t kMinKeyCharacters = 40;

// "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK" (RFC 7468, RFC 9580).
std::string_view name_of_key(std::string_view label) {
  if (label.find("PRIVATE KEY") == std::string_view::npos) return {};
  if (label.starts_with("OPENSSH")) return "a private key of SSH";
  if (label.starts_with("PGP")) return "a private key of OpenPGP";
  if (label.find("ENCRYPTED") != std::string_view::npos) {
    return "an encrypted private key, which is as good as its passphrase";
  }
  return "a private key";
}

// `at` is behind the marker; returns how much of the text the key takes, 0 where there is none.
std::size_t key_length(std::string_view text, std::size_t at) {
  std::string_view body = text.substr(at, kMaxKeyBytes);
  body = body.substr(0, body.find(kEnd));
  return std::count_if(body.begin(), body.end(), is_base64) < kMinKeyCharacters ? 0 : body.size();
}

void find_putty_keys(std::string_view text, std::vector<SecretPlace>& found) {
  const auto at = text.find(kPutty);
  if (at != std::string_view::npos && text.find("Private-Lines", at) != std::string_view::npos) {
    found.push_back({"a private key of PuTTY", text.substr(at)});
  }
}

}  // namespace

void find_private_keys(std::string_view text, std::vector<SecretPlace>& found) {
  const bool is_account = text.find("\"service_account\"") != std::string_view::npos;
  for (auto at = text.find(kBegin); at != std::string_view::npos;) {
    const auto label_at = at + kBegin.size();
    const auto dashes = text.substr(label_at, kMaxLabelBytes).find(kDashes);
    std::size_t next = label_at;
    if (dashes != std::string_view::npos) {
      auto what = name_of_key(text.substr(label_at, dashes));
      next = label_at + dashes + kDashes.size();
      const auto length = what.empty() ? 0 : key_length(text, next);
      if (length > 0) {
        if (is_account) what = "the key of a Google service account";
        found.push_back({what, text.substr(at, next + length - at)});
        next += length;
      }
    }
    at = text.find(kBegin, next);
  }
  find_putty_keys(text, found);
}

}  // namespace sealift::checks
