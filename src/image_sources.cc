#include "image_sources.h"

#include <sealift/base/encoding.h>
#include <sealift/base/worker_pool.h>
#include <sealift/oci/image_name.h>
#include <sealift/oci/manifest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "artifact_images.h"
#include "copy_platform.h"

namespace sealift::program {
namespace {

constexpr auto kRegistry = oci::Reference::Kind::kRegistry;
constexpr std::size_t kMaxImages = 10'000;
constexpr std::size_t kMaxShown = 20;

std::string shown_list(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMaxShown); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  return names.size() > kMaxShown
             ? text + " and " + std::to_string(names.size() - kMaxShown) + " others"
             : text;
}

// Collects what artifacts name, by repositories.
class ImageSearch {
 public:
  ImageSearch(const CopyFlags& flags, const Surroundings& surroundings)
      : flags_(flags),
        surroundings_(surroundings),
        others_(flags_for_others(*flags.from)),
        paths_that_found_(flags.images->paths.size()) {}

  void know_registries(const std::vector<CopySource>& artifacts) {
    for (const auto& artifact : artifacts) {
      if (artifact.reference.kind() == kRegistry) hosts_.push_back(artifact.reference.registry());
    }
  }

  Result<> add(CopySource& artifact, oci::Repository* destination) {
    for (auto& item : artifact.items) {
      SEALIFT_ASSIGN(const auto stored,
                     artifact.repository->fetch_manifest(item.from, surroundings_.stop));
      const auto shown = item.from;
      item.from = stored.descriptor.digest.to_string();
      const auto fetch = [&](const oci::Descriptor& layer, ByteSink& sink) {
        return fetch_layer(*artifact.repository, destination, layer, sink);
      };
      SEALIFT_ASSIGN_CONTEXT(
          const auto found, images_of_artifact(stored, fetch, flags_.images->paths),
          "which images " + artifact.reference.name() + ", " + printable(shown, 200) +
              ", names cannot be known (without --include-images it is copied "
              "alone, and images are copied as sources of their own)");
      for (const auto& image : found.images) SEALIFT_TRY(add_image(artifact, image));
      for (std::size_t i = 0; i < paths_that_found_.size(); ++i) {
        if (found.paths_that_found[i]) paths_that_found_[i] = true;
      }
    }
    return {};
  }

  void warn_of_idle_paths() const {
    for (std::size_t i = 0; i < paths_that_found_.size(); ++i) {
      if (paths_that_found_[i]) continue;
      surroundings_.output.warning("--image-path " + flags_.images->paths[i].text() +
                                   " led to no image; look at its group, kind and path");
    }
  }

  std::vector<ImageSource> take() {
    std::vector<ImageSource> sources;
    for (auto& [place, source] : sources_) {
      std::sort(source.images.begin(), source.images.end(), [](const auto& a, const auto& b) {
        return a.name.to_string() < b.name.to_string();
      });
      sources.push_back(std::move(source));
    }
    return sources;
  }

 private:
  // An update archive leaves out the content that the other side has.
  Result<> fetch_layer(oci::Repository& from, oci::Repository* destination,
                       const oci::Descriptor& layer, ByteSink& sink) const {
    SEALIFT_ASSIGN(const bool there, from.has_blob(layer.digest, surroundings_.stop));
    auto& holder = there || destination == nullptr ? from : *destination;
    return holder.fetch_blob(layer, sink, surroundings_.stop);
  }

  Result<> add_image(const CopySource& artifact, const NamedImage& image) {
    const bool from_registry = artifact.reference.kind() == kRegistry;
    const auto origin = from_registry ? "" : artifact.reference.name();
    if (!known_.emplace(origin, image.name.to_string()).second) return {};
    if (known_.size() > kMaxImages) {
      return fail(ErrorCode::kInvalidInput, "the objects name more than the limit of " +
                                                std::to_string(kMaxImages) +
                                                " images; copy fewer artifacts at once");
    }
    const std::pair place(origin, image.name.name());
    auto source = sources_.find(place);
    if (source == sources_.end()) {
      SEALIFT_ASSIGN(auto opened, open(artifact, image.name));
      source = sources_.emplace(place, std::move(opened)).first;
    }
    source->second.images.push_back({image.name, image.user, std::nullopt});
    return {};
  }

  Result<ImageSource> open(const CopySource& artifact, const oci::Reference& image) {
    SEALIFT_ASSIGN(auto repository, oci::Reference::parse("oci://" + image.name()));
    if (artifact.reference.kind() != kRegistry) {
      auto& names = names_[artifact.reference.name()];
      if (names == nullptr) {
        SEALIFT_ASSIGN(auto read,
                       oci::layout_image_names(artifact.reference,
                                               surroundings_.machine.repositories().files));
        names = std::make_shared<const oci::ImageNames>(std::move(read));
      }
      return ImageSource{
          std::move(repository), artifact.reference, artifact.repository.get(), nullptr, names, {}};
    }
    SEALIFT_ASSIGN(
        auto opened,
        open_repository(repository, flags_at(repository.registry(), hosts_, *flags_.from, others_),
                        surroundings_));
    ImageSource source{repository, repository, opened.get(), nullptr, nullptr, {}};
    source.owned = std::move(opened);
    return source;
  }

