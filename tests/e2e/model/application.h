#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::e2e::model {

// The kinds of the run: without health of their own, with a controller's, and by a custom check.
enum class Kind { kConfigMap, kSecret, kService, kDeployment, kWidget };
inline constexpr Kind kAllKinds[] = {Kind::kConfigMap, Kind::kSecret, Kind::kService,
                                     Kind::kDeployment, Kind::kWidget};
std::string to_string(Kind kind);

struct ObjectKey {
  Kind kind = Kind::kConfigMap;
  std::string name_space;
  std::string name;
  auto operator<=>(const ObjectKey&) const = default;
  std::string to_string() const;
};

// What an object says, whatever its kind: the fields that are compared.
struct Content {
  std::string value;
  std::string extra;  // a second field, which some versions have
  std::string team;   // the label that the Delivery puts on everything
  bool keep = false;
  auto operator<=>(const Content&) const = default;
  std::string to_string() const;
};

using Contents = std::map<ObjectKey, Content>;

// What is wrong with a version of an artifact.
enum class Flaw {
  kNone,
  kUnsigned,    // refused by the policy
  kForeignKey,  // likewise
  kInvalid,     // the API server refuses an object
  kBroken,      // an object says that it has failed
};
std::string to_string(Flaw flaw);

// The value of a Widget that says so.
inline constexpr std::string_view kBrokenValue = "broken";

struct Manifest {
  Kind kind = Kind::kConfigMap;
  int slot = 0;  // part of the name
  std::string value{};
  bool has_extra = false;
  bool keep = false;
  bool uses_variable = false;  // the Delivery's variable stands behind the value
};

// One artifact. Its sequence is its number.
struct Version {
  int number = 0;
  Flaw flaw = Flaw::kNone;
  std::vector<Manifest> manifests;
};

bool is_refused(const Version& version);      // by the policy
bool is_deliverable(const Version& version);  // it passes the policy and the API server
// "version 7", or "nothing".
std::string text_of(const std::optional<int>& number);

enum class Drift { kCorrect, kDetect, kIgnore };

// What a Delivery says.
struct Settings {
  bool suspend = false;
  bool prune = true;
  bool wait = true;
  bool rollback = false;  // onFailure
  bool orphan = false;    // deletionPolicy
  Drift drift = Drift::kCorrect;
  std::string variable = "x";
  std::string team;
  std::string target_namespace;
  bool operator==(const Settings&) const = default;
  std::string to_string() const;
};

// One Delivery, and what never changes about it.
struct Application {
  std::string name;
  std::string name_space;
  std::string other_namespace;  // the target of some of its settings
  std::string repository;
  bool is_strict = false;  // the policy denies an older artifact
  std::string depends_on;  // of the same namespace
};

// The name of an application's object.
std::string object_name(const Application& application, int slot);

// What the version is in the cluster when it is delivered so.
Contents desired(const Application& application, const Settings& settings, const Version& version);

}  // namespace sealift::e2e::model
