#include "copy_report.h"

#include <string>
#include <utility>

#include "byte_units.h"

namespace sealift::program {
namespace {

std::string named(const oci::Reference& repository, const oci::CopyItem& item,
                  const oci::CopiedArtifact& artifact) {
  return item.tags.empty() ? repository.with_digest(artifact.descriptor.digest).to_string()
                           : repository.with_tag(item.tags.front()).to_string();
}

}  // namespace

void CopyReport::add(const oci::Reference& source, const std::vector<oci::CopyItem>& items,
                     const oci::CopySummary& summary) {
  for (std::size_t i = 0; i < summary.artifacts.size(); ++i) {
    const auto& artifact = summary.artifacts[i];
    const auto to = named(destination_, items[i], artifact);
    const auto digest = artifact.descriptor.digest.to_string();
    tell(artifact.was_there, to + "  " + digest);
    artifacts_.push_back(Json::Object{
        {"from", source.name()}, {"to", to}, {"digest", digest}, {"copied", !artifact.was_there}});
  }
  count(summary);
}

void CopyReport::add_image(const std::string& name, const Digest& digest, const std::string& as,
                           bool was_there) {
  tell(was_there, "image " + name + "  " + digest.to_string());
  images_.push_back(Json::Object{
      {"name", name}, {"digest", digest.to_string()}, {"as", as}, {"copied", !was_there}});
}

void CopyReport::tell(bool was_there, std::string what) {
  Line line{was_there ? "present" : "copied", std::move(what)};
  if (lines_ == Lines::kKept) {
    kept_.push_back(std::move(line));
  } else {
    output_.step(line.done, line.what);
  }
}

void CopyReport::show() {
  for (const auto& line : kept_) output_.step(line.done, line.what);
  kept_.clear();
}

void CopyReport::count(const oci::CopySummary& summary) {
  total_.manifests += summary.manifests;
  total_.attached += summary.attached;
  total_.blobs += summary.blobs;
  total_.bytes += summary.bytes;
}

void CopyReport::finish() {
  output_.step("sent", counted(total_.manifests, "manifest") + ", " +
                           std::to_string(total_.attached) + " of them attached; " +
                           counted(total_.blobs, "blob") + ", " + in_units(total_.bytes));
  finish(Json::Object{{"artifacts", Json::array()},
                      {"manifests", total_.manifests},
                      {"attached", total_.attached},
                      {"blobs", total_.blobs},
                      {"bytes", total_.bytes}});
}

void CopyReport::finish(Json document) {
  document.set("artifacts", std::move(artifacts_));
  if (!images_.is_null()) document.set("images", std::move(images_));
  output_.document(document);
}

}  // namespace sealift::program
