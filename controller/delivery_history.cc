#include "delivery_history.h"

#include <sealift/base/clock.h>
#include <sealift/base/digest.h>

#include <string_view>
#include <utility>

#include "status_values.h"

namespace sealift::controller {
namespace {

using Kind = puller::RunOutcome::Kind;

constexpr std::size_t kMaxHistory = 5;

Json history_entry(const puller::DeliveryReport& report, std::string_view outcome,
                   std::string_view message) {
  Json entry;
  const auto& digest = report.outcome.digest;
  if (digest) entry.set("digest", digest->to_string());
  if (report.artifact && (!digest || report.artifact->digest == *digest)) {
    set_text(entry, "revision", report.artifact->revision);
  }
  entry.set("outcome", outcome);
  entry.set("startedAt", format_timestamp(report.run_began));
  entry.set("endedAt", format_timestamp(report.now));
  entry.set("applied", count_of(report.outcome.applied));
  entry.set("pruned", count_of(report.outcome.pruned));
  set_text(entry, "message", message);
  return entry;
}

// Several runs that failed are one entry.
void add_count(Json& entry, std::string_view name, const Json& before) {
  const auto* earlier = before.find(name);
  const auto* now = entry.find(name);
  if (earlier == nullptr || now == nullptr) return;
  entry.set(name, earlier->as_int64().value_or(0) + now->as_int64().value_or(0));
}

}  // namespace

bool is_good(Kind kind) { return kind == Kind::kDelivered || kind == Kind::kUnchanged; }

// A new entry is due when the newest one tells of something else. A repair of drift, and a failure
// that repeats, would push out what people look for.
void add_history(Json& status, const puller::DeliveryReport& report, const Verdict& verdict,
                 bool same_generation) {
  const bool good = is_good(report.outcome.kind);
  const auto outcome = puller::to_string(good ? Kind::kDelivered : report.outcome.kind);
  auto entry = history_entry(report, outcome, good ? std::string_view() : verdict.message);
  const auto* before = status.find("history");
  Json::Array history;
  if (before && before->is_array()) history = *before->as_array();
  const bool same = !history.empty() && history.front().string_at({"outcome"}) == outcome &&
                    history.front().string_at({"digest"}) == entry.string_at({"digest"});
  if (same && good && (same_generation || report.outcome.kind == Kind::kUnchanged)) return;
  if (same && !good) {
    if (history.front().string_at({"message"}) == entry.string_at({"message"})) return;
    entry.set("startedAt", history.front().string_at({"startedAt"}));
    add_count(entry, "applied", history.front());
    add_count(entry, "pruned", history.front());
    history.front() = std::move(entry);
  } else {
    history.insert(history.begin(), std::move(entry));
  }
  if (history.size() > kMaxHistory) history.resize(kMaxHistory);
  status.set("history", std::move(history));
}

// That the newest artifact failed counts where the Delivery went back from it: others fail for a
// moment.
void recall_outcomes(const Json& status, target::TargetMemory& memory) {
  const auto* history = status.find("history");
  if (!history || !history->is_array()) return;
  bool is_told = false;
  for (const auto& entry : *history->as_array()) {
    const auto digest = Digest::parse(entry.string_at({"digest"}));
    if (!digest) continue;
    const auto outcome = entry.string_at({"outcome"});
    if (outcome == puller::to_string(Kind::kDelivered) && !memory.healthy) memory.healthy = *digest;
    if (memory.newest != *digest || std::exchange(is_told, true)) continue;
    if (outcome == puller::to_string(Kind::kFailed)) memory.failed = *digest;
  }
}

}  // namespace sealift::controller
