#pragma once

#include <string>
#include <string_view>

// Specs of Deliveries as YAML, in few words.
namespace sealift::delivery {

inline constexpr std::string_view kArtifact = "artifact: {url: 'oci://r.example.com/a'}";

inline std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

// "{artifact: …, FIELD: VALUE}".
inline std::string with(std::string_view member) {
  return "{" + std::string(kArtifact) + ", " + std::string(member) + "}";
}

inline std::string artifact_with(std::string_view members) {
  return "{artifact: {url: 'oci://r.example.com/a', " + std::string(members) + "}}";
}

inline std::string at(std::string_view url) {
  return "{artifact: {url: '" + std::string(url) + "'}}";
}

inline std::string tests_with(std::string_view test) {
  return with("healthChecks: [{kind: A, current: [" + std::string(test) + "]}]");
}

inline std::string labels_with(std::string_view entry) {
  return with("commonMetadata: {labels: {" + std::string(entry) + "}}");
}

// Names that differ: n0, n1, …
inline std::string numbered(std::string_view before, std::string_view after, int count) {
  std::string list;
  for (int i = 0; i < count; ++i) {
    list += (i == 0 ? "" : ", ") + std::string(before) + std::to_string(i) + std::string(after);
  }
  return list;
}

}  // namespace sealift::delivery
