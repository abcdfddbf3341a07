#include <gmock/gmock.h>

#include "field_case.h"

namespace sealift::e2e {
namespace {

using testing::HasSubstr;

// What becomes of what others do to delivered objects.
class FieldDrift : public FieldCase {
 protected:
  static constexpr const char* kPartOf = "applyset.kubernetes.io/part-of";

  void set_value(const std::string& name, const std::string& value) const {
    patch(core("configmaps/" + name), R"({"data": {"value": ")" + value + R"("}})");
  }
  std::string mark_of(const std::string& name) const {
    return std::string(config_map_at(name).string_at({"metadata", "labels", kPartOf}));
  }
  void set_mark(const std::string& name, const std::string& json) const {
    patch(core("configmaps/" + name),
          R"({"metadata": {"labels": {")" + std::string(kPartOf) + R"(": )" + json + "}}}");
  }
  std::int64_t drifted(const std::string& name) const {
    const auto live = delivery(name);
    const auto* count = live.find_path({"status", "drift", "count"});
    return count == nullptr ? 0 : count->as_int64().value_or(-1);
  }
  std::string managers_of(const std::string& name) const {
    const auto live = config_map_at(name);
    const auto* managers = live.find_path({"metadata", "managedFields"});
    return managers == nullptr ? "" : dump_json(*managers);
  }
};

TEST_F(FieldDrift, IsCorrectedReportedOrIgnored) {
  for (const std::string mode : {"correct", "detect", "ignore"}) {
    put(mode + "/a.yaml", bare_map(mode, "1"));
    put(mode + "/b.yaml", bare_map(mode + "-b", "1"));
  }
  publish();
  for (const std::string mode : {"correct", "detect", "ignore"}) {
    declare(mode, folder(mode) + "  drift: " + mode + "\n");
  }
  for (const std::string mode : {"correct", "detect", "ignore"}) {
    expect_ready(mode);
    set_value(mode, "theirs");
    remove(core("configmaps/" + mode + "-b"));
  }
  expect_value("correct", "1");
  expect_value("correct-b", "1");
  ASSERT_TRUE(eventually([&] { return drifted("detect") == 2; })) << status_of("detect");
  EXPECT_THAT(dump_json(*delivery("detect").find_path({"status", "drift"})),
              HasSubstr(R"("name":"detect-b")"));
  expect_message("2 drifted and were left", "detect");
  run_again("ignore");
  EXPECT_EQ(drifted("ignore"), 0);
  for (const std::string mode : {"detect", "ignore"}) {
    expect_ready(mode);
    EXPECT_EQ(value_of(mode), "theirs");
    EXPECT_TRUE(config_map_at(mode + "-b").is_null());
    // It is put right once the Delivery says so.
    declare(mode, folder(mode));
    expect_value(mode, "1");
    expect_value(mode + "-b", "1");
  }
}

TEST_F(FieldDrift, RulesAreAboutSomeObjectsAndFields) {
  for (const auto* name : {"plain", "scratch-1", "scratch-2", "watched"}) {
    put(std::string(name) + ".yaml", bare_map(name, "1"));
  }
  put("web.yaml", hanging("web"));
  put("api.yaml", hanging("api"));
  publish();
  declare("shop",
          "  wait: false\n  driftRules:\n"
          "    - {kind: ConfigMap, group: \"*\", name: \"scratch-*\", mode: ignore}\n"
          "    - {kind: ConfigMap, name: scratch-2, namespace: \"app-*\", mode: correct}\n"
          "    - {name: watched, mode: detect}\n"
          "    - {kind: Deployment, group: apps, name: web, paths: [/spec/replicas]}\n"
          "    - {namespace: elsewhere, mode: ignore}\n");
  expect_ready("shop");
  for (const auto* name : {"plain", "scratch-1", "scratch-2", "watched"}) set_value(name, "theirs");
  const auto image = R"({"spec": {"replicas": 3, "template": {"spec": {"containers": [
      {"name": "web", "image": "example.com/evil"}]}}}})";
  for (const auto* name : {"web", "api"}) patch(apps("deployments/" + std::string(name)), image);
  expect_value("plain", "1");
  expect_value("scratch-2", "1");
  for (const auto* name : {"web", "api"}) {
    const auto path = apps("deployments/" + std::string(name));
    EXPECT_TRUE(eventually([&] {
      return dump_json(*get(path).find_path({"spec", "template"})).find("evil") ==
             std::string::npos;
    })) << name;
  }
  EXPECT_TRUE(eventually([&] { return drifted("shop") == 1; })) << status_of("shop");
  run_again("shop");
  EXPECT_EQ(value_of("scratch-1"), "theirs");
  EXPECT_EQ(value_of("watched"), "theirs");
  EXPECT_EQ(get(apps("deployments/web")).find_path({"spec", "replicas"})->as_int64(), 3);
}

