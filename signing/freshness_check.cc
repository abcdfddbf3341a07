#include "freshness_check.h"

#include <sealift/base/duration.h>
#include <sealift/base/encoding.h>
#include <sealift/signing/trust_policy.h>
#include <sealift/signing/verifier.h>

#include <algorithm>
#include <string>
#include <vector>

#include "repository_pattern.h"

namespace sealift::signing {
namespace {

constexpr std::size_t kMaxListed = 400;  // bytes of patterns in a sentence

bool is_wanted(const std::string& repository, const FreshnessRequirement& requirement,
               const AskedReference& asked) {
  const auto& copied_from = requirement.repositories;
  return is_same_repository(repository, asked.repository) ||
         std::any_of(copied_from.begin(), copied_from.end(), [&](const std::string& pattern) {
           return repository_pattern_matches(pattern, repository);
         });
}

std::string wanted_repositories(const FreshnessRequirement& requirement,
                                const AskedReference& asked) {
  auto text = printable(asked.repository);
  std::string listed;
  for (const auto& pattern : requirement.repositories) {
    listed += (listed.empty() ? "" : ", ") + pattern;
  }
  if (!listed.empty()) text += ", or by the policy " + printable(listed, kMaxListed);
  return text;
}

}  // namespace

std::optional<Complaint> fault_of(const FreshnessStatement& statement,
                                  const FreshnessRequirement& requirement,
                                  const AskedReference& asked, Timestamp now) {
  if (statement.digest != asked.digest) {
    return Complaint{Refusal::kWrongSubject, "it says that the tag is " +
                                                 statement.digest.to_string() + ", not " +
                                                 asked.digest.to_string()};
  }
  if (!is_wanted(statement.repository, requirement, asked)) {
    return Complaint{
        Refusal::kWrongReference,
        "it is about the repository " + printable(statement.repository) + ", and wanted is " +
            wanted_repositories(requirement, asked) +
            ": run sealift freshness on that one, or, where it is a copy, list what it "
            "is a copy of under the policy's freshness.repositories"};
  }
  if (!asked.tag.empty() && statement.tag != asked.tag) {
    return Complaint{Refusal::kWrongReference, "it is about the tag " + printable(statement.tag) +
                                                   ", and asked for is " + printable(asked.tag)};
  }
  const std::string time = format_timestamp(statement.time);
  if (statement.time > now + kMaxClockSkew) {
    return Complaint{Refusal::kStale, "it claims to be from " + time +
                                          ", which is in the future: check the clocks of both "
                                          "machines"};
  }
  if (now - statement.time <= requirement.max_age) return std::nullopt;
  return Complaint{Refusal::kStale,
                   "it is from " + time + " and may be " + format_duration(requirement.max_age) +
                       " old, so that it has not counted since " +
                       format_timestamp(statement.time + requirement.max_age) +
                       ": the registry, or a mirror, holds newer ones back, or nobody renews "
                       "them with sealift freshness"};
}

}  // namespace sealift::signing
