#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "watch_roster.h"

namespace sealift::members {

using Texts = std::vector<std::string>;
using std::chrono::minutes;
using std::chrono::seconds;

inline const kube::GroupKind kDeployment{"apps", "Deployment"};
inline const kube::GroupKind kSecret{"", "Secret"};
inline const kube::GroupKind kNamespace{"", "Namespace"};
inline const WatchKey kShared{kDeployment, "", "", ""};
inline const WatchKey kSharedSecrets{kSecret, "", "", ""};

inline WatchKey as_account(const kube::GroupKind& kind, const std::string& name_space) {
  return {kind, "shop", "deployer", name_space};
}

inline MemberScope scope(const std::string& id, std::set<kube::GroupKind> kinds,
                         std::set<std::string> name_spaces = {"shop"},
                         const std::string& account = "") {
  MemberScope out;
  out.applyset_id = id;
  if (!account.empty()) out.account_namespace = "shop";
  out.account_name = account;
  out.kinds = std::move(kinds);
  out.name_spaces = std::move(name_spaces);
  return out;
}

inline MemberScope deployed(const std::string& id, std::set<std::string> name_spaces = {"shop"}) {
  return scope(id, {kDeployment}, std::move(name_spaces), "deployer");
}

inline delivery::CustomHealth check_about(const kube::GroupKind& kind) {
  return {kind.group,
          kind.kind,
          {{"/status/ready", delivery::FieldTest::Operator::kExists, {}}},
          {},
          {}};
}

inline Error forbidden() { return Error(ErrorCode::kForbidden, "cannot watch it"); }
inline Error not_found() { return Error(ErrorCode::kNotFound, "not served"); }
inline Error unavailable() { return Error(ErrorCode::kUnavailable, "connection refused"); }

inline Texts texts(const std::vector<WatchKey>& keys) {
  Texts out;
  for (const auto& key : keys) out.push_back(key.to_string());
  std::sort(out.begin(), out.end());
  return out;
}

class WatchRosterTest : public testing::Test {
 protected:
  // "ready", "waiting", or the error's code.
  std::string state(const std::string& id = "a") {
    const auto readiness = roster_.readiness(id, now_);
    if (readiness.error) return std::string(to_string(readiness.error->code()));
    return readiness.waiting_for.empty() ? "ready" : "waiting";
  }
  // The shared watch on Deployments was refused while the set asked for it.
  WatchRoster::Orders refuse_shared() {
    roster_.on_served(kShared, true, now_);
    return roster_.on_end(kShared, forbidden(), now_);
  }
  // They tell everything, and rest.
  void tell_all(const std::vector<WatchKey>& keys) {
    for (const auto& key : keys) {
      roster_.on_begun(key, now_);
      now_ += seconds(1);
      roster_.on_synced(key, now_);
    }
    now_ += minutes(1);
  }

  WatchRoster roster_;
  SteadyTime now_{std::chrono::hours(100)};
};

}  // namespace sealift::members
