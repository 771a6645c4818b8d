namespace Distributed.Keops.Kernels.Execution;

/// <summary>KeOps' options of where a call is computed.</summary>
/// <param name="Backend"><c>auto</c>, <c>CPU</c>, <c>CPU_1D</c>, or one of KeOps' names of GPU backends.</param>
/// <param name="DeviceId">Which device of the backend; −1 for any.</param>
public readonly record struct DeviceOptions(string Backend, int DeviceId)
{
    static readonly string[] Here = ["auto", "CPU", "CPU_1D"];

    static readonly string[] Gpu =
        ["GPU", "GPU_1D", "GPU_1D_device", "GPU_1D_host", "GPU_2D", "GPU_2D_device", "GPU_2D_host"];

    /// <summary>Refuses a device that is not there. Nothing is ever computed elsewhere than where it was asked for.</summary>
    /// <exception cref="KeopsException">The backend is unknown or has no engine here, or there is no such device.</exception>
    public void Check()
    {
        if (Gpu.Contains(Backend))
            throw new KeopsException($"backend is '{Backend}', but there is no GPU engine here: leave it at auto, or ask for CPU.");
        if (!Here.Contains(Backend))
            throw new KeopsException(
                $"backend is '{Backend}': expected {string.Join(", ", Here)} or, where there is a GPU engine, {string.Join(", ", Gpu)}.");
        if (DeviceId is not (-1 or 0))
            throw new KeopsException($"device_id is {DeviceId}: the CPU is one device, 0; leave it at -1 for any.");
    }
}