// Whatever says who owns what can be written by others as well.
TEST_F(FieldDrift, FieldsAreTakenBackWhoeverHasThem) {
  for (const auto* name : {"grabbed", "shared", "emptied", "unmarked", "label"}) {
    put(std::string(name) + ".yaml", bare_map(name, "1", "labels: {team: shop}"));
  }
  publish();
  declare("shop");
  expect_ready("shop");
  const auto set = mark_of("grabbed");
  // By another manager with force, once to another value and once to the same.
  write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: grabbed, namespace: " + name_ +
        ", labels: {team: theirs}}\ndata: {value: \"theirs\"}\n");
  write(config_map("shared", "1"));
  patch(core("configmaps/emptied"), R"({"metadata": {"managedFields": [{}]}})");
  set_mark("unmarked", "null");
  patch(core("configmaps/label"), R"({"metadata": {"labels": {"team": null}}})");
  expect_value("grabbed", "1");
  EXPECT_TRUE(eventually([&] {
    return managers_of("emptied").find("sealift") != std::string::npos;
  })) << managers_of("emptied");
  EXPECT_TRUE(eventually([&] { return mark_of("unmarked") == set; }));
  for (const auto* name : {"grabbed", "label"}) {
    EXPECT_TRUE(eventually([&] {
      return config_map_at(name).string_at({"metadata", "labels", "team"}) == "shop";
    })) << name;
  }
  // All of them are its own: the next artifact changes them, and the one after takes them away.
  for (const auto* name : {"grabbed", "shared", "emptied", "unmarked", "label"}) {
    change(std::string(name) + ".yaml", "\"1\"", "\"2\"");
  }
  publish();
  for (const auto* name : {"grabbed", "shared", "emptied", "unmarked", "label"}) {
    expect_value(name, "2");
    if (name != std::string("label")) drop(std::string(name) + ".yaml");
  }
  publish();
  for (const auto* name : {"grabbed", "shared", "emptied", "unmarked"}) {
    expect_gone(core("configmaps/" + std::string(name)));
  }
  expect_ready("shop");
}

// Neither the mark nor a manager's name makes somebody's object one that may be removed.
TEST_F(FieldDrift, WhatIsNotItsOwnIsNeverPruned) {
  for (const auto* name : {"a", "b", "handed"}) {
    put(std::string(name) + ".yaml", bare_map(name, "1"));
  }
  publish();
  declare("shop");
  expect_ready("shop");
  const auto mark = std::string(kPartOf) + ": " + mark_of("a");
  write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: forged, namespace: " + name_ +
        ", labels: {" + mark + "}}\ndata: {value: precious}\n");
  // Told to be another set's, which is its owner's to say.
  set_mark("handed", "\"applyset-other-v1\"");
  expect_message("belongs to another delivery", "shop");
  for (const auto* name : {"b", "handed"}) drop(std::string(name) + ".yaml");
  publish();
  expect_gone(core("configmaps/b"));
  expect_ready("shop");
  remove(delivery_path("shop"));
  expect_gone(delivery_path("shop"));
  EXPECT_TRUE(config_map_at("a").is_null());
  EXPECT_EQ(value_of("forged"), "precious");
  EXPECT_EQ(value_of("handed"), "1");
}

}  // namespace
}  // namespace sealift::e2e
