#include "git_repository.h"

#include "git_library.h"

#include <sealift/base/encoding.h>
#include <sealift/builder/git_source.h>

#include <cstdint>
#include <filesystem>
#include <system_error>

namespace sealift::builder {

void GitFree::operator()(git_blob* object) const { git().blob_free(object); }
void GitFree::operator()(git_commit* object) const { git().commit_free(object); }
void GitFree::operator()(git_object* object) const { git().object_free(object); }
void GitFree::operator()(git_config* object) const { git().config_free(object); }
void GitFree::operator()(git_odb* object) const { git().odb_free(object); }
void GitFree::operator()(git_odb_object* object) const { git().odb_object_free(object); }
void GitFree::operator()(git_reference* object) const { git().reference_free(object); }
void GitFree::operator()(git_repository* object) const { git().repository_free(object); }
void GitFree::operator()(git_status_list* object) const { git().status_list_free(object); }
void GitFree::operator()(git_tree* object) const { git().tree_free(object); }
void GitFree::operator()(git_tree_entry* object) const { git().tree_entry_free(object); }

namespace {

// The last second of the year 9999: RFC 3339 has no later one.
constexpr std::int64_t kLastSecond = 253'402'300'799;

std::string last_message() {
  const git_error* error = git().error_last();
  return error == nullptr || error->message == nullptr ? "no reason given"
                                                       : printable(error->message, 400);
}

// libgit2 1.5 reports another owner as a missing setting where no safe.directory is set at all.
bool is_owned_by_another(int code) {
  if (code == GIT_EOWNER) return true;
  return code == GIT_ENOTFOUND && last_message().find("safe.directory") != std::string::npos;
}

// Whether the user's or the machine's own settings say `safe.directory = *`, as CI systems write
// them; libgit2 1.5 knows directories alone. An empty value takes back what came before
// (git-config(1), safe.directory).
bool every_directory_is_safe() {
  GitHandle<git_config> config;
  if (git_make(config, git().config_open_default) != 0) return false;
  bool every = false;
  const auto see = [](const git_config_entry* entry, void* result) {
    const std::string_view value = entry->value == nullptr ? "" : entry->value;
    auto& is_every = *static_cast<bool*>(result);
    if (value == "*" || value.empty()) is_every = value == "*";
    return 0;
  };
  git().config_get_multivar_foreach(config.get(), "safe.directory", nullptr, see, &every);
  return every;
}

int open_from(GitHandle<git_repository>& repository, const std::string& directory) {
  return git_make(repository, git().repository_open_ext, directory.c_str(),
                  static_cast<unsigned>(GIT_REPOSITORY_OPEN_CROSS_FS), nullptr);
}

Error cannot_open(int code, const std::string& directory) {
  std::error_code unknown;
  const auto absolute = std::filesystem::canonical(directory, unknown);
  const std::string shown = printable(unknown ? directory : absolute.string(), 400);
  if (is_owned_by_another(code)) {
    return Error(ErrorCode::kForbidden,
                 "the repository at " + shown +
                     " belongs to another user; if you trust it, run: git config --global --add "
                     "safe.directory " +
                     shown);
  }
  if (code == GIT_ENOTFOUND) {
    return Error(ErrorCode::kNotFound, "there is no Git repository at " + shown + " or above it");
  }
  std::string message = "cannot open the Git repository at " + shown + ": " + last_message();
  if (message.find("objectformat") != std::string::npos ||
      message.find("object format") != std::string::npos) {
    message += "; repositories with SHA-256 object names need a newer libgit2";
  }
  return Error(ErrorCode::kInvalidInput, std::move(message));
}

// The location below the work tree's root, both without links.
std::string prefix_in_worktree(git_repository* repository, const std::string& directory) {
  const char* root = git().repository_workdir(repository);
  if (root == nullptr) return {};
  std::error_code error;
  const auto from = std::filesystem::canonical(root, error);
  if (error) return {};
  const auto location = std::filesystem::canonical(directory, error);
  if (error) return {};
  const std::string prefix = location.lexically_relative(from).generic_string();
  // Inside .git there is no place in the work tree; ".." is a repository found through its link.
  if (prefix.empty() || prefix == "." || prefix.starts_with("..") || prefix == ".git" ||
      prefix.starts_with(".git/")) {
    return {};
  }
  return prefix;
}

// Sets the branch or the tag that a reference is.
void take_name(Commit& commit, const git_reference* reference) {
  if (reference == nullptr) return;
  const std::string_view full = git().reference_name(reference);
  const std::string_view name = git().reference_shorthand(reference);
  if (full.starts_with("refs/heads/")) commit.branch = name;
  if (full.starts_with("refs/tags/")) commit.tag = name;
  if (!full.starts_with("refs/remotes/")) return;
  // "origin/main" names the branch that the remote calls main.
  const auto slash = name.find('/');
  if (slash == std::string_view::npos || name.substr(slash + 1) == "HEAD") return;
  commit.branch = name.substr(slash + 1);
}

// From the settings and not through git_remote_lookup(), which leaks memory in libgit2 1.5.
std::string origin_of(git_repository* repository) {
  GitHandle<git_config> config;
  if (git_make(config, git().repository_config_snapshot, repository) != 0) return {};
  const char* url = nullptr;
  if (git().config_get_string(&url, config.get(), "remote.origin.url") != 0) return {};
  return public_url_of_remote(url);
}

Error cannot_resolve(int code, git_repository* repository, const std::string& revision) {
  const std::string shown = revision.empty() ? "HEAD" : printable(revision);
  if (code != GIT_ENOTFOUND && code != GIT_EUNBORNBRANCH) {
    return Error(ErrorCode::kInvalidInput,
                 "the revision " + shown + " names no commit: " + last_message());
  }
  if (revision.empty()) {
    return Error(ErrorCode::kNotFound, "the repository has no commit yet");
  }
  std::string message = "the repository has no revision " + shown;
  if (git().repository_is_shallow(repository) == 1) {
    message += "; it is a shallow clone: fetch more history (git fetch --unshallow)";
  }
  return Error(ErrorCode::kNotFound, std::move(message));
}

}  // namespace

Error git_failure(int code, std::string_view doing) {
  return Error(code == GIT_ENOTFOUND ? ErrorCode::kNotFound : ErrorCode::kIo,
               std::string(doing) + ": " + last_message());
}

Result<OpenedRepository> open_repository(const std::string& directory) {
  SEALIFT_TRY(load_git());
  OpenedRepository opened;
  int code = open_from(opened.repository, directory);
  if (code != 0 && is_owned_by_another(code) && every_directory_is_safe()) {
    git().libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    code = open_from(opened.repository, directory);
    git().libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
  }
  if (code != 0) return fail(cannot_open(code, directory));
  opened.prefix = prefix_in_worktree(opened.repository.get(), directory);
  return opened;
}

Result<ResolvedCommit> resolve_commit(git_repository* repository, const std::string& revision) {
  git_object* raw_object = nullptr;
  git_reference* raw_reference = nullptr;
  const int code = git().revparse_ext(&raw_object, &raw_reference, repository,
                                      revision.empty() ? "HEAD" : revision.c_str());
  const GitHandle<git_object> object(raw_object);
  const GitHandle<git_reference> reference(raw_reference);
  if (code != 0) return fail(cannot_resolve(code, repository, revision));
  GitHandle<git_object> peeled;
  if (const int peel = git_make(peeled, git().object_peel, object.get(), GIT_OBJECT_COMMIT);
      peel != 0) {
    return fail(cannot_resolve(GIT_EPEEL, repository, revision));
  }
  ResolvedCommit resolved;
  resolved.object.reset(reinterpret_cast<git_commit*>(peeled.release()));

  char id[GIT_OID_HEXSZ + 1];
  git().oid_tostr(id, sizeof(id), git().commit_id(resolved.object.get()));
  resolved.commit.id = id;
  resolved.commit.algorithm = "sha1";
  const std::int64_t seconds = git().commit_time(resolved.object.get());
  if (seconds < 0 || seconds > kLastSecond) {
    return fail(ErrorCode::kInvalidInput,
                "the commit " + resolved.commit.id + " has a time outside the years 1970 to 9999");
  }
  resolved.commit.time = Timestamp(std::chrono::seconds(seconds));
  take_name(resolved.commit, reference.get());
  if (!revision.empty() && revision != "HEAD") {
    resolved.commit.name =
        resolved.commit.branch.empty() ? resolved.commit.tag : resolved.commit.branch;
  }
  resolved.commit.origin = origin_of(repository);
  return resolved;
}

}  // namespace sealift::builder
