#include <sealift/kube/apply.h>

#include <utility>

#include "list.h"

namespace sealift::kube {

Result<std::vector<ObservedObject>> list_members(const ApiClient& client, const Resource& resource,
                                                 std::string_view name_space,
                                                 std::string_view applyset_id,
                                                 std::stop_token stop) {
  ListOptions options;
  options.name_space = name_space;
  options.label_selector = std::string(kPartOfLabel) + "=" + std::string(applyset_id);
  options.metadata_only = true;
  std::vector<ObservedObject> members;
  ListCallbacks callbacks;
  callbacks.on_item = [&](const Json& item) -> Result<> {
    SEALIFT_ASSIGN(auto member, observe_member(resource, item));
    members.push_back(std::move(member));
    return {};
  };
  callbacks.on_restart = [&]() -> Result<> {
    members.clear();
    return {};
  };
  SEALIFT_TRY_CONTEXT(
      list_in_pages(client, resource, options, callbacks, stop),
      "list the members of ApplySet " + options.label_selector + " among " + resource.plural);
  return members;
}

Result<std::optional<ObservedObject>> read_member(const ApiClient& client, const Resource& resource,
                                                  std::string_view name_space,
                                                  std::string_view name,
                                                  std::string_view applyset_id,
                                                  std::stop_token stop) {
  auto found = client.get_as(resource.path(name_space, name), {}, kMetadataOnly, stop);
  if (!found) {
    if (found.error().code() == ErrorCode::kNotFound) return std::nullopt;
    return fail(std::move(found).error());
  }
  if (applyset_of(*found) != applyset_id) return std::nullopt;
  SEALIFT_ASSIGN(auto member, observe_member(resource, *found));
  return member;
}

}  // namespace sealift::kube
