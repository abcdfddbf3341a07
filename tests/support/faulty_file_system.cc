#include "support/faulty_file_system.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace sealift::test {

struct FaultyFileSystem::Node {
  bool is_directory = false;
  bool is_own = true;
  bool is_fixed = false;
  std::uint32_t mode = 0755;
  std::string content;
  std::string durable_content;
  std::map<std::string, NodePointer> entries;
  std::map<std::string, NodePointer> durable_entries;

  // What a disk gives back after a power cut.
  void forget(Loss loss) {
    content = durable_content;
    if (loss == Loss::kEverythingUnsynced) entries = durable_entries;
    durable_entries = entries;
    for (auto& [name, node] : entries) node->forget(loss);
  }

  // A directory's entry and its durable one may be one node, and stay so.
  using Copies = std::map<const Node*, NodePointer>;
  static NodePointer copy(const Node& node, Copies& copies) {
    auto& made = copies[&node];
    if (made) return made;
    made = std::make_shared<Node>();
    const auto copied = made;
    copied->is_directory = node.is_directory;
    copied->is_own = node.is_own;
    copied->is_fixed = node.is_fixed;
    copied->mode = node.mode;
    copied->content = node.content;
    copied->durable_content = node.durable_content;
    for (const auto& [name, entry] : node.entries) copied->entries[name] = copy(*entry, copies);
    for (const auto& [name, entry] : node.durable_entries) {
      copied->durable_entries[name] = copy(*entry, copies);
    }
    return copied;
  }
};

namespace {

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    if (!part.empty() && part != ".") parts.push_back(part);
    begin = end + 1;
  }
  return parts;
}

tl::unexpected<Error> not_found(const std::string& path) {
  return fail(ErrorCode::kNotFound, path + " does not exist");
}

tl::unexpected<Error> in_the_way(const std::string& path) {
  return fail(ErrorCode::kConflict, path + " is in the way");
}

}  // namespace

class FaultyFileSystem::Source : public ByteSource {
 public:
  Source(FaultyFileSystem& files, NodePointer node, std::string path)
      : files_(files),
        node_(std::move(node)),
        path_(std::move(path)),
        generation_(files.generation_) {}

  Result<std::size_t> read(char* buffer, std::size_t size) override {
    const std::lock_guard lock(files_.mutex_);
    SEALIFT_TRY(files_.count_call("read", path_));
    if (generation_ != files_.generation_) return fail(ErrorCode::kIo, path_ + " is closed");
    const std::size_t count =
        std::min(size, node_->content.size() - std::min(at_, node_->content.size()));
    std::memcpy(buffer, node_->content.data() + at_, count);
    at_ += count;
    return count;
  }

 private:
  FaultyFileSystem& files_;
  NodePointer node_;
  std::string path_;
  std::uint64_t generation_;
  std::size_t at_ = 0;
};

class FaultyFileSystem::File : public WritableFile {
 public:
  File(FaultyFileSystem& files, NodePointer node, std::string path)
      : files_(files),
        node_(std::move(node)),
        path_(std::move(path)),
        generation_(files.generation_) {}

  Result<> write(std::string_view bytes) override {
    const std::lock_guard lock(files_.mutex_);
    SEALIFT_TRY(begin("write"));
    return files_.write_to(*node_, path_, bytes);
  }

  Result<> sync() override {
    const std::lock_guard lock(files_.mutex_);
    SEALIFT_TRY(begin("sync"));
    node_->durable_content = node_->content;
    return {};
  }

  Result<> close() override {
    const std::lock_guard lock(files_.mutex_);
    SEALIFT_TRY(begin("close"));
    open_ = false;
    return {};
  }

 private:
  Result<> begin(std::string_view operation) {
    SEALIFT_TRY(files_.count_call(operation, path_));
    if (!open_ || generation_ != files_.generation_) {
      return fail(ErrorCode::kIo, path_ + " is closed");
    }
    return {};
  }

  FaultyFileSystem& files_;
  NodePointer node_;
  std::string path_;
  std::uint64_t generation_;
  bool open_ = true;
};

FaultyFileSystem::FaultyFileSystem() : root_(std::make_shared<Node>()) {
  root_->is_directory = true;
}
FaultyFileSystem::~FaultyFileSystem() = default;

Result<> FaultyFileSystem::count_call(std::string_view operation, const std::string& path) {
  calls_.push_back(std::string(operation) + " " + path);
  if (stopped_from_ && calls_.size() >= stopped_from_->first) return fail(stopped_from_->second);
  const auto fault = faults_.find(calls_.size());
  if (fault != faults_.end()) return fail(fault->second);
  return {};
}

FaultyFileSystem::NodePointer FaultyFileSystem::find(const std::string& path) const {
  NodePointer node = root_;
  for (const auto& part : parts_of(path)) {
    const auto entry = node->entries.find(part);
    if (entry == node->entries.end()) return nullptr;
    node = entry->second;
  }
  return node;
}

