using System.Runtime.InteropServices;

namespace Distributed.Keops.Kernels.Cuda.Driver;

/// <summary>A handle that belongs to a context, which is set on the thread that releases it.</summary>
abstract class ContextHandle : SafeHandle
{
    protected ContextHandle(CudaContext context, nint value) : base(0, ownsHandle: true)
    {
        Context = context;
        SetHandle(value);
    }

    /// <summary>Its context.</summary>
    public CudaContext Context { get; }

    /// <summary>The handle's value, its context set on the calling thread.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public nint Bound
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            Context.Bind();
            return handle;
        }
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Gives the value back; the context is set.</summary>
    protected abstract int Release(nint value);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        try
        {
            Context.Bind();
            return Release(handle) == 0;
        }
        catch (Exception error) when (error is ObjectDisposedException or CudaException)
        {
            // With its context everything of it is gone.
            return true;
        }
    }
}
