// Stands before the C library: refuses memory and reads when a test says so.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

extern "C" {
// The C library's own, under the names it exports for this purpose.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* memory);
ssize_t __pread64(int descriptor, void* buffer, std::size_t size, off64_t offset);
}

namespace {

/// The file that the test shares with this library: four numbers of 64 bits.
struct Orders {
  std::atomic<std::int64_t>
      allocations_left; // 1: the next one fails, and the number becomes 0; 0: none does
  std::atomic<std::uint64_t> allocations;  // that were made or refused
  std::atomic<std::uint64_t> refuse_reads; // 1: pread() and preadv2() fail with EIO
  std::atomic<std::uint64_t> reads_refused;
};

Orders* g_orders = nullptr; // null until the program begins, and where there is no file

__attribute__((constructor)) void begin() {
  const char* path = std::getenv("ROOKERY_FAULTS");
  const int file = path == nullptr ? -1 : ::open(path, O_RDWR | O_CLOEXEC);
  if (file < 0)
    return;
  void* mapped = ::mmap(nullptr, sizeof(Orders), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  if (mapped != MAP_FAILED)
    g_orders = static_cast<Orders*>(mapped);
}

bool read_refused() {
  if (g_orders == nullptr || g_orders->refuse_reads.load(std::memory_order_relaxed) == 0)
    return false;
  g_orders->reads_refused.fetch_add(1, std::memory_order_relaxed);
  errno = EIO;
  return true;
}

/// Counts, and says whether this one is to fail.
bool refused() {
  if (g_orders == nullptr)
    return false;
  g_orders->allocations.fetch_add(1, std::memory_order_relaxed);
  if (g_orders->allocations_left.load(std::memory_order_relaxed) <= 0)
    return false;
  if (g_orders->allocations_left.fetch_sub(1, std::memory_order_relaxed) != 1)
    return false;
  errno = ENOMEM;
  return true;
}

} // namespace

extern "C" {

void* malloc(std::size_t size) noexcept { return refused() ? nullptr : __libc_malloc(size); }
void* calloc(std::size_t count, std::size_t size) noexcept {
  return refused() ? nullptr : __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) noexcept {
  return refused() ? nullptr : __libc_realloc(old, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  return refused() ? nullptr : __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return memalign(alignment, size);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t size) noexcept {
  *out = memalign(alignment, size);
  return *out == nullptr ? ENOMEM : 0;
}

void free(void* memory) noexcept { __libc_free(memory); }
/// The program is linked with an allocator of its own, which would answer for memory that is not
/// its own. Who asks wants to count, not to use more than it asked for.
std::size_t malloc_usable_size(void*) noexcept { return 0; }

ssize_t pread64(int descriptor, void* buffer, std::size_t size, off64_t offset) {
  return read_refused() ? -1 : __pread64(descriptor, buffer, size, offset);
}
ssize_t pread(int descriptor, void* buffer, std::size_t size, off_t offset) {
  return pread64(descriptor, buffer, size, offset);
}
/// The kernel takes the offset in two halves, of which the lower one has room for all of it.
ssize_t preadv64v2(int descriptor, const iovec* parts, int count, off64_t offset, int flags) {
  return read_refused() ? -1 : ::syscall(SYS_preadv2, descriptor, parts, count, offset, 0, flags);
}
ssize_t preadv2(int descriptor, const iovec* parts, int count, off_t offset, int flags) {
  return preadv64v2(descriptor, parts, count, offset, flags);
}

} // extern "C"

// That allocator brings these, too.
namespace {

void* allocate(std::size_t size) {
  void* const memory = malloc(size == 0 ? 1 : size);
  if (memory == nullptr)
    throw std::bad_alloc();
  return memory;
}

void* allocate_aligned(std::size_t size, std::align_val_t alignment) {
  void* const memory = memalign(static_cast<std::size_t>(alignment), size == 0 ? 1 : size);
  if (memory == nullptr)
    throw std::bad_alloc();
  return memory;
}

} // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return malloc(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return malloc(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate_aligned(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate_aligned(size, alignment);
}
void operator delete(void* memory) noexcept { free(memory); }
void operator delete[](void* memory) noexcept { free(memory); }
void operator delete(void* memory, std::size_t) noexcept { free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { free(memory); }
