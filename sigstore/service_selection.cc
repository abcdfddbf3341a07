#include <sealift/base/encoding.h>
#include <sealift/sigstore/signing_config.h>

#include <algorithm>

namespace sealift::sigstore {
namespace {

using Selector = ServiceSelection::Selector;

// Valid then and of a version that is supported, those that began last first.
std::vector<Service> usable_services(const std::vector<Service>& services,
                                     const std::vector<std::uint32_t>& supported, Timestamp at) {
  std::vector<Service> usable;
  std::copy_if(
      services.begin(), services.end(), std::back_inserter(usable), [&](const Service& service) {
        return service.validity.contains(at) && std::find(supported.begin(), supported.end(),
                                                          service.api_version) != supported.end();
      });
  // No start at all is the oldest: nullopt is less than any time.
  std::stable_sort(usable.begin(), usable.end(), [](const Service& one, const Service& other) {
    return one.validity.start > other.validity.start;
  });
  return usable;
}

// The first of each operator among those with the highest version.
std::vector<Service> candidates(const std::vector<Service>& usable) {
  std::uint32_t highest = 0;
  for (const auto& service : usable) highest = std::max(highest, service.api_version);
  std::vector<Service> result;
  for (const auto& service : usable) {
    const bool is_second = std::any_of(result.begin(), result.end(), [&](const Service& other) {
      return other.operator_name == service.operator_name;
    });
    if (service.api_version == highest && !is_second) result.push_back(service);
  }
  return result;
}

std::string list_of(const std::vector<std::uint32_t>& versions) {
  std::string text;
  for (const auto version : versions) {
    text += (text.empty() ? "" : ", ") + std::to_string(version);
  }
  return text;
}

std::size_t wanted(const ServiceSelection& selection, std::size_t available) {
  switch (selection.selector) {
    case Selector::kAll:
      return available;
    case Selector::kAny:
      return 1;
    case Selector::kExact:
      return selection.count;
  }
  return available;
}

}  // namespace

Result<std::vector<Service>> select_services(const std::vector<Service>& services,
                                             const ServiceSelection& selection,
                                             const std::vector<std::uint32_t>& supported,
                                             Timestamp at, std::string_view what) {
  auto found = candidates(usable_services(services, supported, at));
  if (found.empty()) {
    return fail(ErrorCode::kNotFound, "the signing config has no " + std::string(what) +
                                          " that is valid at " + format_timestamp(at) +
                                          " and has an API of version " + list_of(supported));
  }
  const std::size_t count = wanted(selection, found.size());
  if (count > found.size()) {
    return fail(ErrorCode::kNotFound,
                "the signing config demands " + std::to_string(count) + " of the kind \"" +
                    std::string(what) + "\", each of another operator, and has " +
                    std::to_string(found.size()) + " that can be used at " + format_timestamp(at));
  }
  found.resize(count);
  return found;
}

Result<Service> select_service(const std::vector<Service>& services,
                               const std::vector<std::uint32_t>& supported, Timestamp at,
                               std::string_view what) {
  SEALIFT_ASSIGN(auto found, select_services(services, {Selector::kAny, 0}, supported, at, what));
  return std::move(found.front());
}

}  // namespace sealift::sigstore
