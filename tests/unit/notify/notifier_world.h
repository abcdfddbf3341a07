#pragma once

#include <sealift/notify/notifier.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sample_notification.h"
#include "support/fake_transport.h"
#include "support/faulty_file_system.h"
#include "support/manual_clock.h"

namespace sealift::notify::test {

// Receivers by URL, each of which can be away, and a notifier that can be started anew.
class NotifierWorld {
 public:
  explicit NotifierWorld(const std::vector<std::string>& sinks = {"one"}) {
    for (const auto& name : sinks) {
      Sink sink;
      sink.name = name;
      sink.url = "https://" + name + ".example/";
      settings.configuration.sinks.push_back(std::move(sink));
    }
    settings.directory = "/state/notify";
  }

  void start() {
    stop();
    notifier = std::make_unique<Notifier>(
        settings, NotifierSurroundings{disk, transport, clock, system_random()}, Logger::silent());
  }
  void stop() { notifier.reset(); }

  // From now on the receiver answers with that status; 0: it cannot be reached.
  void set_status(const std::string& name, int status) {
    const std::lock_guard lock(mutex_);
    status_[name] = status;
  }
  // All receivers answer so to what is about this namespace.
  void set_status_of_namespace(const std::string& name, int status) {
    const std::lock_guard lock(mutex_);
    namespace_status_[name] = status;
  }
  // What it has taken so far: "reason name" of each.
  std::vector<std::string> taken(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return taken_[name];
  }
  // Returns when it has taken that many, or been asked that often.
  std::vector<std::string> wait_taken(const std::string& name, std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return taken_[name].size() >= count; });
    return taken_[name];
  }
  void wait_asked(const std::string& name, std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_[name] >= count; });
  }

  sealift::test::FaultyFileSystem disk;
  sealift::test::ManualClock clock;
  sealift::test::FakeTransport transport{
      [this](const sealift::test::SeenRequest& request) { return answer(request); }};
  NotifierSettings settings;
  std::unique_ptr<Notifier> notifier;

 private:
  sealift::test::FakeAnswer answer(const sealift::test::SeenRequest& request) {
    const auto host = request.url.substr(8, request.url.find('.') - 8);
    const auto body = parse_json(request.body, "body");
    const std::lock_guard lock(mutex_);
    ++asked_[host];
    changed_.notify_all();
    auto status = status_.try_emplace(host, 200).first->second;
    const auto special =
        namespace_status_.find(std::string(body->string_at({"delivery", "namespace"})));
    if (special != namespace_status_.end()) status = special->second;
    if (status == 0) {
      return sealift::test::FakeAnswer::failure(ErrorCode::kUnavailable, "nobody is there");
    }
    if (status == 200) {
      taken_[host].push_back(std::string(body->string_at({"reason"})) + " " +
                             std::string(body->string_at({"delivery", "name"})));
    }
    return sealift::test::FakeAnswer::json(status, "");
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> status_;
  std::map<std::string, int> namespace_status_;
  std::map<std::string, std::size_t> asked_;
  std::map<std::string, std::vector<std::string>> taken_;
};

}  // namespace sealift::notify::test
