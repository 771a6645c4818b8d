using System.IO.Hashing;
using System.Text;

namespace Distributed.Keops.Data.Tests.Segments;

public sealed class SegmentTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("keops-segments-").FullName;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    string Segment => Path.Combine(_folder, "one.blocks");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Blocks_come_back_with_their_labels_while_the_file_is_written()
    {
        await using var writer = new SegmentWriter(Segment, "job 1"u8);
        Assert.False(File.Exists(Segment));
        var written = new List<SegmentEntry>();
        for (var n = 0; n < 5; n++)
        {
            written.Add(await writer.AppendAsync(Encoding.UTF8.GetBytes($"block {n}"), Data(n), Token));
            var listed = SegmentReader.List(Segment, "job 1"u8);
            Assert.Equal(n + 1, listed.Count);
        }

        foreach (var (n, entry) in SegmentReader.List(Segment, "job 1"u8).Index())
        {
            Assert.Equal($"block {n}", Encoding.UTF8.GetString(entry.Label.Span));
            Assert.Equal((written[n].Offset, (long)Data(n).Length), (entry.Offset, entry.Length));
            var bytes = await SegmentReader.ReadAsync(Segment, entry.Offset, entry.Length, Token);
            Assert.Equal(Data(n), bytes);
            Assert.Equal(XxHash64.HashToUInt64(bytes), entry.Hash);
        }
    }

    [Fact]
    public async Task What_belongs_to_another_job_is_none_of_this_ones()
    {
        await using var writer = new SegmentWriter(Segment, "job 1"u8);
        await writer.AppendAsync("a"u8.ToArray(), Data(3), Token);
        Assert.Empty(SegmentReader.List(Segment, "job 2"u8));
        Assert.Empty(SegmentReader.List(Segment, "job"u8));
    }

    /// <summary>A process that is killed leaves a file that ends anywhere.</summary>
    [Fact]
    public async Task A_file_that_ends_anywhere_gives_the_blocks_before()
    {
        await using (var writer = new SegmentWriter(Segment, "j"u8))
        {
            for (var n = 1; n < 4; n++) await writer.AppendAsync("label"u8.ToArray(), Data(n), Token);
        }

        var whole = await File.ReadAllBytesAsync(Segment, Token);
        var ends = SegmentReader.List(Segment, "j"u8).Select(e => e.Offset + e.Length).ToArray();
        for (var length = 0; length <= whole.Length; length++)
        {
            await File.WriteAllBytesAsync(Segment, whole[..length], Token);
            Assert.Equal(ends.Count(end => end <= length), SegmentReader.List(Segment, "j"u8).Count);
        }
    }

    [Fact]
    public async Task A_damaged_label_ends_the_list()
    {
        await using (var writer = new SegmentWriter(Segment, "j"u8))
        {
            for (var n = 1; n < 4; n++) await writer.AppendAsync("label"u8.ToArray(), Data(n), Token);
        }

        var entries = SegmentReader.List(Segment, "j"u8);
        var bytes = await File.ReadAllBytesAsync(Segment, Token);
        bytes[entries[1].Offset - 1] ^= 1;
        await File.WriteAllBytesAsync(Segment, bytes, Token);
        Assert.Single(SegmentReader.List(Segment, "j"u8));
    }

    [Fact]
    public async Task Many_threads_may_write()
    {
        await using var writer = new SegmentWriter(Segment, "j"u8);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(n => writer.AppendAsync(new[] { (byte)n }, Data(n), Token)));
        var entries = SegmentReader.List(Segment, "j"u8);
        Assert.Equal(Enumerable.Range(0, 100), entries.Select(e => (int)e.Label.Span[0]).Order());
        foreach (var entry in entries)
            Assert.Equal(Data(entry.Label.Span[0]), await SegmentReader.ReadAsync(Segment, entry.Offset, entry.Length, Token));
    }

    [Fact]
    public async Task A_place_that_can_not_be_written_is_named()
    {
        // A folder that was deleted, because its job has ended, is not made again.
        await using var writer = new SegmentWriter(Path.Combine(_folder, "none", "x.blocks"), "j"u8);
        var error = await Assert.ThrowsAsync<DataException>(() => writer.AppendAsync(default, Data(1), Token));
        Assert.Contains("x.blocks", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "none")));
        await Assert.ThrowsAsync<EndOfStreamException>(async () =>
        {
            await File.WriteAllBytesAsync(Path.Combine(_folder, "short"), new byte[5], Token);
            await SegmentReader.ReadAsync(Path.Combine(_folder, "short"), 2, 4, Token);
        });
    }

    static byte[] Data(int n) => [.. Enumerable.Range(0, 37 * n).Select(b => (byte)(b * 7 + n))];
}
