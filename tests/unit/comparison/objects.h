#pragma once

#include <sealift/comparison/comparison.h>

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::comparison {

inline std::vector<objects::Object> objects_of(std::string_view yaml) {
  auto parsed = objects::parse_objects(yaml, "test.yaml", {}, objects::Placeholders::kAllowed);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message());
  return parsed ? *std::move(parsed) : std::vector<objects::Object>();
}

inline Comparison compared(std::string_view before, std::string_view after,
                           Coverage coverage = Coverage::kEverything) {
  auto result = compare(objects_of(before), objects_of(after), coverage);
  EXPECT_TRUE(result) << (result ? "" : result.error().message());
  return result ? *std::move(result) : Comparison();
}

// "PATH: BEFORE -> AFTER" of each changed field.
inline std::vector<std::string> fields_of(const Comparison& comparison) {
  std::vector<std::string> lines;
  const auto text = [](const std::optional<Json>& value) {
    return value ? dump_json(*value) : std::string("-");
  };
  for (const auto& change : comparison.changes) {
    for (const auto& field : change.fields) {
      lines.push_back(field.path + ": " + text(field.before) + " -> " + text(field.after));
    }
  }
  return lines;
}

}  // namespace sealift::comparison
