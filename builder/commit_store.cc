#include "git_library.h"
#include "git_repository.h"
#include "tree_entry.h"

#include <sealift/base/encoding.h>

#include <utility>

namespace sealift::builder {
namespace {

constexpr int kMaxLinks = 10;
constexpr std::size_t kMaxLinkBytes = 4'096;
// Deeper trees exist only to hurt; the depth that may be delivered is a limit of its own.
constexpr std::size_t kMaxWalkDepth = 256;
constexpr std::size_t kMaxCommitBytes = 4u << 20;

std::string hex_of(const git_oid& id) {
  char text[GIT_OID_HEXSZ + 1];
  return git().oid_tostr(text, sizeof(text), &id);
}

TreeEntry entry_of(const git_tree_entry* raw, std::string path) {
  TreeEntry entry;
  entry.path = std::move(path);
  entry.object = entry.content_name = hex_of(*git().tree_entry_id(raw));
  const git_filemode_t mode = git().tree_entry_filemode(raw);
  entry.executable = mode == GIT_FILEMODE_BLOB_EXECUTABLE;
  if (mode == GIT_FILEMODE_LINK) entry.kind = TreeEntry::Kind::kLink;
  if (mode == GIT_FILEMODE_COMMIT) entry.kind = TreeEntry::Kind::kSubmodule;
  return entry;
}

// Reads everything from the object database: filters, attributes, replacements of line ends and
// the index have no part in it.
class CommitStore : public EntryStore {
 public:
  CommitStore(GitHandle<git_repository> repository, GitHandle<git_tree> root,
              GitHandle<git_odb> odb, Commit commit)
      : repository_(std::move(repository)),
        root_(std::move(root)),
        odb_(std::move(odb)),
        commit_(std::move(commit)) {}

  const Commit& commit() const override { return commit_; }
  void call_as(const Commit& same) override { commit_ = same; }
  Result<std::vector<TreeEntry>> list(const std::string& directory) override;
  Result<> measure(TreeEntry& entry) override;
  Result<> follow(TreeEntry& entry, const std::string& directory) override;
  Result<std::string> read(const TreeEntry& entry) override;
  Result<std::optional<TreeEntry>> find(const std::string& path) override;

 private:
  // Null where there is none.
  Result<GitHandle<git_tree_entry>> entry_at(const std::string& path);
  Result<GitHandle<git_tree>> tree_at(const std::string& directory);
  Result<GitHandle<git_tree>> tree_of(const git_oid& id);
  Error missing(int code, const TreeEntry& entry) const;

