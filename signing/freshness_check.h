#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/digest.h>
#include <sealift/signing/freshness.h>
#include <sealift/signing/requirement.h>

#include <optional>
#include <string_view>

#include "signature_judge.h"

namespace sealift::signing {

// What is asked to be fresh.
struct AskedReference {
  std::string_view repository;  // Reference::name()
  std::string_view tag;         // empty where the artifact was asked for by its digest: any will do
  const Digest& digest;
};

// Why a statement by somebody who may make it does not do; nullopt: it does.
std::optional<Complaint> fault_of(const FreshnessStatement& statement,
                                  const FreshnessRequirement& requirement,
                                  const AskedReference& asked, Timestamp now);

}  // namespace sealift::signing
