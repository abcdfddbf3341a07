#include <sealift/signing/trust_policy.h>

#include <algorithm>
#include <array>
#include <vector>

#include "repository_pattern.h"

namespace sealift::signing {
namespace {

// Whoever has more than these of one length is not told of each tie.
constexpr std::size_t kMaxPairs = 200'000;

struct Pattern {
  const TrustPolicy* policy;
  std::string_view text;
};

using PatternsByLiterals = std::map<std::size_t, std::vector<Pattern>>;

// A name that the pattern matches, and where `other` is plain, as that has it.
std::string example_of(std::string_view pattern, std::string_view other) {
  std::string name;
  for (;;) {
    const auto segment = pattern.substr(0, pattern.find('/'));
    const auto others = other.substr(0, other.find('/'));
    const bool takes_others = segment.find('*') != std::string_view::npos && !others.empty() &&
                              others.find('*') == std::string_view::npos;
    for (const char c : takes_others ? others : segment) {
      if (c != '*') {
        name += c;
      } else if (!name.ends_with("any")) {
        name += "any";
      }
    }
    if (segment.size() == pattern.size()) return name;
    pattern.remove_prefix(segment.size() + 1);
    other.remove_prefix(std::min(others.size() + 1, other.size()));
    name += '/';
  }
}

bool may_overlap(std::string_view a, std::string_view b) {
  const auto plain = std::min({a.find('*'), b.find('*'), a.size(), b.size()});
  return a.substr(0, plain) == b.substr(0, plain);
}

bool is_decided(const PatternsByLiterals& patterns, std::size_t literals,
                const std::string& repository) {
  return std::any_of(patterns.upper_bound(literals), patterns.end(), [&](const auto& longer) {
    return std::any_of(longer.second.begin(), longer.second.end(), [&](const Pattern& pattern) {
      return repository_pattern_matches(pattern.text, repository);
    });
  });
}

// A repository about which neither says more than the other and nobody else does; empty: none.
std::string contested(const PatternsByLiterals& patterns, std::size_t literals,
                      std::string_view one, std::string_view two) {
  const std::array<std::string, 4> examples = {example_of(one, two), example_of(two, one),
                                               example_of(one, {}), example_of(two, {})};
  for (const auto& example : examples) {
    if (repository_pattern_matches(one, example) && repository_pattern_matches(two, example) &&
        !is_decided(patterns, literals, example)) {
      return example;
    }
  }
  return {};
}

}  // namespace

std::map<std::string, PolicyRival> find_rivals(const std::vector<TrustPolicy>& policies) {
  PatternsByLiterals patterns;
  for (const auto& policy : policies) {
    for (const auto& text : policy.repositories) {
      patterns[literal_characters(text)].push_back({&policy, text});
    }
  }
  std::map<std::string, PolicyRival> rivals;
  std::size_t pairs = 0;
  for (const auto& [literals, alike] : patterns) {
    for (std::size_t i = 0; i < alike.size(); ++i) {
      for (std::size_t j = i + 1; j < alike.size(); ++j) {
        if (++pairs > kMaxPairs) return rivals;
        const auto& [one, first] = alike[i];
        const auto& [two, second] = alike[j];
        if (one == two || !may_overlap(first, second)) continue;
        const auto example = contested(patterns, literals, first, second);
        if (example.empty()) continue;
        rivals.try_emplace(one->name, PolicyRival{two->name, example});
        rivals.try_emplace(two->name, PolicyRival{one->name, example});
      }
    }
  }
  return rivals;
}

}  // namespace sealift::signing