  const CopyFlags& flags_;
  const Surroundings& surroundings_;
  const RegistryFlags others_;
  std::vector<std::string> hosts_;  // for which the flags are
  std::vector<bool> paths_that_found_;
  std::set<std::pair<std::string, std::string>> known_;
  std::map<std::string, std::shared_ptr<const oci::ImageNames>> names_;
  std::map<std::pair<std::string, std::string>, ImageSource> sources_;
};

// Content is itself wherever it lies, so that a digest needs no name.
Result<Digest> find_image(const ImageSource& source, const oci::Reference& name,
                          const std::stop_token& stop) {
  if (source.names != nullptr && !name.digest()) {
    const auto found = source.names->find(oci::image_name(name));
    if (found != source.names->end()) return found->second;
    return fail(ErrorCode::kNotFound, "no such name in " + source.origin.name());
  }
  SEALIFT_ASSIGN(auto found, source.from->resolve(name.tag_or_digest(), stop));
  return std::move(found.digest);
}

// All of them, so that what is missing is known before anything is sent.
Result<> find_images(std::vector<ImageSource>& sources, std::size_t parallel,
                     const std::stop_token& stop) {
  std::vector<std::pair<const ImageSource*, WantedImage*>> all;
  for (auto& source : sources) {
    for (auto& image : source.images) all.emplace_back(&source, &image);
  }
  std::mutex mutex;
  std::vector<std::string> missing;
  const auto find = [&](std::size_t i, std::stop_token token) -> Result<> {
    const auto& [source, image] = all[i];
    auto found = find_image(*source, image->name, token);
    if (found) {
      image->digest = *std::move(found);
      return {};
    }
    const auto name = oci::image_name(image->name);
    if (found.error().code() != ErrorCode::kNotFound) {
      return fail(std::move(found).error().with_context("looking for the image " + name +
                                                        ", which " + image->user + " names"));
    }
    const std::lock_guard lock(mutex);
    missing.push_back(name + " (" + image->user + ")" +
                      (source->names ? " in " + source->origin.name() : ""));
    return {};
  };
  SEALIFT_TRY(run_parallel(all.size(), parallel, stop, find));
  if (missing.empty()) return {};
  std::sort(missing.begin(), missing.end());
  return fail(ErrorCode::kNotFound, std::to_string(missing.size()) +
                                        " of the images that objects name are not there: " +
                                        shown_list(missing) + "; nothing was copied");
}

Result<> check_names_agree(const std::vector<ImageSource>& sources) {
  std::map<std::string, std::pair<Digest, std::string>> meanings;
  for (const auto& source : sources) {
    for (const auto& image : source.images) {
      const auto name = oci::image_name(image.name);
      const auto [known, is_new] =
          meanings.emplace(name, std::pair(*image.digest, source.origin.name()));
      if (is_new || known->second.first == *image.digest) continue;
      return fail(ErrorCode::kConflict, name + " is one image in " + known->second.second +
                                            " and another in " + source.origin.name() +
                                            "; copy these artifacts one after the other");
    }
  }
  return {};
}

// A digest says which manifest the cluster will ask for; a tag leaves the choice.
Result<> choose_platforms(std::vector<ImageSource>& sources, const CopyFlags& flags,
                          const Surroundings& surroundings) {
  if (flags.platform.empty()) return {};
  for (auto& source : sources) {
    for (auto& image : source.images) {
      if (image.name.digest()) continue;
      std::vector<oci::CopyItem> items = {{image.digest->to_string(), {}}};
      SEALIFT_TRY(choose_platform(*source.from, source.repository, items, flags, surroundings));
      SEALIFT_ASSIGN(image.digest, Digest::parse(items.front().from));
    }
  }
  return {};
}

void warn_of_tags(const std::vector<ImageSource>& sources, const Output& output) {
  std::vector<std::string> names;
  for (const auto& source : sources) {
    for (const auto& image : source.images) {
      if (!image.name.digest()) names.push_back(oci::image_name(image.name));
    }
  }
  if (names.empty()) return;
  output.warning(std::to_string(names.size()) + (names.size() == 1 ? " image is" : " images are") +
                 " named by a tag, which may move, so that what is copied is what the tag means "
                 "now; name images by digest where it matters: " +
                 shown_list(names));
}

}  // namespace

const RegistryFlags& flags_at(const std::string& host, const std::vector<std::string>& hosts,
                              const RegistryFlags& given, const RegistryFlags& others) {
  return std::find(hosts.begin(), hosts.end(), host) == hosts.end() ? others : given;
}

RegistryFlags flags_for_others(const RegistryFlags& given) {
  RegistryFlags others;
  others.ca_file = given.ca_file;
  others.registry_config = given.registry_config;
  return others;
}

Result<std::vector<ImageSource>> find_image_sources(std::vector<CopySource>& artifacts,
                                                    oci::Repository* destination,
                                                    const CopyFlags& flags,
                                                    const Surroundings& surroundings) {
  if (!flags.images->include) return std::vector<ImageSource>();
  ImageSearch search(flags, surroundings);
  search.know_registries(artifacts);
  for (auto& artifact : artifacts) SEALIFT_TRY(search.add(artifact, destination));
  search.warn_of_idle_paths();
  auto sources = search.take();
  warn_of_tags(sources, surroundings.output);
  SEALIFT_TRY(find_images(sources, flags.concurrency, surroundings.stop));
  SEALIFT_TRY(check_names_agree(sources));
  SEALIFT_TRY(choose_platforms(sources, flags, surroundings));
  return sources;
}

}  // namespace sealift::program
