#include "mirrored_repository.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace sealift::oci {
namespace {

constexpr std::uint64_t kCheckedFirst = 4u << 20;

// How long a mirror that failed is left out.
constexpr std::chrono::seconds kRest{60};

// Lets several repositories write one blob, each from its start: what the sink has already must
// come again, and is passed over.
class ContinuedSink : public ByteSink {
 public:
  ContinuedSink(ByteSink& sink, Digest::Algorithm algorithm)
      : sink_(sink), algorithm_(algorithm), given_(algorithm), repeated_(algorithm) {}

  // The next write is the blob's first byte again.
  void begin_again() {
    // One that broke while it repeated says nothing new.
    if (repeated_size_ == written_) prefix_ = given_.finish();
    given_ = Hasher(algorithm_);
    repeated_ = Hasher(algorithm_);
    repeated_size_ = 0;
  }
  // The sink did not take it, so that no other repository helps.
  bool is_over() const { return is_over_; }

  Result<> write(std::string_view bytes) override {
    given_.update(bytes);
    if (repeated_size_ < written_) {
      SEALIFT_TRY(repeat(bytes));
    }
    if (bytes.empty()) return {};
    auto taken = sink_.write(bytes);
    is_over_ = !taken;
    written_ += bytes.size();
    repeated_size_ = written_;
    return taken;
  }

 private:
  // Takes off what the sink has.
  Result<> repeat(std::string_view& bytes) {
    const auto size = std::min<std::uint64_t>(bytes.size(), written_ - repeated_size_);
    repeated_.update(bytes.substr(0, size));
    repeated_size_ += size;
    bytes.remove_prefix(size);
    if (repeated_size_ < written_ || repeated_.finish() == prefix_) return {};
    is_over_ = true;
    return fail(
        ErrorCode::kUntrusted,
        "two of the repositories give different bytes for one blob; what came of it is void");
  }

  ByteSink& sink_;
  Digest::Algorithm algorithm_;
  Hasher given_;     // all that the repository of now gave
  Hasher repeated_;  // of that, what the sink had before
  std::optional<Digest> prefix_;
  std::uint64_t written_ = 0;
  std::uint64_t repeated_size_ = 0;
  bool is_over_ = false;
};

// Wrong bytes are known as such at their end: of a small blob none goes on before.
Result<> fetch_from(Repository& mirror, const Descriptor& blob, ByteSink& sink,
                    const std::stop_token& stop) {
  if (blob.size > kCheckedFirst) return mirror.fetch_blob(blob, sink, stop);
  StringSink bytes(blob.digest.to_string(), blob.size);
  SEALIFT_TRY(mirror.fetch_blob(blob, bytes, stop));
  return sink.write(bytes.bytes());
}

}  // namespace

MirroredRepository::MirroredRepository(std::vector<Mirror> mirrors,
                                       std::unique_ptr<Repository> origin, Clock& clock,
                                       std::function<void(std::string_view)> on_warning)
    : mirrors_(std::move(mirrors)),
      origin_(std::move(origin)),
      clock_(clock),
      on_warning_(std::move(on_warning)),
      states_(mirrors_.size()) {}

// A digest always names the same; a tag moves.
MirroredRepository::Subject MirroredRepository::subject_of(std::string_view tag_or_digest) {
  return tag_or_digest.find(':') == std::string_view::npos ? Subject::kMovable : Subject::kFixed;
}

bool MirroredRepository::may_ask(std::size_t mirror, Subject subject) {
  if (subject == Subject::kMovable && !mirrors_[mirror].resolves_tags) return false;
  const std::lock_guard lock(mutex_);
  const State& state = states_[mirror];
  return !state.is_wrong && clock_.steady_now() >= state.rests_until;
}

// What is not there yet says nothing against a mirror.
void MirroredRepository::note(std::size_t mirror, const Error& error) {
  if (error.code() == ErrorCode::kNotFound) return;
  const bool is_wrong = error.code() == ErrorCode::kUntrusted;
  {
    const std::lock_guard lock(mutex_);
    State& state = states_[mirror];
    state.rests_until = clock_.steady_now() + kRest;
    if (std::exchange(is_wrong ? state.is_wrong : state.was_reported, true)) return;
  }
  if (on_warning_) {
    on_warning_("mirror " + mirrors_[mirror].name + " is left out " +
                (is_wrong ? "from now on: " : "for a minute: ") + error.message());
  }
}

