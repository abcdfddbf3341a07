#include "secret_scan.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <optional>

#include "secret_finders.h"

namespace sealift::checks {
namespace {

constexpr std::size_t kShown = 4;
// Shorter base64 holds none of the secrets that are looked for.
constexpr std::size_t kMinEncodedBytes = 24;
// How the base64 of "-----BEGIN " begins, wherever it stands in a text.
constexpr std::string_view kEncodedKey = "LS0tLS1CRUdJTi";

void find_all(std::string_view text, std::vector<SecretPlace>& found) {
  find_private_keys(text, found);
  find_tokens(text, found);
  find_json_web_tokens(text, found);
  find_passwords_in_urls(text, found);
}

void add(const std::vector<SecretPlace>& places, std::vector<FoundSecret>& found) {
  for (const auto& place : places) {
    if (found.size() == kMaxSecretsInText) return;
    found.push_back({place.what, printable(place.text.substr(0, kShown)), place.text.size()});
  }
}

// The text without line ends, where all of it is base64.
std::optional<std::string> only_base64(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == ' ') continue;
    if (!is_base64(c)) return std::nullopt;
    encoded += c;
  }
  if (encoded.size() < kMinEncodedBytes || encoded.size() % 4 != 0) return std::nullopt;
  return encoded;
}

void scan_decoded(std::string_view encoded, std::vector<FoundSecret>& found) {
  const auto decoded = base64_decode(encoded);
  if (!decoded) return;
  std::vector<SecretPlace> places;
  find_all(*decoded, places);
  add(places, found);
}

// Of a kubeconfig, or a Secret within a text: one field of many is base64.
void scan_encoded_keys(std::string_view text, std::vector<FoundSecret>& found) {
  for (auto at = text.find(kEncodedKey); at != std::string_view::npos;) {
    const auto length = run_length(text, at, is_base64);
    scan_decoded(text.substr(at, length / 4 * 4), found);
    at = text.find(kEncodedKey, at + length);
  }
}

}  // namespace

std::vector<FoundSecret> scan_for_secrets(std::string_view text) {
  std::vector<SecretPlace> places;
  find_all(text, places);
  std::vector<FoundSecret> found;
  add(places, found);
  if (const auto encoded = only_base64(text)) {
    scan_decoded(*encoded, found);
  } else {
    scan_encoded_keys(text, found);
  }
  return found;
}

}  // namespace sealift::checks
