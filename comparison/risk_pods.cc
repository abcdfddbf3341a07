#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "pod_spec.h"
#include "risk_checks.h"

namespace sealift::comparison {
namespace {

bool is_true(const Json* json, std::initializer_list<std::string_view> path) {
  const Json* value = json == nullptr ? nullptr : json->find_path(path);
  return value != nullptr && value->as_bool() != nullptr && *value->as_bool();
}

// The container's own setting, or else its pod's (core/v1 SecurityContext).
const Json* security_of(const Json* spec, const Json* container, std::string_view name) {
  for (const Json* json : {container, spec}) {
    const Json* value = json == nullptr ? nullptr : json->find_path({"securityContext", name});
    if (value != nullptr && !value->is_null()) return value;
  }
  return nullptr;
}

bool is_root(const Json* spec, const Json* container) {
  const Json* user = security_of(spec, container, "runAsUser");
  return user != nullptr && user->as_int64() == 0;
}

bool is_never_root(const Json* spec, const Json* container) {
  const Json* flag = security_of(spec, container, "runAsNonRoot");
  return flag != nullptr && flag->as_bool() != nullptr && *flag->as_bool();
}

// Texts of a list, or of one member of its items.
std::set<std::string_view> texts_of(const Json* list) {
  std::set<std::string_view> texts;
  if (list == nullptr || !list->is_array()) return texts;
  for (const auto& item : *list->as_array()) {
    if (const auto* text = item.as_string()) texts.insert(*text);
  }
  return texts;
}

std::set<std::string_view> added_capabilities(const Json* container) {
  return texts_of(container == nullptr
                      ? nullptr
                      : container->find_path({"securityContext", "capabilities", "add"}));
}

std::set<std::string_view> host_paths(const Json* spec) {
  std::set<std::string_view> paths;
  const Json* volumes = spec == nullptr ? nullptr : spec->find("volumes");
  if (volumes == nullptr || !volumes->is_array()) return paths;
  for (const auto& volume : *volumes->as_array()) {
    if (volume.find("hostPath") != nullptr) paths.insert(volume.string_at({"hostPath", "path"}));
  }
  return paths;
}

void compare_specs(const Json* before, const PodSpec& after, Findings& findings) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kNamespaces = {
      {{"hostNetwork", "its pods use the node's own network"},
       {"hostPID", "its pods see the node's processes"},
       {"hostIPC", "its pods share memory with the node's processes"}}};
  for (const auto& [name, sentence] : kNamespaces) {
    if (is_true(after.json, {name}) && !is_true(before, {name})) {
      findings.add(Severity::kHigh, after.path + "/" + std::string(name), std::string(sentence));
    }
  }
  const auto known = host_paths(before);
  for (const auto path : host_paths(after.json)) {
    if (known.contains(path)) continue;
    findings.add(Severity::kHigh, after.path + "/volumes",
                 "its pods can reach " +
                     (path.empty() ? std::string("a directory") : std::string(path)) +
                     " of the node (hostPath)");
  }
}

void compare_containers(const Json* old_spec, const Json* old, const PodSpec& spec,
                        const Container& container, Findings& findings) {
  const auto field = container.path + "/securityContext";
  const auto who = "the container " + container.name;
  if (is_true(container.json, {"securityContext", "privileged"}) &&
      !is_true(old, {"securityContext", "privileged"})) {
    findings.add(Severity::kHigh, field + "/privileged",
                 who + " is privileged: it can do what root on the node can");
  }
  const auto known = added_capabilities(old);
  for (const auto name : added_capabilities(container.json)) {
    if (known.contains(name)) continue;
    const bool is_mighty = name == "ALL" || name == "SYS_ADMIN" || name == "SYS_PTRACE" ||
                           name == "SYS_MODULE" || name == "NET_ADMIN";
    findings.add(is_mighty ? Severity::kHigh : Severity::kMedium, field + "/capabilities/add",
                 who + " gains the capability " + std::string(name));
  }
  if (is_root(spec.json, container.json) && !is_root(old_spec, old)) {
    findings.add(Severity::kHigh, field + "/runAsUser", who + " runs as root");
  } else if (old != nullptr && is_never_root(old_spec, old) &&
             !is_never_root(spec.json, container.json)) {
    findings.add(Severity::kMedium, field + "/runAsNonRoot",
                 who + " may run as root, which runAsNonRoot forbade");
  }
}

}  // namespace

void check_pods(const ObjectChange& change, Findings& findings) {
  if (change.kind == ChangeKind::kRemoved) return;
  const auto before = pod_specs(change.before);
  for (const auto& spec : pod_specs(change.after)) {
    const auto* old_spec = find_spec(before, spec.path);
    const Json* old_json = old_spec == nullptr ? nullptr : old_spec->json;
    compare_specs(old_json, spec, findings);
    const auto old_containers =
        old_spec == nullptr ? std::vector<Container>() : old_spec->containers();
    for (const auto& container : spec.containers()) {
      const auto* old = find_container(old_containers, container.path);
      compare_containers(old_json, old == nullptr ? nullptr : old->json, spec, container, findings);
    }
  }
}

}  // namespace sealift::comparison
