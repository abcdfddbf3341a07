#include <sealift/base/encoding.h>
#include <sealift/console/cluster_objects.h>
#include <sealift/console/object_changes.h>
#include <sealift/console/record_table.h>
#include <sealift/console/table.h>
#include <sealift/kube/watch.h>

#include <CLI/CLI.hpp>

#include "cluster_flags.h"
#include "command.h"
#include "reader_watch.h"
#include "result_format.h"

namespace sealift::program {
namespace {

using console::TableShape;

struct GetFlags {
  std::string kind = "deliveries";
  std::string name;
  std::string selector;
  bool all_namespaces = false;
  bool watch = false;
};

// What is listed, and how one object of it looks in a table.
class Subject {
 public:
  Subject(const GetFlags& flags, const ClusterFlags& cluster, const ResultFormat& format,
          const kube::ApiClient& client)
      : policies_(flags.kind == "policies"),
        shape_{flags.all_namespaces && !policies_, format.name == "wide"},
        name_space_(policies_ || flags.all_namespaces ? std::string()
                                                      : namespace_of(cluster, client)) {}

  kube::Resource resource() const {
    return policies_ ? console::trust_policy_resource() : console::delivery_resource();
  }
  const std::string& name_space() const { return name_space_; }
  std::vector<std::string> headings() const {
    return policies_ ? console::policy_headings(shape_) : console::delivery_headings(shape_);
  }
  std::vector<std::string> cells(const Json& object, Timestamp now) const {
    if (policies_) return console::policy_cells(object, shape_, now);
    return console::delivery_cells(console::read_delivery_record(object), shape_, now);
  }
  Result<Json> read(const kube::ApiClient& client, const std::string& name,
                    std::stop_token stop) const {
    if (policies_) return console::read_trust_policy(client, name, std::move(stop));
    return console::read_delivery(client, {name_space_, name}, std::move(stop));
  }
  // "delivery.sealift.dev/web"
  std::string qualified_name(const Json& object) const {
    return (policies_ ? "trustpolicy.sealift.dev/" : "delivery.sealift.dev/") +
           printable(object.string_at({"metadata", "name"}));
  }
  std::string nothing() const {
    if (policies_) return "there is no TrustPolicy in this cluster: nothing is accepted\n";
    return name_space_.empty() ? "there is no Delivery in this cluster\n"
                               : "there is no Delivery in namespace " + name_space_ + "\n";
  }

 private:
  bool policies_;
  TableShape shape_;
  std::string name_space_;
};

// kubectl leaves them out as well: nobody reads who wrote which field, and they are most of it.
Json without_managed_fields(Json object) {
  if (auto* metadata = object.find("metadata")) metadata->erase("managedFields");
  return object;
}

// Prints objects one after another, in the form that was asked for.
class Printer {
 public:
  Printer(const Subject& subject, const ResultFormat& format, const Surroundings& surroundings)
      : subject_(subject),
        format_(format),
        surroundings_(surroundings),
        table_(subject.headings()) {}

  // Of one that is gone, `object` is its last state.
  void add(Json object, bool deleted = false) {
    if (format_.is_document(surroundings_.output)) {
      if (deleted) object.set("deleted", true);
      format_.print(without_managed_fields(std::move(object)), surroundings_.output);
    } else if (format_.name == "name") {
      surroundings_.output.text(subject_.qualified_name(object) + "\n");
    } else {
      auto cells = subject_.cells(object, surroundings_.machine.repositories().clock.now());
      if (deleted) cells.back() = "deleted";
      table_.add(std::move(cells));
    }
  }
  void flush() {
    const bool is_table = !format_.is_document(surroundings_.output) && format_.name != "name";
    if (is_table) surroundings_.output.text(table_.take_text());
  }

