// A stand-in for the CUDA driver on machines without a GPU. Memory is the host's, each allocation ends at a page that is nobody's. Work of a
// stream is done as late as it may be: when somebody waits for it. What does not wait for what it needs sees memory that nobody wrote.
#include "blocks.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <dlfcn.h>
#include <elf.h>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace
{
enum Result
{
    Success = 0, InvalidValue = 1, OutOfMemory = 2, InvalidDevice = 101, InvalidImage = 200, InvalidContext = 201, NotFound = 500,
    IllegalAddress = 700
};

using Address = unsigned long long;

constexpr size_t Page = 4096;
constexpr size_t DeviceBytes = 4ull << 30;

struct Allocation
{
    size_t bytes;
    char* pages;
    size_t mapped;
};

struct Stream;

// A place in the work of a stream.
struct Mark
{
    Stream* stream;
    size_t position;
};

struct Stream
{
    std::deque<std::function<Result()>> work;
    size_t done = 0;
    Result failure = Success;

    size_t end() const { return done + work.size(); }
};

struct Event
{
    Mark mark{nullptr, 0};
};

struct Function
{
    std::string name;
    keops_kernel kernel;
    size_t argument_bytes;
};

struct Module
{
    void* library;
    std::vector<std::unique_ptr<Function>> functions;
};

std::recursive_mutex lock;
std::map<Address, Allocation> allocations, pinned;
size_t allocated = 0;
int contexts = 0;
thread_local bool bound = false;

bool lies_within(const std::map<Address, Allocation>& known, Address address, size_t bytes)
{
    auto next = known.upper_bound(address);
    if (next == known.begin()) return false;
    const auto& [first, allocation] = *--next;
    return address + bytes <= first + allocation.bytes;
}

Result run_until(Stream* stream, size_t position)
{
    while (stream->done < position && stream->failure == Success)
    {
        auto next = std::move(stream->work.front());
        stream->work.pop_front();
        stream->failure = next();
        stream->done++;
    }

    return stream->failure;
}

int enqueue(void* stream, std::function<Result()> work)
{
    ((Stream*)stream)->work.push_back(std::move(work));
    return Success;
}

// The end of the memory stands at the guard page, as far as 16-byte alignment lets it.
Allocation take(size_t bytes, Address& address)
{
    const size_t aligned = (bytes + 15) / 16 * 16, mapped = (aligned + Page - 1) / Page * Page + Page;
    char* pages = (char*)mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) return {0, nullptr, 0};
    mprotect(pages + mapped - Page, Page, PROT_NONE);
    char* first = pages + mapped - Page - aligned;
    memset(first, 0xFF, aligned);
    address = (Address)first;
    return {bytes, pages, mapped};
}

size_t image_bytes(const void* image)
{
    const auto header = (const Elf64_Ehdr*)image;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return 0;
    return header->e_shoff + (size_t)header->e_shentsize * header->e_shnum;
}

Schedule schedule()
{
    const char* name = getenv("KEOPS_HOST_SCHEDULE");
    return !name || !strcmp(name, "ascending") ? Schedule::Ascending
        : !strcmp(name, "descending") ? Schedule::Descending : Schedule::Shuffled;
}
}

#define CALL extern "C" int
#define IN_CONTEXT std::lock_guard guard(lock); if (!bound || contexts == 0) return InvalidContext

CALL cuInit(unsigned) { return Success; }

CALL cuDriverGetVersion(int* version)
{
    *version = 13000;
    return Success;
}

CALL cuDeviceGetCount(int* count)
{
    *count = 1;
    return Success;
}

CALL cuDeviceGet(int* device, int ordinal)
{
    *device = ordinal;
    return ordinal == 0 ? Success : InvalidDevice;
}

CALL cuDeviceGetName(char* name, int length, int)
{
    snprintf(name, length, "host emulation");
    return Success;
}

CALL cuDeviceGetAttribute(int* value, int attribute, int)
{
    switch (attribute)
    {
    case 16: *value = 2; break; // multiprocessors
    case 75: *value = 9; break; // compute capability
    default: *value = 0; break;
    }

    return Success;
}

