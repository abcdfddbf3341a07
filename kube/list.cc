#include "list.h"

#include <cstdint>
#include <utility>

namespace sealift::kube {
namespace {

constexpr std::uint32_t kMaxItems = 100'000;
constexpr std::uint32_t kMaxRestarts = 3;

// Items of a list of a built-in type leave out what the list itself says.
void name_the_kind(Json& item, const objects::GroupVersionKind& gvk) {
  if (!item.find("apiVersion")) item.set("apiVersion", gvk.api_version());
  if (!item.find("kind")) item.set("kind", gvk.kind);
}

class PagedList {
 public:
  PagedList(const ApiClient& client, const Resource& resource, const ListOptions& options,
            const ListCallbacks& callbacks)
      : client_(client), resource_(resource), options_(options), callbacks_(callbacks) {}

  Result<std::string> run(std::stop_token stop) {
    for (std::uint32_t restarts = 0;;) {
      auto page = next_page(stop);
      if (!page) {
        const bool expired = page.error().code() == ErrorCode::kConflict && !continue_.empty();
        if (!expired || ++restarts > kMaxRestarts) return fail(std::move(page).error());
        continue_.clear();
        items_ = 0;
        SEALIFT_TRY(callbacks_.on_restart());
        continue;
      }
      SEALIFT_TRY(take(*page));
      continue_ = page->string_at({"metadata", "continue"});
      if (continue_.empty()) return std::string(page->string_at({"metadata", "resourceVersion"}));
    }
  }

 private:
  Result<Json> next_page(std::stop_token stop) const {
    ApiClient::Query query{{"limit", "500"}};
    if (!options_.label_selector.empty()) {
      query.emplace_back("labelSelector", options_.label_selector);
    }
    if (!continue_.empty()) query.emplace_back("continue", continue_);
    return client_.get_as(resource_.path(options_.name_space, ""), query,
                          options_.metadata_only ? kMetadataListOnly : "application/json", stop);
  }

  Result<> take(Json& page) {
    Json* found = page.find("items");
    Json::Array* items = found ? found->as_array() : nullptr;
    if (!items) return {};  // null where a list is empty
    for (auto& item : *items) {
      if (++items_ > kMaxItems) {
        return fail(ErrorCode::kInvalidInput, "the list of " + resource_.plural +
                                                  " is longer than " + std::to_string(kMaxItems) +
                                                  " items");
      }
      if (!options_.metadata_only) name_the_kind(item, resource_.gvk);
      SEALIFT_TRY(callbacks_.on_item(std::move(item)));
    }
    return {};
  }

  const ApiClient& client_;
  const Resource& resource_;
  const ListOptions& options_;
  const ListCallbacks& callbacks_;
  std::string continue_;
  std::uint32_t items_ = 0;
};

}  // namespace

Result<std::string> list_in_pages(const ApiClient& client, const Resource& resource,
                                  const ListOptions& options, const ListCallbacks& callbacks,
                                  std::stop_token stop) {
  return PagedList(client, resource, options, callbacks).run(stop);
}

}  // namespace sealift::kube
