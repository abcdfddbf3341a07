#include "repository_pattern.h"

#include <sealift/base/encoding.h>
#include <sealift/base/wildcard.h>
#include <sealift/signing/repository_name.h>
#include <sealift/signing/trust_policy.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sealift::signing {
namespace {

std::vector<std::string_view> segments_of(std::string_view text) {
  std::vector<std::string_view> segments;
  for (;;) {
    const auto end = text.find('/');
    segments.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return segments;
    text.remove_prefix(end + 1);
  }
}

// What leads elsewhere than down: in "oci-layout:/usb/../etc", "/usb/**" does not hold.
bool leads_elsewhere(std::string_view segment) {
  segment.remove_prefix(path_scheme(segment).size());
  return segment == "." || segment == "..";
}

bool segment_matches(std::string_view pattern, std::string_view text) {
  return (pattern == text || !leads_elsewhere(text)) && matches_wildcard(pattern, text);
}

Error broken(std::string_view pattern, std::string_view why) {
  return Error(ErrorCode::kInvalidInput,
               "the repository pattern \"" + printable(pattern, 100) + "\" " + std::string(why));
}

}  // namespace

Result<> check_repository_pattern(std::string_view pattern) {
  if (pattern.empty()) return fail(broken(pattern, "is empty"));
  if (pattern.size() > kMaxPatternBytes) {
    return fail(broken(pattern, "is longer than " + std::to_string(kMaxPatternBytes) + " bytes"));
  }
  if (pattern.find("://") != std::string_view::npos) {
    return fail(broken(pattern, "must not have a scheme: write registry.example.com/team/*"));
  }
  if (pattern.find('@') != std::string_view::npos) {
    return fail(broken(pattern, "must not have a digest: a policy is about repositories"));
  }
  if (std::any_of(pattern.begin(), pattern.end(),
                  [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; })) {
    return fail(broken(pattern, "has control characters"));
  }
  const bool is_path = !path_scheme(pattern).empty();
  if (!is_path && std::any_of(pattern.begin(), pattern.end(),
                              [](char c) { return c == ' ' || (c >= 'A' && c <= 'Z'); })) {
    return fail(broken(pattern,
                       "has blanks or capital letters, which no repository's name has, so that it "
                       "would match nothing: write it in lower case"));
  }
  const auto segments = segments_of(pattern);
  if (!is_path && segments.size() > 1 && segments.back().find(':') != std::string_view::npos) {
    return fail(broken(pattern, "must not have a tag: a policy is about repositories"));
  }
  for (const auto segment : segments) {
    if (segment.empty()) return fail(broken(pattern, "has an empty path segment"));
    if (segment != "**" && segment.find("**") != std::string_view::npos) {
      return fail(broken(pattern, "has \"**\" inside a path segment; it must stand alone there"));
    }
  }
  return {};
}

bool is_same_repository(std::string_view one, std::string_view other) {
  return without_default_port(one) == without_default_port(other);
}

std::string_view path_scheme(std::string_view name) {
  for (const std::string_view scheme : {"oci-layout:", "oci-archive:"}) {
    if (name.starts_with(scheme)) return scheme;
  }
  return {};
}

std::size_t literal_characters(std::string_view pattern) {
  return pattern.size() - static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '*'));
}

// One registry, one name: whoever writes "r.io:443" for "r.io" must not come under another policy.
std::string without_default_port(std::string_view name) {
  const auto registry = name.substr(0, name.find('/'));
  const auto colon = registry.rfind(':');
  if (!path_scheme(name).empty() || colon == std::string_view::npos) return std::string(name);
  auto port = registry.substr(colon + 1);
  while (port.size() > 1 && port.front() == '0') port.remove_prefix(1);
  const bool is_default = port == "443" || port == "80";
  return std::string(registry.substr(0, colon)) + (is_default ? "" : ":" + std::string(port)) +
         std::string(name.substr(registry.size()));
}

bool repository_pattern_matches(std::string_view pattern, std::string_view repository) {
  if (pattern == "**") return true;
  const std::string wanted = without_default_port(pattern);
  const std::string name = without_default_port(repository);
  const auto patterns = segments_of(wanted);
  const auto segments = segments_of(name);
  // reached[i]: the patterns so far can stand for the first i segments.
  std::vector<char> reached(segments.size() + 1, 0);
  reached[0] = 1;
  for (const auto current : patterns) {
    std::vector<char> next(reached.size(), 0);
    for (std::size_t i = 0; i < reached.size(); ++i) {
      if (current == "**") {
        next[i] =
            reached[i] != 0 || (i > 0 && next[i - 1] != 0 && !leads_elsewhere(segments[i - 1]));
      } else if (i > 0 && reached[i - 1] != 0) {
        next[i] = segment_matches(current, segments[i - 1]);
      }
    }
    reached = std::move(next);
  }
  return reached.back() != 0;
}

}  // namespace sealift::signing
