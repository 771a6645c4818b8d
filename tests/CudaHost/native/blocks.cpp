#include "blocks.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <random>
#include <sys/mman.h>
#include <thread>
#include <utility>
#include <vector>

namespace
{
constexpr size_t StackBytes = 1 << 20;
constexpr size_t PageBytes = 4096;

extern "C" void keops_switch(void** save, void* load);

// Saves what a called function must keep, and goes on where the other stack left off.
asm(R"(
.text
.globl keops_switch
keops_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
)");

struct Fiber
{
    void* stack_pointer;
    bool waits, ended;
};

struct Block;
thread_local Block* current;

// The block that a thread of the system works on.
struct Block
{
    const char* name;
    keops_kernel kernel;
    const void* argument;
    unsigned threads;
    keops_host_calls calls{};
    std::vector<Fiber> fibers;
    std::vector<std::pair<const void*, std::vector<unsigned char>>> shared;
    char* stacks = nullptr;
    void* scheduler = nullptr;
    unsigned running = 0;

    Block(const char* n, keops_kernel k, const void* a, unsigned blocks, unsigned t) : name(n), kernel(k), argument(a), threads(t), fibers(t)
    {
        calls.block_size = {t, 1, 1};
        calls.grid_size = {blocks, 1, 1};
        calls.barrier = [] { current->leave(true); };
        calls.shared = [](const void* key, unsigned long long bytes) { return current->memory(key, bytes); };
        // Pages are taken when they are touched; one between stacks is none's.
        stacks = (char*)mmap(nullptr, t * StackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (stacks == MAP_FAILED) fail("there is no memory for the stacks");
        for (unsigned i = 0; i < t; i++) mprotect(stacks + i * StackBytes, PageBytes, PROT_NONE);
    }

    ~Block() { munmap(stacks, threads * StackBytes); }

    [[noreturn]] void fail(const char* what)
    {
        fprintf(stderr, "kernel %s, block %u of %u: %s\n", name, calls.block.x, calls.grid_size.x, what);
        abort();
    }

    void* memory(const void* key, unsigned long long bytes)
    {
        for (auto& [known, room] : shared)
            if (known == key) return room.data();
        // NaN, so that what nobody wrote shows.
        shared.emplace_back(key, std::vector<unsigned char>(bytes, 0xFF));
        return shared.back().second.data();
    }

    void leave(bool waits)
    {
        auto& fiber = fibers[running];
        (waits ? fiber.waits : fiber.ended) = true;
        keops_switch(&fiber.stack_pointer, scheduler);
    }

    static void enter()
    {
        Block* block = current;
        block->kernel(&block->calls, block->argument);
        block->leave(false);
        abort();
    }

    void run(unsigned number, Schedule schedule)
    {
        calls.block = {number, 0, 0};
        for (auto& [key, room] : shared) std::fill(room.begin(), room.end(), 0xFF);
        for (unsigned i = 0; i < threads; i++)
        {
            // As if the function had been called: its address on top, six saved registers below, the stack aligned as at an entry.
            auto top = (void**)(stacks + (i + 1) * StackBytes) - 2;
            *top = (void*)enter;
            fibers[i] = {top - 6, false, false};
        }

        std::vector<unsigned> order(threads);
        std::iota(order.begin(), order.end(), 0u);
        if (schedule == Schedule::Descending) std::reverse(order.begin(), order.end());
        std::mt19937 random(number);
        while (true)
        {
            if (schedule == Schedule::Shuffled) std::shuffle(order.begin(), order.end(), random);
            unsigned ended = 0;
            for (const unsigned i : order)
            {
                if (!fibers[i].ended)
                {
                    running = i;
                    calls.thread = {i, 0, 0};
                    fibers[i].waits = false;
                    keops_switch(&scheduler, fibers[i].stack_pointer);
                }

                ended += fibers[i].ended;
            }

            if (ended == threads) return;
            if (ended > 0) fail("some threads wait at a barrier, others have ended");
        }
    }
};
}

void run_grid(const char* name, keops_kernel kernel, const void* argument, unsigned blocks, unsigned threads, Schedule schedule)
{
    std::atomic<unsigned> next{0};
    auto work = [&]
    {
        Block block(name, kernel, argument, blocks, threads);
        current = &block;
        for (unsigned number; (number = next++) < blocks;) block.run(number, schedule);
        current = nullptr;
    };
    std::vector<std::thread> others;
    const unsigned helpers = std::min(blocks, std::max(1u, std::thread::hardware_concurrency())) - 1;
    for (unsigned i = 0; i < helpers; i++) others.emplace_back(work);
    work();
    for (auto& other : others) other.join();
}
