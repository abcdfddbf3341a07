#include <sealift/base/encoding.h>
#include <sealift/controller/event_recorder.h>

namespace sealift::controller {
namespace {

constexpr std::size_t kMaxNote = 1024;
constexpr std::string_view kController = "sealift.dev/puller";

// metav1.MicroTime.
std::string micro_time(Timestamp time) {
  auto text = format_timestamp(time);
  text.insert(text.size() - 1, ".000000");
  return text;
}

}  // namespace

Json event_json(const Event& event, const std::string& name, const std::string& instance,
                Timestamp now) {
  const auto& subject = event.subject;
  const std::string name_space = subject.name_space.empty() ? "default" : subject.name_space;
  Json regarding(Json::Object{{"apiVersion", subject.gvk.api_version()},
                              {"kind", subject.gvk.kind},
                              {"name", subject.name},
                              {"uid", subject.uid}});
  if (!subject.name_space.empty()) regarding.set("namespace", subject.name_space);
  return Json(
      Json::Object{{"apiVersion", "events.k8s.io/v1"},
                   {"kind", "Event"},
                   {"metadata", Json(Json::Object{{"name", name}, {"namespace", name_space}})},
                   {"eventTime", micro_time(now)},
                   {"reportingController", kController},
                   {"reportingInstance", instance.substr(0, 128)},
                   {"action", event.action},
                   {"reason", event.reason},
                   {"regarding", std::move(regarding)},
                   {"note", printable(event.note, kMaxNote - 3)},
                   {"type", event.type == Event::Type::kWarning ? "Warning" : "Normal"}});
}

Json series_patch(std::uint32_t count, Timestamp now) {
  return Json(Json::Object{{"series", Json(Json::Object{{"count", static_cast<std::int64_t>(count)},
                                                        {"lastObservedTime", micro_time(now)}})}});
}

}  // namespace sealift::controller
