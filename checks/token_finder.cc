#include <algorithm>
#include <bitset>

#include "secret_finders.h"

namespace sealift::checks {
namespace {

bool is_upper_or_digit(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_letter_or_digit(char c) { return is_alphanumeric(c); }
bool is_word(char c) { return is_base64url(c); }
bool is_dotted(char c) { return is_base64url(c) || c == '.'; }
bool is_encoded(char c) { return is_base64(c); }

// The prefix by which an issuer makes its tokens known, and what follows it.
struct TokenShape {
  std::string_view prefix;
  bool (*is_of_body)(char);
  std::size_t min;
  std::size_t max;  // a longer run is something else
  std::string_view what;
};

constexpr std::size_t kLong = 1000;

constexpr TokenShape kShapes[] = {
    {"AKIA", is_upper_or_digit, 16, 16, "an access key id of AWS"},
    {"ASIA", is_upper_or_digit, 16, 16, "a temporary access key id of AWS"},
    {"ghp_", is_letter_or_digit, 36, 255, "a personal access token of GitHub"},
    {"gho_", is_letter_or_digit, 36, 255, "an OAuth token of GitHub"},
    {"ghu_", is_letter_or_digit, 36, 255, "a user token of a GitHub App"},
    {"ghs_", is_letter_or_digit, 36, 255, "an installation token of a GitHub App"},
    {"ghr_", is_letter_or_digit, 36, 255, "a refresh token of GitHub"},
    {"github_pat_", is_word, 22, 255, "a personal access token of GitHub"},
    {"glpat-", is_dotted, 20, 300, "a personal access token of GitLab"},
    {"gldt-", is_dotted, 20, 300, "a deploy token of GitLab"},
    {"glrt-", is_dotted, 20, 300, "a runner token of GitLab"},
    {"xoxa-", is_word, 10, 300, "a token of Slack"},
    {"xoxb-", is_word, 10, 300, "a bot token of Slack"},
    {"xoxe-", is_word, 10, 300, "a token of Slack"},
    {"xoxp-", is_word, 10, 300, "a user token of Slack"},
    {"xoxr-", is_word, 10, 300, "a refresh token of Slack"},
    {"xoxs-", is_word, 10, 300, "a session token of Slack"},
    {"xapp-", is_word, 10, 300, "an app token of Slack"},
    {"sk_live_", is_letter_or_digit, 16, 300, "a secret key of Stripe"},
    {"rk_live_", is_letter_or_digit, 16, 300, "a restricted key of Stripe"},
    {"AIza", is_word, 35, 35, "an API key of Google"},
    {"npm_", is_letter_or_digit, 36, 36, "an access token of npm"},
    {"pypi-AgEIcHlwaS5vcmc", is_word, 50, kLong, "an upload token of PyPI"},
    {"dckr_pat_", is_word, 20, 100, "a personal access token of Docker Hub"},
    {"hvs.", is_word, 24, 300, "a token of Vault"},
    {"dop_v1_", is_letter_or_digit, 64, 64, "an access token of DigitalOcean"},
    {"AccountKey=", is_encoded, 80, 100, "the account key of an Azure storage account"},
    {"AGE-SECRET-KEY-1", is_upper_or_digit, 50, 70, "a private key of age"},
};

// "ghp_xxxxxxxxxxxx…" in an example is none.
constexpr std::size_t kMinDistinct = 6;
// AWS' own documentation makes its examples known so.
constexpr std::string_view kExample = "EXAMPLE";

std::size_t distinct_characters(std::string_view text) {
  std::bitset<256> seen;
  for (const char c : text) seen.set(static_cast<unsigned char>(c));
  return seen.count();
}

void find_shape(std::string_view text, const TokenShape& shape, std::vector<SecretPlace>& found) {
  for (auto at = text.find(shape.prefix); at != std::string_view::npos;
       at = text.find(shape.prefix, at + shape.prefix.size())) {
    if (!begins_word(text, at)) continue;
    const auto begin = at + shape.prefix.size();
    const auto length = run_length(text.substr(0, std::min(text.size(), begin + shape.max + 1)),
                                   begin, shape.is_of_body);
    if (length < shape.min || length > shape.max) continue;
    const auto body = text.substr(begin, length);
    if (distinct_characters(body) < kMinDistinct || body.ends_with(kExample)) continue;
    found.push_back({shape.what, text.substr(at, shape.prefix.size() + length)});
  }
}

}  // namespace

void find_tokens(std::string_view text, std::vector<SecretPlace>& found) {
  for (const TokenShape& shape : kShapes) find_shape(text, shape, found);
}

}  // namespace sealift::checks
