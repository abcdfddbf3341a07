#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/manifest.h>

#include <string>
#include <vector>

namespace sealift::oci {

// What a layer becomes where an artifact is turned into files.
struct LayerFile {
  Descriptor layer;
  // Relative, normalised; empty: the layer is an archive whose entries are the files.
  std::string path;

  bool is_archive() const { return path.empty(); }
};

enum class ArchiveUse { kUnpack, kKeep };

// Each layer in the manifest's order. By kUnpack, the one layer with manifests of an artifact that
// can be delivered (content_layer.h) is unpacked and is all that there is; otherwise a layer that
// oras packed from a directory is (annotation "io.deis.oras.content.unpack"). All others are files:
// by their title (image-spec 1.1, annotations.md), as oras names them; a Helm chart as helm names
// it; what has no name by its digest.
// kInvalidInput: titles that leave the directory (archive::normalize_entry_path()), one title for
// two contents, no layer at all.
Result<std::vector<LayerFile>> layer_files(const Manifest& manifest, ArchiveUse use);

}  // namespace sealift::oci
