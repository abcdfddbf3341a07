#pragma once

#include <sealift/checks/report.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::checks {

std::string write_text(const Report& report);
std::string write_json(const Report& report);
std::string write_sarif(const Report& report);
std::string write_junit(const Report& report);
std::string write_code_quality(const Report& report);

// "MESSAGE; ADVICE".
std::string sentence(const Finding& finding);
// The same with the object and the field in front.
std::string description(const Finding& finding);

// The path without "./" in front, as a repository names it.
std::string_view plain_path(std::string_view path);

// The SHA-256 over rule, file, object and field, in hexadecimal, of each finding: what moves to
// another line stays the same. Of several that agree in all of these, later ones count on.
std::vector<std::string> fingerprints(const std::vector<Finding>& findings);

}  // namespace sealift::checks