 private:
  const Subject& subject_;
  const ResultFormat& format_;
  const Surroundings& surroundings_;
  console::Table table_;
};

Json list_of(std::vector<Json> items) {
  Json list;
  list.set("apiVersion", "v1");
  list.set("kind", "List");
  list.set("items", Json(std::move(items)));
  return list;
}

Result<> get_once(const kube::ApiClient& client, const Subject& subject, const GetFlags& flags,
                  const ResultFormat& format, const Surroundings& surroundings) {
  std::vector<Json> found;
  if (flags.name.empty()) {
    SEALIFT_ASSIGN(found, console::list_objects(client, subject.resource(),
                                                {subject.name_space(), flags.selector},
                                                console::Content::kWhole, surroundings.stop));
  } else {
    SEALIFT_ASSIGN(auto one, subject.read(client, flags.name, surroundings.stop));
    found.push_back(std::move(one));
  }
  if (format.is_document(surroundings.output)) {
    for (auto& object : found) object = without_managed_fields(std::move(object));
    format.print(flags.name.empty() ? list_of(std::move(found)) : found.front(),
                 surroundings.output);
    return {};
  }
  if (found.empty()) {
    surroundings.output.text(subject.nothing());
    return {};
  }
  Printer printer(subject, format, surroundings);
  for (const auto& object : found) printer.add(object);
  printer.flush();
  return {};
}

// A watch tries again without end, so a mistake is looked for beforehand.
Result<> check_readable(const kube::ApiClient& client, const Subject& subject,
                        const GetFlags& flags, const Surroundings& surroundings) {
  if (!flags.name.empty()) {
    SEALIFT_TRY(subject.read(client, flags.name, surroundings.stop));
    return {};
  }
  SEALIFT_TRY(console::list_objects(client, subject.resource(),
                                    {subject.name_space(), flags.selector},
                                    console::Content::kMetadata, surroundings.stop));
  return {};
}

// Until it is interrupted, or nobody reads on, which is how such a look ends: no error.
Result<> get_and_watch(const kube::ApiClient& client, const Subject& subject, const GetFlags& flags,
                       const ResultFormat& format, const Surroundings& surroundings) {
  SEALIFT_TRY(check_readable(client, subject, flags, surroundings));
  Printer printer(subject, format, surroundings);
  console::ObjectChanges changes(flags.name);
  const auto on_event = [&](kube::WatchEvent event) -> Result<> {
    for (auto& change : changes.take(std::move(event))) {
      printer.add(std::move(change.object), change.deleted);
    }
    if (changes.synced()) printer.flush();
    return {};
  };
  auto ended =
      kube::watch(client, subject.resource(), {subject.name_space(), flags.selector, false},
                  on_event, surroundings.stop);
  if (ended || surroundings.stop.stop_requested()) return {};
  return fail(console::explain_not_installed(std::move(ended).error(), subject.resource()));
}

Result<> get(const GetFlags& flags, const ClusterFlags& cluster, const ResultFormat& format,
             const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto client, open_cluster(cluster, surroundings));
  const Subject subject(flags, cluster, format, client);
  if (!flags.watch) return get_once(client, subject, flags, format, surroundings);
  const ReaderWatch reader(surroundings.stop);
  return get_and_watch(client, subject, flags, format,
                       {surroundings.machine, surroundings.output, reader.token()});
}

// As kubectl knows them: plural, singular, short.
const std::map<std::string, std::string> kAliases{
    {"delivery", "deliveries"},  {"dlv", "deliveries"},         {"policy", "policies"},
    {"trustpolicy", "policies"}, {"trustpolicies", "policies"}, {"tp", "policies"}};

}  // namespace

void add_get_command(CLI::App& app, Action& chosen) {
  auto* command =
      app.add_subcommand("get", "Show the Deliveries of a cluster, or its TrustPolicies");
  auto flags = std::make_shared<GetFlags>();
  command->add_option("kind", flags->kind, "deliveries (by default) or policies")
      ->transform(CLI::Transformer(kAliases))
      ->check(CLI::IsMember({"deliveries", "policies"}))
      ->type_name("KIND");
  command->add_option("name", flags->name, "Only this one")->type_name("NAME");
  command->add_flag("-A,--all-namespaces", flags->all_namespaces, "Of all namespaces");
  command->add_option("-l,--selector", flags->selector, "Only those with these labels")
      ->type_name("SELECTOR");
  command->add_flag("-w,--watch", flags->watch, "Go on showing what changes, until interrupted");
  auto format = add_result_format(*command, {"wide", "name"});
  auto cluster = add_cluster_flags(*command);
  command->callback([=, &chosen] {
    if (!flags->name.empty() && flags->all_namespaces) {
      throw CLI::ValidationError("a name is looked for in one namespace; leave --all-namespaces");
    }
    chosen = [=](const Surroundings& surroundings) {
      return get(*flags, *cluster, *format, surroundings);
    };
  });
}

}  // namespace sealift::program
