#pragma once

#include <sealift/base/log.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>
#include <sealift/kube/watch.h>

#include <mutex>
#include <stop_token>

#include "watch_key.h"

namespace sealift::members {

// One watch over its whole life: finds out how the kind is served, watches it, and comes back after
// everything that passes. Ends where it is stopped, refused, or the kind is not served.
class WatchRunner {
 public:
  // Called on the thread of run().
  class Listener {
   public:
    virtual ~Listener() = default;
    // Asked before the state is told from its start.
    virtual bool is_metadata_enough(const WatchRunner& runner) = 0;
    virtual void on_served(const WatchRunner& runner, const kube::Resource& resource) = 0;
    // kConflict: everything has to be told again. Other errors end run().
    virtual Result<> on_event(const WatchRunner& runner, const kube::Resource& resource,
                              bool metadata_only, kube::WatchEvent event) = 0;
    // The error each time the server was lost and will be asked again, null when it answers.
    virtual void on_connection(const WatchRunner& runner, const Error* lost) = 0;
    // kNotFound: the server does not serve the kind. kForbidden: it refuses.
    virtual void on_end(const WatchRunner& runner, Error error) = 0;
  };

  // All but the key must outlive the runner.
  WatchRunner(WatchKey key, const kube::ApiClient& own, kube::ResourceMap& resources,
              Listener& listener);

  // Returns after on_end() or stop().
  void run();

  // From any thread.
  void stop();
  // Tells the state from its start once more.
  void restart();

  const WatchKey& key() const { return key_; }

 private:
  // A round ends with a restart; its token is stopped then.
  std::stop_token begin_round();
  bool is_stopped() const;
  // Whether to go on after that error; it has waited then.
  bool survives(const Error& error, std::stop_token round);
  Result<kube::Resource> find(std::stop_token round);
  Result<> watch(const kube::Resource& resource, std::stop_token round);
  void wait(std::chrono::milliseconds time, std::stop_token round);

  const WatchKey key_;
  const kube::ApiClient& own_;
  kube::ResourceMap& resources_;
  Listener& listener_;

  std::uint32_t failures_ = 0;  // in a row
  bool was_refused_ = false;    // once, since the last complete state
  bool was_synced_ = false;

  mutable std::mutex mutex_;
  std::stop_source round_;
  bool stopped_ = false;
};

}  // namespace sealift::members
