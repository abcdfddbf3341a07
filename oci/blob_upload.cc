#include "blob_transfer.h"
#include "byte_ranges.h"
#include "upload_session.h"
#include "upload_source.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace sealift::oci {
namespace {

constexpr int kMaxAttempts = 4;
// What a part has where the registry names nothing else, and what is not worth halving any more.
constexpr std::uint64_t kUsualPart = 16u << 20;
constexpr std::uint64_t kSmallestPart = 256u << 10;
// What is no larger is sooner sent again than asked about.
constexpr std::uint64_t kSentWhole = 1u << 20;

bool says_no_parts(int status) {
  constexpr std::array kNoParts{400, 405, 415, 501};
  return std::find(kNoParts.begin(), kNoParts.end(), status) != kNoParts.end();
}

// One blob on its way: whole in one request where that works, in parts where it does not.
class BlobUpload {
 public:
  BlobUpload(RegistrySession& session, UploadManner& manner, const Descriptor& blob,
             const Blob& bytes);
  Result<> run(std::string_view from, const std::stop_token& stop);

 private:
  Result<bool> is_there(std::string_view from, const std::stop_token& stop);
  Result<bool> mount(std::string_view from, const std::stop_token& stop);
  void learn_to_mount_own(const std::stop_token& stop);
  Result<> send(const std::stop_token& stop);
  // Goes as far as it gets. Returns the answer that decides.
  Result<HttpAnswer> advance(const std::stop_token& stop);
  Result<HttpAnswer> begin(const std::stop_token& stop);
  Result<HttpAnswer> find_place(const std::stop_token& stop);
  Result<HttpAnswer> send_part(const std::stop_token& stop);
  Result<> note_stored(const HttpAnswer& answer, std::uint64_t part);
  Result<> check_stored(const HttpAnswer& answer) const;
  bool finds_another_way(int status);
  void make_ready_again(int status, bool advanced);
  void abandon();
  Error error_of(const HttpAnswer& answer);

  RegistrySession& session_;
  UploadManner& manner_;
  const Descriptor& blob_;
  RegistryRequest start_;
  UploadSource source_;

