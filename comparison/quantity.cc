#include <sealift/comparison/quantity.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace sealift::comparison {
namespace {

constexpr std::size_t kMaxBytes = 64;
constexpr int kMaxExponent = 1000;
constexpr std::string_view kDigits = "0123456789";

struct Scale {
  int tens = 0;   // power of ten
  int kibis = 0;  // power of 1024
};

std::optional<Scale> parse_exponent(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  int exponent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (exponent > kMaxExponent || exponent < -kMaxExponent) return std::nullopt;
  return Scale{exponent, 0};
}

std::optional<Scale> parse_suffix(std::string_view suffix) {
  static constexpr std::array<std::pair<std::string_view, Scale>, 16> kScales = {{
      {"", {0, 0}},
      {"n", {-9, 0}},
      {"u", {-6, 0}},
      {"m", {-3, 0}},
      {"k", {3, 0}},
      {"M", {6, 0}},
      {"G", {9, 0}},
      {"T", {12, 0}},
      {"P", {15, 0}},
      {"E", {18, 0}},
      {"Ki", {0, 1}},
      {"Mi", {0, 2}},
      {"Gi", {0, 3}},
      {"Ti", {0, 4}},
      {"Pi", {0, 5}},
      {"Ei", {0, 6}},
  }};
  const auto* const found = std::find_if(kScales.begin(), kScales.end(),
                                         [&](const auto& scale) { return scale.first == suffix; });
  if (found != kScales.end()) return found->second;
  if (suffix.starts_with('e') || suffix.starts_with('E')) return parse_exponent(suffix.substr(1));
  return std::nullopt;
}

void multiply_by_1024(std::string& digits) {
  int carry = 0;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    carry += (*digit - '0') * 1024;
    *digit = static_cast<char>('0' + carry % 10);
    carry /= 10;
  }
  const auto head = carry == 0 ? std::string() : std::to_string(carry);
  digits.insert(0, head);
}

std::string_view take_digits(std::string_view& text) {
  const auto end = std::min(text.find_first_not_of(kDigits), text.size());
  const auto digits = text.substr(0, end);
  text.remove_prefix(end);
  return digits;
}

}  // namespace

std::optional<Quantity> Quantity::parse(std::string_view text) {
  if (text.size() > kMaxBytes) return std::nullopt;
  Quantity quantity;
  if (text.starts_with('+') || text.starts_with('-')) {
    quantity.negative_ = text.front() == '-';
    text.remove_prefix(1);
  }
  quantity.digits_ = take_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const auto fraction = take_digits(text);
    quantity.digits_ += fraction;
    quantity.exponent_ = -static_cast<int>(fraction.size());
  }
  if (quantity.digits_.empty()) return std::nullopt;
  const auto scale = parse_suffix(text);
  if (!scale) return std::nullopt;
  quantity.exponent_ += scale->tens;
  for (int times = 0; times < scale->kibis; ++times) multiply_by_1024(quantity.digits_);
  quantity.normalise();
  return quantity;
}

void Quantity::normalise() {
  digits_.erase(0, digits_.find_first_not_of('0'));
  const auto last = digits_.find_last_not_of('0');
  if (last == std::string::npos) {
    digits_.clear();
    exponent_ = 0;
    negative_ = false;
    return;
  }
  exponent_ += static_cast<int>(digits_.size() - last - 1);
  digits_.erase(last + 1);
}

}  // namespace sealift::comparison
