#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/controller/delivery_record.h>
#include <sealift/kube/api_client.h>

#include <functional>
#include <optional>
#include <stop_token>

namespace sealift::controller {

// Writes to Deliveries as the puller's identity. Each write is for one UID: a Delivery that was
// made anew under the same name is another one. Answers go into the record. Safe from many threads.
class DeliveryApi {
 public:
  explicit DeliveryApi(kube::ApiClient client) : client_(std::move(client)) {}

  // The merge patch of `metadata` for the state of things; nullopt: nothing to do.
  using MetadataChange = std::function<std::optional<Json>(const LiveDelivery&)>;
  // Where somebody else wrote in between, the change is made anew for what is there now. Only
  // changes of finalizers are bound to one version: that list is replaced as a whole. kNotFound
  // where the Delivery is gone or is another one by now, kConflict where it changes all the time.
  Result<> patch_metadata(DeliveryRecord& record, const MetadataChange& change,
                          std::stop_token stop) const;
  // A merge patch of `status`, made again on what is there where somebody else wrote in between. An
  // empty one is no request. Errors as above.
  Result<> patch_status(DeliveryRecord& record, const Json& change, std::stop_token stop) const;

  // Takes kFinalizer off, so that the API server may forget the Delivery. A success where that is
  // so already.
  Result<> release(DeliveryRecord& record, std::stop_token stop) const;
  // Whether a namespace is being deleted or has gone. kForbidden where we may not look.
  Result<bool> is_namespace_going(std::string_view name_space, std::stop_token stop) const;

 private:
  Result<> read_again(DeliveryRecord& record, std::stop_token stop) const;
  kube::ApiClient client_;
};

// The finalizers with ours, or without it, as the merge patch of `metadata` has them.
Json finalizers_with(const LiveDelivery& live);
Json finalizers_without(const LiveDelivery& live);

}  // namespace sealift::controller
