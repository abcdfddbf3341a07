#pragma once

#include <sealift/base/file_system.h>
#include <sealift/endpoints/metrics.h>

namespace sealift::endpoints {

// The metrics that Prometheus' clients show of every process: memory, processor time, descriptors,
// start time. Read from /proc; what cannot be read is left out. `files` must outlive the registry.
void add_process_metrics(MetricsRegistry& registry, FileSystem& files);

}  // namespace sealift::endpoints
