#include "signed_commit.h"

#include <sealift/base/encoding.h>

#include <charconv>
#include <optional>

namespace sealift::commits {
namespace {

constexpr std::size_t kMaxHeaderBytes = 256u << 10;
constexpr std::size_t kMaxSignatureBytes = 64u << 10;
constexpr std::string_view kSignature = "gpgsig";

tl::unexpected<Error> no_commit(const std::string& why) {
  return fail(ErrorCode::kInvalidInput, "it is no commit as Git writes them: " + why);
}

// "Alice <alice@example.com> 1767225600 +0100" → the seconds.
std::optional<Timestamp> time_of(std::string_view person) {
  const auto bracket = person.rfind("> ");
  if (bracket == std::string_view::npos) return std::nullopt;
  const std::string_view rest = person.substr(bracket + 2);
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), seconds);
  if (error != std::errc() || seconds < 0 || end == rest.data() + rest.size() || *end != ' ') {
    return std::nullopt;
  }
  return Timestamp(std::chrono::seconds(seconds));
}

Result<SignatureFormat> format_of(std::string_view signature) {
  if (signature.starts_with("-----BEGIN SSH SIGNATURE-----\n")) return SignatureFormat::kSsh;
  if (signature.starts_with("-----BEGIN PGP SIGNATURE-----\n")) return SignatureFormat::kOpenPgp;
  if (signature.starts_with("-----BEGIN SIGNED MESSAGE-----")) {
    return fail(ErrorCode::kUntrusted,
                "it is signed with X.509 (gpgsm, gitsign); signatures by SSH and OpenPGP keys "
                "count here");
  }
  return fail(ErrorCode::kUntrusted, "its signature is of no known kind; SSH and OpenPGP count");
}

// Collects while the header is read line by line.
struct Header {
  SignedCommit commit;
  bool signed_already = false;
  bool in_signature = false;
  bool has_committer = false;

  Result<> take(std::string_view line) {
    if (line.starts_with(' ') && in_signature) {
      commit.signature.append(line.substr(1)).append("\n");
      return {};
    }
    in_signature = line.starts_with(kSignature);
    if (in_signature) return take_signature(line);
    if (line.starts_with("committer ")) return take_committer(line);
    return {};
  }
  Result<> take_signature(std::string_view line) {
    if (signed_already) return no_commit("it has more than one signature");
    if (!line.starts_with("gpgsig ")) {
      return no_commit("its header " + printable(line.substr(0, line.find(' '))) +
                       " belongs to a repository with other object names");
    }
    signed_already = true;
    commit.signature.append(line.substr(kSignature.size() + 1)).append("\n");
    return {};
  }
  Result<> take_committer(std::string_view line) {
    const auto time = time_of(line);
    if (has_committer || !time) return no_commit("it has no one committer with a time");
    has_committer = true;
    commit.committed = *time;
    return {};
  }
};

}  // namespace

Result<SignedCommit> read_signed_commit(std::string_view object) {
  const auto end = object.find("\n\n");
  if (!object.starts_with("tree ") || end == std::string_view::npos || end > kMaxHeaderBytes) {
    return no_commit("it has no header of at most " + std::to_string(kMaxHeaderBytes) + " bytes");
  }
  std::string_view rest = object.substr(0, end + 1);
  if (rest.find('\0') != std::string_view::npos) return no_commit("its header has a zero byte");
  Header header;
  while (!rest.empty()) {
    const auto line_end = rest.find('\n');
    const std::string_view line = rest.substr(0, line_end);
    SEALIFT_TRY(header.take(line));
    if (!header.in_signature) header.commit.payload.append(line).append("\n");
    rest.remove_prefix(line_end + 1);
  }
  if (!header.has_committer) return no_commit("it has no committer");
  if (!header.signed_already) return fail(ErrorCode::kUntrusted, "it is not signed");
  if (header.commit.signature.size() > kMaxSignatureBytes) {
    return no_commit("its signature has more than " + std::to_string(kMaxSignatureBytes) +
                     " bytes");
  }
  header.commit.payload.append(object.substr(end + 1));
  SEALIFT_ASSIGN(header.commit.format, format_of(header.commit.signature));
  return std::move(header.commit);
}

}  // namespace sealift::commits