Result<FaultyFileSystem::Place> FaultyFileSystem::find_place(const std::string& path) const {
  const NodePointer directory = find(parent_path(path));
  if (directory == nullptr || !directory->is_directory) return not_found(path);
  return Place{directory, parts_of(path).back()};
}

std::uint64_t FaultyFileSystem::used(const Node& node) const {
  std::uint64_t sum = node.content.size();
  for (const auto& [name, child] : node.entries) sum += used(*child);
  return sum;
}

Result<> FaultyFileSystem::write_to(Node& node, const std::string& path, std::string_view bytes) {
  const std::uint64_t taken = capacity_ ? used(*root_) : 0;
  const std::uint64_t room =
      capacity_ ? *capacity_ - std::min(*capacity_, taken) : std::uint64_t{bytes.size()};
  node.content += bytes.substr(0, room);
  if (bytes.size() > room) {
    return fail(ErrorCode::kIo, "cannot write " + path + ": No space left on device");
  }
  return {};
}

Result<std::unique_ptr<ByteSource>> FaultyFileSystem::open(const std::string& path) {
  const std::lock_guard lock(mutex_);
  SEALIFT_TRY(count_call("open", path));
  const NodePointer node = find(path);
  if (node == nullptr) return not_found(path);
  if (node->is_directory) {
    return fail(ErrorCode::kInvalidInput, "cannot read " + path + ": it is a directory");
  }
  return std::make_unique<Source>(*this, node, path);
}

Result<std::unique_ptr<WritableFile>> FaultyFileSystem::create(const std::string& path, Access) {
  const std::lock_guard lock(mutex_);
  SEALIFT_TRY(count_call("create", path));
  SEALIFT_ASSIGN(const Place place, find_place(path));
  const auto [entry, created] = place.directory->entries.emplace(place.name, nullptr);
  if (!created) return in_the_way(path);
  entry->second = std::make_shared<Node>();
  return std::make_unique<File>(*this, entry->second, path);
}

Result<std::unique_ptr<WritableFile>> FaultyFileSystem::append(const std::string& path) {
  const std::lock_guard lock(mutex_);
  SEALIFT_TRY(count_call("append", path));
  SEALIFT_ASSIGN(const Place place, find_place(path));
  NodePointer& node = place.directory->entries[place.name];
  if (node == nullptr) node = std::make_shared<Node>();
  if (node->is_directory) return in_the_way(path);
  return std::make_unique<File>(*this, node, path);
}

Result<> FaultyFileSystem::truncate(const std::string& path, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  SEALIFT_TRY(count_call("truncate", path));
  const NodePointer node = find(path);
  if (node == nullptr) return not_found(path);
  if (node->is_directory) return in_the_way(path);
  if (node->content.size() < size) return fail(ErrorCode::kConflict, path + " is shorter");
  node->content.resize(static_cast<std::size_t>(size));
  return {};
}

Result<> FaultyFileSystem::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  SEALIFT_TRY(count_call("rename", from));
  return move(from, to);
}

Result<> FaultyFileSystem::rename_new(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  SEALIFT_TRY(count_call("rename_new", from));
  if (find(from) != nullptr && find(to) != nullptr) return in_the_way(to);
  return move(from, to);
}

Result<> FaultyFileSystem::move(const std::string& from, const std::string& to) {
  const NodePointer node = find(from);
  if (node == nullptr) return not_found(from);
  SEALIFT_ASSIGN(const Place source, find_place(from));
  SEALIFT_ASSIGN(const Place target, find_place(to));
  NodePointer& replaced = target.directory->entries[target.name];
  if (replaced != nullptr) {
    if (replaced->is_fixed) return fail(ErrorCode::kIo, to + " is busy");
    const bool full = replaced->is_directory && !replaced->entries.empty();
    if (replaced->is_directory != node->is_directory || full) return in_the_way(to);
  }
  if (replaced == node) return {};
  replaced = node;
  source.directory->entries.erase(source.name);
  return {};
}

Result<> FaultyFileSystem::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  SEALIFT_TRY(count_call("remove", path));
  const NodePointer node = find(path);
  if (node == nullptr) return not_found(path);
  if (!node->entries.empty()) return in_the_way(path);
  SEALIFT_ASSIGN(const Place place, find_place(path));
  place.directory->entries.erase(place.name);
  return {};
}

Result<> FaultyFileSystem::make_directories(const std::string& path) {
  const std::lock_guard lock(mutex_);
  SEALIFT_TRY(count_call("make_directories", path));
  NodePointer node = root_;
  for (const auto& part : parts_of(path)) {
    NodePointer& child = node->entries[part];
    if (child == nullptr) {
      child = std::make_shared<Node>();
      child->is_directory = true;
      node->durable_entries[part] = child;
    }
    if (!child->is_directory) return in_the_way(path);
    node = child;
  }
  return {};
}

