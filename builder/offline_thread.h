#pragma once

#include <sealift/base/result.h>

#include <functional>

namespace sealift::builder {

// Runs `work` on a thread that can open no socket but a local one, nor can any program that it
// starts: a seccomp filter (seccomp(2)), which needs no privilege and which containers allow. A
// proxy that refuses is not enough, because Go's client goes past every proxy to the machine's own
// addresses. kIo where the kernel knows no such filter: then `work` does not run.
Result<> run_offline(const std::function<void()>& work);

}  // namespace sealift::builder
