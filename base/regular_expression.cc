#include <sealift/base/encoding.h>
#include <sealift/base/regular_expression.h>

#include <cstdint>
#include <vector>

#include "regular_expression_parser.h"
#include "utf8.h"

namespace sealift {
namespace {

using Kind = ExpressionNode::Kind;

// One step of an automaton (Thompson, "Regular Expression Search Algorithm", 1968).
struct Step {
  enum class Action { kCharacter, kJump, kSplit, kBegin, kEnd, kMatch };
  Action action = Action::kMatch;
  std::size_t next = 0;
  std::size_t other = 0;  // kSplit: the second way
  CharacterSet set = {};  // kCharacter
};

class Compiler {
 public:
  // False where the steps would be too many.
  bool add(const ExpressionNode& node) {
    // Each call adds a step, so that the limit on these bounds the time as well.
    switch (node.kind) {
      case Kind::kEmpty:
        return add_step({.action = Step::Action::kJump});
      case Kind::kCharacter:
        return add_step({.action = Step::Action::kCharacter, .set = node.set});
      case Kind::kBegin:
        return add_step({.action = Step::Action::kBegin});
      case Kind::kEnd:
        return add_step({.action = Step::Action::kEnd});
      case Kind::kConcatenation:
        return add_concatenation(node);
      case Kind::kAlternatives:
        return add_alternatives(node);
      case Kind::kRepetition:
        return add_repetition(node);
    }
    return false;
  }

  std::vector<Step> finish() {
    steps_.push_back({.action = Step::Action::kMatch});
    return std::move(steps_);
  }

 private:
  // It goes on with the step behind it.
  bool add_step(Step step) {
    if (steps_.size() == kMaxExpressionSteps) return false;
    step.next = steps_.size() + 1;
    steps_.push_back(std::move(step));
    return true;
  }

  bool add_concatenation(const ExpressionNode& node) {
    if (node.children.empty()) return add({});
    for (const auto& child : node.children) {
      if (!add(child)) return false;
    }
    return true;
  }

  bool add_alternatives(const ExpressionNode& node) {
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i + 1 < node.children.size(); ++i) {
      const std::size_t split = steps_.size();
      if (!add_step({.action = Step::Action::kSplit}) || !add(node.children[i])) return false;
      ends.push_back(steps_.size());
      if (!add_step({.action = Step::Action::kJump})) return false;
      steps_[split].other = steps_.size();
    }
    if (!add(node.children.back())) return false;
    for (const std::size_t end : ends) steps_[end].next = steps_.size();
    return true;
  }

  bool add_repetition(const ExpressionNode& node) {
    const ExpressionNode& child = node.children.front();
    if (!add_step({.action = Step::Action::kJump})) return false;
    for (std::uint32_t i = 0; i < node.min; ++i) {
      if (!add(child)) return false;
    }
    if (!node.max) {
      const std::size_t split = steps_.size();
      if (!add_step({.action = Step::Action::kSplit}) || !add(child)) return false;
      if (!add_step({.action = Step::Action::kJump})) return false;
      steps_.back().next = split;
      steps_[split].other = steps_.size();
      return true;
    }
    std::vector<std::size_t> splits;
    for (std::uint32_t i = node.min; i < *node.max; ++i) {
      splits.push_back(steps_.size());
      if (!add_step({.action = Step::Action::kSplit}) || !add(child)) return false;
    }
    for (const std::size_t split : splits) steps_[split].other = steps_.size();
    return true;
  }

  std::vector<Step> steps_;
};

// All steps that the automaton may be at, after each character.
class Run {
 public:
  Run(const std::vector<Step>& steps, std::size_t length)
      : steps_(steps), seen_at_(steps.size(), 0), length_(length) {}

  // Follows every way from `step` that takes no character.
  void enter(std::size_t step, std::size_t position) {
    waiting_.push_back(step);
    while (!waiting_.empty()) {
      const std::size_t current = waiting_.back();
      waiting_.pop_back();
      if (seen_at_[current] == position + 1) continue;
      seen_at_[current] = position + 1;
      follow(current, position);
    }
  }

  // Takes the character at `position`.
  void advance(char32_t character, std::size_t position) {
    const std::vector<std::size_t> before = std::move(active_);
    active_.clear();
    matched_ = false;
    for (const std::size_t step : before) {
      if (contains(steps_[step].set, character)) enter(steps_[step].next, position + 1);
    }
  }

  bool matched() const { return matched_; }
  bool stuck() const { return active_.empty(); }

 private:
  void follow(std::size_t current, std::size_t position) {
    const Step& step = steps_[current];
    switch (step.action) {
      case Step::Action::kCharacter:
        active_.push_back(current);
        break;
      case Step::Action::kSplit:
        waiting_.push_back(step.other);
        waiting_.push_back(step.next);
        break;
      case Step::Action::kJump:
        waiting_.push_back(step.next);
        break;
      case Step::Action::kBegin:
        if (position == 0) waiting_.push_back(step.next);
        break;
      case Step::Action::kEnd:
        if (position == length_) waiting_.push_back(step.next);
        break;
      case Step::Action::kMatch:
        matched_ = true;
        break;
    }
  }

  const std::vector<Step>& steps_;
  std::vector<std::size_t> active_;
  std::vector<std::size_t> waiting_;
  std::vector<std::size_t> seen_at_;  // the position at which each step was seen last, and one
  std::size_t length_;
  bool matched_ = false;
};

}  // namespace

struct RegularExpression::Program {
  std::vector<Step> steps;
};

Result<RegularExpression> RegularExpression::compile(std::string_view pattern) {
  SEALIFT_ASSIGN(const auto tree, parse_expression(pattern));
  Compiler compiler;
  if (!compiler.add(tree)) {
    return fail(ErrorCode::kInvalidInput, "the regular expression \"" + printable(pattern) +
                                              "\" is longer than " +
                                              std::to_string(kMaxExpressionSteps) +
                                              " steps with its repetitions written out");
  }
  return RegularExpression(std::string(pattern),
                           std::make_shared<const Program>(Program{compiler.finish()}));
}

bool RegularExpression::matches(std::string_view text) const {
  if (text.size() > kMaxMatchedBytes || !is_utf8(text)) return false;
  const std::u32string characters = code_points(text);
  Run run(program_->steps, characters.size());
  run.enter(0, 0);
  for (std::size_t i = 0; i < characters.size(); ++i) {
    if (run.stuck()) return false;
    run.advance(characters[i], i);
  }
  return run.matched();
}

}  // namespace sealift
