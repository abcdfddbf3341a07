#include "ssh_reader.h"

#include <sealift/base/encoding.h>
#include <sealift/commits/allowed_signers.h>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace sealift::commits {
namespace {

constexpr std::size_t kMaxBytes = 1u << 20;
constexpr std::size_t kMaxLines = 10'000;
constexpr std::size_t kMaxLineBytes = 16u << 10;
constexpr std::string_view kBlanks = " \t";

tl::unexpected<Error> broken(std::string why) {
  return fail(ErrorCode::kInvalidInput, std::move(why));
}

void skip_blanks(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
}

// Up to the next blank outside of quotes; the quotes stay.
Result<std::string_view> next_word(std::string_view& rest) {
  skip_blanks(rest);
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size(); ++end) {
    if (rest[end] == '"') quoted = !quoted;
    if (!quoted && kBlanks.find(rest[end]) != std::string_view::npos) break;
  }
  if (quoted) return broken("a quotation mark is not closed");
  const auto word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

Result<std::string> unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  if (text.empty() || text.find('"') != std::string_view::npos) {
    return broken("\"" + printable(text) +
                  "\" has quotation marks in the wrong places or is empty");
  }
  return std::string(text);
}

int digits(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// YYYYMMDD[HHMM[SS]][Z].
Result<Timestamp> parse_time(std::string_view text) {
  const std::string shown = printable(text);
  if (text.ends_with('Z')) text.remove_suffix(1);
  const bool is_sized = text.size() == 8 || text.size() == 12 || text.size() == 14;
  if (!is_sized || text.find_first_not_of("0123456789") != std::string_view::npos) {
    return broken("\"" + shown + "\" is no time: YYYYMMDD or YYYYMMDDHHMM[SS], and Z");
  }
  const std::string full = std::string(text) + std::string(14 - text.size(), '0');
  const auto part = [&](std::size_t from, std::size_t count) {
    return digits(std::string_view(full).substr(from, count));
  };
  const std::chrono::year_month_day day(std::chrono::year(part(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(part(4, 2))),
                                        std::chrono::day(static_cast<unsigned>(part(6, 2))));
  if (!day.ok() || part(8, 2) > 23 || part(10, 2) > 59 || part(12, 2) > 59) {
    return broken("\"" + shown + "\" is no time that there is");
  }
  return Timestamp(std::chrono::sys_days(day)) + std::chrono::hours(part(8, 2)) +
         std::chrono::minutes(part(10, 2)) + std::chrono::seconds(part(12, 2));
}

Result<> add_option(std::string_view option, AllowedSigner& signer) {
  const auto equals = option.find('=');
  std::string name(option.substr(0, equals));
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (name == "cert-authority" && equals == std::string_view::npos) {
    if (signer.is_authority) return broken("cert-authority stands there twice");
    signer.is_authority = true;
    return {};
  }
  const bool is_known = name == "namespaces" || name == "valid-after" || name == "valid-before";
  if (!is_known || equals == std::string_view::npos) {
    return broken("the option \"" + printable(option) + "\" is not known");
  }
  SEALIFT_ASSIGN(auto value, unquoted(option.substr(equals + 1)));
  if (name == "namespaces") {
    if (signer.namespaces) return broken("namespaces stands there twice");
    signer.namespaces = std::move(value);
    return {};
  }
  auto& bound = name == "valid-after" ? signer.valid_after : signer.valid_before;
  if (bound) return broken(name + " stands there twice");
  SEALIFT_ASSIGN(bound, parse_time(value));
  return {};
}

Result<> add_options(std::string_view options, AllowedSigner& signer) {
  bool quoted = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= options.size(); ++i) {
    if (i < options.size() && options[i] == '"') quoted = !quoted;
    if (i == options.size() || (options[i] == ',' && !quoted)) {
      SEALIFT_TRY(add_option(options.substr(start, i - start), signer));
      start = i + 1;
    }
  }
  return {};
}

// Known or not: a list may hold keys of a kind that signs elsewhere.
bool is_key_type(std::string_view word) {
  return word.starts_with("ssh-") || word.starts_with("ecdsa-") || word.starts_with("sk-");
}

Result<AllowedSigner> parse_line(std::string_view line) {
  AllowedSigner signer;
  SEALIFT_ASSIGN(const auto principals, next_word(line));
  SEALIFT_ASSIGN(signer.principals, unquoted(principals));
  SEALIFT_ASSIGN(auto word, next_word(line));
  if (!is_key_type(word)) {
    SEALIFT_TRY(add_options(word, signer));
    SEALIFT_ASSIGN(word, next_word(line));
  }
  if (!is_key_type(word)) return broken("\"" + printable(word) + "\" is no type of SSH key");
  signer.key_type = word;
  SEALIFT_ASSIGN(const auto base64, next_word(line));
  auto key = base64_decode(base64);
  if (!key || SshReader(*key).string() != signer.key_type) {
    return broken("there is no key of type " + signer.key_type + " in base64 behind its type");
  }
  signer.key = *std::move(key);
  if (signer.valid_after && signer.valid_before && *signer.valid_before < *signer.valid_after) {
    return broken("valid-before is earlier than valid-after");
  }
  return signer;
}

}  // namespace

Result<AllowedSigners> AllowedSigners::parse(std::string_view text, const std::string& what) {
  const auto at_line = [&](std::size_t number) { return what + ":" + std::to_string(number); };
  if (text.size() > kMaxBytes) return broken(what + ": is larger than 1 MiB");
  AllowedSigners signers;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > kMaxLineBytes || number > kMaxLines) {
      return broken(at_line(number) + ": goes beyond 10,000 lines of at most 16 KiB");
    }
    skip_blanks(line);
    if (line.empty() || line.front() == '#') continue;
    SEALIFT_ASSIGN_CONTEXT(auto signer, parse_line(line), at_line(number));
    signer.line = number;
    signers.lines_.push_back(std::move(signer));
  }
  if (signers.lines_.empty()) return broken(what + ": names nobody who may sign");
  return signers;
}

}  // namespace sealift::commits
