#include "support/der_mutations.h"

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <optional>
#include <utility>

namespace sealift::test {
namespace {

using Kind = DerMutation::Kind;

struct Element {
  std::uint8_t tag = 0;
  std::string content;         // of a primitive one
  std::vector<Element> inner;  // of a constructed one, or in an octet string
  bool holds_elements = false;
};

std::optional<std::vector<Element>> read_elements(std::string_view bytes, int depth);

// Nullopt where `bytes` does not begin with an element of definite length.
std::optional<Element> read_element(std::string_view& bytes, int depth) {
  if (bytes.size() < 2 || depth > 32) return std::nullopt;
  Element element;
  element.tag = static_cast<std::uint8_t>(bytes[0]);
  std::size_t size = static_cast<std::uint8_t>(bytes[1]);
  bytes.remove_prefix(2);
  if (size >= 0x80) {
    const std::size_t digits = size - 0x80;
    if (digits == 0 || digits > 3 || digits > bytes.size()) return std::nullopt;
    size = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      size = size << 8 | static_cast<std::uint8_t>(bytes[i]);
    }
    bytes.remove_prefix(digits);
  }
  if (size > bytes.size()) return std::nullopt;
  element.content = bytes.substr(0, size);
  bytes.remove_prefix(size);
  const bool is_constructed = (element.tag & 0x20) != 0;
  if (is_constructed || (element.tag == 0x04 && element.content.size() > 2)) {
    auto inner = read_elements(element.content, depth + 1);
    if (is_constructed && !inner) return std::nullopt;
    element.holds_elements = inner.has_value();
    if (inner) element.inner = std::move(*inner);
  }
  return element;
}

std::optional<std::vector<Element>> read_elements(std::string_view bytes, int depth) {
  std::vector<Element> elements;
  while (!bytes.empty()) {
    auto element = read_element(bytes, depth);
    if (!element) return std::nullopt;
    elements.push_back(std::move(*element));
  }
  return elements;
}

std::string write(const Element& element) {
  std::string content = element.holds_elements ? "" : element.content;
  for (const auto& each : element.inner) content += write(each);
  const std::size_t size = content.size();
  std::string der(1, static_cast<char>(element.tag));
  if (size >= 0x10000) std::abort();
  if (size >= 0x100) {
    der += '\x82';
    der += static_cast<char>(size >> 8);
  } else if (size >= 0x80) {
    der += '\x81';
  }
  return der + static_cast<char>(size & 0xff) + content;
}

Element read_whole(std::string_view der) {
  auto element = read_element(der, 0);
  if (!element || !der.empty()) {
    std::cerr << "no document in DER" << std::endl;
    std::abort();
  }
  return *element;
}

std::string_view words(Kind kind) {
  switch (kind) {
    case Kind::kRemoved:
      return "removed";
    case Kind::kRepeated:
      return "repeated";
    case Kind::kEmptied:
      return "emptied";
    case Kind::kFirstByte:
      return "with another first byte";
    case Kind::kMiddleByte:
      return "with another byte in the middle";
    case Kind::kLastByte:
      return "with another last byte";
    case Kind::kRetagged:
      return "of another tag";
    case Kind::kForeign:
      return "from another document";
  }
  return "";
}

class Mutator {
 public:
  explicit Mutator(const Element& root) : root_(root), before_(write(root)) {}

  // `place` is the way from the root.
  void mutate_inside(const std::vector<std::size_t>& place, const Element& element,
                     const Element* other) {
    for (std::size_t i = 0; i < element.inner.size(); ++i) {
      auto inner = place;
      inner.push_back(i);
      const Element* theirs =
          other != nullptr && i < other->inner.size() ? &other->inner[i] : nullptr;
      mutate(inner, element.inner[i], theirs);
    }
  }

  std::vector<DerMutation> take() { return std::move(mutations_); }

 private:
  using Siblings = std::vector<Element>;

  void mutate(const std::vector<std::size_t>& place, const Element& element, const Element* other) {
    const auto at = static_cast<std::ptrdiff_t>(place.back());
    add(place, Kind::kRemoved, [&](Siblings& all) { all.erase(all.begin() + at); });
    add(place, Kind::kRepeated, [&](Siblings& all) { all.insert(all.begin() + at, element); });
    add(place, Kind::kEmptied,
        [&](Siblings& all) { all[place.back()] = Element{element.tag, "", {}, false}; });
    add(place, Kind::kRetagged, [&](Siblings& all) {
      auto& tag = all[place.back()].tag;
      tag = tag == 0x30 || tag == 0x31 ? tag ^ 1 : static_cast<std::uint8_t>(tag + 1);
    });
    if (other != nullptr) {
      add(place, Kind::kForeign, [&](Siblings& all) { all[place.back()] = *other; });
    }
    if (!element.holds_elements && !element.content.empty()) {
      const std::size_t last = element.content.size() - 1;
      flip(place, Kind::kFirstByte, 0);
      if (last > 1) flip(place, Kind::kMiddleByte, last / 2);
      if (last > 0) flip(place, Kind::kLastByte, last);
    }
    mutate_inside(place, element, other);
  }

  void flip(const std::vector<std::size_t>& place, Kind kind, std::size_t byte) {
    add(place, kind, [&](Siblings& all) {
      char& c = all[place.back()].content[byte];
      c = static_cast<char>(c ^ 1);
    });
  }

  void add(const std::vector<std::size_t>& place, Kind kind,
           const std::function<void(Siblings&)>& edit) {
    Element copy = root_;
    Element* parent = &copy;
    std::string path;
    for (std::size_t i = 0; i < place.size(); ++i) {
      path += (i == 0 ? "" : ".") + std::to_string(place[i]);
      if (i + 1 < place.size()) parent = &parent->inner[place[i]];
    }
    edit(parent->inner);
    auto der = write(copy);
    if (der != before_) mutations_.push_back({path, kind, std::move(der)});
  }

  const Element& root_;
  std::string before_;
  std::vector<DerMutation> mutations_;
};

}  // namespace

std::string DerMutation::name() const { return path + " " + std::string(words(kind)); }

std::vector<DerMutation> der_mutations_of(std::string_view der, std::string_view other) {
  const Element root = read_whole(der);
  const Element theirs = read_whole(other);
  Mutator mutator(root);
  mutator.mutate_inside({}, root, &theirs);
  return mutator.take();
}

}  // namespace sealift::test
