#include <sealift/objects/own_annotations.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/result_matchers.h"

namespace sealift::objects {
namespace {

using test::fails_with;

Object annotated(const std::string& annotation, const std::string& kind = "ConfigMap") {
  Json json;
  json.set("apiVersion", kind == "Delivery" ? "sealift.dev/v1alpha1" : "v1");
  json.set("kind", kind);
  Json& metadata = json.set("metadata", Json::object());
  metadata.set("name", "a");
  metadata.set("namespace", "shop");
  metadata.set("annotations", Json::object()).set(annotation, Json("true"));
  auto object = parse_object(std::move(json), "f.yaml:1:1");
  EXPECT_TRUE(object.has_value()) << object.error().message();
  return *std::move(object);
}

TEST(OwnAnnotations, AreKnown) {
  for (const auto* name :
       {"keep", "wave", "ignore", "force", "once", "hook", "substitute", "artifact"}) {
    EXPECT_OK(check_own_annotations(annotated("sealift.dev/" + std::string(name)))) << name;
  }
  for (const auto* name : {"requestedAt", "rollback-to", "allow-dependents"}) {
    const auto annotation = "sealift.dev/" + std::string(name);
    EXPECT_OK(check_own_annotations(annotated(annotation, "Delivery"))) << name;
    EXPECT_THAT(check_own_annotations(annotated(annotation)),
                fails_with(ErrorCode::kInvalidInput, "means nothing"))
        << name;
  }
  for (const auto* others : {"example.com/keeep", "sealift.development/keeep", "sealift.dev"}) {
    EXPECT_OK(check_own_annotations(annotated(others))) << others;
  }
}

TEST(OwnAnnotations, AMisspeltOneIsNamedWithWhatWasMeant) {
  for (const auto& [wrong, meant] :
       std::vector<std::pair<std::string, std::string>>{{"kepp", "keep"},
                                                        {"Keep", "keep"},
                                                        {"waves", "wave"},
                                                        {"ignored", "ignore"},
                                                        {"subsitute", "substitute"},
                                                        {"hooks", "hook"}}) {
    EXPECT_THAT(check_own_annotations(annotated("sealift.dev/" + wrong)),
                fails_with(ErrorCode::kInvalidInput,
                           "f.yaml:1:1: ConfigMap shop/a: the annotation sealift.dev/" + wrong +
                               " means nothing: is it \"sealift.dev/" + meant + "\"?"));
  }
  EXPECT_THAT(check_own_annotations(annotated("sealift.dev/requestAt", "Delivery")),
              fails_with(ErrorCode::kInvalidInput, "is it \"sealift.dev/requestedAt\"?"));
  for (const auto* far : {"prune", "x", "owner"}) {
    EXPECT_THAT(check_own_annotations(annotated("sealift.dev/" + std::string(far))),
                fails_with(ErrorCode::kInvalidInput,
                           "there are force, hook, ignore, keep, once, substitute, wave"));
  }
}

}  // namespace
}  // namespace sealift::objects
