#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/copy.h>
#include <sealift/oci/reference.h>
#include <sealift/oci/repository.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "image_flags.h"
#include "registry_flags.h"
#include "trust_flags.h"

namespace sealift::program {

// What "sealift copy" was asked for.
struct CopyFlags {
  std::vector<oci::Reference> references;  // the last one is the destination
  bool all_tags = false;
  std::string tags;
  std::vector<std::string> since;
  std::string platform;
  std::string policy_file;
  std::string trust_directory;
  bool force = false;
  bool without_attached = false;
  std::size_t concurrency = 6;
  std::shared_ptr<ImageFlags> images;
  std::shared_ptr<RegistryFlags> from;
  std::shared_ptr<RegistryFlags> to;

  const oci::Reference& destination() const { return references.back(); }
  bool many() const { return all_tags || !tags.empty(); }
  oci::CopyOptions options() const;
};

// The artifacts that are wanted of one repository.
struct CopySource {
  oci::Reference reference;
  std::unique_ptr<oci::Repository> repository;
  std::vector<oci::CopyItem> items;
};

// The source's name where both are of one registry, which can then take over blobs by itself;
// otherwise empty.
std::string mountable_name(const oci::Reference& source, const oci::Reference& destination);

// For CLI11's check() of --tags: empty for a pattern or a range, otherwise what is wrong with it.
std::string check_wanted_tags(const std::string& wanted);

// All sources with their tags; kNotFound where none fits, kConflict where two would set one tag.
Result<std::vector<CopySource>> find_copy_sources(const CopyFlags& flags,
                                                  const Surroundings& surroundings);

// Of the tags that a source has, those that are wanted. kNotFound where there are none.
Result<std::vector<oci::CopyItem>> choose_tags(const std::vector<std::string>& tags,
                                               const CopyFlags& flags,
                                               const oci::Reference& source);
// The one artifact that a source names.
oci::CopyItem named_item(const oci::Reference& source, const oci::Reference& destination);

// Refuses with the first artifact that the policy file does not accept. From here on the artifacts
// that were judged are meant, whatever becomes of their tags.
Result<> verify_copy_sources(std::vector<CopySource>& sources, const CopyFlags& flags,
                             const Surroundings& surroundings);

}  // namespace sealift::program
