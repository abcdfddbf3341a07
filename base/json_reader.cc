#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>

#include <algorithm>

namespace sealift {
namespace {

std::string wrong_type(std::string_view wanted, const Json& value) {
  std::string text = "must be ";
  text += wanted;
  text += ", is ";
  if (value.is_array() || value.is_object()) {
    text += "an ";
  } else if (!value.is_null()) {
    text += "a ";
  }
  text += value.type_name();
  return text;
}

std::string element_name(std::string_view name, std::size_t index) {
  return std::string(name) + "[" + std::to_string(index) + "]";
}

}  // namespace

Result<ObjectReader> ObjectReader::open(const Json& value, std::string path) {
  if (!value.is_object()) {
    return fail(ErrorCode::kInvalidInput, (path.empty() ? "the document" : path + ":") + " " +
                                              wrong_type("an object", value));
  }
  return ObjectReader(value, std::move(path));
}

std::string ObjectReader::path_of(std::string_view name) const {
  if (path_.empty()) return std::string(name);
  return path_ + "." + std::string(name);
}

Error ObjectReader::error_at(std::string_view name, std::string_view message) const {
  return Error(ErrorCode::kInvalidInput, path_of(name) + ": " + std::string(message));
}

const Json* ObjectReader::take(std::string_view name) {
  if (std::find(known_.begin(), known_.end(), name) == known_.end()) known_.emplace_back(name);
  const Json* value = value_->find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

const Json* ObjectReader::any(std::string_view name) { return take(name); }

Result<std::optional<std::string>> ObjectReader::optional_string(std::string_view name) {
  const Json* value = take(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return fail(error_at(name, wrong_type("a string", *value)));
  return *value->as_string();
}

Result<std::string> ObjectReader::required_string(std::string_view name) {
  SEALIFT_ASSIGN(auto text, optional_string(name));
  if (!text) return fail(error_at(name, "is required"));
  return *std::move(text);
}

Result<std::string> ObjectReader::string_or(std::string_view name, std::string_view otherwise) {
  SEALIFT_ASSIGN(auto text, optional_string(name));
  return text ? *std::move(text) : std::string(otherwise);
}

Result<bool> ObjectReader::bool_or(std::string_view name, bool otherwise) {
  const Json* value = take(name);
  if (value == nullptr) return otherwise;
  if (!value->is_bool()) return fail(error_at(name, wrong_type("true or false", *value)));
  return *value->as_bool();
}

Result<std::int64_t> ObjectReader::required_int(std::string_view name) {
  const Json* value = take(name);
  if (value == nullptr) return fail(error_at(name, "is required"));
  const auto number = value->as_int64();
  if (number) return *number;
  if (value->is_number()) {
    return fail(error_at(name, "must be a whole number of 64 bits, is " +
                                   printable(value->as_number()->digits, 40)));
  }
  return fail(error_at(name, wrong_type("a whole number", *value)));
}

Result<std::int64_t> ObjectReader::int_or(std::string_view name, std::int64_t otherwise) {
  if (take(name) == nullptr) return otherwise;
  return required_int(name);
}

Result<std::optional<std::chrono::milliseconds>> ObjectReader::optional_duration(
    std::string_view name) {
  SEALIFT_ASSIGN(const auto text, optional_string(name));
  if (!text) return std::nullopt;
  auto duration = parse_duration(*text);
  if (!duration) return fail(error_at(name, duration.error().message()));
  return *duration;
}

Result<std::vector<std::string>> ObjectReader::strings(std::string_view name) {
  std::vector<std::string> result;
  const Json* value = take(name);
  if (value == nullptr) return result;
  const auto* array = value->as_array();
  if (array == nullptr) return fail(error_at(name, wrong_type("an array of strings", *value)));
  for (std::size_t i = 0; i < array->size(); ++i) {
    const std::string* text = (*array)[i].as_string();
    if (text == nullptr) {
      return fail(error_at(element_name(name, i), wrong_type("a string", (*array)[i])));
    }
    result.push_back(*text);
  }
  return result;
}

Result<std::vector<std::pair<std::string, std::string>>> ObjectReader::string_map(
    std::string_view name) {
  std::vector<std::pair<std::string, std::string>> result;
  const Json* value = take(name);
  if (value == nullptr) return result;
  const auto* object = value->as_object();
  if (object == nullptr) return fail(error_at(name, wrong_type("an object of strings", *value)));
  for (const auto& [key, entry] : *object) {
    const std::string* text = entry.as_string();
    if (text == nullptr) {
      return fail(
          error_at(std::string(name) + "." + printable(key, 80), wrong_type("a string", entry)));
    }
    result.emplace_back(key, *text);
  }
  return result;
}

Result<std::optional<ObjectReader>> ObjectReader::optional_object(std::string_view name) {
  const Json* value = take(name);
  if (value == nullptr) return std::nullopt;
  SEALIFT_ASSIGN(auto reader, open(*value, path_of(name)));
  return std::optional<ObjectReader>(std::move(reader));
}

Result<ObjectReader> ObjectReader::required_object(std::string_view name) {
  SEALIFT_ASSIGN(auto reader, optional_object(name));
  if (!reader) return fail(error_at(name, "is required"));
  return *std::move(reader);
}

Result<std::vector<ObjectReader>> ObjectReader::objects(std::string_view name) {
  std::vector<ObjectReader> result;
  const Json* value = take(name);
  if (value == nullptr) return result;
  const auto* array = value->as_array();
  if (array == nullptr) return fail(error_at(name, wrong_type("an array of objects", *value)));
  for (std::size_t i = 0; i < array->size(); ++i) {
    SEALIFT_ASSIGN(auto reader, open((*array)[i], path_of(element_name(name, i))));
    result.push_back(std::move(reader));
  }
  return result;
}

Result<> ObjectReader::finish() const {
  if (ignore_unknown_) return {};
  for (const auto& member : *value_->as_object()) {
    if (std::find(known_.begin(), known_.end(), member.first) != known_.end()) continue;
    std::string known;
    for (const auto& name : known_) known += (known.empty() ? "" : ", ") + name;
    return fail(
        error_at(printable(member.first, 80), "is not a known field here; known are " + known));
  }
  return {};
}

}  // namespace sealift