  std::optional<UploadSession> upload_;
  bool in_parts_;
  bool is_doubtful_ = false;  // it must be asked how much the registry has
  bool was_asked_ = false;    // and nothing was stored since
  std::uint64_t stored_ = 0;  // what it has for certain
  std::uint64_t best_ = 0;    // the most that it had at any failure
  std::uint64_t part_ = kUsualPart;
  std::uint64_t last_body_ = 0;
};

BlobUpload::BlobUpload(RegistrySession& session, UploadManner& manner, const Descriptor& blob,
                       const Blob& bytes)
    : session_(session),
      manner_(manner),
      blob_(blob),
      source_(blob, bytes),
      in_parts_(manner.takes_parts() && blob.size > manner.largest_body()) {
  start_.method = "POST";
  start_.url = session.url("blobs/uploads/");
  start_.access = RegistryAccess::kPush;
  start_.action =
      "store the blob " + blob.digest.to_string() + " in \"" + session.repository() + "\"";
}

Result<> BlobUpload::run(std::string_view from, const std::stop_token& stop) {
  SEALIFT_ASSIGN(const bool there, is_there(from, stop));
  if (there) return {};
  auto sent = send(stop);
  if (!sent && upload_) upload_->cancel();
  if (sent && manner_.is_time_to_try_own()) learn_to_mount_own(stop);
  return sent;
}

// A mount says in one request what else takes one to ask and one to begin. Where it works from the
// repository into itself, it does so for blobs that are nowhere else.
Result<bool> BlobUpload::is_there(std::string_view from, const std::stop_token& stop) {
  if (!from.empty() && manner_.may_mount(from)) {
    SEALIFT_ASSIGN(const bool mounted, mount(from, stop));
    if (!mounted) manner_.note_no_mount(from);
    if (mounted || upload_) return mounted;
  }
  if (manner_.mounts_own()) {
    SEALIFT_ASSIGN(const bool mounted, mount(session_.repository(), stop));
    if (mounted || upload_) return mounted;
  }
  return blob_exists(session_, blob_.digest, true, stop);
}

// Where the registry rather begins an upload, that is gone on with.
Result<bool> BlobUpload::mount(std::string_view from, const std::stop_token& stop) {
  RegistryRequest request = start_;
  request.url = request.url.with_query("mount", blob_.digest.to_string()).with_query("from", from);
  if (from != session_.repository()) request.also_pull = std::string(from);
  const auto answer = session_.send(request, stop);
  if (!answer) {
    const ErrorCode code = answer.error().code();
    if (code != ErrorCode::kUnauthenticated && code != ErrorCode::kForbidden) {
      return fail(answer.error());
    }
  } else if (answer->head.status == 201) {
    SEALIFT_TRY(check_stored(*answer));
    return true;
  }
  if (answer && is_success(*answer)) {
    SEALIFT_ASSIGN(upload_, UploadSession::begin(session_, request, *answer));
  }
  return false;
}

// By the blob that was just stored: where the registry rather begins an upload of it, a mount tells
// nothing.
void BlobUpload::learn_to_mount_own(const std::stop_token& stop) {
  upload_.reset();
  const auto mounted = mount(session_.repository(), stop);
  if (mounted && *mounted) manner_.note_mounts_own();
  if (upload_) upload_->cancel();
}

Result<> BlobUpload::send(const std::stop_token& stop) {
  RetryTimer timer = session_.retry_timer(kMaxAttempts);
  while (true) {
    const auto answer = advance(stop);
    if (answer && is_success(*answer)) return check_stored(*answer);
    source_.close();
    const int status = answer ? answer->head.status : 0;
    if (finds_another_way(status)) continue;
    AttemptOutcome outcome = session_.outcome_of(answer);
    // The upload is elsewhere than thought, or gone.
    if (in_parts_ && upload_ && (status == 416 || status == 404)) outcome.status = 503;
    const bool advanced = stored_ >= best_ + kLeastProgress;
    best_ = std::max(best_, stored_);
    if (advanced) timer.start_over();
    if (is_retryable(outcome) && timer.wait_after(outcome, stop)) {
      make_ready_again(status, advanced);
      continue;
    }
    if (stop.stop_requested()) {
      return fail(ErrorCode::kCancelled, "stopped on the way to " + start_.action);
    }
    if (!answer) return fail(answer.error());
    return fail(error_of(*answer));
  }
}

Result<HttpAnswer> BlobUpload::advance(const std::stop_token& stop) {
  if (upload_ && is_doubtful_) {
    SEALIFT_ASSIGN(HttpAnswer answer, find_place(stop));
    const bool goes_on = upload_ ? is_success(answer) : !is_success(answer);
    if (!goes_on) return answer;
  }
  if (!upload_) {
    SEALIFT_ASSIGN(HttpAnswer answer, begin(stop));
    if (!is_success(answer)) return answer;
  }
  while (in_parts_ && stored_ < blob_.size) {
    SEALIFT_ASSIGN(HttpAnswer answer, send_part(stop));
    if (!is_success(answer)) return answer;
  }
  is_doubtful_ = true;
  last_body_ = in_parts_ ? 0 : blob_.size;
  std::optional<Blob> rest;
  if (!in_parts_) rest = source_.part(0, blob_.size);
  return upload_->put(blob_.digest, std::move(rest), stop);
}

Result<HttpAnswer> BlobUpload::begin(const std::stop_token& stop) {
  last_body_ = 0;
  SEALIFT_ASSIGN(HttpAnswer answer, session_.attempt(start_, stop));
  if (!is_success(answer)) return answer;
  SEALIFT_ASSIGN(upload_, UploadSession::begin(session_, start_, answer));
  return answer;
}

// Asks how far the upload has come. Where there is none any more, a success says that the blob is
// stored, and only the answer was lost.
Result<HttpAnswer> BlobUpload::find_place(const std::stop_token& stop) {
  last_body_ = 0;
  SEALIFT_ASSIGN(HttpAnswer answer, upload_->ask(stop));
  const int status = answer.head.status;
  if (is_retryable({std::nullopt, status, std::nullopt})) return answer;
  const auto range = answer.head.headers.get("Range");
  const auto stored = range ? parse_stored_range(*range) : std::nullopt;
  if (is_success(answer) && stored) {
    if (*stored > source_.furthest()) {
      return fail(ErrorCode::kInvalidInput, "registry " + session_.registry() + ", asked to " +
                                                start_.action + ", claims to hold " +
                                                std::to_string(*stored) + " bytes; it was sent " +
                                                std::to_string(source_.furthest()));
    }
    stored_ = *stored;
    is_doubtful_ = false;
    was_asked_ = true;
    return answer;
  }
  abandon();
  SEALIFT_ASSIGN(const bool there, blob_exists(session_, blob_.digest, true, stop));
  answer.head = HttpResponse{there ? 201 : 404, {}, 0};
  return answer;
}

Result<HttpAnswer> BlobUpload::send_part(const std::stop_token& stop) {
  const std::uint64_t wanted =
      std::max(std::min(part_, manner_.largest_body()), upload_->least_part());
  last_body_ = std::min(wanted, blob_.size - stored_);
  is_doubtful_ = true;
  SEALIFT_ASSIGN(HttpAnswer answer,
                 upload_->patch(stored_, source_.part(stored_, last_body_), stop));
  if (!is_success(answer)) return answer;
  SEALIFT_TRY(note_stored(answer, last_body_));
  is_doubtful_ = was_asked_ = false;
  part_ = std::min(part_ * 2, kUsualPart);
  return answer;
}

// 202 tells in Range what was taken of the part. A registry that answers 201 (ECR) took all of it,
// and its Range stands still at the end of the first part.
Result<> BlobUpload::note_stored(const HttpAnswer& answer, std::uint64_t part) {
  const auto range = answer.head.headers.get("Range");
  const auto stored =
      range && answer.head.status != 201 ? parse_stored_range(*range) : stored_ + part;
  const std::string who = "registry " + session_.registry() + ", asked to " + start_.action + ", ";
  if (!stored || *stored > stored_ + part) {
    return fail(ErrorCode::kInvalidInput,
                who + "claims to hold the range \"" + printable(range.value_or(""), 60) +
                    "\"; it was sent " + std::to_string(stored_ + part) + " bytes");
  }
  if (*stored < stored_ + std::min(part, kLeastProgress)) {
    return fail(ErrorCode::kUnavailable,
                who + "took nothing of " + std::to_string(part) + " bytes");
  }
  stored_ = *stored;
  return {};
}

Result<> BlobUpload::check_stored(const HttpAnswer& answer) const {
  const auto stated = answer.head.headers.get("Docker-Content-Digest");
  const auto digest = stated ? Digest::parse(*stated) : blob_.digest;
  // Some know each blob by its SHA-256 alone.
  if (!digest || digest->algorithm() != blob_.digest.algorithm() || *digest == blob_.digest) {
    return {};
  }
  return fail(ErrorCode::kUntrusted, "registry " + session_.registry() + ", asked to " +
                                         start_.action + ", says that it stored " +
                                         digest->to_string());
}

// For answers that mean "not like this": smaller bodies where it was too large, and one where parts
// are unknown. Each is found once, or halves something.
bool BlobUpload::finds_another_way(int status) {
  // Smaller than the registry wants a part to be, none can get.
  const std::uint64_t smallest = std::max(kSmallestPart, upload_ ? upload_->least_part() : 0);
  if (status == 413 && manner_.takes_parts() && last_body_ / 2 >= smallest) {
    manner_.note_too_large(last_body_);
    in_parts_ = true;
    return true;
  }
  if (in_parts_ && last_body_ > 0 && says_no_parts(status) && manner_.takes_parts() &&
      blob_.size <= manner_.largest_body()) {
    manner_.note_no_parts();
    in_parts_ = false;
    abandon();
    return true;
  }
  return false;
}

void BlobUpload::make_ready_again(int status, bool advanced) {
  // A registry that is elsewhere than it has just said is of no use any more.
  const bool gone = !upload_ || status == 404 || (status == 416 && was_asked_);
  in_parts_ = manner_.takes_parts() && blob_.size > kSentWhole;
  if (gone || !in_parts_) return abandon();
  // Whatever stands between may bear less at a time.
  if (!advanced) part_ = std::max(part_ / 4, kSmallestPart);
}

void BlobUpload::abandon() {
  if (upload_) upload_->cancel();
  upload_.reset();
  is_doubtful_ = was_asked_ = false;
  stored_ = 0;
}

Error BlobUpload::error_of(const HttpAnswer& answer) {
  Error error = session_.error_of(start_, answer);
  if (answer.head.status != 413) return error;
  return Error(error.code(), error.message() + ": it takes no request of " +
                                 std::to_string(last_body_) +
                                 " bytes; ask its operator, or whoever runs a proxy before it, "
                                 "for a higher limit");
}

}  // namespace

Result<> upload_blob(RegistrySession& session, UploadManner& manner, const Descriptor& blob,
                     const Blob& bytes, std::string_view from, std::stop_token stop) {
  if (bytes.size != blob.size) {
    return fail(ErrorCode::kUntrusted, "the content to store as " + blob.digest.to_string() +
                                           " has " + std::to_string(bytes.size) +
                                           " bytes, but its descriptor promises " +
                                           std::to_string(blob.size));
  }
  return BlobUpload(session, manner, blob, bytes).run(from, stop);
}

}  // namespace sealift::oci
