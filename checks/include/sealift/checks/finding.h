#pragma once

#include <sealift/objects/yaml.h>

#include <optional>
#include <string>
#include <string_view>

namespace sealift::checks {

enum class Severity { kNote, kWarning, kError };

// "note", "warning", "error".
std::string_view to_string(Severity severity);
std::optional<Severity> parse_severity(std::string_view text);

// What a rule has to say about one place. No text of it holds a value of the object that could be
// a secret.
struct Finding {
  std::string rule;  // its id, rule.h
  Severity severity = Severity::kError;
  std::string object;  // "Deployment.apps shop/web"; empty where the file as a whole is meant
  std::string file;
  objects::SourcePosition position;
  std::string field;    // JSON pointer (RFC 6901) from the object's top; empty: the object itself
  std::string message;  // what is wrong
  std::string advice;   // what to do about it; may be empty
};

}  // namespace sealift::checks
