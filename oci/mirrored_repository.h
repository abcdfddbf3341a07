#pragma once

#include <sealift/base/clock.h>
#include <sealift/oci/repository.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::oci {

// A repository that is read from its mirrors first, in their order, and from itself where none of
// them has what is asked for. Whatever is named by a digest may come from any mirror, since it is
// checked. Tags and referrers change, so they come from mirrors that are meant for them alone.
// Everything else is the repository's own.
class MirroredRepository : public Repository {
 public:
  struct Mirror {
    std::string name;  // for messages
    std::unique_ptr<Repository> repository;
    bool resolves_tags = false;
  };
  // `clock` must outlive this. `on_warning` is told once of each mirror that fails; may be empty.
  MirroredRepository(std::vector<Mirror> mirrors, std::unique_ptr<Repository> origin, Clock& clock,
                     std::function<void(std::string_view)> on_warning);

  Result<Descriptor> resolve(std::string_view tag_or_digest, std::stop_token stop) override;
  Result<StoredManifest> fetch_manifest(std::string_view tag_or_digest,
                                        std::stop_token stop) override;
  // A mirror that breaks in the middle is followed by the next one, whose beginning must be what
  // the sink got already: kUntrusted where it is not. One whose bytes are not those of the digest
  // is never asked again; where the sink has them already, that is kUntrusted and names it.
  Result<> fetch_blob(const Descriptor& blob, ByteSink& sink, std::stop_token stop) override;
  Result<bool> has_blob(const Digest& digest, std::stop_token stop) override;
  Result<> push_blob(const Descriptor& blob, const Blob& bytes, std::stop_token stop) override;
  Result<> mount_or_push_blob(const Descriptor& blob, const Blob& bytes, std::string_view from,
                              std::stop_token stop) override;
  Result<PushedManifest> push_manifest(std::string_view bytes, std::string_view media_type,
                                       std::string_view tag, std::stop_token stop) override;
  Result<std::vector<Descriptor>> referrers(const Digest& digest, std::stop_token stop) override;
  Result<> remove_referrer(const Digest& subject, const Digest& referrer,
                           std::stop_token stop) override;
  Result<> remove_tag(std::string_view tag, std::stop_token stop) override;
  Result<> remove_manifest(const Digest& digest, std::stop_token stop) override;
  Result<std::vector<std::string>> tags(std::stop_token stop) override;

 private:
  struct State {
    SteadyTime rests_until{};
    bool was_reported = false;
    bool is_wrong = false;
  };

  enum class Subject { kFixed, kMovable };
  static Subject subject_of(std::string_view tag_or_digest);

  // Calls `ask` with one mirror after the other until one answers, and then with the origin.
  template <typename Answer>
  Answer first_answer(Subject subject, const std::stop_token& stop,
                      const std::function<Answer(Repository&)>& ask);
  bool may_ask(std::size_t mirror, Subject subject);
  void note(std::size_t mirror, const Error& error);
  Result<> explained(Result<> fetched);
  std::string wrong_mirrors();

  std::vector<Mirror> mirrors_;
  std::unique_ptr<Repository> origin_;
  Clock& clock_;
  std::function<void(std::string_view)> on_warning_;
  std::mutex mutex_;
  std::vector<State> states_;  // of the mirrors
};

}  // namespace sealift::oci
