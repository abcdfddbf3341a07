#pragma once

#include <sealift/checks/schema_validator.h>
#include <sealift/objects/yaml.h>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace sealift::checks {

inline Json yaml(const std::string& text) {
  const auto documents = objects::parse_yaml(text, "t.yaml");
  EXPECT_TRUE(documents && documents->size() == 1) << text;
  return documents && !documents->empty() ? documents->front().value : Json();
}

// A schema of YAML with components that it may refer to.
inline Schema schema_of(const std::string& text, bool is_structural = false,
                        const std::string& components = "{}") {
  auto document = std::make_shared<SchemaDocument>();
  document->json = Json::Object{{"root", yaml(text)}, {"components", yaml(components)}};
  for (const auto& [name, component] : *document->json.find("components")->as_object()) {
    document->components.emplace(name, &component);
  }
  const Json* root = document->json.find("root");
  return {std::move(document), root, is_structural};
}

// "FIELD MESSAGE; ADVICE" of each fault; "?" in front of what is undecided, "+" of unknown fields.
inline std::vector<std::string> faults_of(const std::string& value, const Schema& schema) {
  std::vector<std::string> lines;
  for (const auto& fault : SchemaValidator().validate(yaml(value), schema)) {
    std::string line = fault.kind == SchemaFault::Kind::kUndecided ? "?"
                       : fault.kind == SchemaFault::Kind::kUnknown ? "+"
                                                                   : "";
    line += fault.field + " " + fault.message;
    if (!fault.advice.empty()) line += "; " + fault.advice;
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace sealift::checks