Result<> FaultyFileSystem::make_directory(const std::string& path, std::uint32_t mode) {
  const std::lock_guard lock(mutex_);
  SEALIFT_TRY(count_call("make_directory", path));
  SEALIFT_ASSIGN(const Place place, find_place(path));
  NodePointer& node = place.directory->entries[place.name];
  if (node != nullptr) return in_the_way(path);
  node = std::make_shared<Node>();
  node->is_directory = true;
  node->mode = mode;
  return {};
}

Result<std::vector<DirectoryEntry>> FaultyFileSystem::list(const std::string& path) {
  const std::lock_guard lock(mutex_);
  SEALIFT_TRY(count_call("list", path));
  const NodePointer node = find(path);
  if (node == nullptr || !node->is_directory) return not_found(path);
  std::vector<DirectoryEntry> entries;
  for (const auto& [name, child] : node->entries) {
    entries.push_back({name, child->is_directory ? FileType::kDirectory : FileType::kFile});
  }
  return entries;
}

Result<FileInfo> FaultyFileSystem::info(const std::string& path) {
  const std::lock_guard lock(mutex_);
  SEALIFT_TRY(count_call("info", path));
  const NodePointer node = find(path);
  if (node == nullptr) return not_found(path);
  FileInfo info;
  info.type = node->is_directory ? FileType::kDirectory : FileType::kFile;
  info.size = node->content.size();
  info.mode = node->mode;
  info.is_own = node->is_own;
  info.is_fixed = node->is_fixed;
  return info;
}

Result<> FaultyFileSystem::sync_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  SEALIFT_TRY(count_call("sync_directory", path));
  const NodePointer node = find(path);
  if (node == nullptr || !node->is_directory) return not_found(path);
  node->durable_entries = node->entries;
  return {};
}

Result<std::shared_ptr<void>> FaultyFileSystem::lock(const std::string& path) {
  const std::lock_guard guard(mutex_);
  SEALIFT_TRY(count_call("lock", path));
  SEALIFT_ASSIGN(const Place place, find_place(path));
  if (!locked_.insert(path).second) {
    return fail(ErrorCode::kUnavailable, "cannot lock " + path + ": another process holds it");
  }
  NodePointer& node = place.directory->entries[place.name];
  if (node == nullptr) node = std::make_shared<Node>();
  return std::shared_ptr<void>(nullptr, [this, path, generation = generation_](void*) {
    const std::lock_guard unlocking(mutex_);
    if (generation == generation_) locked_.erase(path);
  });
}

void FaultyFileSystem::fail_call(std::size_t n, Error error) {
  const std::lock_guard lock(mutex_);
  faults_.insert_or_assign(calls_.size() + n, std::move(error));
}

void FaultyFileSystem::fail_from(std::size_t n, Error error) {
  const std::lock_guard lock(mutex_);
  stopped_from_ = {calls_.size() + n, std::move(error)};
}

std::size_t FaultyFileSystem::call_count() const {
  const std::lock_guard lock(mutex_);
  return calls_.size();
}

std::vector<std::string> FaultyFileSystem::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void FaultyFileSystem::set_capacity(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  capacity_ = bytes;
}

void FaultyFileSystem::power_cut(Loss loss) {
  const std::lock_guard lock(mutex_);
  root_->forget(loss);
  locked_.clear();
  faults_.clear();
  stopped_from_.reset();
  ++generation_;
}

void FaultyFileSystem::copy_from(const FaultyFileSystem& other) {
  const std::scoped_lock lock(mutex_, other.mutex_);
  Node::Copies copies;
  root_ = Node::copy(*other.root_, copies);
}

void FaultyFileSystem::put(const std::string& path, std::string bytes) {
  const std::lock_guard lock(mutex_);
  NodePointer node = root_;
  for (const auto& part : parts_of(path)) {
    node->is_directory = true;
    NodePointer& child = node->entries[part];
    if (child == nullptr) child = std::make_shared<Node>();
    node->durable_entries[part] = child;
    node = child;
  }
  node->content = std::move(bytes);
  node->durable_content = node->content;
}

void FaultyFileSystem::give_away(const std::string& path) {
  const std::lock_guard lock(mutex_);
  find(path)->is_own = false;
}

void FaultyFileSystem::mount_on(const std::string& path) {
  const std::lock_guard lock(mutex_);
  find(path)->is_fixed = true;
}

std::string FaultyFileSystem::content(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const NodePointer node = find(path);
  if (node == nullptr || node->is_directory) std::abort();
  return node->content;
}

bool FaultyFileSystem::exists(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  return find(path) != nullptr;
}

}  // namespace sealift::test
