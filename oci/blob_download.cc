#include "blob_transfer.h"
#include "byte_ranges.h"
#include "transfer_deadline.h"
#include "verifying_sink.h"

#include <algorithm>
#include <limits>

namespace sealift::oci {
namespace {

constexpr int kMaxAttempts = 8;

// Joins the answers of several attempts into one stream.
class ResumingSink : public HttpSink {
 public:
  ResumingSink(VerifyingSink& checked, std::uint64_t blob_size)
      : checked_(checked), blob_size_(blob_size) {}

  // The next answer is to one for the bytes from where the stream is; otherwise for all of them.
  void expect_rest(bool rest) { expects_rest_ = rest; }
  // The answer held something else than the rest.
  bool got_another_range() const { return got_another_range_; }

  Result<> begin(const HttpResponse& head) override {
    skip_ = checked_.size();
    got_another_range_ = head.status == 206 && !is_rest(head);
    if (got_another_range_) {
      return fail(ErrorCode::kInvalidInput,
                  "the registry sent another range than it was asked for");
    }
    if (head.status == 206) skip_ = 0;
    return {};  // the whole blob again: what came before is passed over
  }
  Result<> write(std::string_view bytes) override {
    const auto passed = std::min<std::uint64_t>(skip_, bytes.size());
    skip_ -= passed;
    bytes.remove_prefix(passed);
    return bytes.empty() ? Result<>() : checked_.write(bytes);
  }

 private:
  bool is_rest(const HttpResponse& head) const {
    const auto text = head.headers.get("Content-Range");
    const auto range = text ? parse_content_range(*text) : std::nullopt;
    return expects_rest_ && range && range->first == checked_.size() &&
           range->total.value_or(blob_size_) == blob_size_;
  }

  VerifyingSink& checked_;
  std::uint64_t blob_size_;
  bool expects_rest_ = false;
  bool got_another_range_ = false;
  std::uint64_t skip_ = 0;
};

// A blob on its way here, in as many answers as it takes.
class BlobDownload {
 public:
  BlobDownload(RegistrySession& session, const Descriptor& blob, ByteSink& sink,
               std::stop_token stop)
      : session_(session),
        blob_(blob),
        checked_(sink, blob.digest, blob.size, "registry " + session.registry(), stop),
        resuming_(checked_, blob.size),
        stop_(std::move(stop)) {
    request_.url = session.url("blobs/" + blob.digest.to_string());
    request_.action =
        "fetch the blob " + blob.digest.to_string() + " of \"" + session.repository() + "\"";
    request_.deadline = transfer_deadline(blob.size);
    // The sinks know the size that is promised, and call a longer answer what it is.
    request_.max_body_bytes = std::numeric_limits<std::uint64_t>::max() / 2;
  }

  Result<> run();

 private:
  void ask_for_rest();

  RegistrySession& session_;
  const Descriptor& blob_;
  VerifyingSink checked_;
  ResumingSink resuming_;
  std::stop_token stop_;
  RegistryRequest request_;
  bool has_ranges_ = true;
};

Result<> BlobDownload::run() {
  RetryTimer timer = session_.retry_timer(kMaxAttempts);
  std::uint64_t failed_at = 0;
  while (true) {
    const auto answer = session_.attempt(request_, resuming_, stop_);
    if (answer && is_success(*answer)) return checked_.finish();
    AttemptOutcome outcome = session_.outcome_of(answer);
    // It broke behind the last byte; a range from there on would be refused.
    if (is_retryable(outcome) && checked_.size() > 0 && checked_.size() == blob_.size) {
      return checked_.finish();
    }
    const bool refuses_range = answer ? answer->head.status == 416 : resuming_.got_another_range();
    if (refuses_range && request_.headers.get("Range")) {
      has_ranges_ = false;
      outcome = {ErrorCode::kUnavailable, 0, std::nullopt};
    }
    if (checked_.size() >= failed_at + kLeastProgress) {
      failed_at = checked_.size();
      timer.start_over();
    }
    if (is_retryable(outcome) && timer.wait_after(outcome, stop_)) {
      ask_for_rest();
      continue;
    }
    if (!answer) return fail(answer.error());
    return fail(session_.error_of(request_, *answer));
  }
}

void BlobDownload::ask_for_rest() {
  const bool rest = has_ranges_ && checked_.size() > 0;
  request_.headers = HttpHeaders();
  if (rest) request_.headers.set("Range", "bytes=" + std::to_string(checked_.size()) + "-");
  resuming_.expect_rest(rest);
}

}  // namespace

Result<> download_blob(RegistrySession& session, const Descriptor& blob, ByteSink& sink,
                       std::stop_token stop) {
  return BlobDownload(session, blob, sink, std::move(stop)).run();
}

}  // namespace sealift::oci
