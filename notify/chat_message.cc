#include "message.h"

#include <sealift/base/encoding.h>

namespace sealift::notify {
namespace {

// What precedes everything: "error: Refused shop/web (edge-17)".
std::string headline(const Event& event) {
  std::string text(to_string(event.notification.severity));
  text += ": " + event.notification.reason + " " + event.notification.delivery();
  if (!event.cluster.empty()) text += " (" + event.cluster + ")";
  return text;
}

using Facts = std::vector<std::pair<std::string, std::string>>;

Facts facts_of(const Notification& notification) {
  Facts facts;
  const auto add = [&](std::string name, const std::string& value) {
    if (!value.empty()) facts.emplace_back(std::move(name), value);
  };
  add("revision", notification.revision);
  add("source", notification.source);
  add("digest", notification.digest);
  for (const auto& [name, value] : notification.metadata) add(name, value);
  add("time", format_timestamp(notification.time));
  return facts;
}

// Slack takes <…> for links and mentions; these three characters alone are escaped ("Formatting
// text for app surfaces", escaping text).
std::string slack_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// A text of Block Kit holds at most 3,000 characters.
constexpr std::size_t kMaxSlackText = 2900;

// Escaping makes a message up to five times as long.
std::string slack_message(std::string_view message) {
  constexpr std::size_t kAlwaysFits = 380;
  auto text = slack_text(message);
  return text.size() <= 5 * kAlwaysFits ? text : slack_text(printable(message, kAlwaysFits));
}

// `verbatim`: nothing in it becomes a link or a mention by itself.
Json slack_element(std::string text) {
  Json element = Json::object();
  element.set("type", "mrkdwn");
  element.set("text", std::move(text));
  element.set("verbatim", true);
  return element;
}

// A run of text is shown as it is, whereas a TextBlock would read it as Markdown.
Json teams_line(const std::string& text, std::string_view weight, std::string_view color) {
  Json run = Json::object();
  run.set("type", "TextRun");
  run.set("text", text);
  run.set("weight", weight);
  run.set("color", color);
  Json line = Json::object();
  line.set("type", "RichTextBlock");
  line.set("inlines", Json::Array{std::move(run)});
  return line;
}

std::string_view teams_color(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "Good";
    case Severity::kWarning:
      return "Warning";
    case Severity::kError:
      return "Attention";
  }
  return "Default";
}

}  // namespace

Json slack_body(const Event& event) {
  const auto& notification = event.notification;
  const std::string head = slack_text(printable(headline(event), 200));
  Json section = Json::object();
  section.set("type", "section");
  section.set("text", slack_element("*" + head + "*\n" + slack_message(notification.message)));
  std::string facts;
  for (const auto& [name, value] : facts_of(notification)) {
    const auto line = slack_text(name + ": " + value) + "\n";
    if (facts.size() + line.size() <= kMaxSlackText) facts += line;
  }
  Json context = Json::object();
  context.set("type", "context");
  context.set("elements", Json::Array{slack_element(std::move(facts))});
  Json body = Json::object();
  body.set("text", head);
  body.set("blocks", Json::Array{std::move(section), std::move(context)});
  return body;
}

Json teams_body(const Event& event) {
  const auto& notification = event.notification;
  Json lines = Json::array();
  lines.push_back(teams_line(headline(event), "Bolder", teams_color(notification.severity)));
  lines.push_back(teams_line(notification.message, "Default", "Default"));
  for (const auto& [name, value] : facts_of(notification)) {
    lines.push_back(teams_line(name + ": " + value, "Lighter", "Default"));
  }
  Json card = Json::object();
  card.set("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
  card.set("type", "AdaptiveCard");
  card.set("version", "1.4");
  card.set("body", std::move(lines));
  Json attachment = Json::object();
  attachment.set("contentType", "application/vnd.microsoft.card.adaptive");
  attachment.set("content", std::move(card));
  Json body = Json::object();
  body.set("type", "message");
  body.set("attachments", Json::Array{std::move(attachment)});
  return body;
}

}  // namespace sealift::notify
