#pragma once

#include <sealift/sigstore/refusal.h>

#include <gmock/gmock.h>

#include <ostream>
#include <string>

namespace sealift::sigstore {

// How GoogleTest shows a refusal.
inline void PrintTo(const Refusal& refusal, std::ostream* out) {
  *out << to_string(refusal.kind) << ": " << refusal.message;
}

}  // namespace sealift::sigstore

namespace sealift::test {

// EXPECT_THAT(verdict, is_accepted()): the failure shows the refusal.
MATCHER(is_accepted_matcher, "is accepted") {
  if (arg.has_value()) return true;
  *result_listener << "is refused, " << to_string(arg.error().kind) << ": " << arg.error().message;
  return false;
}
inline auto is_accepted() { return is_accepted_matcher(); }

// EXPECT_THAT(verdict, is_refused(RefusalKind::kPromise, "log")): kind and a part of the message.
MATCHER_P2(is_refused_matcher, kind, part,
           std::string("is refused, ") + std::string(to_string(kind)) + " with \"" + part + "\"") {
  if (arg.has_value()) {
    *result_listener << "is accepted";
    return false;
  }
  *result_listener << "is refused, " << to_string(arg.error().kind) << ": " << arg.error().message;
  return arg.error().kind == kind && arg.error().message.find(part) != std::string::npos;
}
inline auto is_refused(sigstore::RefusalKind kind, std::string part = "") {
  return is_refused_matcher(kind, std::move(part));
}

}  // namespace sealift::test

// ASSERT_ACCEPTED_ASSIGN(const auto bundle, parse_bundle(…)): declares the value or fails the test.
#define ASSERT_ACCEPTED_ASSIGN(target, expression) \
  ASSERT_ACCEPTED_ASSIGN_INNER(SEALIFT_CONCAT(test_verdict_, __LINE__), target, expression)
#define ASSERT_ACCEPTED_ASSIGN_INNER(name, target, expression) \
  auto name = (expression);                                    \
  ASSERT_THAT(name, ::sealift::test::is_accepted());           \
  target = *std::move(name)
