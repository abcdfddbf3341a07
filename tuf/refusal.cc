#include <sealift/base/encoding.h>
#include <sealift/tuf/refusal.h>

namespace sealift::tuf {

std::string_view to_string(RefusalKind kind) {
  switch (kind) {
    case RefusalKind::kMalformed:
      return "malformed";
    case RefusalKind::kSignatures:
      return "signatures";
    case RefusalKind::kExpired:
      return "expired";
    case RefusalKind::kRollback:
      return "rollback";
    case RefusalKind::kVersion:
      return "version";
    case RefusalKind::kLength:
      return "length";
    case RefusalKind::kHash:
      return "hash";
    case RefusalKind::kUnlisted:
      return "unlisted";
    case RefusalKind::kLimit:
      return "limit";
  }
  return "malformed";
}

namespace {

// What to do next; empty where the message says so itself.
std::string_view advice(RefusalKind kind) {
  switch (kind) {
    case RefusalKind::kSignatures:
      return "; do not trust this source, and where the repository itself says the same, begin "
             "with "
             "a newer root from somewhere safe";
    case RefusalKind::kRollback:
      return "; do not trust this source, and look at its mirrors and caches";
    case RefusalKind::kVersion:
    case RefusalKind::kLength:
    case RefusalKind::kHash:
    case RefusalKind::kUnlisted:
      return "; fetch it from the repository itself, or copy the repository again, in whole";
    case RefusalKind::kMalformed:
    case RefusalKind::kExpired:
    case RefusalKind::kLimit:
      return "";
  }
  return "";
}

}  // namespace

Refusal Refusal::with_context(std::string_view context) && {
  message = std::string(context) + ": " + message;
  return std::move(*this);
}

Refusal::operator Error() const {
  const bool form = kind == RefusalKind::kMalformed || kind == RefusalKind::kLimit;
  return Error(form ? ErrorCode::kInvalidInput : ErrorCode::kUntrusted,
               message + std::string(advice(kind)));
}

std::string describe_role(std::string_view role, std::int64_t version) {
  std::string text = printable(role, 80);
  if (version > 0) text += " " + std::to_string(version);
  return text;
}

}  // namespace sealift::tuf
