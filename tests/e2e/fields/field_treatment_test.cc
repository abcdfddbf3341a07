#include <gmock/gmock.h>

#include "field_case.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string annotation(const std::string& name, const std::string& value) {
  return "annotations: {sealift.dev/" + name + ": \"" + value + "\"}";
}

// What annotations on an object of the artifact do.
class FieldTreatment : public FieldCase {
 protected:
  // The next artifact has another value of the ConfigMap in the file, and the Delivery has it.
  void update(const std::string& file, const std::string& delivery) {
    change(file, "\"1\"", "\"2\"");
    publish();
    run_again(delivery);
    expect_ready(delivery);
  }
};

TEST_F(FieldTreatment, WhatIsKeptStays) {
  put("a.yaml", bare_map("a", "1", annotation("keep", "true")));
  put("b.yaml", bare_map("b", "1", annotation("keep", "false")));
  put("c.yaml", bare_map("c", "1"));
  put("flux.yaml",
      bare_map("flux", "1", "annotations: {kustomize.toolkit.fluxcd.io/prune: disabled}"));
  publish();
  declare("shop");
  expect_ready("shop");
  for (const auto* file : {"a.yaml", "b.yaml", "flux.yaml"}) drop(file);
  publish();
  expect_gone(core("configmaps/b"));
  expect_ready("shop");
  remove(delivery_path("shop"));
  expect_gone(delivery_path("shop"));
  EXPECT_TRUE(config_map_at("c").is_null());
  EXPECT_EQ(value_of("a"), "1");
  EXPECT_EQ(value_of("flux"), "1");
}

TEST_F(FieldTreatment, WavesFollowEachOther) {
  put("a.yaml", bare_map("first", "1", annotation("wave", "-5")));
  put("b.yaml", bare_map("middle", "1"));
  put("c.yaml", bare_map("last", "1", annotation("wave", "7")));
  publish();
  const auto check = [](const std::string& name) {
    return "  healthChecks: [{kind: ConfigMap, current: [{path: /data/" + name +
           ", exists: true}]}]\n";
  };
  declare("shop", check("done"));
  const auto done = R"({"data": {"done": "yes"}})";
  for (const auto* name : {"first", "middle", "last"}) {
    const auto path = core("configmaps/" + std::string(name));
    EXPECT_TRUE(eventually([&] { return !get(path).is_null(); })) << name;
    EXPECT_EQ(value_of("last").empty(), name != std::string("last"));
    EXPECT_EQ(value_of("middle").empty(), name == std::string("first"));
    EXPECT_EQ(condition("Ready", "shop").string_at({"status"}), "Unknown");
    patch(path, done);
  }
  expect_ready("shop");
}

// The order of objects is known without a cluster: an artifact with such a wave is not made.
TEST_F(FieldTreatment, AWaveThatIsNoneIsRefusedByThePush) {
  for (const auto* wave : {"1001", "-1001", "first", "1.5"}) {
    put("a.yaml", bare_map("a", "1", annotation("wave", wave)));
    const auto pushed = try_publish(1, {"--sign", key_file()});
    EXPECT_EQ(pushed.exit_code, 7) << wave;
    EXPECT_THAT(pushed.err, AllOf(HasSubstr("a.yaml:1"), HasSubstr("sealift.dev/wave")));
  }
}

TEST_F(FieldTreatment, WhatIsIgnoredIsNotSent) {
  put("a.yaml", bare_map("a", "1", annotation("ignore", "true")));
  put("b.yaml", bare_map("b", "1", annotation("ignore", "true")));
  put("c.yaml", bare_map("c", "1"));
  publish();
  write(config_map("a", "theirs"));
  declare("shop");
  expect_ready("shop");
  EXPECT_EQ(value_of("a"), "theirs");
  EXPECT_EQ(config_map_at("a").find_path({"metadata", "labels"}), nullptr);
  EXPECT_TRUE(config_map_at("b").is_null());
  EXPECT_EQ(value_of("c"), "1");
}

