#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::console {

// How the API server serves our own kinds; no discovery is needed to know that.
kube::Resource delivery_resource();
kube::Resource trust_policy_resource();

// A kNotFound about one of our own kinds as the sentence that Sealift is not installed; any other
// error as it is.
Error explain_not_installed(Error error, const kube::Resource& resource);

struct Selection {
  std::string name_space;  // empty: all
  std::string label_selector;
};

// What is listed of each object.
enum class Content { kWhole, kMetadata };

// All objects of a resource, in pages, each with apiVersion and kind. kInvalidInput for more than
// 100,000. Of our own kinds, kNotFound says that Sealift is not installed.
Result<std::vector<Json>> list_objects(const kube::ApiClient& client,
                                       const kube::Resource& resource, const Selection& selection,
                                       Content content, std::stop_token stop);

// kNotFound where there is none of that name, or where Sealift is not installed, which it says.
Result<Json> read_delivery(const kube::ApiClient& client, const delivery::DeliveryName& name,
                           std::stop_token stop);
Result<Json> read_trust_policy(const kube::ApiClient& client, std::string_view name,
                               std::stop_token stop);

// Calls `seen` with the Delivery as it is now and with each later state, until it returns true or
// an error. kNotFound where it is not there, or goes; kCancelled.
Result<> follow_delivery(const kube::ApiClient& client, const delivery::DeliveryName& name,
                         const std::function<Result<bool>(const Json&)>& seen,
                         std::stop_token stop);

// Adds these members to metadata.annotations of a Delivery, or removes those whose value is null,
// and changes `spec` likewise; null: nothing. Returns the Delivery.
Result<Json> patch_delivery(const kube::ApiClient& client, const delivery::DeliveryName& name,
                            const Json& annotations, const Json& spec, std::stop_token stop);

}  // namespace sealift::console
