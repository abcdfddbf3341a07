#include "copy_images.h"

#include <sealift/base/worker_pool.h>
#include <sealift/oci/copy_completeness.h>
#include <sealift/oci/image_name.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace sealift::program {
namespace {

constexpr auto kArchive = oci::Reference::Kind::kArchive;
constexpr auto kRegistry = oci::Reference::Kind::kRegistry;

enum class Tags { kKept, kNone };

// Where images of one repository go.
struct Place {
  oci::Reference reference;
  oci::Repository* to = nullptr;
  std::unique_ptr<oci::Repository> owned = nullptr;  // `to` where it is one of several
};

// Each manifest once. A tag beside a digest is a remark, which gives way to one that means
// something.
std::vector<oci::CopyItem> items_of(const ImageSource& source, Tags tags) {
  std::map<Digest, oci::CopyItem> items;
  std::set<std::string> taken;
  for (const bool is_remark : {false, true}) {
    for (const auto& image : source.images) {
      if (image.name.digest().has_value() != is_remark) continue;
      auto& item = items[*image.digest];
      item.from = image.digest->to_string();
      const auto& tag = image.name.tag();
      if (tags == Tags::kKept && tag && taken.insert(*tag).second) item.tags.push_back(*tag);
    }
  }
  std::vector<oci::CopyItem> list;
  for (auto& [digest, item] : items) list.push_back(std::move(item));
  return list;
}

oci::ImageNames names_of(const std::vector<ImageSource>& sources) {
  oci::ImageNames names;
  for (const auto& source : sources) {
    for (const auto& image : source.images) {
      names.insert_or_assign(oci::image_name(image.name), *image.digest);
    }
  }
  return names;
}

// Repositories beside each other share the threads.
oci::CopyOptions options_for(const std::vector<ImageSource>& sources, const CopyFlags& flags) {
  auto options = flags.options();
  options.parallel = std::max<std::size_t>(1, flags.concurrency / sources.size());
  return options;
}

std::string context_of(const ImageSource& source) {
  return "copying images of " + source.repository.name() +
         (source.names ? " in " + source.origin.name() : "");
}

// Calls `one` for each source, several at a time, and returns what it did for each.
using CopyOne = std::function<Result<oci::CopySummary>(std::size_t i, std::stop_token stop)>;

Result<std::vector<oci::CopySummary>> for_all(const std::vector<ImageSource>& sources,
                                              std::size_t parallel, const std::stop_token& stop,
                                              const CopyOne& one) {
  std::vector<oci::CopySummary> summaries(sources.size());
  SEALIFT_TRY(run_parallel(
      sources.size(), parallel, stop, [&](std::size_t i, std::stop_token token) -> Result<> {
        SEALIFT_ASSIGN_CONTEXT(summaries[i], one(i, std::move(token)), context_of(sources[i]));
        return {};
      }));
  return summaries;
}

void report_source(const ImageSource& source, const oci::Reference* place,
                   const oci::CopySummary& summary, CopyReport& report) {
  std::set<Digest> present;
  for (const auto& artifact : summary.artifacts) {
    if (artifact.was_there) present.insert(artifact.descriptor.digest);
  }
  for (const auto& image : source.images) {
    const auto name = oci::image_name(image.name);
    auto as = name;
    if (place != nullptr) {
      as = image.name.digest() ? place->with_digest(*image.digest).to_string()
                               : place->with_tag(*image.name.tag()).to_string();
    }
    report.add_image(name, *image.digest, as, present.contains(*image.digest));
  }
  report.count(summary);
}

Result<std::vector<Place>> open_places(const std::vector<ImageSource>& sources, oci::Repository& to,
                                       const CopyFlags& flags, const Surroundings& surroundings) {
  const auto& destination = flags.destination();
  const auto others = flags_for_others(*flags.to);
  std::vector<Place> places;
  for (const auto& source : sources) {
    if (destination.kind() != kRegistry) {
      places.push_back({destination, &to});
      continue;
    }
    SEALIFT_ASSIGN_CONTEXT(auto below, oci::image_below(source.repository, *flags.images->place),
                           "images of " + source.repository.name());
    const auto& registry = flags_at(below.registry(), {destination.registry()}, *flags.to, others);
    SEALIFT_ASSIGN(auto opened, open_repository(below, registry, surroundings));
    Place place{std::move(below), opened.get()};
    place.owned = std::move(opened);
    places.push_back(std::move(place));
  }
  return places;
}

std::vector<oci::PlannedCopy> planned_copies(const std::vector<ImageSource>& sources,
                                             const std::vector<Place>& places, Tags tags) {
  std::vector<oci::PlannedCopy> copies;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto& to = places[i].reference;
    oci::PlannedCopy copy{sources[i].from, places[i].to, items_of(sources[i], tags),
                          context_of(sources[i]) + " to " + to.name()};
    if (to.kind() == kRegistry) {
      copy.host = to.registry();
      copy.name = to.repository();
    }
    copies.push_back(std::move(copy));
  }
  return copies;
}

