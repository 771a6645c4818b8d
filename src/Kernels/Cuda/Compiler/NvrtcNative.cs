using System.Runtime.InteropServices;
using Distributed.Keops.Kernels.Cuda.Driver;

namespace Distributed.Keops.Kernels.Cuda.Compiler;

/// <summary>The functions of NVRTC that the engine uses, as <c>nvrtc.h</c> declares them; each returns an nvrtcResult, 0 for success.</summary>
static unsafe partial class NvrtcNative
{
    const string Library = NativeLibraries.Nvrtc;

    [LibraryImport(Library)]
    internal static partial int nvrtcVersion(out int major, out int minor);

    [LibraryImport(Library)]
    internal static partial nint nvrtcGetErrorString(int result);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetNumSupportedArchs(out int count);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetSupportedArchs(int* architectures);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nvrtcCreateProgram(
        out nint program, string source, string name, int headers, byte** headerTexts, byte** headerNames);

    [LibraryImport(Library)]
    internal static partial int nvrtcDestroyProgram(ref nint program);

    [LibraryImport(Library)]
    internal static partial int nvrtcCompileProgram(nint program, int count, byte** options);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetProgramLogSize(nint program, out nuint bytes);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetProgramLog(nint program, byte* log);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetPTXSize(nint program, out nuint bytes);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetPTX(nint program, byte* text);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetCUBINSize(nint program, out nuint bytes);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetCUBIN(nint program, byte* image);
}
