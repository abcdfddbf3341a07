#pragma once

#include <sealift/base/result.h>

#include <git2.h>

namespace sealift::builder {

// What is used of libgit2, without its prefix.
#define SEALIFT_GIT_FUNCTIONS(X)  \
  X(blob_free);                   \
  X(blob_lookup);                 \
  X(blob_rawcontent);             \
  X(blob_rawsize);                \
  X(commit_free);                 \
  X(commit_id);                   \
  X(commit_time);                 \
  X(commit_tree);                 \
  X(config_free);                 \
  X(config_get_multivar_foreach); \
  X(config_get_string);           \
  X(config_open_default);         \
  X(error_last);                  \
  X(libgit2_init);                \
  X(libgit2_opts);                \
  X(object_free);                 \
  X(object_peel);                 \
  X(odb_free);                    \
  X(odb_hash);                    \
  X(odb_hashfile);                \
  X(odb_object_data);             \
  X(odb_object_free);             \
  X(odb_object_size);             \
  X(odb_read);                    \
  X(odb_read_header);             \
  X(oid_equal);                   \
  X(oid_fromstr);                 \
  X(oid_tostr);                   \
  X(reference_free);              \
  X(reference_name);              \
  X(reference_shorthand);         \
  X(repository_config_snapshot);  \
  X(repository_free);             \
  X(repository_is_shallow);       \
  X(repository_odb);              \
  X(repository_open_ext);         \
  X(repository_workdir);          \
  X(revparse_ext);                \
  X(status_byindex);              \
  X(status_list_entrycount);      \
  X(status_list_free);            \
  X(status_list_new);             \
  X(status_options_init);         \
  X(tree_entry_byindex);          \
  X(tree_entry_bypath);           \
  X(tree_entry_filemode);         \
  X(tree_entry_free);             \
  X(tree_entry_id);               \
  X(tree_entry_name);             \
  X(tree_entry_type);             \
  X(tree_entrycount);             \
  X(tree_free);                   \
  X(tree_id);                     \
  X(tree_lookup);

// These functions, by the types of its header.
struct GitLibrary {
#define SEALIFT_GIT_MEMBER(name) decltype(&::git_##name) name = nullptr
  SEALIFT_GIT_FUNCTIONS(SEALIFT_GIT_MEMBER)
#undef SEALIFT_GIT_MEMBER
};

// Loads and starts libgit2 at the first call (see SharedLibrary), from any thread. kIo.
Result<> load_git();

// Only where load_git() goes well.
const GitLibrary& git();

}  // namespace sealift::builder