CALL cuDeviceTotalMem_v2(size_t* bytes, int)
{
    *bytes = DeviceBytes;
    return Success;
}

CALL cuDeviceGetDefaultMemPool(void** pool, int)
{
    *pool = (void*)1;
    return Success;
}

CALL cuMemPoolSetAttribute(void*, int, void*) { return Success; }

CALL cuDevicePrimaryCtxRetain(void** context, int)
{
    std::lock_guard guard(lock);
    contexts++;
    *context = (void*)2;
    return Success;
}

CALL cuDevicePrimaryCtxRelease_v2(int)
{
    std::lock_guard guard(lock);
    return contexts-- > 0 ? Success : InvalidContext;
}

CALL cuCtxSetCurrent(void* context)
{
    bound = context == (void*)2;
    return bound || !context ? Success : InvalidContext;
}

CALL cuMemGetInfo_v2(size_t* free, size_t* total)
{
    IN_CONTEXT;
    *total = DeviceBytes;
    *free = DeviceBytes - allocated;
    return Success;
}

CALL cuMemAllocAsync(Address* address, size_t bytes, void*)
{
    IN_CONTEXT;
    if (bytes == 0) return InvalidValue;
    if (allocated + bytes > DeviceBytes) return OutOfMemory;
    const auto allocation = take(bytes, *address);
    if (!allocation.pages) return OutOfMemory;
    allocations[*address] = allocation;
    allocated += bytes;
    return Success;
}

CALL cuMemFreeAsync(Address address, void* stream)
{
    IN_CONTEXT;
    return enqueue(stream, [=]() -> Result
    {
        const auto known = allocations.find(address);
        if (known == allocations.end()) return InvalidValue;
        munmap(known->second.pages, known->second.mapped);
        allocated -= known->second.bytes;
        allocations.erase(known);
        return Success;
    });
}

CALL cuMemHostAlloc(void** memory, size_t bytes, unsigned)
{
    IN_CONTEXT;
    Address address = 0;
    const auto allocation = take(bytes, address);
    if (!allocation.pages) return OutOfMemory;
    pinned[address] = allocation;
    *memory = (void*)address;
    return Success;
}

CALL cuMemFreeHost(void* memory)
{
    IN_CONTEXT;
    const auto known = pinned.find((Address)memory);
    if (known == pinned.end()) return InvalidValue;
    munmap(known->second.pages, known->second.mapped);
    pinned.erase(known);
    return Success;
}

CALL cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, void* stream)
{
    IN_CONTEXT;
    if (!lies_within(allocations, to, bytes)) return InvalidValue;
    // Of pageable memory the driver keeps a copy; pinned memory is read when the stream comes to it.
    if (lies_within(pinned, (Address)from, bytes))
        return enqueue(stream, [=] { memcpy((void*)to, from, bytes); return Success; });
    auto copy = std::make_shared<std::vector<char>>((const char*)from, (const char*)from + bytes);
    return enqueue(stream, [=] { memcpy((void*)to, copy->data(), bytes); return Success; });
}

CALL cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, void* stream)
{
    IN_CONTEXT;
    if (!lies_within(allocations, from, bytes)) return InvalidValue;
    return enqueue(stream, [=] { memcpy(to, (void*)from, bytes); return Success; });
}

CALL cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, void* stream)
{
    IN_CONTEXT;
    if (!lies_within(allocations, to, bytes) || !lies_within(allocations, from, bytes)) return InvalidValue;
    return enqueue(stream, [=] { memmove((void*)to, (void*)from, bytes); return Success; });
}

CALL cuStreamCreate(void** stream, unsigned)
{
    IN_CONTEXT;
    *stream = new Stream;
    return Success;
}

CALL cuStreamDestroy_v2(void* stream)
{
    IN_CONTEXT;
    // Marks in its work may still be waited for: the little that is left of it is kept.
    return run_until((Stream*)stream, ((Stream*)stream)->end());
}

CALL cuStreamSynchronize(void* stream)
{
    IN_CONTEXT;
    return run_until((Stream*)stream, ((Stream*)stream)->end());
}

