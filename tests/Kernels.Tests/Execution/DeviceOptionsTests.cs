using Distributed.Keops.Kernels.Execution;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Execution;

/// <summary>A device that is not there is never replaced by another.</summary>
public class DeviceOptionsTests
{
    [Theory]
    [InlineData("auto", -1)]
    [InlineData("auto", 0)]
    [InlineData("CPU", 0)]
    [InlineData("CPU_1D", -1)]
    public void The_processor_is_here(string backend, int device) => new DeviceOptions(backend, device).RequireCpu();

    [Theory]
    [InlineData("GPU", -1, "no GPU engine")]
    [InlineData("GPU_1D_device", 0, "no GPU engine")]
    [InlineData("GPU_2D_host", 1, "no GPU engine")]
    [InlineData("auto", 1, "device_id is 1")]
    public void Engines_without_a_GPU_say_so(string backend, int device, string says)
    {
        var options = new DeviceOptions(backend, device);
        options.Check();
        Assert.Contains(says, Assert.Throws<KeopsException>(options.RequireCpu).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cpu", -1, "expected auto, CPU")]
    [InlineData("", -1, "expected auto, CPU")]
    [InlineData("CPU", 1, "device_id is 1")]
    [InlineData("auto", -2, "device_id is -2")]
    public void Others_are_refused(string backend, int device, string says) =>
        Assert.Contains(
            says, Assert.Throws<KeopsException>(() => new DeviceOptions(backend, device).Check()).Message, StringComparison.Ordinal);
}
