#include <sealift/base/file_system.h>
#include <sealift/base/json.h>
#include <sealift/endpoints/process_metrics.h>
#include <sealift/endpoints/puller_metrics.h>
#include <sealift/objects/yaml.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

#include "support/result_matchers.h"

namespace sealift::endpoints {
namespace {

struct Shown {
  std::string type;
  std::string labels;  // as the page writes them
};

// What the puller shows, by name.
std::map<std::string, Shown> shown_metrics() {
  MetricsRegistry registry;
  const PullerMetrics metrics(registry, {}, [] { return PullerSnapshot(); });
  add_process_metrics(registry, system_files());
  const auto text = registry.expose();
  std::map<std::string, Shown> shown;
  for (const auto& description : registry.descriptions()) {
    std::string labels;
    for (const auto& label : description.labels) {
      labels += std::string(labels.empty() ? "" : ", ") + "`" + label + "`";
    }
    const std::string mark = "# TYPE " + description.name + " ";
    const auto at = text.find(mark);
    const auto begin = at + mark.size();
    EXPECT_NE(at, std::string::npos) << description.name;
    shown[description.name] = {text.substr(begin, text.find('\n', begin) - begin), labels};
  }
  return shown;
}

std::string source(const std::string& path) {
  auto text = read_file(system_files(), std::string(SEALIFT_SOURCE_DIR) + "/" + path, 1u << 20);
  EXPECT_OK(text);
  return text ? *text : "";
}

std::vector<std::smatch> all_matches(const std::string& text, const std::regex& pattern) {
  return {std::sregex_iterator(text.begin(), text.end(), pattern), std::sregex_iterator()};
}

TEST(MetricsReference, ListsWhatIsShownAndNothingElse) {
  const auto page = source("docs/reference/metrics.md");
  auto shown = shown_metrics();
  const std::regex row(R"(\n\| `([a-z_]+)` \| (\w+) \| ([^|]*?) ?\| [^|\n]+ \|)");
  for (const auto& match : all_matches(page, row)) {
    const auto found = shown.find(match[1]);
    ASSERT_NE(found, shown.end()) << match[1] << " is documented and not shown, or twice";
    EXPECT_EQ(found->second.type, match[2]) << match[1];
    EXPECT_EQ(found->second.labels, match[3]) << match[1];
    shown.erase(found);
  }
  for (const auto& [name, metric] : shown) ADD_FAILURE() << name << " is shown and not documented";
}

// All names in an expression that are ours.
std::set<std::string> names_in(const std::string& expression) {
  std::set<std::string> names;
  const std::regex name(R"(\b(sealift|process)_[a-z_]+\b)");
  for (const auto& match : all_matches(expression, name)) names.insert(match[0]);
  return names;
}

void expect_shown(const std::string& expression) {
  static const auto kShown = shown_metrics();
  const auto names = names_in(expression);
  EXPECT_FALSE(names.empty()) << expression;
  for (const auto& name : names) {
    bool known = kShown.contains(name) && kShown.at(name).type != "histogram";
    for (const std::string suffix : {"_bucket", "_sum", "_count"}) {
      if (!name.ends_with(suffix)) continue;
      const auto base = kShown.find(name.substr(0, name.size() - suffix.size()));
      known = known || (base != kShown.end() && base->second.type == "histogram");
    }
    EXPECT_TRUE(known) << name << " in " << expression;
  }
}

TEST(MetricsReference, KnowsAllThatTheDashboardAsksFor) {
  ASSERT_OK_ASSIGN(const auto dashboard,
                   parse_json(source("packaging/grafana/sealift.json"), "the dashboard"));
  std::set<std::string> used;
  std::set<std::int64_t> ids;
  for (const auto& panel : *dashboard.find("panels")->as_array()) {
    EXPECT_TRUE(ids.insert(panel.find("id")->as_int64().value()).second);
    for (const auto& target : *panel.find("targets")->as_array()) {
      const auto expression = std::string(target.string_at({"expr"}));
      expect_shown(expression);
      used.merge(names_in(expression));
    }
  }
  EXPECT_GT(used.size(), 20u);
}

TEST(MetricsReference, KnowsAllThatTheAlertsAskFor) {
  ASSERT_OK_ASSIGN(const auto documents,
                   objects::parse_yaml(source("packaging/prometheus/alerts.yaml"), "the alerts"));
  ASSERT_EQ(documents.size(), 1u);
  std::set<std::string> names;
  for (const auto& group : *documents[0].value.find_path({"spec", "groups"})->as_array()) {
    for (const auto& rule : *group.find("rules")->as_array()) {
      expect_shown(std::string(rule.string_at({"expr"})));
      EXPECT_TRUE(names.insert(std::string(rule.string_at({"alert"}))).second);
      EXPECT_NE(rule.string_at({"annotations", "summary"}), "");
      EXPECT_NE(rule.string_at({"annotations", "description"}), "");
      EXPECT_NE(rule.string_at({"labels", "severity"}), "");
    }
  }
  EXPECT_GT(names.size(), 10u);
}

}  // namespace
}  // namespace sealift::endpoints
