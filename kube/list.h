#pragma once

#include <sealift/kube/api_client.h>
#include <sealift/kube/metadata_form.h>
#include <sealift/kube/resource_map.h>

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::kube {

struct ListOptions {
  std::string name_space;  // empty: all
  std::string label_selector;
  bool metadata_only = false;
};

struct ListCallbacks {
  std::function<Result<>(Json)> on_item;
  // The server forgot the state between two pages (410): what was listed so far is void.
  std::function<Result<>()> on_restart;
};

// Lists a resource in pages of 500 and returns the list's resourceVersion. kInvalidInput for more
// than 100,000 items, kConflict where the server forgets the state again and again, a callback's
// own error.
Result<std::string> list_in_pages(const ApiClient& client, const Resource& resource,
                                  const ListOptions& options, const ListCallbacks& callbacks,
                                  std::stop_token stop);

}  // namespace sealift::kube
