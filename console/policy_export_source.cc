#include "policy_export_source.h"

#include <sealift/base/duration.h>
#include <sealift/base/encoding.h>
#include <sealift/signing/requirement_result.h>

#include <algorithm>
#include <utility>

namespace sealift::console {
namespace {

using Kind = ExportRemark::Kind;

template <typename Named>
const Named* find_named(const std::vector<Named>& among, std::string_view name) {
  const auto found = std::find_if(among.begin(), among.end(),
                                  [&](const Named& each) { return each.name == name; });
  return found == among.end() ? nullptr : &*found;
}

ExportedText text_of(const Json* rule) {
  if (rule == nullptr) return {};
  return {std::string(rule->string_at({"equals"})), std::string(rule->string_at({"matches"}))};
}

// What has a meaning in an expression stands for itself.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view(R"(\.+*?()|[]{}^$)").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string ExportedText::expression() const {
  return matches.empty() ? "^" + escaped(equals) + "$" : "^(?:" + matches + ")$";
}

std::string ExportedPolicy::object_name() const {
  std::string name;
  for (const char c : policy_.name) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    name += is_plain ? c : '-';
  }
  while (name.ends_with('-')) name.pop_back();
  return "sealift-" + name.substr(0, 200);
}

void ExportedPolicy::add(Kind kind, std::string field, std::string message) {
  remarks_.push_back({kind, policy_.name, std::move(field), std::move(message)});
}
void ExportedPolicy::note(std::string field, std::string message) {
  add(Kind::kNote, std::move(field), std::move(message));
}
void ExportedPolicy::lose(std::string field, std::string message) {
  add(Kind::kLost, std::move(field), std::move(message));
}
void ExportedPolicy::refuse(std::string field, std::string message) {
  refused_ = true;
  add(Kind::kRefused, std::move(field), std::move(message));
}

const signing::NamedKey* ExportedPolicy::key(std::string_view signer) const {
  const auto* key = find_named(policy_.keys, signer);
  return key != nullptr && key->fault_at(now_).empty() ? key : nullptr;
}

const signing::NamedIdentity* ExportedPolicy::identity(std::string_view signer) const {
  return find_named(policy_.identities, signer);
}

ExportedIdentity ExportedPolicy::identity_text(const signing::NamedIdentity& identity) const {
  for (const auto* form : {"signers", "signatures"}) {
    const auto* list = document_.find_path({"spec", form, "identities"});
    if (list == nullptr || list->as_array() == nullptr) continue;
    for (const auto& each : *list->as_array()) {
      if (each.string_at({"name"}) != identity.name) continue;
      return {text_of(each.find("subject")), text_of(each.find("issuer")),
              !identity.rule.claims.empty()};
    }
  }
  return {};
}

std::string ExportedPolicy::own_root() const {
  if (policy_.root_folder) {
    const auto& content = policy_.root_folder->content;
    return content ? *content->json : std::string();
  }
  return std::string(document_.string_at({"spec", "trustedRoot", "inline"}));
}

std::vector<std::string> ExportedPolicy::able_signers(const signing::Quorum& quorum) {
  std::vector<std::string> able;
  for (const auto& signer : quorum.signers) {
    if (key(signer) != nullptr || identity(signer) != nullptr) able.push_back(signer);
  }
  if (able.size() < quorum.threshold) {
    refuse("spec.require", std::to_string(quorum.threshold) + " of " +
                               signing::list_of(quorum.signers, ",") +
                               " are needed, and not enough have a key that counts now");
  }
  const auto identities = std::count_if(
      able.begin(), able.end(), [&](const auto& signer) { return identity(signer) != nullptr; });
  if (quorum.threshold > 1 && identities > 1) {
    refuse("spec.require", "one certificate that fits two identities would count there twice");
  }
  return able;
}

void ExportedPolicy::lose_time_and_memory() {
  if (policy_.rollback == signing::TrustPolicy::Rollback::kDeny) {
    lose("spec.rollback",
         "an older artifact that is played back is accepted: nothing is "
         "remembered there");
  }
  if (policy_.max_age) {
    lose("spec.maxAge",
         "artifacts older than " + format_duration(*policy_.max_age) + " are accepted");
  }
  if (policy_.root_folder) {
    lose("spec.trustedRoot", "the root of the trust folder " + policy_.root_folder->name +
                                 " counts there until it is exported again, although it expires");
  }
  if (policy_.freshness) {
    lose("spec.freshness", "a registry that holds updates back is not noticed");
  }
  for (const auto& key : policy_.keys) {
    if (const auto fault = key.fault_at(now_); !fault.empty()) {
      lose("spec.signers.keys", "\"" + printable(key.name) + "\" " + fault +
                                    " and was left out; what it signed before, by proof of a log "
                                    "or a time stamp, is refused there");
    } else if (key.not_after || key.revoked_at) {
      lose("spec.signers.keys", "\"" + printable(key.name) +
                                    "\" counts there until it is exported again, although its "
                                    "validity ends");
    }
  }
}

void ExportedPolicy::check_root() {
  if (auto fault = signing::root_fault_at(policy_, now_)) {
    refuse("spec.trustedRoot", std::move(fault->message));
  }
}

void ExportedPolicy::note_scope(std::size_t policies, std::string_view others) {
  if (policies < 2 || others.empty()) return;
  note("spec.repositories",
       "of several policies the most specific one decides here; there, " + std::string(others));
}

bool is_index(std::string_view token) {
  return !token.empty() &&
         std::all_of(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool may_lack_port(std::string_view registry) {
  const auto after_address = registry.substr(registry.rfind(']') + 1);  // "[::1]:5000"
  return !registry.ends_with('*') && after_address.find(':') == std::string_view::npos;
}

std::string quoted(std::string_view text) { return dump_json(Json(text)); }

}  // namespace sealift::console