CALL cuStreamWaitEvent(void* stream, void* event, unsigned)
{
    IN_CONTEXT;
    const Mark mark = ((Event*)event)->mark;
    return enqueue(stream, [=] { return mark.stream ? run_until(mark.stream, mark.position) : Success; });
}

CALL cuEventCreate(void** event, unsigned)
{
    IN_CONTEXT;
    *event = new Event;
    return Success;
}

CALL cuEventDestroy_v2(void* event)
{
    IN_CONTEXT;
    delete (Event*)event;
    return Success;
}

CALL cuEventRecord(void* event, void* stream)
{
    IN_CONTEXT;
    ((Event*)event)->mark = {(Stream*)stream, ((Stream*)stream)->end()};
    return Success;
}

CALL cuEventSynchronize(void* event)
{
    IN_CONTEXT;
    const Mark mark = ((Event*)event)->mark;
    return mark.stream ? run_until(mark.stream, mark.position) : Success;
}

CALL cuEventElapsedTime(float* milliseconds, void*, void*)
{
    *milliseconds = 0;
    return Success;
}

CALL cuModuleLoadDataEx(void** module, const void* image, unsigned, int*, void**)
{
    IN_CONTEXT;
    const size_t bytes = image_bytes(image);
    if (bytes == 0) return InvalidImage;
    // A name of its own: the loader takes equal names for the same library.
    char path[] = "/tmp/keops-host-XXXXXX";
    const int file = mkstemp(path);
    if (file < 0) return OutOfMemory;
    const bool written = write(file, image, bytes) == (ssize_t)bytes;
    close(file);
    void* library = written ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : nullptr;
    if (!library) fprintf(stderr, "%s\n", dlerror());
    unlink(path);
    if (!library) return InvalidImage;
    *module = new Module{library, {}};
    return Success;
}

CALL cuModuleUnload(void* module)
{
    IN_CONTEXT;
    dlclose(((Module*)module)->library);
    delete (Module*)module;
    return Success;
}

CALL cuModuleGetFunction(void** function, void* handle, const char* name)
{
    IN_CONTEXT;
    auto& module = *(Module*)handle;
    const auto kernel = (keops_kernel)dlsym(module.library, name);
    const auto bytes = (const unsigned long long*)dlsym(module.library, (std::string(name) + "_bytes").c_str());
    if (!kernel || !bytes) return NotFound;
    module.functions.push_back(std::make_unique<Function>(Function{name, kernel, (size_t)*bytes}));
    *function = module.functions.back().get();
    return Success;
}

CALL cuFuncGetAttribute(int* value, int, void*)
{
    *value = 0;
    return Success;
}

CALL cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, void*, int, size_t)
{
    *blocks = 2;
    return Success;
}

CALL cuLaunchKernel(
    void* handle, unsigned blocks, unsigned, unsigned, unsigned threads, unsigned, unsigned, unsigned, void* stream, void** arguments, void**)
{
    IN_CONTEXT;
    if (blocks == 0 || threads == 0 || threads > 1024) return InvalidValue;
    const auto& function = *(Function*)handle;
    auto argument = std::make_shared<std::vector<char>>((char*)arguments[0], (char*)arguments[0] + function.argument_bytes);
    return enqueue(stream, [=, name = function.name, kernel = function.kernel]
    {
        run_grid(name.c_str(), kernel, argument->data(), blocks, threads, schedule());
        return Success;
    });
}

CALL cuGetErrorName(int code, const char** name)
{
    *name = code == InvalidValue ? "CUDA_ERROR_INVALID_VALUE" : code == OutOfMemory ? "CUDA_ERROR_OUT_OF_MEMORY"
        : code == InvalidImage ? "CUDA_ERROR_INVALID_IMAGE" : code == InvalidContext ? "CUDA_ERROR_INVALID_CONTEXT"
        : code == NotFound ? "CUDA_ERROR_NOT_FOUND" : code == IllegalAddress ? "CUDA_ERROR_ILLEGAL_ADDRESS" : "CUDA_ERROR_UNKNOWN";
    return Success;
}

CALL cuGetErrorString(int, const char** text)
{
    *text = "as the host emulation reports it";
    return Success;
}
