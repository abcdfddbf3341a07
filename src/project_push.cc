#include "project_push.h"

#include <sealift/base/worker_pool.h>
#include <sealift/builder/provenance.h>
#include <sealift/builder/publish.h>
#include <sealift/builder/same_delivery.h>
#include <sealift/sigstore/predicate.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "artifact_progress.h"
#include "artifact_signer.h"
#include "byte_units.h"
#include "ci_commit.h"
#include "environment_variable.h"
#include "project_run.h"

namespace sealift::program {
namespace {

using project::PlannedArtifact;
using project::PlannedTag;

// Nobody vouches for a build at a desk.
constexpr std::string_view kLocalBuilder = "https://sealift.dev/builders/unknown";

// Each repository once, opened where it is first needed.
class Destinations {
 public:
  Destinations(const RegistryFlags& flags, const Surroundings& surroundings)
      : flags_(flags), surroundings_(surroundings) {}

  Result<oci::Repository*> open(const oci::Reference& reference) {
    const std::lock_guard lock(mutex_);
    auto& repository = repositories_[reference.name()];
    if (repository == nullptr) {
      SEALIFT_ASSIGN(repository, open_repository(reference, flags_, surroundings_));
    }
    return repository.get();
  }

 private:
  const RegistryFlags& flags_;
  const Surroundings& surroundings_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<oci::Repository>> repositories_;
};

// A chart's version first, which names one version.
std::vector<PlannedTag> tags_of(const PlannedArtifact& planned, const builder::Built& built) {
  std::vector<PlannedTag> tags;
  if (!built.version_tag.empty()) tags.push_back({built.version_tag, true});
  for (const auto& tag : planned.tags) {
    if (tag.name != built.version_tag) tags.push_back(tag);
  }
  return tags;
}

// What became of one artifact.
struct Delivered {
  oci::Reference reference;
  std::vector<PlannedTag> tags;
  oci::Descriptor manifest;
  bool was_there = false;
  std::vector<Signed> signatures;
};

// Where one artifact goes.
struct Target {
  const PlannedArtifact& planned;
  const builder::Built& built;
  oci::Reference place;
  std::vector<PlannedTag> tags;
  oci::Repository& repository;
  Surroundings surroundings;
};

// Publishes one artifact of the project after the other, from several threads.
class ProjectPublisher {
 public:
  // All must outlive it.
  ProjectPublisher(const ProjectPush& push, const ArtifactSigner& signer,
                   const builder::ArtifactOptions& options, const builder::BuildRun& run,
                   const Surroundings& surroundings)
      : push_(push),
        signer_(signer),
        options_(options),
        run_(run),
        surroundings_(surroundings),
        destinations_(*push.registry, surroundings) {}

  Result<Delivered> deliver(const PlannedArtifact& planned, const builder::Built& built,
                            const std::stop_token& stop) {
    SEALIFT_ASSIGN(auto* repository, destinations_.open(planned.destination));
    const Target target{planned,
                        built,
                        planned.destination,
                        tags_of(planned, built),
                        *repository,
                        {surroundings_.machine, surroundings_.output, stop}};
    if (!push_.republish) {
      SEALIFT_ASSIGN(auto kept, keep(target));
      if (kept) return *std::move(kept);
    }
    return publish(target);
  }

 private:
  // What is published already and delivers the same, signed as it would be now; the other tags then
  // lead there as well. What nobody of us signed is not kept and signed: its words on the commit it
  // comes from would be somebody else's.
  Result<std::optional<Delivered>> keep(const Target& target) const {
    auto leading = std::ranges::find(target.tags, false, &PlannedTag::is_fixed);
    if (leading == target.tags.end()) leading = target.tags.begin();
    const auto& stop = target.surroundings.stop;
    auto there = target.repository.fetch_manifest(leading->name, stop);
    if (!there && there.error().code() == ErrorCode::kNotFound) return std::nullopt;
    if (!there) return fail(std::move(there).error());
    const auto manifest = oci::parse_manifest(there->bytes, there->descriptor.media_type);
    if (!manifest || !builder::is_same_delivery(*manifest, target.built.artifact))
      return std::nullopt;
    const Digest& digest = there->descriptor.digest;
    SEALIFT_ASSIGN(const bool is_signed,
                   signer_.has_signed(target.repository, digest, target.surroundings));
    if (!is_signed) return std::nullopt;
    SEALIFT_TRY(check_fixed_tags(target, digest));
    for (const auto& tag : target.tags) {
      if (tag == *leading) continue;
      SEALIFT_TRY(target.repository.push_manifest(there->bytes, there->descriptor.media_type,
                                                  tag.name, stop));
    }
    return Delivered{target.place.with_tag(leading->name).with_digest(digest),
                     target.tags,
                     there->descriptor,
                     true,
                     {}};
  }

  Result<Delivered> publish(const Target& target) const {
    SEALIFT_TRY(check_fixed_tags(target, target.built.artifact.manifest.digest));
    std::vector<std::string> more;
    for (std::size_t i = 1; i < target.tags.size(); ++i) more.push_back(target.tags[i].name);
    SEALIFT_ASSIGN(
        auto pushed,
        builder::publish(target.built.artifact, target.place.with_tag(target.tags.front().name),
                         more, target.repository, target.surroundings.stop));
    SEALIFT_TRY(attest(target, pushed));
    SEALIFT_ASSIGN_CONTEXT(
        auto signatures,
        signer_.sign(target.repository, pushed.reference, pushed.manifest, target.surroundings),
        "the artifact was pushed but is not signed; run the same again");
    return Delivered{pushed.reference, target.tags, pushed.manifest, false, std::move(signatures)};
  }