TEST_F(FieldTreatment, IgnoredFieldsAreLeftToOthers) {
  put("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, " +
                    annotation("ignore", "/data/theirs,/metadata/annotations/note") +
                    "}\ndata: {value: \"1\", theirs: start}\n");
  publish();
  declare("shop");
  expect_ready("shop");
  const auto theirs = [&] { return config_map_at("a").string_at({"data", "theirs"}); };
  EXPECT_EQ(theirs(), "start");
  patch(core("configmaps/a"),
        R"({"data": {"theirs": "mine"}, "metadata": {"annotations": {"note": "x"}}})");
  run_again("shop");
  EXPECT_EQ(theirs(), "mine");
  // An apply for another reason keeps it as well.
  update("a.yaml", "shop");
  EXPECT_EQ(value_of("a"), "2");
  EXPECT_EQ(theirs(), "mine");
  patch(core("configmaps/a"), R"({"data": {"value": "drifted"}})");
  expect_value("a", "2");
  EXPECT_EQ(theirs(), "mine");
}

TEST_F(FieldTreatment, WhatIsMadeOnceIsNotUpdated) {
  put("a.yaml", bare_map("a", "1", annotation("once", "true")));
  put("b.yaml", bare_map("b", "1", annotation("once", "true")));
  publish();
  write(config_map("b", "theirs"));
  declare("shop");
  expect_ready("shop");
  EXPECT_EQ(value_of("a"), "1");
  patch(core("configmaps/a"), R"({"data": {"value": "changed"}})");
  update("a.yaml", "shop");
  EXPECT_EQ(value_of("a"), "changed");
  EXPECT_EQ(value_of("b"), "theirs");
  // It is missing: it is made.
  remove(core("configmaps/a"));
  expect_value("a", "2");
}

TEST_F(FieldTreatment, WhatRefusesSubstitutionKeepsItsText) {
  put("a.yaml", bare_map("a", "${COLOUR}", annotation("substitute", "disabled")));
  put("b.yaml", bare_map("b", "${COLOUR}"));
  publish();
  declare("shop", "  substitute: {COLOUR: blue}\n");
  expect_ready("shop");
  EXPECT_EQ(value_of("a"), "${COLOUR}");
  EXPECT_EQ(value_of("b"), "blue");
}

TEST_F(FieldTreatment, AnAnnotationThatMeansNothingIsAMistake) {
  struct Bad {
    const char* folder;
    const char* annotation;
    const char* value;
    const char* says;
  };
  const Bad all[] = {
      {"keep", "keep", "yes", "must be \\\"true\\\" or \\\"false\\\""},
      {"once", "once", "1", "must be \\\"true\\\" or \\\"false\\\""},
      {"force", "force", "always", "must be \\\"true\\\" or \\\"false\\\""},
      {"hook", "hook", "pre", "must be \\\"true\\\" or \\\"false\\\""},
      {"hook-map", "hook", "true", "belongs on a Job of batch/v1"},
      {"ignore", "ignore", "spec", "must be \\\"true\\\" or paths as"},
      {"ignore-kind", "ignore", "/kind", "every apply has to say"},
      {"ignore-labels", "ignore", "/metadata/labels", "only single labels and annotations"},
      {"substitute", "substitute", "no", "must be \\\"disabled\\\""},
  };
  for (const auto& bad : all) {
    put(std::string(bad.folder) + "/a.yaml", bare_map("good-" + std::string(bad.folder), "1"));
    put(std::string(bad.folder) + "/b.yaml", bare_map("bad-" + std::string(bad.folder), "${X:=1}",
                                                      annotation(bad.annotation, bad.value)));
  }
  publish();
  for (const auto& bad : all) {
    declare(bad.folder, folder(bad.folder) + "  substitute: {Y: z}\n");
  }
  for (const auto& bad : all) {
    SCOPED_TRACE(bad.folder);
    message_for("PlanFailed", bad.folder);
    EXPECT_THAT(
        dump_json(condition("Stalled", bad.folder)),
        AllOf(HasSubstr(std::string(bad.folder) + "/b.yaml:1"),
              HasSubstr("bad-" + std::string(bad.folder)),
              HasSubstr("sealift.dev/" + std::string(bad.annotation)), HasSubstr(bad.says)));
    EXPECT_TRUE(config_map_at("good-" + std::string(bad.folder)).is_null());
  }
}

}  // namespace
}  // namespace sealift::e2e
