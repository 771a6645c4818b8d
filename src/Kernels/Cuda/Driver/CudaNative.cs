using System.Runtime.InteropServices;

namespace Distributed.Keops.Kernels.Cuda.Driver;

/// <summary>
/// The functions of the CUDA driver API that the engine uses, as <c>cuda.h</c> declares them: handles are <see langword="nint"/>, device
/// addresses <see langword="ulong"/>; each returns a CUresult, 0 for success.
/// </summary>
static unsafe partial class CudaNative
{
    const string Library = NativeLibraries.Driver;

    [LibraryImport(Library)]
    internal static partial int cuInit(uint flags);

    [LibraryImport(Library)]
    internal static partial int cuDriverGetVersion(out int version);

    [LibraryImport(Library)]
    internal static partial int cuGetErrorName(int error, out nint name);

    [LibraryImport(Library)]
    internal static partial int cuGetErrorString(int error, out nint text);

    [LibraryImport(Library)]
    internal static partial int cuDeviceGetCount(out int count);

    [LibraryImport(Library)]
    internal static partial int cuDeviceGet(out int device, int ordinal);

    [LibraryImport(Library)]
    internal static partial int cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(Library)]
    internal static partial int cuDeviceGetAttribute(out int value, int attribute, int device);

    [LibraryImport(Library)]
    internal static partial int cuDeviceTotalMem_v2(out nuint bytes, int device);

    [LibraryImport(Library)]
    internal static partial int cuDeviceGetDefaultMemPool(out nint pool, int device);

    [LibraryImport(Library)]
    internal static partial int cuMemPoolSetAttribute(nint pool, int attribute, void* value);

    [LibraryImport(Library)]
    internal static partial int cuDevicePrimaryCtxRetain(out nint context, int device);

    [LibraryImport(Library)]
    internal static partial int cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(Library)]
    internal static partial int cuCtxSetCurrent(nint context);

    [LibraryImport(Library)]
    internal static partial int cuMemGetInfo_v2(out nuint free, out nuint total);

    [LibraryImport(Library)]
    internal static partial int cuMemAllocAsync(out ulong address, nuint bytes, nint stream);

    [LibraryImport(Library)]
    internal static partial int cuMemFreeAsync(ulong address, nint stream);

    [LibraryImport(Library)]
    internal static partial int cuMemHostAlloc(out nint memory, nuint bytes, uint flags);

    [LibraryImport(Library)]
    internal static partial int cuMemFreeHost(nint memory);

    [LibraryImport(Library)]
    internal static partial int cuMemcpyHtoDAsync_v2(ulong to, void* from, nuint bytes, nint stream);

    [LibraryImport(Library)]
    internal static partial int cuMemcpyDtoHAsync_v2(void* to, ulong from, nuint bytes, nint stream);

    [LibraryImport(Library)]
    internal static partial int cuMemcpyDtoDAsync_v2(ulong to, ulong from, nuint bytes, nint stream);

    [LibraryImport(Library)]
    internal static partial int cuStreamCreate(out nint stream, uint flags);

    [LibraryImport(Library)]
    internal static partial int cuStreamDestroy_v2(nint stream);

    [LibraryImport(Library)]
    internal static partial int cuStreamSynchronize(nint stream);

    [LibraryImport(Library)]
    internal static partial int cuStreamWaitEvent(nint stream, nint awaited, uint flags);

    [LibraryImport(Library)]
    internal static partial int cuEventCreate(out nint created, uint flags);

    [LibraryImport(Library)]
    internal static partial int cuEventDestroy_v2(nint destroyed);

    [LibraryImport(Library)]
    internal static partial int cuEventRecord(nint recorded, nint stream);

    [LibraryImport(Library)]
    internal static partial int cuEventSynchronize(nint awaited);

    [LibraryImport(Library)]
    internal static partial int cuEventElapsedTime(out float milliseconds, nint start, nint end);

    [LibraryImport(Library)]
    internal static partial int cuModuleLoadDataEx(out nint module, void* image, uint options, int* names, void** values);

    [LibraryImport(Library)]
    internal static partial int cuModuleUnload(nint module);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int cuModuleGetFunction(out nint function, nint module, string name);

    [LibraryImport(Library)]
    internal static partial int cuFuncGetAttribute(out int value, int attribute, nint function);

    [LibraryImport(Library)]
    internal static partial int cuOccupancyMaxActiveBlocksPerMultiprocessor(out int blocks, nint function, int threads, nuint sharedBytes);

    [LibraryImport(Library)]
    internal static partial int cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream,
        void** parameters, void** extra);
}
