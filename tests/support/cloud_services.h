#pragma once

#include "support/fake_transport.h"

#include <sealift/base/clock.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::test {

// The documented endpoints of one cloud and a registry of its own that takes what they give. They
// check what the real ones check and refuse in their words. A request is known by its absolute URL,
// or by its path and the header Host where a server saw it. Safe from many threads.
class CloudServices {
 public:
  explicit CloudServices(Clock& clock) : clock_(clock) {}
  virtual ~CloudServices() = default;

  FakeAnswer answer(const SeenRequest& request);

  // Whatever was asked so far: "POST sts.eu-central-1.amazonaws.com/", without queries.
  std::vector<std::string> asked();
  void forget();
  // From now on nothing that was given out so far is taken.
  void revoke_all();
  // The next requests to this host are answered so.
  void fail_next(const std::string& host, FakeAnswer answer);
  // Every secret that went over the wire, for tests that no message shows one.
  std::vector<std::string> secrets();

 protected:
  struct Call {
    std::string method;
    std::string host;
    std::string path;
    std::map<std::string, std::string> query;
    std::map<std::string, std::string> form;  // of a POST with the type of forms
    const SeenRequest& request;

    std::string header(std::string_view name) const;
    // A parameter of the form; empty where it is missing.
    std::string operator[](const std::string& name) const;
  };
  virtual FakeAnswer serve(const Call& call) = 0;

  // A secret that is good for a while, and whether it still is.
  std::string issue(const std::string& name, std::chrono::seconds life);
  bool is_good(const std::string& secret) const;
  void note_secret(const std::string& secret) { secrets_.push_back(secret); }
  Timestamp now() { return clock_.now(); }

  // What a registry answers to a reader: the manifest of the tag v1 of any repository.
  static FakeAnswer content(const Call& call);
  static FakeAnswer challenge(const std::string& header);

 private:
  Clock& clock_;
  std::mutex mutex_;
  std::uint64_t issued_ = 0;
  std::map<std::string, Timestamp> good_until_;
  std::map<std::string, FakeAnswer> next_;
  std::vector<std::string> asked_;
  std::vector<std::string> secrets_;
};

// {"error":CODE,"error_description":TEXT} (RFC 6749, section 5.2).
FakeAnswer oauth_error(int status, const std::string& code, const std::string& text);

}  // namespace sealift::test
