#include "delivery_world.h"

#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>
#include <sealift/signing/signature_store.h>
#include <sealift/target/directory_target.h>

#include <limits>
#include <stdexcept>

#include "support/key_signature.h"
#include "unit/artifacts/sample_layer.h"
#include "unit/delivery/sample_delivery.h"
#include "unit/signing/freshness_bundle.h"

namespace sealift::puller::test {
namespace {

constexpr const char* kRecordPath = "state/decisions.jsonl";

const crypto::PrivateKey& release_key() {
  static const auto key = crypto::PrivateKey::generate(crypto::KeyType::kEd25519).value();
  return key;
}

// The fixture itself must not fail; value() throws where it does, and so does this.
void check(const Result<>& result) {
  if (!result) throw std::runtime_error(result.error().message());
}

oci::Descriptor describe(std::string_view bytes, std::string_view type) {
  return {std::string(type), Digest::of(bytes), bytes.size(), {}, {}};
}

std::string manifest_of(const oci::Descriptor& layer, std::int64_t sequence) {
  return oci::serialize(
      oci::Manifest{std::string(oci::media_type::kManifest),
                    "",
                    describe(oci::kEmptyJson, oci::media_type::kFluxConfig),
                    {layer},
                    {},
                    {{std::string(signing::kSequenceAnnotation), std::to_string(sequence)}}});
}

signing::TrustPolicy make_policy() {
  signing::TrustPolicy policy;
  policy.name = "everything-signed";
  policy.repositories = {"**"};
  policy.keys = {{"release", release_key().public_key()}};
  policy.require = signing::Requirement{signing::SignatureRequirement{{.signers = {"release"}}}};
  return policy;
}

}  // namespace

DeliveryWorld::DeliveryWorld()
    : transport_([](const sealift::test::SeenRequest&) {
        return sealift::test::FakeAnswer::failure(ErrorCode::kUnavailable, "no network here");
      }),
      repositories_{transport_, shelf_, clock_, system_random()} {
  configuration.deliveries.push_back(delivery::test::make_delivery("oci-layout:media"));
  configuration.deliveries[0].artifact.select.tag = "stable";
  configuration.policies.push_back(make_policy());
}

std::unique_ptr<oci::Repository> DeliveryWorld::open_media() {
  return oci::open_repository(oci::Reference::parse("oci-layout:media").value(), {}, repositories_)
      .value();
}

Digest DeliveryWorld::publish(const artifacts::test::FileTexts& files, std::int64_t sequence) {
  return publish_layer(artifacts::test::layer_of(files), sequence);
}

Digest DeliveryWorld::publish_layer(const std::string& layer, std::int64_t sequence) {
  const auto blob = describe(layer, oci::media_type::kFluxContent);
  check(open_media()->push_blob(blob, Blob::from_string(layer), {}));
  published_ = publish_manifest(blob, sequence);
  sign_published();
  return published_->digest;
}

void DeliveryWorld::publish_unsigned(const artifacts::test::FileTexts& files,
                                     std::int64_t sequence) {
  const auto layer = artifacts::test::layer_of(files);
  const auto blob = describe(layer, oci::media_type::kFluxContent);
  check(open_media()->push_blob(blob, Blob::from_string(layer), {}));
  published_ = publish_manifest(blob, sequence);
}

void DeliveryWorld::sign_published() { sign(*open_media(), *published_); }

void DeliveryWorld::say_fresh() {
  const auto made = signing::test::freshness_bundle(
      release_key(), {"oci-layout:media", tag, published_->digest, clock_.now()});
  (void)signing::store_signature(*open_media(), *published_, made, clock_.now(), {}).value();
}

Digest DeliveryWorld::publish_oversized(std::uint64_t bytes, std::int64_t sequence) {
  auto blob = describe("", oci::media_type::kFluxContent);
  blob.size = bytes;
  const auto manifest = manifest_of(blob, sequence);
  // No layout takes such a manifest, so it is put there by hand.
  const auto descriptor = describe(manifest, oci::media_type::kManifest);
  shelf_.put("media/blobs/sha256/" + descriptor.digest.hex(), manifest);
  sign(*open_media(), descriptor);
  configuration.deliveries[0].artifact.select = {"", "", descriptor.digest};
  return descriptor.digest;
}

oci::Descriptor DeliveryWorld::publish_manifest(const oci::Descriptor& layer,
                                                std::int64_t sequence) {
  const auto media = open_media();
  const std::string empty(oci::kEmptyJson);
  check(media->push_blob(describe(empty, oci::media_type::kFluxConfig), Blob::from_string(empty),
                         {}));
  return media->push_manifest(manifest_of(layer, sequence), oci::media_type::kManifest, tag, {})
      .value()
      .descriptor;
}

void DeliveryWorld::sign(oci::Repository& media, const oci::Descriptor& manifest) {
  (void)sealift::test::sign_by_key(media, manifest, "oci-layout:media", release_key(),
                                   signing::SignatureStorage::kBundle, clock_.now())
      .value();
}

void DeliveryWorld::set_registry_away(bool away) {
  constexpr auto kNever = std::numeric_limits<std::size_t>::max() / 2;
  shelf_.fail_from(away ? 1 : kNever, Error(ErrorCode::kUnavailable, "the registry is away"));
}

void DeliveryWorld::begin_as(const DeliveryWorld& other) {
  process_.reset();
  shelf_.copy_from(other.shelf_);
  disk.copy_from(other.disk);
}

Result<> DeliveryWorld::start() {
  process_.reset();
  process_.emplace(disk);
  SEALIFT_TRY(disk.make_directories("state"));
  SEALIFT_TRY(process_->cache.remove_leftovers());
  SEALIFT_TRY(process_->states.remove_leftovers());
  SEALIFT_ASSIGN(process_->decisions, DecisionLog::open(disk, kRecordPath));
  return {};
}

RunEnvironment DeliveryWorld::environment(Clock& clock) {
  // What an earlier run has learnt is not for this one.
  process_->artifacts = std::make_unique<artifacts::ArtifactLibrary>(
      repositories_, process_->cache, clock, Logger::silent(), [this](const std::string& id) {
        const std::scoped_lock lock(puller_mutex_);
        if (puller_ != nullptr) puller_->wake(id);
      });
  process_->deadlines = std::make_unique<DeadlineTimer>(clock);
  return {*process_->artifacts,
          configuration,
          process_->states,
          *process_->decisions,
          clock,
          *process_->deadlines,
          system_random(),
          [policies = std::make_shared<const std::vector<signing::TrustPolicy>>(
               configuration.policies)] { return policies; },
          [this](const delivery::Delivery& delivery,
                 const Logger& log) -> Result<std::unique_ptr<target::Target>> {
            return target::make_directory_target(disk, "target", delivery, log);
          },
          writer};
}

void DeliveryWorld::attach(Puller* puller) {
  const std::scoped_lock lock(puller_mutex_);
  puller_ = puller;
}

RunOutcome DeliveryWorld::run_in(const RunEnvironment& environment) {
  Puller puller(environment, nullptr, Logger::silent(), {.max_parallel = 1});
  puller.put(configuration.deliveries[0]);
  attach(&puller);
  const auto outcomes = puller.run_once({});
  attach(nullptr);
  return outcomes.at(0).outcome;
}

RunOutcome DeliveryWorld::run() {
  if (!process_ || !process_->decisions) {
    auto started = start();
    if (!started) {
      RunOutcome outcome;
      outcome.error = std::move(started).error();
      return outcome;
    }
  }
  return run_in(environment());
}

RunOutcome DeliveryWorld::run_in_new_process() {
  process_.reset();
  return run();
}

artifacts::test::FileTexts DeliveryWorld::delivered() {
  artifacts::test::FileTexts files;
  const std::string folder = "target/shop_web";
  if (!disk.exists(folder)) return files;
  const auto entries = disk.list(folder).value();
  for (const auto& entry : entries) files[entry.name] = disk.content(folder + "/" + entry.name);
  return files;
}

Result<DecisionLogCheck> DeliveryWorld::check_record() {
  return check_decision_log(disk, kRecordPath);
}

std::string DeliveryWorld::record() const {
  return disk.exists(kRecordPath) ? disk.content(kRecordPath) : std::string();
}

}  // namespace sealift::puller::test
