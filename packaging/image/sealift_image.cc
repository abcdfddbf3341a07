#include <sealift/base/file_system.h>
#include <sealift/base/http.h>
#include <sealift/base/random.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>
#include <sealift/oci/open_repository.h>
#include <sealift/oci/reference.h>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>

#include "image_documents.h"

// Writes an image index with one image for each architecture into an image layout, each image with
// one layer and, as a referrer, its bill of materials. The digest is a function of the folders and
// the options alone. Prints it.
namespace {

using namespace sealift;
using namespace sealift::image;

constexpr std::uint64_t kMaxDocumentBytes = 16u << 20;
constexpr std::string_view kSpdx = "application/spdx+json";

struct Options {
  std::string layout;
  std::string tag;
  std::map<std::string, std::string> roots;        // architecture → folder
  std::map<std::string, std::string> inventories;  // architecture → SPDX file
  std::string user = "65532:65532";
  std::string entrypoint;
  std::int64_t created = 0;
  std::map<std::string, std::string> labels;
};

Result<oci::Descriptor> push_document(oci::Repository& repository, std::string_view media_type,
                                      std::string bytes) {
  const auto descriptor = describe(media_type, bytes);
  SEALIFT_TRY(repository.push_blob(descriptor, Blob::from_string(std::move(bytes)), {}));
  return descriptor;
}

Result<> attach(oci::Repository& repository, const oci::Descriptor& image,
                const std::string& inventory) {
  SEALIFT_ASSIGN(auto bytes, read_file(system_files(), inventory, kMaxDocumentBytes));
  SEALIFT_ASSIGN(const auto document, push_document(repository, kSpdx, std::move(bytes)));
  SEALIFT_TRY(push_document(repository, oci::media_type::kEmpty, std::string(oci::kEmptyJson)));
  SEALIFT_TRY(repository.push_manifest(attached_manifest(document, image),
                                       oci::media_type::kManifest, "", {}));
  return {};
}

Result<oci::Descriptor> push_image(oci::Repository& repository, const ImageDescription& description,
                                   const std::string& architecture, const std::string& root) {
  SEALIFT_ASSIGN(auto layer, pack_root(root));
  SEALIFT_ASSIGN(const auto config, push_document(repository, oci::media_type::kImageConfig,
                                                  image_config(description, architecture, layer)));
  SEALIFT_ASSIGN(const auto content,
                 push_document(repository, oci::media_type::kLayerTarGzip, std::move(layer.bytes)));
  SEALIFT_ASSIGN(auto pushed, repository.push_manifest(image_manifest(config, content),
                                                       oci::media_type::kManifest, "", {}));
  return std::move(pushed.descriptor);
}

Result<Digest> write(const Options& options) {
  SEALIFT_ASSIGN(const auto reference, oci::Reference::parse("oci-layout:" + options.layout));
  const auto transport = make_curl_transport("sealift-image");
  SEALIFT_ASSIGN(const auto repository,
                 open_repository(reference, {},
                                 {*transport, system_files(), system_clock(), system_random()}));
  const ImageDescription description{Timestamp(std::chrono::seconds(options.created)),
                                     options.user,
                                     options.entrypoint,
                                     {options.labels.begin(), options.labels.end()}};
  std::vector<std::pair<std::string, oci::Descriptor>> images;
  for (const auto& [architecture, root] : options.roots) {
    SEALIFT_ASSIGN(auto image, push_image(*repository, description, architecture, root));
    if (const auto found = options.inventories.find(architecture);
        found != options.inventories.end()) {
      SEALIFT_TRY(attach(*repository, image, found->second));
    }
    images.emplace_back(architecture, std::move(image));
  }
  SEALIFT_ASSIGN(const auto pushed,
                 repository->push_manifest(image_index(description, images),
                                           oci::media_type::kIndex, options.tag, {}));
  return pushed.descriptor.digest;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Packs folders into a container image, in an OCI image layout.", "sealift-image");
  app.add_option("--layout", options.layout, "Directory of the image layout")->required();
  app.add_option("--tag", options.tag, "Tag of the index")->required();
  app.add_option("--root", options.roots, "ARCHITECTURE FOLDER, such as amd64 build/root")
      ->required();
  app.add_option("--sbom", options.inventories, "ARCHITECTURE FILE: its SPDX document");
  app.add_option("--user", options.user, "UID:GID of the process")->capture_default_str();
  app.add_option("--entrypoint", options.entrypoint, "Absolute path of the program")->required();
  app.add_option("--created", options.created, "Seconds since 1970; the commit's time");
  app.add_option("--label", options.labels, "NAME VALUE");
  CLI11_PARSE(app, argc, argv);
  const auto digest = write(options);
  if (!digest) {
    std::cerr << "sealift-image: " << digest.error().message() << '\n';
    return 1;
  }
  std::cout << digest->to_string() << '\n';
  return 0;
}
