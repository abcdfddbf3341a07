#include <sealift/oci/observed_transfer.h>

#include <memory>
#include <utility>

namespace sealift::oci {

class ObservedTransfer::Source : public ByteSource {
 public:
  Source(std::unique_ptr<ByteSource> source, ObservedTransfer& transfer)
      : source_(std::move(source)), transfer_(transfer) {}

  Result<std::size_t> read(char* buffer, std::size_t size) override {
    SEALIFT_ASSIGN(const auto count, source_->read(buffer, size));
    transfer_.move(count);
    return count;
  }
  Result<std::uint64_t> skip(std::uint64_t size) override {
    SEALIFT_ASSIGN(const auto count, source_->skip(size));
    transfer_.move(count);
    return count;
  }

 private:
  std::unique_ptr<ByteSource> source_;
  ObservedTransfer& transfer_;
};

void ObservedTransfer::move(std::uint64_t bytes) {
  moved_ += bytes;
  observer_->moved(static_cast<std::int64_t>(bytes));
}

Blob ObservedTransfer::follow(Blob blob) {
  return Blob{blob.size,
              [this, open = std::move(blob.open)]() -> Result<std::unique_ptr<ByteSource>> {
                sent_ = true;
                if (observer_ == nullptr) return open();
                observer_->moved(-static_cast<std::int64_t>(std::exchange(moved_, 0)));
                SEALIFT_ASSIGN(auto source, open());
                return std::make_unique<Source>(std::move(source), *this);
              },
              blob.is_verified};
}

void ObservedTransfer::settle() const {
  if (observer_ != nullptr) observer_->settled_blob(size_, sent_);
}

Result<> ObservedSink::write(std::string_view bytes) {
  SEALIFT_TRY(sink_.write(bytes));
  if (observer_ != nullptr) observer_->moved(static_cast<std::int64_t>(bytes.size()));
  return {};
}

}  // namespace sealift::oci
