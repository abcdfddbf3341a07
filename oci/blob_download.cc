#include "blob_transfer.h"
#include "transfer_deadline.h"
#include "verifying_sink.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace sealift::oci {
namespace {

constexpr int kMaxAttempts = 8;

// "bytes 100-199/200" → 100 (RFC 9110, section 14.4).
std::optional<std::uint64_t> first_of_range(std::string_view content_range) {
  if (!content_range.starts_with("bytes ")) return std::nullopt;
  content_range.remove_prefix(6);
  std::uint64_t first = 0;
  const auto [end, error] =
      std::from_chars(content_range.data(), content_range.data() + content_range.size(), first);
  if (error != std::errc() || end == content_range.data() + content_range.size() || *end != '-') {
    return std::nullopt;
  }
  return first;
}

// Joins the answers of several attempts into one stream.
class ResumingSink : public HttpSink {
 public:
  explicit ResumingSink(VerifyingSink& checked) : checked_(checked) {}

  Result<> begin(const HttpResponse& head) override {
    skip_ = checked_.size();
    if (head.status != 206) return {};  // the whole blob again: what came before is passed over
    const auto range = head.headers.get("Content-Range");
    const auto first = range ? first_of_range(*range) : std::nullopt;
    if (!first || *first > checked_.size()) {
      return fail(ErrorCode::kInvalidInput,
                  "the registry sent another range than it was asked for");
    }
    skip_ = checked_.size() - *first;
    return {};
  }
  Result<> write(std::string_view bytes) override {
    const auto passed = std::min<std::uint64_t>(skip_, bytes.size());
    skip_ -= passed;
    bytes.remove_prefix(passed);
    return bytes.empty() ? Result<>() : checked_.write(bytes);
  }

 private:
  VerifyingSink& checked_;
  std::uint64_t skip_ = 0;
};

}  // namespace

Result<> download_blob(RegistrySession& session, const Descriptor& blob, ByteSink& sink,
                       std::stop_token stop) {
  RegistryRequest request;
  request.url = session.url("blobs/" + blob.digest.to_string());
  request.action =
      "fetch the blob " + blob.digest.to_string() + " of \"" + session.repository() + "\"";
  request.deadline = transfer_deadline(blob.size);
  // The sinks below know the size that is promised, and call a longer answer what it is.
  request.max_body_bytes = std::numeric_limits<std::uint64_t>::max() / 2;

  VerifyingSink checked(sink, blob.digest, blob.size, "registry " + session.registry(), stop);
  ResumingSink resuming(checked);
  RetryTimer timer = session.retry_timer(kMaxAttempts);
  while (true) {
    auto answer = session.attempt(request, resuming, stop);
    if (answer && is_success(*answer)) return checked.finish();
    const AttemptOutcome outcome = session.outcome_of(answer);
    // It broke behind the last byte; a range from there on would be refused (416).
    if (is_retryable(outcome) && checked.size() > 0 && checked.size() == blob.size) {
      return checked.finish();
    }
    if (is_retryable(outcome) && timer.wait_after(outcome, stop)) {
      if (checked.size() > 0) {
        request.headers.set("Range", "bytes=" + std::to_string(checked.size()) + "-");
      }
      continue;
    }
    if (!answer) return fail(std::move(answer).error());
    return fail(session.error_of(request, *answer));
  }
}

}  // namespace sealift::oci
