#include <sealift/signing/attestation_replacement.h>

#include <algorithm>
#include <utility>

#include "signature_judge.h"
#include "signature_places.h"

namespace sealift::signing {
namespace {

// What goes when the new one is there, and what stays.
struct Present {
  std::vector<oci::Descriptor> holders;  // manifests with one bundle each
  std::vector<Digest> layers;            // of the tag .att
  std::vector<std::string> locations;    // as many, in the same order
  std::size_t of_others = 0;
};

bool is_bundle(const MadeSignature& made) { return made.format == FoundSignature::Format::kBundle; }

Result<Present> find_present(oci::Repository& repository, const Digest& digest,
                             const MadeSignature& made, const ReplacedBy& by, Timestamp now,
                             std::stop_token stop) {
  Present present;
  const SignatureJudge judge(by.signer, digest, now);
  const auto take = [&](const FoundSignature& piece) {
    const auto judged = judge.judge(piece);
    if (!judged) {
      ++present.of_others;
      return;
    }
    if (judged->seen.predicate_type != made.predicate_type) return;
    if (by.same_matter && !by.same_matter(judged->predicate)) return;
    if (is_bundle(made)) {
      present.holders.push_back(piece.holder.value());
    } else {
      present.layers.push_back(Digest::of(piece.payload));
    }
    present.locations.push_back(piece.location);
  };
  SEALIFT_TRY((is_bundle(made) ? visit_bundles : visit_attestation_layers)(
      repository, digest, made.predicate_type, take, std::move(stop)));
  return present;
}

Result<Replacement> replace_bundles(oci::Repository& repository, const oci::Descriptor& subject,
                                    const MadeSignature& made, Present present, Timestamp now,
                                    std::stop_token stop) {
  SEALIFT_ASSIGN(auto pushed, store_bundle(repository, subject, made, now, stop));
  Replacement replacement{std::move(pushed.descriptor), {}, present.of_others};
  for (std::size_t i = 0; i < present.holders.size(); ++i) {
    const Digest& old = present.holders[i].digest;
    // The same statement, signed again to the same bytes.
    if (old == replacement.stored.digest) continue;
    auto removed = repository.remove_referrer(subject.digest, old, stop);
    if (!removed) {
      replacement.left = std::move(removed).error().with_context("removing what was replaced");
      break;
    }
    replacement.replaced.push_back(std::move(present.locations[i]));
  }
  return replacement;
}

}  // namespace

Result<Replacement> replace_attestations(oci::Repository& repository,
                                         const oci::Descriptor& subject, const MadeSignature& made,
                                         const ReplacedBy& by, Timestamp now,
                                         std::stop_token stop) {
  SEALIFT_ASSIGN_CONTEXT(auto present,
                         find_present(repository, subject.digest, made, by, now, stop),
                         "looking for attestations to replace");
  if (is_bundle(made)) {
    return replace_bundles(repository, subject, made, std::move(present), now, std::move(stop));
  }
  SEALIFT_ASSIGN(auto holder,
                 store_tagged(repository, subject.digest, made, present.layers, std::move(stop)));
  return Replacement{std::move(holder), std::move(present.locations), present.of_others};
}

}  // namespace sealift::signing
