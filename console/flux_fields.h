#pragma once

#include <sealift/base/json.h>
#include <sealift/console/flux_conversion.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::console {

// Remarks about one document of Flux, in the order of its fields.
class Remarks {
 public:
  explicit Remarks(const objects::Object& object);

  void note(std::string field, std::string message);
  void lose(std::string field, std::string message);
  void refuse(std::string field, std::string message);
  bool refused() const;
  const std::string& document() const { return document_; }
  std::vector<ConversionRemark> take() { return std::move(all_); }

 private:
  void add(ConversionRemark::Kind kind, std::string field, std::string message);

  std::string document_;
  std::string source_;
  std::vector<ConversionRemark> all_;
};

// The members of one object of Flux's. Each is asked for once; what nobody asked for is lost, so
// that no field is ever dropped in silence.
class FluxFields {
 public:
  // `object` may be null, which has no members; both must outlive this.
  FluxFields(const Json* object, std::string path, Remarks& remarks);

  const Json* take(std::string_view name);
  std::string text(std::string_view name);
  bool flag(std::string_view name, bool otherwise = false);
  // A member without an equal: says so where it is there, and is not empty or false.
  void lose(std::string_view name, std::string message);
  // All that is left.
  void lose_rest();
  std::string path_of(std::string_view name) const { return path_ + "." + std::string(name); }

 private:
  const Json* object_;
  std::string path_;
  Remarks& remarks_;
  std::vector<std::string> taken_;
};

// Whether a value says nothing: null, false, "", [], {}.
bool is_empty(const Json& value);

}  // namespace sealift::console