  Result<> check_fixed_tags(const Target& target, const Digest& wanted) const {
    if (push_.force) return {};
    for (const auto& tag : target.tags) {
      if (!tag.is_fixed) continue;
      const auto there = target.repository.resolve(tag.name, target.surroundings.stop);
      if (!there && there.error().code() == ErrorCode::kNotFound) continue;
      if (!there) return fail(there.error());
      if (there->digest == wanted) continue;
      return fail(ErrorCode::kConflict,
                  target.place.with_tag(tag.name).to_string() + " is " + there->digest.to_string() +
                      " already and would become " + wanted.to_string() +
                      "; a tag that names a commit or a version is not moved: use another one, or "
                      "--force");
    }
    return {};
  }

  // Before it is signed, so that what is signed lacks nothing.
  Result<> attest(const Target& target, const builder::Pushed& pushed) const {
    if (push_.without_provenance || signer_.is_silent()) return {};
    Attestation statement{std::string(sigstore::kSlsaProvenance1),
                          builder::slsa_provenance(target.planned, target.built.commit,
                                                   target.built.renderer, options_, run_)};
    SEALIFT_TRY_CONTEXT(
        signer_.attest(target.repository, pushed.reference, pushed.manifest, std::move(statement),
                       target.surroundings),
        "the artifact was pushed and says nothing of its build; run the same again");
    return {};
  }

  const ProjectPush& push_;
  const ArtifactSigner& signer_;
  const builder::ArtifactOptions& options_;
  const builder::BuildRun& run_;
  const Surroundings& surroundings_;
  Destinations destinations_;
};

Json to_json(const PlannedArtifact& planned, const builder::Built& built,
             const Delivered& delivered) {
  Json json;
  json.set("name", planned.name);
  json.set("url", delivered.reference.to_string());
  Json& tags = json.set("tags", Json::array());
  for (const auto& tag : delivered.tags) tags.push_back(tag.name);
  json.set("digest", delivered.manifest.digest.to_string());
  json.set("status", delivered.was_there ? "unchanged" : "pushed");
  if (!built.renderer.empty()) json.set("renderer", built.renderer);
  json.set("files", built.files);
  json.set("objects", built.objects);
  json.set("signatures", to_json(delivered.signatures));
  return json;
}

void tell(const PlannedArtifact& planned, const Delivered& delivered, const Output& output) {
  output.step(delivered.was_there ? "unchanged" : "pushed",
              planned.name + "  " + delivered.reference.to_string() +
                  (delivered.signatures.empty()
                       ? ""
                       : ", " + counted(delivered.signatures.size(), "signature")));
}

void report(const ProjectRun& run, const std::vector<builder::Built>& built,
            const std::vector<std::optional<Delivered>>& delivered, const Output& output) {
  if (!run.selection.unchanged.empty()) {
    output.step("unchanged", counted(run.selection.unchanged.size(), "artifact") +
                                 " whose entries and inputs are what they were");
  }
  Json document = describe_run(run);
  Json& artifacts = document.set("artifacts", Json::array());
  for (std::size_t i = 0; i < built.size(); ++i) {
    artifacts.push_back(to_json(run.selection.selected[i].artifact, built[i], *delivered[i]));
  }
  output.document(document);
}

// What is true of all artifacts of this run.
builder::BuildRun describe_build(const ProjectPush& push, const builder::Commit& commit,
                                 Timestamp started, Timestamp finished) {
  const auto ci = ci_run(environment_variable);
  builder::BuildRun run;
  run.builder = !push.builder_id.empty() ? push.builder_id
                : !ci.builder.empty()    ? ci.builder
                                         : std::string(kLocalBuilder);
  run.invocation = ci.invocation;
  run.repository = !push.source->url.empty() ? push.source->url
                   : !ci.repository.empty()  ? ci.repository
                                             : commit.origin;
  run.project_file = push.project->file;
  run.started = started;
  run.finished = finished;
  return run;
}

}  // namespace

Result<> push_project(const ProjectPush& push, const Surroundings& surroundings) {
  auto& clock = surroundings.machine.repositories().clock;
  const auto started = clock.now();
  // A wrong password, or a job without a token, must not cost a build.
  std::optional<ArtifactSigner> signer;
  if (!push.project->dry_run) {
    SEALIFT_ASSIGN(signer, ArtifactSigner::open(*push.signing, surroundings));
  }
  SEALIFT_ASSIGN(const auto run, open_project(*push.source, *push.project, surroundings));
  if (push.project->dry_run) {
    report_plan(run, "would push", surroundings);
    return {};
  }
  SEALIFT_ASSIGN(const auto built, build_selected(run, *push.source, surroundings));
  surroundings.machine.set_requests_per_host(push.concurrency);
  SEALIFT_ASSIGN(const auto options, artifact_options(*push.source));
  const auto build_run = describe_build(push, run.snapshots->commit(), started, clock.now());
  ProjectPublisher publisher(push, *signer, options, build_run, surroundings);
  std::vector<std::optional<Delivered>> delivered(built.size());
  {
    ArtifactProgress progress("pushing", built.size(), surroundings.output);
    SEALIFT_TRY(run_parallel(built.size(), push.concurrency, surroundings.stop,
                             [&](std::size_t i, const std::stop_token& stop) -> Result<> {
                               const auto& planned = run.selection.selected[i].artifact;
                               SEALIFT_ASSIGN_CONTEXT(delivered[i],
                                                      publisher.deliver(planned, built[i], stop),
                                                      planned.name);
                               tell(planned, *delivered[i], surroundings.output);
                               progress.done(planned.name);
                               return {};
                             }));
  }
  report(run, built, delivered, surroundings.output);
  return {};
}

}  // namespace sealift::program
