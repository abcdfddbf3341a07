#pragma once

#include <sealift/base/result.h>
#include <sealift/checks/check_options.h>
#include <sealift/checks/report.h>

#include <functional>

#include "command.h"
#include "project_run.h"

namespace sealift::program {

// Renders what is selected, without packing it, and holds it against the rules of its entries,
// after `adjust` has changed them; what two artifacts have in common is told once. Charts that are
// published as charts are left out. Errors of rendering, as build_selected() has them.
Result<checks::Report> check_selected(const ProjectRun& run,
                                      const std::function<Result<>(checks::CheckOptions&)>& adjust,
                                      const Surroundings& surroundings);

}  // namespace sealift::program
