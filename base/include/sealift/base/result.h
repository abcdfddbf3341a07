#pragma once

#include <sealift/base/error.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace sealift {

template <typename T = void>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error(code, std::move(message)));
}

}  // namespace sealift

#define SEALIFT_CONCAT_INNER(a, b) a##b
#define SEALIFT_CONCAT(a, b) SEALIFT_CONCAT_INNER(a, b)

// Evaluates a Result and returns its error from the enclosing function.
#define SEALIFT_TRY(expression)                                                             \
  do {                                                                                      \
    auto sealift_try_result = (expression);                                                 \
    if (!sealift_try_result) return ::sealift::fail(std::move(sealift_try_result).error()); \
  } while (false)

// SEALIFT_ASSIGN(auto manifest, parse(bytes)): declares or assigns the value, or returns the error.
#define SEALIFT_ASSIGN(target, expression) \
  SEALIFT_ASSIGN_INNER(SEALIFT_CONCAT(sealift_assign_, __LINE__), target, expression)
#define SEALIFT_ASSIGN_INNER(name, target, expression)        \
  auto name = (expression);                                   \
  if (!name) return ::sealift::fail(std::move(name).error()); \
  target = *std::move(name)

// The same two with a sentence in front of the error's message; it is evaluated on failure alone.
#define SEALIFT_TRY_CONTEXT(expression, context)                                           \
  do {                                                                                     \
    auto sealift_try_result = (expression);                                                \
    if (!sealift_try_result)                                                               \
      return ::sealift::fail(std::move(sealift_try_result).error().with_context(context)); \
  } while (false)

#define SEALIFT_ASSIGN_CONTEXT(target, expression, context)                                   \
  SEALIFT_ASSIGN_CONTEXT_INNER(SEALIFT_CONCAT(sealift_assign_, __LINE__), target, expression, \
                               context)
#define SEALIFT_ASSIGN_CONTEXT_INNER(name, target, expression, context)             \
  auto name = (expression);                                                         \
  if (!name) return ::sealift::fail(std::move(name).error().with_context(context)); \
  target = *std::move(name)
