#include "library_world.h"

#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>
#include <sealift/signing/signature_store.h>

#include <stdexcept>
#include <utility>

#include "support/key_signature.h"
#include "unit/artifacts/sample_layer.h"
#include "unit/delivery/sample_delivery.h"
#include "unit/signing/freshness_bundle.h"

namespace sealift::artifacts::test {
namespace {

using sealift::test::FakeAnswer;
using sealift::test::SeenRequest;

const crypto::PrivateKey& release_key() {
  static const auto key = crypto::PrivateKey::generate(crypto::KeyType::kEd25519).value();
  return key;
}

// The fixture itself must not fail.
void check(const Result<>& result) {
  if (!result) throw std::runtime_error(result.error().message());
}

oci::Descriptor describe(std::string_view bytes, std::string_view type) {
  return {std::string(type), Digest::of(bytes), bytes.size(), {}, {}};
}

Policies trust_release_key() {
  signing::TrustPolicy policy;
  policy.name = "signed-releases";
  policy.repositories = {"**"};
  policy.keys = {{"release", release_key().public_key()}};
  policy.require = signing::Requirement{signing::SignatureRequirement{{.signers = {"release"}}}};
  return std::make_shared<const std::vector<signing::TrustPolicy>>(1, policy);
}

FakeAnswer status(int code) {
  FakeAnswer answer;
  answer.status = code;
  return answer;
}

FakeAnswer typed(std::string body, std::string_view type) {
  FakeAnswer answer;
  answer.headers.set("Content-Type", std::string(type));
  answer.headers.set("Content-Length", std::to_string(body.size()));
  answer.body = std::move(body);
  return answer;
}

std::string host_of(const std::string& url) {
  const auto begin = url.find("://") + 3;
  return url.substr(begin, url.find('/', begin) - begin);
}

}  // namespace

Result<HttpResponse> TarpitTransport::send(const HttpRequest& request, HttpSink& sink,
                                           std::stop_token stop) {
  {
    std::unique_lock lock(mutex_);
    if (hosts_.contains(host_of(request.url))) {
      ++hanging_;
      changed_.notify_all();
      const bool released =
          changed_.wait(lock, stop, [&] { return !hosts_.contains(host_of(request.url)); });
      --hanging_;
      if (!released) return fail(ErrorCode::kCancelled, "the request was cancelled");
    }
  }
  return inner_.send(request, sink, stop);
}

void TarpitTransport::hang(const std::string& host) {
  const std::lock_guard lock(mutex_);
  hosts_.insert(host);
}

void TarpitTransport::release(const std::string& host) {
  const std::lock_guard lock(mutex_);
  hosts_.erase(host);
  changed_.notify_all();
}

void TarpitTransport::wait_for_hanging(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return hanging_ >= count; });
}

std::size_t TarpitTransport::hanging() {
  const std::lock_guard lock(mutex_);
  return hanging_;
}

void Wakes::add(const std::string& waiter) {
  const std::lock_guard lock(mutex_);
  ++unseen_[waiter];
  ++counts_[waiter];
  changed_.notify_all();
}

void Wakes::wait_for(const std::string& waiter) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return unseen_[waiter] > 0; });
  unseen_.erase(waiter);
}

