#include <sealift/base/digest.h>
#include <sealift/console/age.h>
#include <sealift/console/record_table.h>

#include <algorithm>
#include <cctype>

namespace sealift::console {
namespace {

constexpr std::size_t kShortCommit = 12;

std::string joined(const Json* list, std::string_view member) {
  std::string text;
  if (list == nullptr || list->as_array() == nullptr) return text;
  for (const auto& entry : *list->as_array()) {
    const auto* plain = entry.as_string();
    const auto word = plain != nullptr ? *plain : std::string(entry.string_at({member}));
    text += (text.empty() ? "" : ",") + word;
  }
  return text;
}

// Of a policy that combines requirements there is no one number.
std::string threshold_of(const Json& policy) {
  if (policy.find_path({"spec", "require"}) != nullptr) return "-";
  const auto* threshold = policy.find_path({"spec", "signatures", "threshold"});
  return std::to_string(threshold == nullptr ? 1 : threshold->as_int64().value_or(1));
}

std::string signers_of(const Json& policy) {
  std::string names;
  for (const auto* form : {"signatures", "signers"}) {
    for (const auto* kind : {"keys", "identities"}) {
      const auto more = joined(policy.find_path({"spec", form, kind}), "name");
      names += (names.empty() || more.empty() ? "" : ",") + more;
    }
  }
  return names;
}

std::string short_digest(const std::string& text) {
  const auto digest = Digest::parse(text);
  return digest ? std::string(digest->algorithm_name()) + ":" + digest->short_hex() : text;
}

// What people look for in "sources": the tag is a wish, the digest what came of it.
std::string artifact_of(const DeliveryRecord& delivery) {
  const auto& artifact = delivery.artifact;
  const auto& url = artifact.url.empty() ? delivery.artifact_url : artifact.url;
  return artifact.tag.empty() ? url : url + ":" + artifact.tag;
}

}  // namespace

std::string short_revision(std::string_view revision) {
  const auto colon = revision.rfind(':');
  const auto commit = colon == std::string_view::npos ? revision : revision.substr(colon + 1);
  const bool is_commit = (commit.size() == 40 || commit.size() == 64) &&
                         std::all_of(commit.begin(), commit.end(), [](char c) {
                           return std::isxdigit(static_cast<unsigned char>(c)) != 0;
                         });
  if (!is_commit) return std::string(revision);
  return std::string(revision.substr(0, revision.size() - commit.size() + kShortCommit));
}

std::vector<std::string> delivery_headings(const TableShape& shape) {
  std::vector<std::string> headings;
  if (shape.name_space) headings.emplace_back("NAMESPACE");
  headings.insert(headings.end(), {"NAME", "READY", "REVISION"});
  if (shape.wide)
    headings.insert(headings.end(), {"DIGEST", "STAGE", "OBJECTS", "SUSPENDED", "ARTIFACT"});
  headings.insert(headings.end(), {"AGE", "MESSAGE"});
  return headings;
}

std::vector<std::string> delivery_cells(const DeliveryRecord& delivery, const TableShape& shape,
                                        Timestamp now) {
  std::vector<std::string> cells;
  if (shape.name_space) cells.push_back(delivery.name.name_space);
  cells.insert(cells.end(), {delivery.name.name, delivery.ready_status(),
                             short_revision(delivery.artifact.revision)});
  if (shape.wide) {
    cells.insert(cells.end(), {short_digest(delivery.artifact.digest), delivery.stage,
                               std::to_string(delivery.objects),
                               delivery.suspended ? "True" : "False", artifact_of(delivery)});
  }
  cells.insert(cells.end(), {age_of(delivery.created_at, now), delivery.message()});
  return cells;
}

std::vector<std::string> policy_headings(const TableShape& shape) {
  std::vector<std::string> headings = {"NAME", "READY", "THRESHOLD", "KEYS", "ROLLBACK"};
  if (shape.wide) headings.emplace_back("MAXAGE");
  headings.insert(headings.end(), {"AGE", "REPOSITORIES", "MESSAGE"});
  return headings;
}

std::vector<std::string> policy_cells(const Json& policy, const TableShape& shape, Timestamp now) {
  const auto rollback = policy.string_at({"spec", "rollback"});
  const auto ready = read_condition(policy, "Ready");
  std::vector<std::string> cells = {
      std::string(policy.string_at({"metadata", "name"})), ready ? ready->status : "Unknown",
      threshold_of(policy), signers_of(policy), rollback.empty() ? "deny" : std::string(rollback)};
  if (shape.wide) cells.emplace_back(policy.string_at({"spec", "maxAge"}));
  cells.push_back(age_of(policy.string_at({"metadata", "creationTimestamp"}), now));
  cells.push_back(joined(policy.find_path({"spec", "repositories"}), "name"));
  cells.push_back(ready ? ready->message : std::string(kNotObserved));
  return cells;
}

}  // namespace sealift::console
