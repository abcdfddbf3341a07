#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::objects {

// Where custom resources of one kind name images: "[GROUP/]KIND:PATH", the path as kubectl writes
// it (kubernetes.io/docs/reference/kubectl/jsonpath), of which these are known:
//   Prometheus:.spec.image
//   kafka.strimzi.io/Kafka:.spec.kafka.image
//   Pipeline:.spec.steps[*].image       every item of a list, or every member of an object
//   Widget:.spec.images['side-car']     a member whose name is no plain word
// Without a group, the kind of any group is meant.
class ImagePath {
 public:
  // kInvalidInput that begins with the quoted text, for what is not as above, more than 512 bytes
  // or 32 steps.
  static Result<ImagePath> parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool fits(std::string_view group, std::string_view kind) const;
  // Calls `visit` with each value that is meant and its JSON pointer (RFC 6901) behind `pointer`.
  // What is missing on the way is passed over.
  using Visit = std::function<Result<>(const Json& value, const std::string& pointer)>;
  Result<> visit(const Json& object, const std::string& pointer, const Visit& visit) const;

 private:
  struct Step {
    std::string member;
    bool is_every = false;  // "[*]"; the member counts for nothing
  };

  ImagePath() = default;
  Result<> parse_steps(std::string_view path);
  Result<> visit_below(const Json& value, const std::string& pointer, std::size_t step,
                       const Visit& visit) const;

  std::string text_;
  std::string group_;
  std::string kind_;
  std::vector<Step> steps_;
};

}  // namespace sealift::objects
