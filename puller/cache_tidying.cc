#include <sealift/puller/cache_tidying.h>

namespace sealift::puller {
namespace {

constexpr std::chrono::minutes kBetweenTidyings{10};

}  // namespace

Result<> tidy_cache(Puller& puller, artifacts::ArtifactLibrary& artifacts) {
  const auto wanted = puller.wanted_digests();
  if (!wanted) return {};
  return artifacts.tidy(*wanted);
}

CacheTidier::CacheTidier(Puller& puller, artifacts::ArtifactLibrary& artifacts, Clock& clock,
                         Logger log)
    : thread_([&puller, &artifacts, &clock, log = std::move(log)](std::stop_token stop) {
        while (!stop.stop_requested()) {
          clock.sleep_until(clock.steady_now() + kBetweenTidyings, stop);
          if (stop.stop_requested()) return;
          if (auto tidied = tidy_cache(puller, artifacts); !tidied) {
            log.warning("the cache could not be tidied", {{"reason", tidied.error().message()}});
          }
        }
      }) {}

}  // namespace sealift::puller
