#pragma once

#include <sealift/base/json.h>
#include <sealift/objects/object.h>

#include <optional>
#include <string>

namespace sealift::objects {

// What is wrong with an object, and where.
struct ObjectProblem {
  std::string pointer;  // RFC 6901, from the object's root
  std::string message;  // "metadata.name must be …"
};

// The first rule of parse_object() that the object breaks.
std::optional<ObjectProblem> find_problem(const Json& object,
                                          Placeholders placeholders = Placeholders::kRefused);

// `Deployment "web"`, as far as the object says so; for messages.
std::string describe(const Json& object);

// "apps/v1" and "Deployment"; the caller has checked both.
GroupVersionKind split_api_version(std::string_view api_version, std::string_view kind);

}  // namespace sealift::objects