std::map<std::string, std::size_t> Wakes::counts() {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void Wakes::forget() {
  const std::lock_guard lock(mutex_);
  counts_.clear();
  unseen_.clear();
}

class LibraryWorld::Secrets : public delivery::SecretSource {
 public:
  explicit Secrets(LibraryWorld& world) : world_(world) {}
  Result<delivery::NamedData> secret(const delivery::Delivery& delivery, std::string_view name,
                                     std::stop_token) override {
    const auto found = world_.secrets.find({delivery.name_space, std::string(name)});
    if (found != world_.secrets.end()) return found->second;
    return fail(ErrorCode::kNotFound, "no Secret " + std::string(name));
  }
  Result<delivery::NamedData> config_map(const delivery::Delivery&, std::string_view,
                                         std::stop_token) override {
    return fail(ErrorCode::kNotFound, "no ConfigMap");
  }

 private:
  LibraryWorld& world_;
};

LibraryWorld::LibraryWorld()
    : policies(trust_release_key()),
      registry([this](const SeenRequest& request) { return answer(request); }),
      environment_{transport, disk, clock, system_random()} {
  restart();
}

LibraryWorld::~LibraryWorld() = default;

void LibraryWorld::restart() {
  library_.reset();
  library_ =
      std::make_unique<ArtifactLibrary>(environment_, cache, clock, Logger::silent(),
                                        [this](const std::string& waiter) { wakes.add(waiter); });
}

FakeAnswer LibraryWorld::answer(const SeenRequest& request) {
  const std::lock_guard lock(mutex_);
  if (rule) {
    if (auto other = rule(request)) return *std::move(other);
  }
  for (auto& [name, repository] : registries_) {
    const auto slash = name.find('/');
    const auto base = "https://" + name.substr(0, slash) + "/v2" + name.substr(slash) + "/";
    if (!request.url.starts_with(base)) continue;
    const auto rest = request.url.substr(base.size());
    const auto what = rest.substr(rest.find('/') + 1);
    if (rest.starts_with("manifests/")) {
      const auto stored = repository.fetch_manifest(what, {});
      if (!stored) return status(404);
      return typed(stored->bytes, stored->descriptor.media_type)
          .with_header("Docker-Content-Digest", stored->descriptor.digest.to_string());
    }
    if (rest.starts_with("blobs/")) {
      StringSink sink("blob", 1u << 30);
      const oci::Descriptor blob{"", Digest::parse(what).value(), 0, {}, {}};
      if (!repository.fetch_blob(blob, sink, {})) return status(404);
      return typed(sink.take(), "application/octet-stream");
    }
    if (rest.starts_with("referrers/")) {
      const auto referrers = repository.referrers(Digest::parse(what).value(), {}).value();
      return typed(
          oci::serialize(oci::Index{std::string(oci::media_type::kIndex), "", referrers, {}, {}}),
          oci::media_type::kIndex);
    }
    if (rest.starts_with("tags/list")) {
      Json list;
      list.set("tags", Json::array());
      const auto tags = repository.tags({}).value();
      for (const auto& tag : tags) list.find("tags")->push_back(tag);
      return typed(dump_json(list), "application/json");
    }
  }
  return status(404);
}

Digest LibraryWorld::publish(const std::string& name, const std::string& tag,
                             const FileTexts& files, std::int64_t sequence) {
  return publish_layer(name, tag, layer_of(files), sequence);
}

Digest LibraryWorld::publish_layer(const std::string& name, const std::string& tag,
                                   const std::string& layer, std::int64_t sequence, bool sign_it) {
  const auto blob = describe(layer, oci::media_type::kFluxContent);
  const oci::Manifest manifest{
      std::string(oci::media_type::kManifest),
      "",
      oci::empty_descriptor(),
      {blob},
      {},
      {{std::string(signing::kSequenceAnnotation), std::to_string(sequence)}}};
  const auto bytes = oci::serialize(manifest);
  {
    const std::lock_guard lock(mutex_);
    auto& repository = registries_[name];
    check(repository.push_blob(blob, Blob::from_string(layer), {}));
    (void)repository.push_manifest(bytes, manifest.media_type, tag, {}).value();
  }
  if (sign_it) sign(name, Digest::of(bytes));
  return Digest::of(bytes);
}

void LibraryWorld::sign(const std::string& name, const Digest& digest) {
  const std::lock_guard lock(mutex_);
  auto& repository = registries_.at(name);
  const auto manifest = repository.fetch_manifest(digest.to_string(), {}).value().descriptor;
  (void)sealift::test::sign_by_key(repository, manifest, name, release_key(),
                                   signing::SignatureStorage::kBundle, clock.now())
      .value();
}

void LibraryWorld::say_fresh(const std::string& name, const std::string& tag,
                             const Digest& digest) {
  const std::lock_guard lock(mutex_);
  auto& repository = registries_.at(name);
  const auto manifest = repository.fetch_manifest(digest.to_string(), {}).value().descriptor;
  const auto made =
      signing::test::freshness_bundle(release_key(), {name, tag, digest, clock.now()});
  (void)signing::store_signature(repository, manifest, made, clock.now(), {}).value();
}

delivery::Delivery LibraryWorld::delivery(const std::string& name, const std::string& tag) {
  auto delivery = delivery::test::make_delivery("oci://" + name);
  delivery.artifact.select = {tag, "", {}};
  return delivery;
}

ArtifactAccess LibraryWorld::access(const delivery::Delivery& delivery) {
  Secrets source(*this);
  return artifact_access(delivery, source, {}).value();
}

ArtifactAccess LibraryWorld::access(const std::string& name, const std::string& tag) {
  return access(delivery(name, tag));
}

Result<Digest> LibraryWorld::resolve(const ArtifactAccess& access,
                                     std::chrono::milliseconds max_age, const std::string& waiter) {
  SEALIFT_ASSIGN(const auto resolved, await(waiter, [&] {
                   // Once asked, an answer from then on will do.
                   const auto age = std::exchange(max_age, std::chrono::hours(1));
                   return library_->resolve(access, age, waiter);
                 }));
  return resolved.digest;
}

Result<std::shared_ptr<const Verdict>> LibraryWorld::verify(const ArtifactAccess& access,
                                                            const Digest& digest,
                                                            std::chrono::milliseconds max_age,
                                                            const std::string& waiter) {
  return await(waiter, [&] {
    return library_->verify(access, {digest, asked_tag}, policies, max_age, waiter);
  });
}

std::shared_ptr<const signing::VerifiedArtifact> LibraryWorld::verified(
    const ArtifactAccess& access, const Digest& digest) {
  const auto verdict = verify(access, digest, std::chrono::hours(1)).value();
  if (const auto* refused = std::get_if<signing::Refused>(&verdict->judgement)) {
    throw std::runtime_error(refused->error.message());
  }
  return std::get<std::shared_ptr<const signing::VerifiedArtifact>>(verdict->judgement);
}

Result<std::shared_ptr<const ParsedArtifact>> LibraryWorld::objects(const ArtifactAccess& access,
                                                                    const Digest& digest,
                                                                    const std::string& path,
                                                                    const std::string& waiter) {
  const auto artifact = verified(access, digest);
  return await(waiter, [&] { return library_->objects(access, artifact, path, waiter); });
}

std::size_t LibraryWorld::requests(const std::string& method, const std::string& part) {
  std::size_t count = 0;
  for (const auto& request : registry.requests()) {
    const bool wanted = request.url.find(part) != std::string::npos;
    if (request.method == method && wanted) ++count;
  }
  return count;
}

}  // namespace sealift::artifacts::test
