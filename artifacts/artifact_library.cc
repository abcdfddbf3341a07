#include <sealift/artifacts/artifact_library.h>
#include <sealift/oci/attachments.h>
#include <sealift/oci/content_layer.h>

#include <mutex>
#include <set>
#include <utility>

#include "library_work.h"
#include "shared_parser.h"
#include "shared_resolver.h"
#include "shared_verifier.h"

namespace sealift::artifacts {
namespace {

constexpr std::chrono::minutes kForgetInterval{1};
constexpr std::chrono::minutes kUnusedRepository{15};

}  // namespace

struct ArtifactLibrary::Impl {
  Impl(const oci::RepositoryEnvironment& environment, ArtifactCache& cache, Clock& clock,
       Logger log, Wake wake)
      : work(environment, cache, clock, std::move(log), std::move(wake)) {}
  ~Impl() { work.stop(); }

  void forget_unused() {
    const auto now = work.clock.steady_now();
    {
      const std::lock_guard lock(mutex);
      if (now < forget_at) return;
      forget_at = now + kForgetInterval;
    }
    resolver.forget_unused(now);
    verifier.forget_unused(now);
    parser.forget_unused(now);
    work.repositories.close_unused(now - kUnusedRepository);
  }

  LibraryWork work;
  SharedResolver resolver{work};
  SharedVerifier verifier{work};
  SharedParser parser{work};
  std::mutex mutex;
  SteadyTime forget_at;
};

ArtifactLibrary::ArtifactLibrary(const oci::RepositoryEnvironment& environment,
                                 ArtifactCache& cache, Clock& clock, Logger log, Wake wake)
    : impl_(std::make_unique<Impl>(environment, cache, clock, std::move(log), std::move(wake))) {}

ArtifactLibrary::~ArtifactLibrary() = default;

ArtifactLibrary::Answer<Resolved> ArtifactLibrary::resolve(const ArtifactAccess& access,
                                                           std::chrono::milliseconds max_age,
                                                           const std::string& waiter) {
  impl_->forget_unused();
  return impl_->resolver.resolve(access, max_age, waiter);
}

ArtifactLibrary::Answer<std::shared_ptr<const Verdict>> ArtifactLibrary::verify(
    const ArtifactAccess& access, const WantedArtifact& wanted, const Policies& policies,
    std::chrono::milliseconds max_age, const std::string& waiter) {
  impl_->forget_unused();
  return impl_->verifier.verify(access, wanted, policies, max_age, waiter);
}

ArtifactLibrary::Answer<std::shared_ptr<const ParsedArtifact>> ArtifactLibrary::objects(
    const ArtifactAccess& access, std::shared_ptr<const signing::VerifiedArtifact> artifact,
    const std::string& path, const std::string& waiter) {
  impl_->forget_unused();
  return impl_->parser.objects(access, std::move(artifact), path, waiter);
}

bool ArtifactLibrary::is_cached(const ArtifactAccess& access, const Digest& digest) {
  auto& cache = impl_->work.cache;
  const auto stored = cache.manifest(digest);
  if (!stored || !*stored || !cache.has_reader(digest, access.place)) return false;
  const auto signatures = cache.signatures(digest);
  if (!signatures || !*signatures) return false;
  const auto manifest = oci::parse_manifest((*stored)->bytes, (*stored)->descriptor.media_type);
  if (!manifest) return false;
  const auto layer = oci::content_layer(*manifest);
  return layer && cache.has_blob(*layer);
}

Result<> ArtifactLibrary::tidy(const std::vector<Digest>& wanted) {
  std::vector<oci::StoredManifest> manifests;
  for (const auto& digest : std::set<Digest>(wanted.begin(), wanted.end())) {
    SEALIFT_ASSIGN(auto manifest, impl_->work.cache.manifest(digest));
    if (manifest) manifests.push_back(*std::move(manifest));
  }
  return impl_->work.cache.retain(manifests);
}

std::vector<std::string> ArtifactLibrary::expire(const std::string& repository_name,
                                                 const std::string& tag) {
  impl_->verifier.expire_refusals(repository_name);
  return impl_->resolver.expire(repository_name, oci::is_attachment_tag(tag) ? std::string() : tag);
}

}  // namespace sealift::artifacts
