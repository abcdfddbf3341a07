#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/archive.h>

#include <vector>

#include "copy_report.h"
#include "image_sources.h"
#include "transfer_progress.h"

namespace sealift::program {

// Copies the images, with what is attached to them, below the place that the flags say in a
// registry, or into the layout `to`, under their own names. kNotFound for content that an archive
// lacks and the destination too, before anything is sent; errors of oci::copy_artifacts().
Result<> copy_images(const std::vector<ImageSource>& sources, oci::Repository& to,
                     const CopyFlags& flags, const Surroundings& surroundings,
                     TransferProgress& progress, CopyReport& report);

// The same into an archive, which will have them under their names and tells itself how far it
// is.
Result<> add_images(const std::vector<ImageSource>& sources, oci::ArchiveBuilder& builder,
                    const CopyFlags& flags, const Surroundings& surroundings, CopyReport& report);

}  // namespace sealift::program
