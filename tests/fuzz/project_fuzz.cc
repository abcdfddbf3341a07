#include <sealift/project/plan.h>

#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>

namespace {

using namespace sealift;

void require(bool holds) {
  if (!holds) std::abort();
}

// What nobody asks again behind the plan.
void check(const std::vector<project::PlannedArtifact>& plan) {
  std::set<std::string> names;
  std::set<std::string> places;
  for (const auto& artifact : plan) {
    require(names.insert(artifact.name).second && (artifact.chart || !artifact.tags.empty()));
    require(!artifact.path.starts_with('/') &&
            ("/" + artifact.path + "/").find("/../") == std::string::npos);
    require(!artifact.destination.tag() && !artifact.destination.digest());
    for (const auto& tag : artifact.tags) {
      require(oci::is_valid_tag(tag.name));
      require(places.insert(artifact.destination.with_tag(tag.name).to_string()).second);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto project =
      project::parse_project(std::string(reinterpret_cast<const char*>(data), size), "input");
  if (!project) {
    require(project.error().message().starts_with("input"));
    return 0;
  }
  const auto plan =
      project::make_plan(*project, {"0123456789abcdef0123456789abcdef01234567", "main", ""});
  if (plan) {
    check(*plan);
  } else {
    require(plan.error().message().starts_with("input:"));
  }
  return 0;
}
