#include <sealift/objects/names.h>

#include <algorithm>

namespace sealift::objects {
namespace {

constexpr std::size_t kMaxLabel = 63;
constexpr std::size_t kMaxSubdomain = 253;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) { return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z'); }

bool is_lower_label(std::string_view text) {
  const auto edge = [](char c) { return is_lower(c) || is_digit(c); };
  return !text.empty() && edge(text.front()) && edge(text.back()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return edge(c) || c == '-'; });
}

bool is_subdomain(std::string_view text) {
  if (text.empty() || text.size() > kMaxSubdomain) return false;
  for (;;) {
    const auto dot = text.find('.');
    if (!is_lower_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_name_part(std::string_view text) {
  return !text.empty() && text.size() <= kMaxLabel && is_alphanumeric(text.front()) &&
         is_alphanumeric(text.back()) && std::all_of(text.begin(), text.end(), [](char c) {
           return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
         });
}

// Kinds whose servers check nothing but the path: their names hold ":" and capital letters.
bool has_path_segment_name(std::string_view group, std::string_view kind) {
  if (group == "rbac.authorization.k8s.io" || group.ends_with(".openshift.io")) return true;
  if (group == "certificates.k8s.io") {
    return kind == "CertificateSigningRequest" || kind == "ClusterTrustBundle";
  }
  return group == "networking.k8s.io" && kind == "IPAddress";
}

}  // namespace

std::string_view rfc1123_label_problem(std::string_view name) {
  if (name.size() <= kMaxLabel && is_lower_label(name)) return {};
  return "must be 1 to 63 lower-case letters, digits or \"-\", with a letter or digit at both ends "
         "(an RFC 1123 label)";
}

std::string_view rfc1123_subdomain_problem(std::string_view name) {
  if (is_subdomain(name)) return {};
  return "must be 1 to 253 lower-case letters, digits, \"-\" or \".\", with a letter or digit at "
         "both ends of each part (an RFC 1123 subdomain)";
}

std::string_view rfc1035_label_problem(std::string_view name) {
  if (name.size() <= kMaxLabel && is_lower_label(name) && is_lower(name.front())) return {};
  return "must be 1 to 63 lower-case letters, digits or \"-\", with a letter at the start and a "
         "letter or digit at the end (an RFC 1035 label)";
}

std::string_view path_segment_problem(std::string_view name) {
  if (name.empty()) return "must not be empty";
  if (name == "." || name == "..") return "must not be \".\" or \"..\"";
  if (name.find_first_of("/%") == std::string_view::npos) return {};
  return "must not hold \"/\" or \"%\"";
}

std::string_view qualified_name_problem(std::string_view name) {
  const auto slash = name.find('/');
  if (slash != std::string_view::npos) {
    if (!is_subdomain(name.substr(0, slash))) {
      return "must have a lower-case RFC 1123 subdomain in front of the \"/\"";
    }
    name.remove_prefix(slash + 1);
  }
  if (is_name_part(name)) return {};
  return "must be 1 to 63 letters, digits, \"-\", \"_\" or \".\", with a letter or digit at both "
         "ends, after an optional domain and \"/\"";
}

std::string_view label_value_problem(std::string_view value) {
  if (value.empty() || is_name_part(value)) return {};
  return "must be empty or up to 63 letters, digits, \"-\", \"_\" or \".\", with a letter or digit "
         "at both ends";
}

std::string_view kind_problem(std::string_view kind) {
  const bool has_only =
      std::all_of(kind.begin(), kind.end(), [](char c) { return is_alphanumeric(c) || c == '-'; });
  const bool begins_with_letter =
      !kind.empty() && is_alphanumeric(kind.front()) && !is_digit(kind.front());
  if (has_only && begins_with_letter && kind.size() <= kMaxLabel) return {};
  return "must be up to 63 letters and digits, as in \"Deployment\"";
}

std::string_view object_name_problem(std::string_view group, std::string_view kind,
                                     std::string_view name) {
  if (has_path_segment_name(group, kind)) return path_segment_problem(name);
  // Before Kubernetes 1.36 a Service must begin with a letter too; newer servers take a digit.
  if (group.empty() && (kind == "Namespace" || kind == "Service")) {
    return rfc1123_label_problem(name);
  }
  return rfc1123_subdomain_problem(name);
}

}  // namespace sealift::objects
