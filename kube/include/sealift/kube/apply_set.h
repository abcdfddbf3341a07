#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/kube/api_client.h>

#include <compare>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// ApplySets: an inventory that lives on the objects themselves (KEP-3659, "kubectl apply --prune").
// Each member has the label kPartOfLabel; a parent object says which kinds have members.
namespace sealift::kube {

inline constexpr std::string_view kApplySetTooling = "sealift/v0.1";
// On a parent: its own ID.
inline constexpr std::string_view kApplySetIdLabel = "applyset.kubernetes.io/id";
// Annotations of a parent: "sealift/v0.1", and lists in the order of their bytes, with commas.
inline constexpr std::string_view kApplySetToolingAnnotation = "applyset.kubernetes.io/tooling";
inline constexpr std::string_view kApplySetGroupKindsAnnotation =
    "applyset.kubernetes.io/contains-group-kinds";
inline constexpr std::string_view kApplySetNamespacesAnnotation =
    "applyset.kubernetes.io/additional-namespaces";

struct GroupKind {
  std::string group;
  std::string kind;

  std::string to_string() const { return group.empty() ? kind : kind + "." + group; }
  // "Deployment.apps", "ConfigMap"; kInvalidInput otherwise.
  static Result<GroupKind> parse(std::string_view text);
  auto operator<=>(const GroupKind&) const = default;
};

// "applyset-" + base64url(SHA-256("NAME.NAMESPACE.KIND.GROUP")) + "-v1", without padding; of the
// parent. KEP-3659, "ApplySet ID".
std::string applyset_id(std::string_view name, std::string_view name_space, std::string_view kind,
                        std::string_view group);

// The texts of the two lists, and back. kInvalidInput names what cannot be read.
std::string group_kinds_text(const std::set<GroupKind>& group_kinds);
std::string namespaces_text(const std::set<std::string>& name_spaces);
Result<std::set<GroupKind>> parse_group_kinds(std::string_view text);
Result<std::set<std::string>> parse_namespaces(std::string_view text);
// Whether the text of kApplySetToolingAnnotation is ours, of whatever version.
bool is_own_tooling(std::string_view tooling);

// A ConfigMap as parent.
struct ApplySetParent {
  std::string name;
  std::string name_space;
  std::set<GroupKind> group_kinds;              // of all members: more is allowed, less is not
  std::set<std::string> additional_namespaces;  // of members outside name_space
  // Of the caller's own, under a prefix of its own ("dev.sealift.sequence").
  std::vector<std::pair<std::string, std::string>> annotations;

  std::string id() const { return applyset_id(name, name_space, "ConfigMap", ""); }
  // "" where there is none.
  std::string_view annotation(std::string_view annotation_name) const;
};

Json to_config_map(const ApplySetParent& parent);

// Reads what to_config_map() wrote; annotations keep what is not of ApplySets. kConflict where the
// ConfigMap is no ApplySet parent, has an ID that is not its own, or belongs to another tool, which
// it names. kInvalidInput for malformed lists.
Result<ApplySetParent> parse_config_map(const Json& config_map);

// Nullopt where it does not exist. Errors of ApiClient::get() and parse_config_map().
Result<std::optional<ApplySetParent>> read_applyset_parent(const ApiClient& client,
                                                           std::string_view name_space,
                                                           std::string_view name,
                                                           std::stop_token stop);

// Writes the whole parent: annotations that are not in `parent` and were written by an earlier call
// go. Before the first apply `parent` holds the kinds of old and new members, so that a crash
// forgets none; after the prune exactly those that remain. The caller has read the parent before
// and so knows that it is ours to write.
Result<> write_applyset_parent(const ApiClient& client, const ApplySetParent& parent,
                               std::stop_token stop);

// Deletes the parent of a set without members. A missing one is a success.
Result<> remove_applyset_parent(const ApiClient& client, std::string_view name_space,
                                std::string_view name, std::stop_token stop);

}  // namespace sealift::kube
