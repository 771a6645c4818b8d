namespace Distributed.Keops.Data.Tests;

public class ResultFileTests
{
    [Fact]
    public async Task A_full_disk_is_named_and_leaves_no_second_error()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is Linux' own.");
        await using var file = await ResultFile.CreateAsync("/dev/full", 0, ResultColumns.For("sum", 1, null),
            new ResultOptions { RowGroupRows = 1_000_000 }, TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<DataException>(async () =>
        {
            await file.AppendAsync(1_000_000, [new byte[4_000_000]], null, TestContext.Current.CancellationToken);
            await file.CloseAsync(TestContext.Current.CancellationToken);
        });
        Assert.Equal("/dev/full", error.Path);
        Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }
}
