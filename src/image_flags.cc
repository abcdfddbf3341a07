#include "image_flags.h"

#include <CLI/CLI.hpp>

#include <string>
#include <utility>

namespace sealift::program {

std::shared_ptr<ImageFlags> add_image_flags(CLI::App& command) {
  auto flags = std::make_shared<ImageFlags>();
  auto* include = command.add_flag(
      "--include-images", flags->include,
      "Copy the images as well that the artifacts' objects name, with what is attached to them");
  command
      .add_option_function<std::vector<std::string>>(
          "--image-path",
          [flags](const std::vector<std::string>& texts) {
            flags->paths.clear();
            for (const auto& text : texts) {
              auto path = objects::ImagePath::parse(text);
              if (!path) throw CLI::ValidationError("--image-path", path.error().message());
              flags->paths.push_back(*std::move(path));
            }
          },
          "Where custom resources of one kind name images (\"Prometheus:.spec.image\", "
          "\"kafka.strimzi.io/Kafka:.spec.pools[*].image\"); may be repeated")
      ->needs(include)
      ->allow_extra_args(false)
      ->type_name("[GROUP/]KIND:PATH");
  command
      .add_option_function<std::string>(
          "--images-to",
          [flags](const std::string& text) {
            auto place = oci::Reference::parse(text);
            if (!place) throw CLI::ValidationError("--images-to", place.error().message());
            if (place->kind() != oci::Reference::Kind::kRegistry || place->tag() ||
                place->digest()) {
              throw CLI::ValidationError(
                  "--images-to", text + " is not oci://HOST/PREFIX, without a tag or digest");
            }
            flags->place = *std::move(place);
          },
          "In a registry, what the images go below: docker.io/library/nginx:1.27 becomes "
          "oci://HOST/PREFIX/docker.io/library/nginx:1.27")
      ->needs(include)
      ->type_name("oci://HOST/PREFIX");
  return flags;
}

void check_image_flags(const ImageFlags& flags, const oci::Reference& destination,
                       bool reads_stream) {
  if (!flags.include) return;
  const bool to_registry = destination.kind() == oci::Reference::Kind::kRegistry;
  if (to_registry && !flags.place) {
    throw CLI::ValidationError(
        "--include-images needs a place for the images in the registry: --images-to "
        "oci://HOST/PREFIX");
  }
  if (!to_registry && flags.place) {
    throw CLI::ValidationError("--images-to is for a registry; in " + destination.name() +
                               " images have their own names");
  }
  if (reads_stream) {
    throw CLI::ValidationError(
        "--include-images reads the objects before it copies, and a stream is read once; save the "
        "archive to a file");
  }
}

}  // namespace sealift::program
