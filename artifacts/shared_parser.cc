#include "shared_parser.h"

#include <utility>

#include "artifact_objects.h"

namespace sealift::artifacts {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kHeldBytes = 16u << 20;
// What bytes with a digest parse to never changes, and to find out may have cost seconds.
constexpr milliseconds kParseErrorAge{60'000};

}  // namespace

struct SharedParser::Request {
  ArtifactAccess access;
  std::shared_ptr<const signing::VerifiedArtifact> artifact;
  std::string path;
  std::string key;
  std::string owner;
  std::shared_ptr<void> pin = {};
  bool fetched = false;

  std::string name() const { return "objects " + key; }
  const Digest& digest() const { return artifact->descriptor().digest; }
};

SharedParser::SharedParser(LibraryWork& work) : work_(work), parsed_(kHeldBytes) {}

ArtifactLibrary::Answer<SharedParser::Parsed> SharedParser::objects(
    const ArtifactAccess& access, std::shared_ptr<const signing::VerifiedArtifact> artifact,
    const std::string& path, const std::string& waiter) {
  const auto digest = artifact->descriptor().digest;
  auto request = std::make_shared<Request>(
      Request{access, std::move(artifact), path,
              access.place + " " + digest.to_string() + " " + path, owner_of(waiter)});
  const auto now = work_.clock.steady_now();
  std::unique_lock lock(mutex_);
  if (auto owed = parses_.collect(request->key, waiter, now)) return answer_of(*std::move(owed));
  if (auto parsed = parsed_.find(digest, path)) return parsed;
  auto reply = parses_.ask(request->key, waiter, milliseconds(0), now);
  lock.unlock();
  if (reply.answer) return answer_of(*std::move(reply.answer));
  if (reply.start) {
    begin(request);
  } else {
    work_.join(request->name(), request->owner);
  }
  return std::nullopt;
}

void SharedParser::begin(const RequestPointer& request) {
  auto added = work_.local.add(request->name(), "", request->owner,
                               [this, request](std::stop_token) { read(request); });
  if (!added) finish(*request, fail(std::move(added).error()));
}

void SharedParser::read(const RequestPointer& request) {
  {
    // A request by another place may have come first.
    std::unique_lock lock(mutex_);
    auto known = parsed_.find(request->digest(), request->path);
    lock.unlock();
    if (known) return finish(*request, std::move(known));
  }
  const auto layer = content_layer_of(*request->artifact);
  if (!layer) return finish(*request, fail(layer.error()));
  if (!request->pin) request->pin = work_.cache.pin(layer->digest);
  if (request->fetched || work_.cache.has_blob(*layer)) {
    auto parsed = read_artifact_objects(*request->artifact, request->path, work_.cache);
    if (parsed) return finish(*request, std::make_shared<ParsedArtifact>(*std::move(parsed)));
    // A copy that was changed on disk is gone by now, and there is another in the registry.
    if (request->fetched || work_.cache.has_blob(*layer)) {
      return finish(*request, fail(std::move(parsed).error()));
    }
    work_.log.warning(parsed.error().message());
  }
  auto added =
      work_.network.add(request->name(), lane_of(request->access), request->owner,
                        [this, request](std::stop_token stop) { fetch(request, std::move(stop)); });
  if (!added) finish(*request, fail(std::move(added).error()));
}

void SharedParser::fetch(const RequestPointer& request, std::stop_token stop) {
  auto fetched = [&]() -> Result<> {
    SEALIFT_ASSIGN(const auto layer, content_layer_of(*request->artifact));
    SEALIFT_ASSIGN(const auto repository,
                   work_.repositories.open(request->access, work_.clock.steady_now()));
    // A request by another place may have come first.
    if (work_.cache.has_blob(layer)) return {};
    return work_.cache.fetch_blob(*repository, layer, std::move(stop));
  }();
  if (!fetched) return finish(*request, fail(std::move(fetched).error()));
  request->fetched = true;
  begin(request);
}

void SharedParser::finish(const Request& request, Result<Parsed> result) {
  milliseconds age{0};
  if (!result) {
    const bool lasting = result.error().code() == ErrorCode::kInvalidInput;
    age = lasting ? kParseErrorAge : error_age(result.error());
  }
  std::unique_lock lock(mutex_);
  if (result) parsed_.put(request.digest(), request.path, *result);
  const auto finished =
      parses_.finish(request.key, std::move(result), age, work_.clock.steady_now());
  lock.unlock();
  work_.tell(finished.waiting);
}

void SharedParser::forget_unused(SteadyTime now) {
  const std::lock_guard lock(mutex_);
  parses_.forget(now, [](const Parsed&) { return false; });
}

}  // namespace sealift::artifacts
