// What every kernel of Distributed.Keops starts with. KEOPS_HOST is defined where the same text is compiled for the host, by tests.

#ifndef KEOPS_HOST
#define KEOPS_KERNEL(name, threads) extern "C" __global__ void __launch_bounds__(threads) name(const __grid_constant__ Arguments a)
#define KEOPS_SHARED(type, name, count) __shared__ __align__(16) type name[count]

// 2^x, at most 2 ulp; subnormal results are 0.
__device__ __forceinline__ float keops_ex2(float x)
{
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// 1/x, at most 1 ulp; subnormal arguments and results are 0.
__device__ __forceinline__ float keops_rcp(float x)
{
    float y;
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// 1/sqrt(x), relative error at most 2^-22.9; +inf at 0.
__device__ __forceinline__ float keops_rsqrt(float x)
{
    float y;
    asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}
#endif

struct __align__(16) Vector16
{
    unsigned int x, y, z, w;
};

// a < b ? a : b, so b when either is NaN.
__device__ __forceinline__ float keops_min(float a, float b) { return a < b ? a : b; }
__device__ __forceinline__ double keops_min(double a, double b) { return a < b ? a : b; }

// a > b ? a : b, so b when either is NaN.
__device__ __forceinline__ float keops_max(float a, float b) { return a > b ? a : b; }
__device__ __forceinline__ double keops_max(double a, double b) { return a > b ? a : b; }

__device__ __forceinline__ float keops_reciprocal(float x) { return keops_rcp(x); }
__device__ __forceinline__ double keops_reciprocal(double x) { return 1.0 / x; }

__device__ __forceinline__ float keops_reciprocal_sqrt(float x) { return keops_rsqrt(x); }
__device__ __forceinline__ double keops_reciprocal_sqrt(double x) { return 1.0 / sqrt(x); }

// 2^t.
__device__ __forceinline__ float keops_exp2(float t) { return keops_ex2(t); }

// 2^r on [0, 1): relative error below 2^-54, exactly 1 at 0.
__device__ __forceinline__ double keops_power(double r)
{
    double p = 6.263453910117333e-10;
    p = fma(p, r, 6.559536304627832e-09);
    p = fma(p, r, 1.0253210709276784e-07);
    p = fma(p, r, 1.320836753138542e-06);
    p = fma(p, r, 1.525317503427533e-05);
    p = fma(p, r, 1.5403512310840784e-04);
    p = fma(p, r, 1.3333558629521915e-03);
    p = fma(p, r, 9.618129099551842e-03);
    p = fma(p, r, 5.550410866560211e-02);
    p = fma(p, r, 2.402265069590633e-01);
    p = fma(p, r, 0.693147180559946);
    return fma(p, r, 1.0);
}

// p * 2^n for a whole n from -1023, which gives 0, to 1024, which gives infinity.
__device__ __forceinline__ double keops_scale(double p, double n)
{
    return p * __longlong_as_double((long long)((int)n + 1023) << 52);
}

// NaN stays, being the second operand.
__device__ __forceinline__ double keops_limit(double t) { return keops_max(-1023.0, keops_min(1024.0, t)); }

// 2^t by the steps of the CPU's kernels, so that states merged here and there are the same bits.
__device__ __forceinline__ double keops_exp2(double t)
{
    t = keops_limit(t);
    if (t != t) return t;
    const double n = floor(t);
    return keops_scale(keops_power(t - n), n);
}

// e^x: what rounding x·log2(e) loses comes back as a factor. At most 3 ulp.
__device__ __forceinline__ float keops_exp(float x)
{
    x = keops_max(-104.5f, keops_min(90.0f, x));
    const float t = x * 1.44269502162933349609375f;
    const float rest = fmaf(x, 1.925963033500691e-8f, fmaf(x, 1.44269502162933349609375f, -t));
    const float y = keops_ex2(t);
    const float z = fmaf(y, rest * 0.693147180559945f, y);
    return y < __int_as_float(0x7f800000) ? z : y;
}

__device__ __forceinline__ double keops_exp(double x)
{
    x = keops_max(-746.0, keops_min(711.0, x));
    if (x != x) return x;
    double t = x * 1.4426950408889634;
    const double rest = fma(x, 2.0355273740931033e-17, fma(x, 1.4426950408889634, -t));
    t = keops_limit(t);
    const double n = floor(t);
    return keops_scale(keops_power(t - n + rest), n);
}
