using System.Diagnostics;
using Distributed.Keops.Data;

namespace Distributed.Keops.Data.Tests;

/// <summary>Writers on a file system that is full: two pages of memory, mounted for the test.</summary>
public sealed class FullDiskTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("keops-full-").FullName;
    readonly bool _isMounted;

    public FullDiskTests() => _isMounted = Run("mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", _folder);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_segment_says_so_and_can_be_deleted()
    {
        Assert.SkipUnless(_isMounted, "Only root may mount a file system.");
        var path = Path.Combine(_folder, "some.blocks");
        await using (var segment = new SegmentWriter(path, "job"u8))
        {
            await segment.AppendAsync("first"u8.ToArray(), new byte[100], Token);
            var error = await Assert.ThrowsAsync<DataException>(() => segment.AppendAsync("second"u8.ToArray(), new byte[20_000], Token));
            Assert.Contains("full", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<DataException>(() => segment.AppendAsync("third"u8.ToArray(), new byte[1], Token));
        }

        Assert.Equal("first"u8.ToArray(), Assert.Single(SegmentReader.List(path, "job"u8)).Label.ToArray());
        File.Delete(path);
    }

    [Fact]
    public async Task A_result_says_so_and_leaves_nothing()
    {
        Assert.SkipUnless(_isMounted, "Only root may mount a file system.");
        var error = await Assert.ThrowsAsync<DataException>(async () =>
        {
            await using var writer = await ResultWriter.CreateAsync(
                Path.Combine(_folder, "out.parquet"), [new ResultColumn("a", ResultKind.Float64, 1, false)], new ResultOptions(), Token);
            var noise = new byte[8 * 10_000];
            new Random(1).NextBytes(noise);
            await writer.AppendRowsAsync(10_000, noise, null, Token);
            await writer.CommitAsync(Token);
        });
        Assert.Contains("full", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    public void Dispose()
    {
        if (_isMounted) Run("umount", _folder);
        Directory.Delete(_folder, recursive: true);
    }

    static bool Run(string program, params string[] words)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return false;
        using var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
