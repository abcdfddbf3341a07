#pragma once

#include <sealift/base/duration.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift {

// Reads an object whose members are known. Each member is asked for once by name and type; finish()
// then refuses members nobody asked for, so that a misspelt field is an error and not a default.
// A member whose value is null counts as absent, as in Kubernetes. All errors are kInvalidInput and
// name the path, as in "spec.artifact.url: is required".
class ObjectReader {
 public:
  // `value` must outlive the reader. kInvalidInput where it is no object.
  static Result<ObjectReader> open(const Json& value, std::string path);

  Result<std::string> required_string(std::string_view name);
  Result<std::optional<std::string>> optional_string(std::string_view name);
  Result<std::string> string_or(std::string_view name, std::string_view otherwise);
  Result<bool> bool_or(std::string_view name, bool otherwise);
  Result<std::int64_t> required_int(std::string_view name);
  Result<std::int64_t> int_or(std::string_view name, std::int64_t otherwise);
  // Go's duration notation, as Kubernetes resources write it: "90s", "1h30m", "500ms".
  Result<std::optional<std::chrono::milliseconds>> optional_duration(std::string_view name);
  Result<std::vector<std::string>> strings(std::string_view name);  // empty where absent
  Result<std::vector<std::pair<std::string, std::string>>> string_map(std::string_view name);
  // Null where absent.
  const Json* any(std::string_view name);
  Result<std::optional<ObjectReader>> optional_object(std::string_view name);
  Result<ObjectReader> required_object(std::string_view name);
  // One reader for each element; kInvalidInput where an element is no object.
  Result<std::vector<ObjectReader>> objects(std::string_view name);

  // kInvalidInput naming a member that was not asked for, with the known ones.
  Result<> finish() const;
  // Accepts unknown members: for formats whose rules say that readers ignore them.
  void ignore_unknown() { ignore_unknown_ = true; }

  const std::string& path() const { return path_; }
  std::string path_of(std::string_view name) const;
  // kInvalidInput "path.name: message".
  Error error_at(std::string_view name, std::string_view message) const;

 private:
  ObjectReader(const Json& value, std::string path) : value_(&value), path_(std::move(path)) {}
  const Json* take(std::string_view name);

  const Json* value_;
  std::string path_;
  std::vector<std::string> known_;
  bool ignore_unknown_ = false;
};

}  // namespace sealift
