#include "bearer_token.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sealift::kube {
namespace {

constexpr std::chrono::seconds kReadAgainAfter{60};
constexpr std::uint64_t kMaxTokenBytes = 64u << 10;

}  // namespace

BearerToken::BearerToken(const ClusterAccess& access, FileSystem& files, Clock& clock)
    : fixed_(access.bearer_token), file_(access.token_file), files_(files), clock_(clock) {}

Result<std::string> BearerToken::read() const { return read_token_file(files_, file_); }

Result<std::string> BearerToken::current() {
  if (file_.empty()) return fixed_;
  const auto now = clock_.steady_now();
  {
    const std::lock_guard lock(mutex_);
    if (!cached_.empty() && now - read_at_ < kReadAgainAfter) return cached_;
  }
  auto token = read();
  const std::lock_guard lock(mutex_);
  if (!token && cached_.empty()) return token;
  if (token) {
    cached_ = *std::move(token);
    read_at_ = now;
  }
  return cached_;
}

bool BearerToken::replace_refused(std::string_view token) {
  if (file_.empty()) return false;
  auto fresh = read();
  if (!fresh || *fresh == token) return false;
  const auto now = clock_.steady_now();
  const std::lock_guard lock(mutex_);
  cached_ = *std::move(fresh);
  read_at_ = now;
  return true;
}

Result<std::string> read_token_file(FileSystem& files, const std::string& path) {
  SEALIFT_ASSIGN_CONTEXT(std::string text, read_file(files, path, kMaxTokenBytes),
                         "read the token file");
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string::npos) {
    return fail(ErrorCode::kInvalidInput, "the token file " + path + " is empty");
  }
  text = text.substr(first, text.find_last_not_of(kSpace) - first + 1);
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; })) {
    return fail(ErrorCode::kInvalidInput,
                "the token file " + path + " holds bytes that no bearer token has");
  }
  return text;
}

}  // namespace sealift::kube
