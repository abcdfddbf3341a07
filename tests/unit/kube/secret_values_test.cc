#include "secret_values.h"

#include <gtest/gtest.h>

namespace sealift::kube {
namespace {

struct Case {
  const char* object;
  const char* message;
  const char* expected;
};

TEST(SecretValues, AreHiddenInErrorsAboutSecretsAlone) {
  const Case cases[] = {
      {R"({"apiVersion":"v1","kind":"Secret","stringData":{"pin":4815}})",
       ".stringData.pin: expected string, got Value:4815",
       ".stringData.pin: expected string, got Value:(hidden)"},
      {R"({"apiVersion":"v1","kind":"Secret","data":{"a":"cGFzcw==","b":["x","cGFzcw"]}})",
       "got \"cGFzcw==\" and x and cGFzcw, next",
       "got \"(hidden)\" and (hidden) and (hidden), next"},
      {R"({"apiVersion":"v1","kind":"Secret","data":{"a":"1","b":""}})", "line 11 of 1 is 1",
       "line 11 of (hidden) is (hidden)"},
      {R"({"apiVersion":"v1","kind":"Secret","data":"whole"})", "data: got whole",
       "data: got (hidden)"},
      {R"({"apiVersion":"v1","kind":"ConfigMap","data":{"a":"4815"}})", "got 4815", "got 4815"},
  };
  for (const auto& c : cases) {
    const auto error = without_secret_values(Error(ErrorCode::kInvalidInput, c.message),
                                             *parse_json(c.object, "object"));
    EXPECT_EQ(error.message(), c.expected) << c.object;
  }
}

TEST(SecretValues, TheErrorKeepsItsCodeAndWait) {
  const auto error = without_secret_values(
      Error(ErrorCode::kUnavailable, "busy").with_retry_after(std::chrono::seconds(7)),
      *parse_json(R"({"apiVersion":"v1","kind":"Secret"})", "object"));
  EXPECT_EQ(error.code(), ErrorCode::kUnavailable);
  EXPECT_EQ(error.retry_after(), std::chrono::seconds(7));
}

}  // namespace
}  // namespace sealift::kube