  GitHandle<git_repository> repository_;
  GitHandle<git_tree> root_;
  GitHandle<git_odb> odb_;
  Commit commit_;
};

Result<GitHandle<git_tree>> CommitStore::tree_of(const git_oid& id) {
  GitHandle<git_tree> tree;
  const int code = git_make(tree, git().tree_lookup, repository_.get(), &id);
  if (code != 0) return fail(git_failure(code, "cannot read the tree " + hex_of(id)));
  return tree;
}

Result<GitHandle<git_tree_entry>> CommitStore::entry_at(const std::string& path) {
  GitHandle<git_tree_entry> entry;
  const int code = git_make(entry, git().tree_entry_bypath, root_.get(), path.c_str());
  if (code != 0 && code != GIT_ENOTFOUND) {
    return fail(git_failure(code, "cannot read " + printable(path, 400)));
  }
  return entry;
}

Result<std::optional<TreeEntry>> CommitStore::find(const std::string& path) {
  SEALIFT_ASSIGN(const auto entry, entry_at(path));
  if (entry == nullptr || git().tree_entry_type(entry.get()) != GIT_OBJECT_BLOB) {
    return std::nullopt;
  }
  return entry_of(entry.get(), path);
}

Result<GitHandle<git_tree>> CommitStore::tree_at(const std::string& directory) {
  if (directory.empty()) return tree_of(*git().tree_id(root_.get()));
  SEALIFT_ASSIGN(const auto entry, entry_at(directory));
  if (entry == nullptr || git().tree_entry_type(entry.get()) != GIT_OBJECT_TREE) {
    return fail(no_such_directory(commit_, directory));
  }
  return tree_of(*git().tree_entry_id(entry.get()));
}

Result<std::vector<TreeEntry>> CommitStore::list(const std::string& directory) {
  struct Level {
    GitHandle<git_tree> tree;
    std::string prefix;  // "" or "a/b/"
    std::size_t next = 0;
  };
  std::vector<TreeEntry> entries;
  std::vector<Level> levels;
  SEALIFT_ASSIGN(auto top, tree_at(directory));
  levels.push_back({std::move(top), "", 0});
  while (!levels.empty()) {
    Level& level = levels.back();
    if (level.next == git().tree_entrycount(level.tree.get())) {
      levels.pop_back();
      continue;
    }
    const git_tree_entry* raw = git().tree_entry_byindex(level.tree.get(), level.next++);
    std::string path = level.prefix + git().tree_entry_name(raw);
    if (git().tree_entry_filemode(raw) != GIT_FILEMODE_TREE) {
      if (entries.size() == kMaxListedEntries) {
        return fail(ErrorCode::kInvalidInput, "the commit " + commit_.id +
                                                  " has more than a million files there; choose a "
                                                  "smaller path");
      }
      entries.push_back(entry_of(raw, std::move(path)));
      continue;
    }
    if (levels.size() == kMaxWalkDepth) {
      return fail(ErrorCode::kInvalidInput,
                  printable(path, 400) + ": the tree is deeper than 256 directories");
    }
    SEALIFT_ASSIGN(auto child, tree_of(*git().tree_entry_id(raw)));
    levels.push_back({std::move(child), path + "/", 0});
  }
  return entries;
}

Error CommitStore::missing(int code, const TreeEntry& entry) const {
  if (code == GIT_ENOTFOUND) {
    return Error(ErrorCode::kIo, printable(entry.path, 400) + ": the object " + entry.object +
                                     " is not in this clone; fetch it first (a partial clone "
                                     "leaves objects out)");
  }
  return git_failure(code, "cannot read " + printable(entry.path, 400));
}

Result<> CommitStore::measure(TreeEntry& entry) {
  git_oid id;
  git().oid_fromstr(&id, entry.object.c_str());
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  const int code = git().odb_read_header(&size, &type, odb_.get(), &id);
  if (code != 0) return fail(missing(code, entry));
  entry.size = size;
  return {};
}

Result<> CommitStore::follow(TreeEntry& entry, const std::string& directory) {
  SEALIFT_ASSIGN(std::string at, join_in_repository(directory, entry.path));
  TreeEntry current = entry;
  for (int links = 0; links < kMaxLinks; ++links) {
    SEALIFT_TRY(measure(current));
    if (current.size > kMaxLinkBytes) {
      return fail(ErrorCode::kInvalidInput, printable(entry.path, 400) + ": is no symbolic link");
    }
    SEALIFT_ASSIGN(const std::string target, read(current));
    const std::string shown =
        printable(entry.path, 400) + ": the symbolic link to " + printable(target, 400);
    auto next = join_in_repository(
        at.substr(0, at.rfind('/') == std::string::npos ? 0 : at.rfind('/')), target);
    if (!next) {
      return fail(ErrorCode::kInvalidInput,
                  shown +
                      " leaves the repository; replace it, or leave it out with "
                      ".sourceignore");
    }
    GitHandle<git_tree_entry> found;
    if (next->empty() ||
        git_make(found, git().tree_entry_bypath, root_.get(), next->c_str()) != 0 ||
        git().tree_entry_type(found.get()) != GIT_OBJECT_BLOB) {
      return fail(ErrorCode::kInvalidInput,
                  shown +
                      " leads to no file of the commit; links to directories are not "
                      "followed: replace it, or leave it out with .sourceignore");
    }
    at = *std::move(next);
    current = entry_of(found.get(), entry.path);
    if (current.kind == TreeEntry::Kind::kFile) {
      entry = std::move(current);
      return {};
    }
  }
  return fail(ErrorCode::kInvalidInput, printable(entry.path, 400) +
                                            ": a chain of more than 10 symbolic links; replace "
                                            "it, or leave it out with .sourceignore");
}

Result<std::string> CommitStore::read(const TreeEntry& entry) {
  git_oid id;
  git().oid_fromstr(&id, entry.object.c_str());
  GitHandle<git_blob> blob;
  const int code = git_make(blob, git().blob_lookup, repository_.get(), &id);
  if (code != 0) return fail(missing(code, entry));
  return std::string(static_cast<const char*>(git().blob_rawcontent(blob.get())),
                     static_cast<std::size_t>(git().blob_rawsize(blob.get())));
}

// The content of the commit object; libgit2 checks that its hash is its name.
Result<std::string> commit_object(git_odb* odb, const git_oid* id) {
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (const int code = git().odb_read_header(&size, &type, odb, id); code != 0) {
    return fail(git_failure(code, "cannot read the commit"));
  }
  if (size > kMaxCommitBytes) {
    return fail(ErrorCode::kInvalidInput, "the commit " + hex_of(*id) + " is larger than 4 MiB");
  }
  GitHandle<git_odb_object> object;
  if (const int code = git_make(object, git().odb_read, odb, id); code != 0) {
    return fail(git_failure(code, "cannot read the commit"));
  }
  return std::string(static_cast<const char*>(git().odb_object_data(object.get())),
                     git().odb_object_size(object.get()));
}

}  // namespace

Result<std::unique_ptr<EntryStore>> open_commit_store(
    OpenedRepository opened, const std::string& revision,
    const std::optional<RequiredSigner>& required_signer) {
  git_repository* repository = opened.repository.get();
  SEALIFT_ASSIGN(auto resolved, resolve_commit(repository, revision));
  Commit& commit = resolved.commit;
  GitHandle<git_odb> odb;
  int code = git_make(odb, git().repository_odb, repository);
  if (code != 0) return fail(git_failure(code, "cannot read the commit " + commit.id));
  if (required_signer) {
    SEALIFT_ASSIGN(const auto object,
                   commit_object(odb.get(), git().commit_id(resolved.object.get())));
    SEALIFT_ASSIGN(
        commit.signer,
        commits::verify_commit(object, commit.id, required_signer->trusted, required_signer->now));
  }
  GitHandle<git_tree> root;
  code = git_make(root, git().commit_tree, resolved.object.get());
  if (code != 0) return fail(git_failure(code, "cannot read the commit " + commit.id));
  return std::make_unique<CommitStore>(std::move(opened.repository), std::move(root),
                                       std::move(odb), std::move(resolved.commit));
}

}  // namespace sealift::builder
