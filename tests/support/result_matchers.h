#pragma once

#include <sealift/base/result.h>

#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <type_traits>

namespace sealift {

// How GoogleTest shows an error.
inline void PrintTo(const Error& error, std::ostream* out) {
  *out << to_string(error.code()) << ": " << error.message();
}

namespace test {

// EXPECT_THAT(result, is_ok()): the failure shows the error.
MATCHER(is_ok_matcher, "is a success") {
  if (arg.has_value()) return true;
  *result_listener << "is the error " << to_string(arg.error().code()) << ": "
                   << arg.error().message();
  return false;
}
inline auto is_ok() { return is_ok_matcher(); }

// EXPECT_THAT(result, fails_with(ErrorCode::kNotFound, "no such file")): code and a part of the
// message.
MATCHER_P2(fails_with_matcher, code, part,
           std::string("is the error ") + std::string(to_string(code)) + " with \"" + part + "\"") {
  if (arg.has_value()) {
    *result_listener << "is a success";
    return false;
  }
  *result_listener << "is the error " << to_string(arg.error().code()) << ": "
                   << arg.error().message();
  return arg.error().code() == code && arg.error().message().find(part) != std::string::npos;
}
inline auto fails_with(ErrorCode code, std::string part = "") {
  return fails_with_matcher(code, std::move(part));
}

}  // namespace test
}  // namespace sealift

#define ASSERT_OK(expression) ASSERT_THAT((expression), ::sealift::test::is_ok())
#define EXPECT_OK(expression) EXPECT_THAT((expression), ::sealift::test::is_ok())

// ASSERT_OK_ASSIGN(const auto digest, Digest::parse(text)): declares the value or fails the test.
#define ASSERT_OK_ASSIGN(target, expression) \
  ASSERT_OK_ASSIGN_INNER(SEALIFT_CONCAT(test_result_, __LINE__), target, expression)
#define ASSERT_OK_ASSIGN_INNER(name, target, expression) \
  auto name = (expression);                              \
  ASSERT_THAT(name, ::sealift::test::is_ok());           \
  target = *std::move(name)
