#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "risk_checks.h"
#include "role_grants.h"

namespace sealift::comparison {
namespace {

constexpr std::string_view kGroup = "rbac.authorization.k8s.io";
constexpr std::size_t kMaxNamed = 5;

bool is_role(const ObjectChange& change) {
  return change.id.group == kGroup && (change.id.kind == "Role" || change.id.kind == "ClusterRole");
}

bool is_binding(const ObjectChange& change) {
  return change.id.group == kGroup &&
         (change.id.kind == "RoleBinding" || change.id.kind == "ClusterRoleBinding");
}

std::string listed(const std::vector<Grant>& grants, std::size_t more) {
  std::string text;
  for (std::size_t i = 0; i < std::min(grants.size(), kMaxNamed); ++i) {
    text += (i == 0 ? "" : ", ") + grants[i].text;
  }
  if (grants.size() > kMaxNamed) more += grants.size() - kMaxNamed;
  return more == 0 ? text : text + " and " + std::to_string(more) + " more";
}

// "ServiceAccount shop/web", "Group system:masters".
std::set<std::string> subjects_of(const Json& binding) {
  std::set<std::string> subjects;
  const Json* list = binding.find("subjects");
  if (list == nullptr || !list->is_array()) return subjects;
  for (const auto& subject : *list->as_array()) {
    const auto name_space = subject.string_at({"namespace"});
    subjects.insert(std::string(subject.string_at({"kind"})) + " " +
                    (name_space.empty() ? "" : std::string(name_space) + "/") +
                    std::string(subject.string_at({"name"})));
  }
  return subjects;
}

bool is_everybody(const std::string& subject) {
  return subject == "Group system:anonymous" || subject == "User system:anonymous" ||
         subject == "Group system:unauthenticated" || subject == "Group system:authenticated" ||
         subject == "Group system:serviceaccounts";
}

struct Role {
  std::string text;
  bool is_cluster_admin = false;
};

Role role_of(const Json& binding) {
  const auto name = binding.string_at({"roleRef", "name"});
  const bool is_cluster_wide = binding.string_at({"roleRef", "kind"}) == "ClusterRole";
  return {std::string(binding.string_at({"roleRef", "kind"})) + " " + std::string(name),
          is_cluster_wide && name == "cluster-admin"};
}

void report_subjects(const std::set<std::string>& gained, const ObjectChange& change,
                     std::string_view verb, Findings& findings) {
  const auto role = role_of(change.after);
  const bool is_for_all = std::any_of(gained.begin(), gained.end(), is_everybody);
  const bool is_wide = change.id.kind == "ClusterRoleBinding";
  std::string names;
  std::size_t count = 0;
  for (const auto& subject : gained) {
    if (++count > kMaxNamed) continue;
    names += (names.empty() ? "" : ", ") + subject;
  }
  if (count > kMaxNamed) names += " and " + std::to_string(count - kMaxNamed) + " more";
  std::string sentence = std::string(verb) + " " + role.text + " to " +
                         (names.empty() ? std::string("nobody yet") : names) +
                         (is_wide ? " in the whole cluster" : " in its namespace");
  if (role.is_cluster_admin) sentence += "; cluster-admin may do everything";
  if (is_for_all) sentence += "; that is everybody who reaches the API server, or nearly so";
  const bool is_high = role.is_cluster_admin || is_for_all;
  findings.add(is_high ? Severity::kHigh : Severity::kMedium, "/subjects", std::move(sentence));
}

}  // namespace

void check_role(const ObjectChange& change, Findings& findings) {
  if (!is_role(change) || change.kind == ChangeKind::kRemoved) return;
  const bool is_new = change.kind == ChangeKind::kAdded;
  const auto gained = gained_grants(change.before.find("rules"), change.after.find("rules"));
  if (gained.gave_up) {
    findings.add(Severity::kHigh, "/rules",
                 "the rules are too many to compare one by one; look at them");
  } else if (!gained.grants.empty()) {
    const bool is_mighty = std::any_of(gained.grants.begin(), gained.grants.end(),
                                       [](const Grant& grant) { return grant.is_mighty; });
    // A new role means nothing before somebody is bound to it.
    const auto severity = is_new ? (is_mighty ? Severity::kMedium : Severity::kLow)
                                 : (is_mighty ? Severity::kHigh : Severity::kMedium);
    findings.add(severity, "/rules",
                 (is_new ? "a new role; who is bound to it may " : "whoever has it may now also ") +
                     listed(gained.grants, gained.more));
  }
  const Json* selects = change.after.find("aggregationRule");
  if (selects != nullptr && selects->is_object() &&
      change.before.find("aggregationRule") == nullptr) {
    findings.add(Severity::kMedium, "/aggregationRule",
                 "its rules become those of other roles, by their labels");
  }
}

void check_binding(const ObjectChange& change, Findings& findings) {
  if (!is_binding(change) || change.kind == ChangeKind::kRemoved) return;
  const auto after = subjects_of(change.after);
  if (change.kind == ChangeKind::kAdded) return report_subjects(after, change, "gives", findings);
  if (role_of(change.before).text != role_of(change.after).text) {
    findings.add(
        role_of(change.after).is_cluster_admin ? Severity::kHigh : Severity::kMedium, "/roleRef",
        "binds " + role_of(change.after).text + " instead of " + role_of(change.before).text +
            ", which the API server allows only to a new binding");
  }
  const auto before = subjects_of(change.before);
  std::set<std::string> gained;
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::inserter(gained, gained.end()));
  if (!gained.empty()) report_subjects(gained, change, "also gives", findings);
}

}  // namespace sealift::comparison
