namespace Distributed.Keops.Kernels.Execution;

/// <summary>KeOps' options of where a call is computed.</summary>
/// <param name="Backend"><c>auto</c>, <c>CPU</c>, <c>CPU_1D</c>, or one of KeOps' names of GPU backends.</param>
/// <param name="DeviceId">Which device of the backend; −1 for any.</param>
public readonly record struct DeviceOptions(string Backend, int DeviceId)
{
    static readonly string[] Cpu = ["auto", "CPU", "CPU_1D"];

    static readonly string[] Gpu =
        ["GPU", "GPU_1D", "GPU_1D_device", "GPU_1D_host", "GPU_2D", "GPU_2D_device", "GPU_2D_host"];

    /// <summary>Whether a GPU is asked for. Nothing is ever computed elsewhere than where it was asked for.</summary>
    public bool IsGpu => Gpu.Contains(Backend);

    /// <summary>Whether the processor is asked for, by name.</summary>
    public bool IsCpu => Backend != "auto" && Cpu.Contains(Backend);

    /// <summary>Refuses a backend that nobody knows, and a device that no machine has.</summary>
    /// <exception cref="KeopsException">The backend is unknown, or there is no such device.</exception>
    public void Check()
    {
        if (!IsGpu && !Cpu.Contains(Backend))
            throw new KeopsException(
                $"backend is '{Backend}': expected {string.Join(", ", Cpu)} or, where there is a GPU, {string.Join(", ", Gpu)}.");
        if (DeviceId < -1) throw new KeopsException($"device_id is {DeviceId}: devices are numbered from 0; leave it at -1 for any.");
        if (IsCpu && DeviceId > 0)
            throw new KeopsException($"device_id is {DeviceId}: the CPU is one device, 0; leave it at -1 for any.");
    }

    /// <summary>Refuses what an engine without GPUs can't do.</summary>
    /// <exception cref="KeopsException">A GPU, or a device besides the processor, is asked for.</exception>
    public void RequireCpu()
    {
        Check();
        if (IsGpu) throw new KeopsException($"backend is '{Backend}', but there is no GPU engine here: leave it at auto, or ask for CPU.");
        if (DeviceId > 0)
            throw new KeopsException($"device_id is {DeviceId}: the CPU is one device, 0; leave it at -1 for any.");
    }
}
