#pragma once

#include <sealift/base/json.h>
#include <sealift/controller/resource_feed.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace sealift::controller {

// What the watches of Deliveries say, turned into calls of the sink. Not safe from several threads.
class DeliveryFeed {
 public:
  DeliveryFeed(const AccountRule& accounts, ResourceFeed::Parts parts, Logger log)
      : accounts_(accounts), parts_(parts), log_(std::move(log)) {}

  // `scope`: the namespace of the watch, or empty.
  void reset(std::string_view scope);
  void put(const Json& object);
  void remove(const Json& object);
  void synced(std::string_view scope);

  // From now on the sink is told at once; what came before is told now.
  void open();

  std::size_t size() const { return told_.size(); }
  std::size_t not_run() const;

 private:
  struct Told {
    RunTrigger trigger;
    bool runs = false;
    bool marked = false;  // LiveDelivery::is_marked()
  };

  void refuse(const LiveDelivery& live, const Error& error, std::string_view reason);
  void forget(const std::string& id);
  // Nothing else has changed; the puller itself takes no marks off what stays.
  void note_marks(Told& told, const LiveDelivery& live);
  // Nullopt where it is not run; its status says why then.
  std::optional<delivery::Delivery> judge(const LiveDelivery& live, const Json& object);

  const AccountRule& accounts_;
  ResourceFeed::Parts parts_;
  Logger log_;
  bool open_ = false;
  std::map<std::string, Told> told_;
  std::map<std::string, delivery::Delivery> waiting_;                 // until the sink is open
  std::map<std::string, std::set<std::string>, std::less<>> unseen_;  // by scope, during a reset
};

}  // namespace sealift::controller
