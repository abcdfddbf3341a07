#pragma once

#include <string_view>

namespace sealift::objects {

// The syntax of names, as the API server checks it. Each function returns the rule as the rest of a
// sentence ("must be …") where the text breaks it, and nothing where it does not.

// RFC 1123 label: 1 to 63 of a-z, 0-9 and "-", no "-" at either end.
std::string_view rfc1123_label_problem(std::string_view name);
// RFC 1123 subdomain: labels joined by ".", 1 to 253 characters.
std::string_view rfc1123_subdomain_problem(std::string_view name);
// RFC 1035 label: as RFC 1123, beginning with a letter.
std::string_view rfc1035_label_problem(std::string_view name);
// What a URL's path can hold: not ".", "..", and no "/" or "%".
std::string_view path_segment_problem(std::string_view name);
// [SUBDOMAIN/]NAME, as keys of labels and annotations; NAME has 1 to 63 of letters, digits, "-",
// "_" and ".", with a letter or digit at both ends.
std::string_view qualified_name_problem(std::string_view name);
// Empty, or like NAME above.
std::string_view label_value_problem(std::string_view value);

// A kind, as definitions may have it: 1 to 63 letters, digits and "-", beginning with a letter.
std::string_view kind_problem(std::string_view kind);

// The rule that the API server has for metadata.name of this kind; a subdomain for most.
std::string_view object_name_problem(std::string_view group, std::string_view kind,
                                     std::string_view name);

}  // namespace sealift::objects