// Who to leave out the next time, where wrong bytes are in the sink already.
Result<> MirroredRepository::explained(Result<> fetched) {
  if (fetched || fetched.error().code() != ErrorCode::kUntrusted) return fetched;
  const std::string names = wrong_mirrors();
  if (names.empty()) return fetched;
  return fail(std::move(fetched).error().with_context(
      "bytes that are not those of the digest came from mirror " + names +
      "; have it mended, or name it no more"));
}

std::string MirroredRepository::wrong_mirrors() {
  std::string names;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < mirrors_.size(); ++i) {
    if (states_[i].is_wrong) names += (names.empty() ? "" : ", ") + mirrors_[i].name;
  }
  return names;
}

template <typename Answer>
Answer MirroredRepository::first_answer(Subject subject, const std::stop_token& stop,
                                        const std::function<Answer(Repository&)>& ask) {
  for (std::size_t i = 0; i < mirrors_.size(); ++i) {
    if (!may_ask(i, subject)) continue;
    Answer answer = ask(*mirrors_[i].repository);
    if (answer || stop.stop_requested()) return answer;
    note(i, answer.error());
  }
  return ask(*origin_);
}

Result<Descriptor> MirroredRepository::resolve(std::string_view tag_or_digest,
                                               std::stop_token stop) {
  return first_answer<Result<Descriptor>>(
      subject_of(tag_or_digest), stop,
      [&](Repository& repository) { return repository.resolve(tag_or_digest, stop); });
}

Result<StoredManifest> MirroredRepository::fetch_manifest(std::string_view tag_or_digest,
                                                          std::stop_token stop) {
  return first_answer<Result<StoredManifest>>(
      subject_of(tag_or_digest), stop,
      [&](Repository& repository) { return repository.fetch_manifest(tag_or_digest, stop); });
}

Result<> MirroredRepository::fetch_blob(const Descriptor& blob, ByteSink& sink,
                                        std::stop_token stop) {
  ContinuedSink continued(sink, blob.digest.algorithm());
  for (std::size_t i = 0; i < mirrors_.size(); ++i) {
    if (!may_ask(i, Subject::kFixed)) continue;
    auto fetched = fetch_from(*mirrors_[i].repository, blob, continued, stop);
    if (fetched || continued.is_over() || stop.stop_requested()) return explained(fetched);
    note(i, fetched.error());
    continued.begin_again();
  }
  return explained(origin_->fetch_blob(blob, continued, std::move(stop)));
}

// A list without entries is what a mirror has that nobody told of them.
Result<std::vector<Descriptor>> MirroredRepository::referrers(const Digest& digest,
                                                              std::stop_token stop) {
  for (std::size_t i = 0; i < mirrors_.size(); ++i) {
    if (!may_ask(i, Subject::kMovable)) continue;
    auto listed = mirrors_[i].repository->referrers(digest, stop);
    if ((listed && !listed->empty()) || stop.stop_requested()) return listed;
    if (!listed) note(i, listed.error());
  }
  return origin_->referrers(digest, std::move(stop));
}

Result<bool> MirroredRepository::has_blob(const Digest& digest, std::stop_token stop) {
  return origin_->has_blob(digest, std::move(stop));
}

Result<> MirroredRepository::push_blob(const Descriptor& blob, const Blob& bytes,
                                       std::stop_token stop) {
  return origin_->push_blob(blob, bytes, std::move(stop));
}

Result<> MirroredRepository::mount_or_push_blob(const Descriptor& blob, const Blob& bytes,
                                                std::string_view from, std::stop_token stop) {
  return origin_->mount_or_push_blob(blob, bytes, from, std::move(stop));
}

Result<PushedManifest> MirroredRepository::push_manifest(std::string_view bytes,
                                                         std::string_view media_type,
                                                         std::string_view tag,
                                                         std::stop_token stop) {
  return origin_->push_manifest(bytes, media_type, tag, std::move(stop));
}

Result<> MirroredRepository::remove_referrer(const Digest& subject, const Digest& referrer,
                                             std::stop_token stop) {
  return origin_->remove_referrer(subject, referrer, std::move(stop));
}

Result<> MirroredRepository::remove_tag(std::string_view tag, std::stop_token stop) {
  return origin_->remove_tag(tag, std::move(stop));
}

Result<> MirroredRepository::remove_manifest(const Digest& digest, std::stop_token stop) {
  return origin_->remove_manifest(digest, std::move(stop));
}

Result<std::vector<std::string>> MirroredRepository::tags(std::stop_token stop) {
  return origin_->tags(std::move(stop));
}

}  // namespace sealift::oci
