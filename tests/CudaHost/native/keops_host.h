// Stands in front of a generated kernel source that is compiled for the host. Every CUDA thread is a fiber; those of a block run on one
// thread of the system, in turn, from barrier to barrier (emulation.cpp). Nothing is included: a kernel compiles in a fraction of a second.
#pragma once
#define KEOPS_HOST 1

#define __global__
#define __device__ static
#define __forceinline__ inline
#define __noinline__ __attribute__((noinline))
#define __align__(n) __attribute__((aligned(n)))

struct keops_index
{
    unsigned x, y, z;
};

// What the emulation gives a kernel. The same structure stands in emulation.cpp.
struct keops_host_calls
{
    keops_index thread, block, block_size, grid_size;
    void (*barrier)();
    void* (*shared)(const void* key, unsigned long long bytes);
};

static thread_local keops_host_calls* keops_calls;

#define threadIdx (keops_calls->thread)
#define blockIdx (keops_calls->block)
#define blockDim (keops_calls->block_size)
#define gridDim (keops_calls->grid_size)

#define KEOPS_KERNEL(name, threads) \
    static void name##_body(const Arguments& a); \
    extern "C" const unsigned long long name##_bytes = sizeof(Arguments); \
    extern "C" void name(keops_host_calls* calls, const void* argument) \
    { \
        keops_calls = calls; \
        name##_body(*(const Arguments*)argument); \
    } \
    static void name##_body(const Arguments& a)

#define KEOPS_SHARED(type, name, count) \
    static const char name##_key = 0; \
    type* const name = (type*)keops_calls->shared(&name##_key, sizeof(type) * (count))

static inline void __syncthreads() { keops_calls->barrier(); }

extern "C"
{
    float fmaf(float, float, float);
    float fabsf(float);
    float sqrtf(float);
    float logf(float);
    float sinf(float);
    float cosf(float);
    float asinf(float);
    float acosf(float);
    float atanf(float);
    float atan2f(float, float);
    float powf(float, float);
    float floorf(float);
    float truncf(float);
    double fma(double, double, double);
    double fabs(double);
    double sqrt(double);
    double exp2(double);
    double log(double);
    double sin(double);
    double cos(double);
    double asin(double);
    double acos(double);
    double atan(double);
    double atan2(double, double);
    double pow(double, double);
    double floor(double);
    double trunc(double);
}

static inline float __int_as_float(unsigned bits) { return __builtin_bit_cast(float, bits); }
static inline double __longlong_as_double(long long bits) { return __builtin_bit_cast(double, bits); }
static inline float fminf(float a, float b) { return a != a ? b : b != b ? a : b < a ? b : a; }
static inline float fmaxf(float a, float b) { return a != a ? b : b != b ? a : b > a ? b : a; }
static inline double fmin(double a, double b) { return a != a ? b : b != b ? a : b < a ? b : a; }
static inline double fmax(double a, double b) { return a != a ? b : b != b ? a : b > a ? b : a; }

// The nearest float moved by up to `ulps` steps, which way and how far being a hash of the argument: code that counts on more accuracy
// than the device has is found. Exact results stay exact, as the device's do; subnormal ones are 0.
static inline float keops_inexact(double exact, float argument, int ulps)
{
    const float nearest = (float)exact;
    if (nearest != nearest || nearest - nearest != 0.0f || (double)nearest == exact) return nearest;
    unsigned hash = __builtin_bit_cast(unsigned, argument) * 2654435761u;
    hash ^= hash >> 15;
    const int steps = (int)(hash % (2 * ulps + 1)) - ulps;
    const float moved = __int_as_float(__builtin_bit_cast(unsigned, nearest) + (unsigned)steps);
    return fabsf(moved) < 1.17549435e-38f ? 0.0f : moved;
}

static inline float keops_flushed(float x) { return fabsf(x) < 1.17549435e-38f ? x * 0.0f : x; }

// ex2.approx.ftz.f32: at most 2 ulp.
static inline float keops_ex2(float x)
{
    x = keops_flushed(x);
    return x < -126.0f ? 0.0f : keops_inexact(exp2((double)x), x, 2);
}

// rcp.approx.ftz.f32: at most 1 ulp.
static inline float keops_rcp(float x)
{
    x = keops_flushed(x);
    return keops_inexact(1.0 / (double)x, x, 1);
}

// rsqrt.approx.ftz.f32: relative error at most 2^-22.9, which is less than 2 ulp.
static inline float keops_rsqrt(float x)
{
    x = keops_flushed(x);
    return keops_inexact(1.0 / sqrt((double)x), x, 1);
}
