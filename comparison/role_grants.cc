#include "role_grants.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace sealift::comparison {
namespace {

// Comparisons of a right with a word of a rule.
constexpr std::size_t kMaxWork = 20'000'000;

using Texts = std::vector<std::string_view>;

struct Rule {
  Texts groups;
  Texts resources;
  Texts verbs;
  Texts names;
  Texts urls;

  std::size_t words() const {
    return groups.size() + resources.size() + verbs.size() + names.size() + urls.size();
  }
};

Texts texts_of(const Json& rule, std::string_view name) {
  Texts texts;
  const Json* list = rule.find(name);
  if (list == nullptr || !list->is_array()) return texts;
  for (const auto& item : *list->as_array()) {
    if (const auto* text = item.as_string()) texts.push_back(*text);
  }
  return texts;
}

Rule parse_rule(const Json& rule) {
  return {texts_of(rule, "apiGroups"), texts_of(rule, "resources"), texts_of(rule, "verbs"),
          texts_of(rule, "resourceNames"), texts_of(rule, "nonResourceURLs")};
}

bool has(const Texts& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

bool has_or_all(const Texts& texts, std::string_view text) {
  return has(texts, "*") || has(texts, text);
}

// One verb on one resource or URL.
struct Right {
  std::string_view group;
  std::string_view resource;
  std::string_view verb;
  std::string_view name;  // empty: all
  std::string_view url;   // not empty: no resource is meant
};

bool has_resource(const Texts& resources, std::string_view resource) {
  if (has_or_all(resources, resource)) return true;
  const auto slash = resource.find('/');
  return slash != std::string_view::npos &&
         has(resources, "*" + std::string(resource.substr(slash)));
}

bool has_url(const Texts& urls, std::string_view url) {
  return std::any_of(urls.begin(), urls.end(), [&](std::string_view known) {
    return known == url ||
           (known.ends_with('*') && url.starts_with(known.substr(0, known.size() - 1)));
  });
}

bool covers(const Rule& rule, const Right& right) {
  if (!has_or_all(rule.verbs, right.verb)) return false;
  if (!right.url.empty()) return has_url(rule.urls, right.url);
  return has_or_all(rule.groups, right.group) && has_resource(rule.resources, right.resource) &&
         (rule.names.empty() || has(rule.names, right.name));
}

bool is_mighty(const Right& right) {
  static constexpr std::array<std::string_view, 12> kResources = {"*",
                                                                  "secrets",
                                                                  "pods/exec",
                                                                  "pods/attach",
                                                                  "roles",
                                                                  "clusterroles",
                                                                  "rolebindings",
                                                                  "clusterrolebindings",
                                                                  "nodes/proxy",
                                                                  "serviceaccounts/token",
                                                                  "validatingwebhookconfigurations",
                                                                  "mutatingwebhookconfigurations"};
  static constexpr std::array<std::string_view, 4> kVerbs = {"*", "escalate", "bind",
                                                             "impersonate"};
  if (std::find(kVerbs.begin(), kVerbs.end(), right.verb) != kVerbs.end()) return true;
  if (!right.url.empty()) return right.url == "*" || right.url == "/*";
  return right.group == "*" ||
         std::find(kResources.begin(), kResources.end(), right.resource) != kResources.end();
}

std::string text_of(const Right& right) {
  const std::string verb(right.verb == "*" ? "do everything with" : right.verb);
  if (!right.url.empty()) return verb + " " + std::string(right.url);
  std::string text = verb + " ";
  text += right.resource == "*" ? std::string("all resources") : std::string(right.resource);
  if (right.group == "*") {
    text += " of all API groups";
  } else if (!right.group.empty()) {
    text += "." + std::string(right.group);
  }
  if (!right.name.empty()) text += " named " + std::string(right.name);
  return text;
}

class Comparer {
 public:
  explicit Comparer(std::vector<Rule> before) : before_(std::move(before)) {
    for (const auto& rule : before_) words_ += rule.words();
  }

  void add(const Rule& rule) {
    for (const auto verb : rule.verbs) {
      for (const auto url : rule.urls) check({{}, {}, verb, {}, url});
      for (const auto group : rule.groups) {
        for (const auto resource : rule.resources) {
          if (rule.names.empty()) check({group, resource, verb, {}, {}});
          for (const auto name : rule.names) check({group, resource, verb, name, {}});
          if (gained_.gave_up) return;
        }
      }
    }
  }
  GainedGrants take() { return std::move(gained_); }

 private:
  void check(const Right& right) {
    work_ += 1 + words_;
    if (work_ > kMaxWork) gained_.gave_up = true;
    if (gained_.gave_up) return;
    const bool is_known = std::any_of(before_.begin(), before_.end(),
                                      [&](const Rule& rule) { return covers(rule, right); });
    if (is_known) return;
    if (gained_.grants.size() < kMaxGrants) {
      gained_.grants.push_back({text_of(right), is_mighty(right)});
    } else {
      ++gained_.more;
    }
  }

  std::vector<Rule> before_;
  std::size_t words_ = 0;
  std::size_t work_ = 0;
  GainedGrants gained_;
};

const Json::Array& rules_in(const Json* rules) {
  static const Json::Array none;
  const auto* list = rules == nullptr ? nullptr : rules->as_array();
  return list == nullptr ? none : *list;
}

}  // namespace

GainedGrants gained_grants(const Json* before, const Json* after) {
  std::set<std::string> known;
  std::vector<Rule> rules;
  for (const auto& rule : rules_in(before)) {
    known.insert(dump_json_sorted(rule));
    rules.push_back(parse_rule(rule));
  }
  Comparer comparer(std::move(rules));
  for (const auto& rule : rules_in(after)) {
    if (!known.contains(dump_json_sorted(rule))) comparer.add(parse_rule(rule));
  }
  return comparer.take();
}

}  // namespace sealift::comparison
