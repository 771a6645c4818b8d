using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Distributed.Keops.Kernels.Cuda.Driver;

/// <summary>A call of the CUDA driver that failed.</summary>
public sealed class CudaException : KeopsException
{
    const int InvalidImage = 200;
    const int NoBinary = 209;
    const int OutOfMemory = 2;
    const int IllegalAddress = 700;

    CudaException(string call, int code, string name, string text)
        : base($"{call} failed: {name} ({code}), {text}. {Advice(code)}") => (Call, Code) = (call, code);

    /// <summary>The function of the driver.</summary>
    public string Call { get; }

    /// <summary>The driver's code, a CUresult.</summary>
    public int Code { get; }

    /// <summary>Throws when a call of the driver failed.</summary>
    /// <param name="result">What it returned.</param>
    /// <param name="call">The call; the compiler fills it in.</param>
    internal static void Check(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result == 0) return;
        var end = call.IndexOf('(');
        var start = call.AsSpan(0, Math.Max(0, end)).LastIndexOf('.') + 1;
        throw new CudaException(end < 0 ? call : call[start..end], result, Name(result), Text(result));
    }

    /// <summary>The name of a code.</summary>
    internal static string Name(int code) =>
        CudaNative.cuGetErrorName(code, out var name) == 0 ? Marshal.PtrToStringUTF8(name) ?? "" : "unknown error";

    static string Text(int code) =>
        CudaNative.cuGetErrorString(code, out var text) == 0 ? Marshal.PtrToStringUTF8(text) ?? "" : "the driver does not know the code";

    static string Advice(int code) => code switch
    {
        OutOfMemory => "Give the device less at once: fewer leaves or smaller tasks, or end what else runs on it.",
        InvalidImage or NoBinary => "The compiled kernel does not fit this device: delete the kernel cache, or use a newer NVRTC.",
        >= IllegalAddress and < 800 => "The device's context is lost: this process can't use the device any more, start it again.",
        _ => "Look the name up in the CUDA driver API's list of errors.",
    };
}
