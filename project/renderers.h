#pragma once

#include <sealift/base/json_reader.h>
#include <sealift/base/result.h>
#include <sealift/project/renderers.h>

#include <optional>

namespace sealift::project {

// The members `helm`, `kind` and `chart` of an artifact. kInvalidInput naming the field.
Result<std::optional<HelmRelease>> read_helm(ObjectReader& artifact);
Result<std::optional<ChartRelease>> read_chart(ObjectReader& artifact);

}  // namespace sealift::project
