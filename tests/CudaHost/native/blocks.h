// Runs the blocks of a grid: each CUDA thread is a fiber with a stack of its own; the fibers of a block run in turn, in an order that can
// be chosen, until all wait at a barrier or have ended.
#pragma once
#include <cstdint>

struct keops_index
{
    unsigned x, y, z;
};

// As in keops_host.h.
struct keops_host_calls
{
    keops_index thread, block, block_size, grid_size;
    void (*barrier)();
    void* (*shared)(const void* key, unsigned long long bytes);
};

using keops_kernel = void (*)(keops_host_calls* calls, const void* argument);

enum class Schedule { Ascending, Descending, Shuffled };

// Runs a grid; prints what is wrong and ends the process when threads of a block wait at a barrier that others never reach.
void run_grid(const char* name, keops_kernel kernel, const void* argument, unsigned blocks, unsigned threads, Schedule schedule);
