#include "blob_transfer.h"
#include "transfer_deadline.h"

#include <sealift/base/encoding.h>

#include <memory>

namespace sealift::oci {
namespace {

constexpr int kMaxAttempts = 4;

class DiscardingSink : public HttpSink {
 public:
  Result<> begin(const HttpResponse&) override { return {}; }
  Result<> write(std::string_view) override { return {}; }
};

// Reads a blob and holds its last bytes back where they do not belong to the digest, so that the
// registry never gets the whole of something wrong.
class CheckedSource : public ByteSource {
 public:
  CheckedSource(std::unique_ptr<ByteSource> source, Digest digest, std::uint64_t size)
      : source_(std::move(source)),
        digest_(std::move(digest)),
        rest_(size),
        hasher_(digest_.algorithm()) {}

  Result<std::size_t> read(char* buffer, std::size_t size) override {
    SEALIFT_ASSIGN(const std::size_t count, source_->read(buffer, size));
    hasher_.update(std::string_view(buffer, count));
    const bool was_complete = rest_ == 0;
    rest_ -= std::min<std::uint64_t>(rest_, count);
    if (rest_ > 0 || was_complete) return count;
    const Digest found = hasher_.finish();
    if (found == digest_) return count;
    return fail(ErrorCode::kUntrusted, "the content to store as " + digest_.to_string() +
                                           " was changed: it hashes to " + found.to_string());
  }

 private:
  std::unique_ptr<ByteSource> source_;
  Digest digest_;
  std::uint64_t rest_;
  Hasher hasher_;
};

Blob checked_blob(const Descriptor& descriptor, const Blob& bytes) {
  Blob checked;
  checked.size = bytes.size;
  checked.open = [descriptor, open = bytes.open]() -> Result<std::unique_ptr<ByteSource>> {
    SEALIFT_ASSIGN(auto source, open());
    return std::make_unique<CheckedSource>(std::move(source), descriptor.digest, descriptor.size);
  };
  return checked;
}

// POST, then PUT to the address that the answer gives. Returns the answer that decides.
Result<HttpAnswer> upload_once(RegistrySession& session, const Descriptor& blob, const Blob& bytes,
                               const RegistryRequest& start, std::stop_token stop) {
  DiscardingSink nowhere;
  SEALIFT_ASSIGN(HttpAnswer started, session.attempt(start, nowhere, stop));
  if (started.head.status == 201 || !is_success(started)) return started;
  const auto location = started.head.headers.get("Location");
  if (!location) {
    return fail(ErrorCode::kInvalidInput,
                "registry " + session.registry() + " takes an upload without saying where to");
  }
  RegistryRequest put = start;
  put.method = "PUT";
  SEALIFT_ASSIGN_CONTEXT(put.url, start.url.resolve(*location),
                         "registry " + session.registry() + " takes an upload elsewhere");
  if (start.url.scheme == "https" && put.url.scheme != "https") {
    return fail(ErrorCode::kUntrusted, "registry " + session.registry() +
                                           " wants an upload over http instead of https, at " +
                                           printable(put.url.host) + ": nothing was sent there");
  }
  put.url = put.url.with_query("digest", blob.digest.to_string());
  put.headers.set("Content-Type", "application/octet-stream");
  put.body = checked_blob(blob, bytes);
  put.deadline = transfer_deadline(blob.size);
  return session.attempt(put, nowhere, std::move(stop));
}

}  // namespace

Result<> upload_blob(RegistrySession& session, const Descriptor& blob, const Blob& bytes,
                     std::stop_token stop) {
  if (bytes.size != blob.size) {
    return fail(ErrorCode::kUntrusted, "the content to store as " + blob.digest.to_string() +
                                           " has " + std::to_string(bytes.size) +
                                           " bytes, but its descriptor promises " +
                                           std::to_string(blob.size));
  }
  SEALIFT_ASSIGN(const bool present, blob_exists(session, blob.digest, true, stop));
  if (present) return {};
  RegistryRequest start;
  start.method = "POST";
  start.url = session.url("blobs/uploads/");
  start.access = RegistryAccess::kPush;
  start.action =
      "store the blob " + blob.digest.to_string() + " in \"" + session.repository() + "\"";
  RetryTimer timer = session.retry_timer(kMaxAttempts);
  while (true) {
    auto answer = upload_once(session, blob, bytes, start, stop);
    if (answer && is_success(*answer)) return {};
    const AttemptOutcome outcome = session.outcome_of(answer);
    if (is_retryable(outcome) && timer.wait_after(outcome, stop)) continue;
    if (!answer) return fail(std::move(answer).error());
    return fail(session.error_of(start, *answer));
  }
}

}  // namespace sealift::oci
