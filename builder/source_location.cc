#include <sealift/base/encoding.h>
#include <sealift/builder/git_source.h>

#include <optional>

namespace sealift::builder {
namespace {

constexpr std::string_view kDefaultPorts[] = {"https:443", "http:80", "ssh:22", "git:9418"};

// "user:secret@host:22" → "host", where the port is the scheme's own.
std::string public_host(std::string_view scheme, std::string_view authority) {
  const auto at = authority.rfind('@');
  if (at != std::string_view::npos) authority.remove_prefix(at + 1);
  for (const std::string_view known : kDefaultPorts) {
    const auto colon = known.find(':');
    if (known.substr(0, colon) == scheme && authority.ends_with(known.substr(colon))) {
      authority.remove_suffix(known.size() - colon);
    }
  }
  return std::string(authority);
}

std::string public_path(std::string_view path) {
  path = path.substr(0, path.find_first_of("?#"));  // a token may hide in a query
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.ends_with(".git")) path.remove_suffix(4);
  return std::string(path);
}

// "git@github.com:org/repo.git": no scheme, and a colon before the first slash.
std::optional<std::string> url_of_scp_form(std::string_view remote) {
  const auto colon = remote.find(':');
  if (colon == std::string_view::npos || colon < 2 || remote.find('/') < colon) return std::nullopt;
  return "https://" + public_host("ssh", remote.substr(0, colon)) + "/" +
         public_path(remote.substr(colon + 1));
}

bool is_directory(FileSystem& files, const std::string& path) {
  // With "/." behind it a link to a directory counts as well.
  const auto info = files.info(join_path(path, "."));
  return info && info->type == FileType::kDirectory;
}

}  // namespace

std::string public_url_of_remote(std::string_view remote) {
  const auto end = remote.find("://");
  if (end == std::string_view::npos) return url_of_scp_form(remote).value_or("");
  const std::string_view scheme = remote.substr(0, end);
  if (scheme != "https" && scheme != "http" && scheme != "ssh" && scheme != "git") return {};
  const std::string_view rest = remote.substr(end + 3);
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string host = public_host(scheme, rest.substr(0, slash));
  return (scheme == "http" ? "http://" : "https://") + host + "/" + public_path(rest.substr(slash));
}

Result<SourceLocation> parse_source_location(FileSystem& files, std::string_view text) {
  if (text.empty()) return fail(ErrorCode::kInvalidInput, "no directory of a repository is named");
  if (is_directory(files, std::string(text))) return SourceLocation{std::string(text), ""};
  for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    const std::string directory(text.substr(0, at));
    if (directory.empty() || !is_directory(files, directory)) continue;
    const std::string revision(text.substr(at + 1));
    if (revision.empty()) {
      return fail(ErrorCode::kInvalidInput, printable(text) + " has no revision behind the @");
    }
    return SourceLocation{directory, revision};
  }
  if (text.find("://") != std::string_view::npos || url_of_scp_form(text)) {
    return fail(
        ErrorCode::kInvalidInput,
        printable(text) + " is an address; clone it first and name the directory of the clone");
  }
  return fail(ErrorCode::kNotFound,
              "there is no directory " + printable(text.substr(0, text.find('@')), 400));
}

}  // namespace sealift::builder