// What an archive left out must be at the destination, in the place of this image or of another.
Result<> complete(const std::vector<ImageSource>& sources,
                  const std::vector<oci::PlannedCopy>& copies, const CopyFlags& flags,
                  const std::stop_token& stop) {
  std::vector<oci::PlannedCopy> of_archives;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (sources[i].origin.kind() == kArchive) of_archives.push_back(copies[i]);
  }
  const auto options = flags.options();
  SEALIFT_ASSIGN(const auto shared, oci::check_copies_are_complete(of_archives, options, stop));
  return oci::copy_shared_blobs(shared, of_archives, options, stop);
}

}  // namespace

Result<> copy_images(const std::vector<ImageSource>& sources, oci::Repository& to,
                     const CopyFlags& flags, const Surroundings& surroundings,
                     TransferProgress& progress, CopyReport& report) {
  if (sources.empty()) return {};
  const bool to_registry = flags.destination().kind() == kRegistry;
  SEALIFT_ASSIGN(const auto places, open_places(sources, to, flags, surroundings));
  const auto copies = planned_copies(sources, places, to_registry ? Tags::kKept : Tags::kNone);
  SEALIFT_TRY(complete(sources, copies, flags, surroundings.stop));
  auto options = options_for(sources, flags);
  options.observer = progress.observer();
  const auto copy_one = [&](std::size_t i, std::stop_token stop) {
    progress.turn_to(places[i].reference);
    auto own = options;
    own.mount_from = mountable_name(sources[i].origin, places[i].reference);
    return oci::copy_artifacts(*copies[i].from, *copies[i].to, copies[i].items, own,
                               std::move(stop));
  };
  SEALIFT_ASSIGN(const auto summaries,
                 for_all(sources, flags.concurrency, surroundings.stop, copy_one));
  for (std::size_t i = 0; i < sources.size(); ++i) {
    report_source(sources[i], to_registry ? &places[i].reference : nullptr, summaries[i], report);
  }
  if (to_registry) return {};
  const auto& machine = surroundings.machine.repositories();
  return oci::name_layout_images(flags.destination().repository(), names_of(sources), machine.files,
                                 machine.clock, surroundings.stop);
}

Result<> add_images(const std::vector<ImageSource>& sources, oci::ArchiveBuilder& builder,
                    const CopyFlags& flags, const Surroundings& surroundings, CopyReport& report) {
  if (sources.empty()) return {};
  const auto options = options_for(sources, flags);
  const auto add_one = [&](std::size_t i, std::stop_token stop) {
    return builder.add(*sources[i].from, items_of(sources[i], Tags::kNone), options,
                       std::move(stop));
  };
  SEALIFT_ASSIGN(const auto summaries,
                 for_all(sources, flags.concurrency, surroundings.stop, add_one));
  for (std::size_t i = 0; i < sources.size(); ++i) {
    report_source(sources[i], nullptr, summaries[i], report);
  }
  for (const auto& [name, digest] : names_of(sources)) {
    SEALIFT_TRY(builder.name_image(name, digest));
  }
  return {};
}

}  // namespace sealift::program
