#pragma once

#include <sealift/endpoints/message.h>
#include <sealift/endpoints/metrics.h>

#include <functional>
#include <string>
#include <vector>

namespace sealift::endpoints {

// One condition of being alive or ready.
struct Check {
  std::string name;    // "policies", "leader", "cluster"
  std::string reason;  // why not; empty where it holds
};

// A function that is not set stands for no checks: to answer is enough then.
struct Probes {
  // Asked by GET /healthz: a check that fails makes the kubelet start the puller anew, so only what
  // a new start would mend belongs here.
  std::function<std::vector<Check>()> alive;
  // Asked by GET /readyz.
  std::function<std::vector<Check>()> ready;
  // Shown by GET /metrics; may be null, and outlives the handler.
  MetricsRegistry* metrics = nullptr;
};

// Answers /healthz, /readyz and /metrics, with GET and HEAD. 200 where all checks hold, otherwise
// 503 with those that fail; "?verbose" lists all, "?format=json" gives
// {"ok":false,"checks":[{"name":"cluster","ok":false,"reason":"…"}]}.
RequestHandler make_probe_handler(Probes probes);

}  // namespace sealift::endpoints
