#pragma once

#include "tree_entry.h"

#include <sealift/base/result.h>
#include <sealift/builder/source_tree.h>

#include <string>
#include <vector>

namespace sealift::builder {

// What select_files() does with what it cannot take.
enum class Selection {
  kDelivered,   // ignore rules apply; a submodule or a link that leads elsewhere is an error
  kEverything,  // no ignore rules; those two are left out
};

// Judges the entries listed below `directory`: names, ignore rules, links, submodules, limits.
// Returns the files that remain, measured and sorted by the bytes of their paths. Errors as
// open_git_source().
Result<std::vector<TreeEntry>> select_files(EntryStore& store, const std::string& directory,
                                            std::vector<TreeEntry> entries, Selection selection,
                                            const SourceLimits& limits);

}  // namespace sealift::builder
