#include <sealift/base/encoding.h>
#include <sealift/controller/left_behind.h>
#include <sealift/kube/observed_object.h>

#include <algorithm>

namespace sealift::controller {
namespace {

constexpr std::size_t kMaxKinds = 10;

// " (4 objects: ConfigMap, Deployment.apps)", as the status counted them last.
std::string objects_in(const Json& status) {
  const auto* count = status.find_path({"inventory", "objects"});
  const auto* kinds = status.find_path({"inventory", "kinds"});
  if (count == nullptr || kinds == nullptr || kinds->as_array() == nullptr) return {};
  std::string text = " (" + std::to_string(count->as_int64().value_or(0)) + " objects: ";
  const auto& all = *kinds->as_array();
  for (std::size_t i = 0; i < std::min(all.size(), kMaxKinds); ++i) {
    const auto group = all[i].string_at({"group"});
    text += (i == 0 ? "" : ", ") + printable(all[i].string_at({"kind"}), 80) +
            (group.empty() ? "" : "." + printable(group, 80));
  }
  return text + (all.size() > kMaxKinds ? " …)" : ")");
}

}  // namespace

std::string left_behind_note(std::string_view cluster, std::string_view applyset_id,
                             const Json& status) {
  return "it delivers into another cluster from now on: what it brought into " +
         printable(cluster, 200) + objects_in(status) +
         " stays there, and is neither changed nor removed any more. To remove it, delete there "
         "what has the label " +
         std::string(kube::kPartOfLabel) + "=" + std::string(applyset_id) +
         ", or let the Delivery point there again and delete it first";
}

}  // namespace sealift::controller
