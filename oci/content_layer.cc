#include <sealift/archive/compression.h>
#include <sealift/oci/content_layer.h>
#include <sealift/oci/media_types.h>

#include <string>
#include <utility>

namespace sealift::oci {
namespace {

// Beside the contents, a tar has a header, padding and perhaps a pax record for each entry.
constexpr std::uint64_t kEntryOverhead = 4096;

bool holds_manifests(std::string_view type) {
  return type == media_type::kFluxContent || type == media_type::kLayerTar ||
         type == media_type::kLayerTarGzip || type == media_type::kLayerTarZstd;
}

// Takes bytes to their end even where the reader behind it found them bad: only at the end does the
// feed know whether they were the right ones, and wrong bytes are another fault than bad ones.
class PatientSink : public ByteSink {
 public:
  explicit PatientSink(ByteSink& reader) : reader_(reader) {}

  Result<> write(std::string_view bytes) override {
    if (!read_) return {};
    auto read = reader_.write(bytes);
    // A full disk is no fault of the bytes.
    if (read || read.error().code() != ErrorCode::kInvalidInput) return read;
    read_ = std::move(read);
    return {};
  }
  const Result<>& read() const { return read_; }

 private:
  ByteSink& reader_;
  Result<> read_;
};

}  // namespace

archive::Compression compression_of_media_type(std::string_view media_type) {
  using archive::Compression;
  if (media_type.ends_with("+gzip") || media_type.ends_with("tar.gzip")) return Compression::kGzip;
  if (media_type.ends_with("+zstd")) return Compression::kZstd;
  return Compression::kNone;
}

Result<Descriptor> content_layer(const Manifest& manifest) {
  if (manifest.config.media_type == media_type::kHelmConfig) {
    return fail(
        ErrorCode::kInvalidInput,
        "the artifact is a Helm chart, which has to be rendered before it can be delivered; "
        "publish its rendered manifests");
  }
  const Descriptor* found = nullptr;
  for (const auto& layer : manifest.layers) {
    if (!holds_manifests(layer.media_type)) continue;
    if (found != nullptr) {
      return fail(ErrorCode::kInvalidInput,
                  "the artifact has more than one layer with manifests, and which of them counts "
                  "is not defined; publish one layer");
    }
    found = &layer;
  }
  if (found == nullptr) {
    return fail(ErrorCode::kInvalidInput, "the artifact has no layer with manifests; it takes " +
                                              std::string(media_type::kFluxContent) +
                                              " or an OCI tar layer");
  }
  return *found;
}

Result<> unpack_layer(const Descriptor& layer, archive::TarVisitor& visitor,
                      const archive::TarLimits& limits,
                      const std::function<Result<>(ByteSink&)>& feed) {
  const std::uint64_t max_tar_bytes =
      limits.max_unpacked_bytes + limits.max_entries * kEntryOverhead;
  if (layer.size > max_tar_bytes) {
    return fail(ErrorCode::kInvalidInput, "the layer has " + std::to_string(layer.size) +
                                              " bytes, more than its content may have (" +
                                              std::to_string(max_tar_bytes) +
                                              "); split the artifact");
  }
  archive::TarReader tar(visitor, limits);
  const auto decompressor =
      archive::make_decompressor(compression_of_media_type(layer.media_type), tar, max_tar_bytes);
  PatientSink sink(*decompressor);
  SEALIFT_TRY(feed(sink));
  SEALIFT_TRY(sink.read());
  SEALIFT_TRY(decompressor->finish());
  return tar.finish();
}

}  // namespace sealift::oci
