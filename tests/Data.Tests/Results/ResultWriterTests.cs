using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Parquet;

namespace Distributed.Keops.Data.Tests;

public sealed class ResultWriterTests : IDisposable
{
    readonly TempFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    static ReadOnlyMemory<byte> Bytes<T>(params T[] values) where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();

    static float[] Values(int rows, int width) => [.. Enumerable.Range(0, rows * width).Select(n => n / 4f)];

    [Theory]
    [InlineData(1, 1000, false)]
    [InlineData(3, 1000, true)]
    [InlineData(40, 500, false)]
    public async Task Results_read_back_as_appended(int dim, int rows, bool compress)
    {
        var values = Values(rows, dim);
        var options = new ResultOptions { RowGroupRows = 300, Compress = compress };
        await using (var writer = await ResultWriter.CreateAsync(
            _folder["out.parquet"], ResultColumns.For("sum", dim, null), options, Token))
        {
            for (var row = 0; row < rows; row += 70)
            {
                var take = Math.Min(70, rows - row);
                await writer.AppendRowsAsync(take, Bytes(values[(row * dim)..((row + take) * dim)]), null, Token);
            }
            Assert.Equal(rows, writer.Rows);
            Assert.DoesNotContain("out.parquet", _folder.Names);
            await writer.CommitAsync(Token);
        }

        Assert.Equal(["out.parquet"], _folder.Names);
        await using var cloud = await PointCloud.OpenAsync(_folder["out.parquet"], new CloudOptions(), Token);
        Assert.Equal((rows, dim), (cloud.RowCount, cloud.Dim));
        Assert.Equal(values, await cloud.FloatsAsync());
        Assert.Equal((rows + 299) / 300, cloud.Files[0].RowGroups.Length);
    }

    [Theory]
    [InlineData("out.parquet", "out.report.json")]
    [InlineData("out/", "out/_report.json")]
    public async Task A_report_appears_with_the_result(string path, string report)
    {
        var options = new ResultOptions
        {
            Report = parts => Encoding.UTF8.GetBytes($"{parts.Sum(p => p.Rows)} rows, {parts.Sum(p => p.Bytes)} bytes"),
        };
        await using (var writer = await ResultWriter.CreateAsync(_folder[path], ResultColumns.For("sum", 1, null), options, Token))
        {
            await writer.AppendRowsAsync(3, Bytes(1f, 2f, 3f), null, Token);
            Assert.False(File.Exists(_folder[report]));
            await writer.CommitAsync(Token);
        }

        var result = path.EndsWith('/') ? Path.Combine(_folder[path], "part-00000.parquet") : _folder[path];
        Assert.Equal($"3 rows, {new FileInfo(result).Length} bytes", await File.ReadAllTextAsync(_folder[report], Token));
        // Nobody takes it for data.
        await using var cloud = await PointCloud.OpenAsync(_folder[path], new CloudOptions(), Token);
        Assert.Equal(3, cloud.RowCount);
    }

    [Fact]
    public async Task A_result_that_can_t_appear_leaves_no_report()
    {
        var options = new ResultOptions { Report = _ => Encoding.UTF8.GetBytes("{}") };
        await using (var writer = await ResultWriter.CreateAsync(_folder["out.parquet"], ResultColumns.For("sum", 1, null), options, Token))
        {
            await writer.AppendRowsAsync(1, Bytes(1f), null, Token);
            Directory.CreateDirectory(_folder["out.parquet"]);
            await Assert.ThrowsAsync<DataException>(() => writer.CommitAsync(Token));
        }

        Assert.Equal(["out.parquet"], _folder.Names);
    }

    [Fact]
    public async Task Kinds_stand_side_by_side_with_metadata()
    {
        ResultColumn[] columns = [new("argmin", ResultKind.Int64), new("min", ResultKind.Float64)];
        var options = new ResultOptions();
        options = options with { Metadata = options.Metadata.Add("keops.plan", "abc") };
        await using (var writer = await ResultWriter.CreateAsync(_folder["out.parquet"], columns, options, Token))
        {
            await writer.AppendAsync(2, [Bytes(long.MaxValue, 7L), Bytes(0.1, 0.2)], null, Token);
            await writer.CommitAsync(Token);
        }

        await using var reader = await ParquetReader.CreateAsync(_folder["out.parquet"], cancellationToken: Token);
        Assert.Equal("abc", reader.CustomMetadata["keops.plan"]);
        var indices = new long[2];
        await reader.OpenRowGroupReader(0).ReadAsync<long>(reader.Schema.DataFields[0], indices, cancellationToken: Token);
        Assert.Equal<long>([long.MaxValue, 7], indices);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public async Task Halfs_are_written_as_floats(int dim)
    {
        var values = Enumerable.Range(0, 30 * dim).Select(n => (Half)(n / 4.0)).ToArray();
        await using (var writer = await ResultWriter.CreateAsync(
            _folder["out.parquet"], ResultColumns.For("sum", dim, null, ResultKinds.Of(Kernels.ElementType.Float16)),
            new ResultOptions(), Token))
        {
            await writer.AppendRowsAsync(30, Bytes(values), null, Token);
            await writer.CommitAsync(Token);
        }

        await using var reader = await ParquetReader.CreateAsync(_folder["out.parquet"], cancellationToken: Token);
        Assert.All(reader.Schema.GetDataFields(), field => Assert.Equal(typeof(float), field.ClrType));
        await using var cloud = await PointCloud.OpenAsync(_folder["out.parquet"], new CloudOptions(), Token);
        Assert.Equal(values.Select(v => (float)v), await cloud.FloatsAsync());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    public async Task Null_rows_stay_null(int dim)
    {
        var values = Values(10, dim);
        await using (var writer = await ResultWriter.CreateAsync(_folder["out.parquet"], ResultColumns.For("sum", dim, null,
            nullable: true), new ResultOptions(), Token))
        {
            await writer.AppendRowsAsync(10, Bytes(values), RowMask.Create(0, 10, row => row % 3 != 1), Token);
            await writer.CommitAsync(Token);
        }

        await using var cloud = await PointCloud.OpenAsync(_folder["out.parquet"], new CloudOptions { Nulls = NullPolicy.Skip }, Token);
        var mask = await cloud.ReadValidityAsync(0, 10, Token);
        Assert.Equal(Enumerable.Range(0, 10).Select(row => row % 3 != 1), Enumerable.Range(0, 10).Select(row => mask![row]));
        Assert.Equal(values.Select((value, n) => n / dim % 3 == 1 ? float.NaN : value), await cloud.FloatsAsync());
    }

    [Fact]
    public async Task A_folder_holds_parts_and_a_manifest()
    {
        var values = Values(1000, 2);
        await using (var writer = await ResultWriter.CreateAsync(_folder["out/"], ResultColumns.For("sum", 2, null),
            new ResultOptions { RowGroupRows = 100, PartRows = 400 }, Token))
        {
            for (var row = 0; row < 1000; row += 100)
                await writer.AppendRowsAsync(100, Bytes(values[(row * 2)..((row + 100) * 2)]), null, Token);
            await writer.CommitAsync(Token);
        }

        Assert.Equal(["out"], _folder.Names);
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["out/_SUCCESS"], Token));
        Assert.Equal(1000, manifest.RootElement.GetProperty("rows").GetInt32());
        Assert.Equal(3, manifest.RootElement.GetProperty("parts").GetArrayLength());
        await using var cloud = await PointCloud.OpenAsync(_folder["out"], new CloudOptions(), Token);
        Assert.Equal(["part-00000.parquet", "part-00001.parquet", "part-00002.parquet"], cloud.Files.Select(file =>
            Path.GetFileName(file.Path)));
        Assert.Equal(values, await cloud.FloatsAsync());
    }

    [Theory]
    [InlineData("out.parquet")]
    [InlineData("out/")]
    public async Task Without_commit_nothing_is_left(string target)
    {
        await using (var writer = await ResultWriter.CreateAsync(_folder[target], ResultColumns.For("sum", 1, null),
            new ResultOptions { RowGroupRows = 10, PartRows = 20 }, Token))
            for (var n = 0; n < 5; n++)
                await writer.AppendAsync(10, [Bytes(Values(10, 1))], null, Token);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task A_file_is_replaced_only_at_commit()
    {
        await File.WriteAllTextAsync(_folder["out.parquet"], "old", Token);
        await using (var writer = await ResultWriter.CreateAsync(_folder["out.parquet"], ResultColumns.For("sum", 1, null),
            new ResultOptions(), Token))
        {
            await writer.AppendAsync(1, [Bytes(1f)], null, Token);
            Assert.Equal("old", await File.ReadAllTextAsync(_folder["out.parquet"], Token));
            await writer.CommitAsync(Token);
        }
        await using var cloud = await PointCloud.OpenAsync(_folder["out.parquet"], new CloudOptions(), Token);
        Assert.Equal(1, cloud.RowCount);
    }

    [Fact]
    public async Task A_full_folder_needs_leave_to_be_replaced()
    {
        Directory.CreateDirectory(_folder["out"]);
        await File.WriteAllTextAsync(_folder["out/old.txt"], "old", Token);
        var columns = ResultColumns.For("sum", 1, null);
        var error = await Assert.ThrowsAsync<DataException>(
            () => ResultWriter.CreateAsync(_folder["out/"], columns, new ResultOptions(), Token));
        Assert.Contains("holds files already", error.Message, StringComparison.Ordinal);

        await using (var writer = await ResultWriter.CreateAsync(_folder["out/"], columns, new ResultOptions { Overwrite = true }, Token))
        {
            await writer.AppendAsync(1, [Bytes(1f)], null, Token);
            await writer.CommitAsync(Token);
        }
        Assert.Equal(["out"], _folder.Names);
        Assert.False(File.Exists(_folder["out/old.txt"]));
    }

    [Fact]
    public async Task A_result_without_rows_is_a_whole_file()
    {
        await using (var writer = await ResultWriter.CreateAsync(_folder["out.parquet"], ResultColumns.For("sum", 2, null),
            new ResultOptions(), Token))
            await writer.CommitAsync(Token);
        await using var cloud = await PointCloud.OpenAsync(_folder["out.parquet"], new CloudOptions(), Token);
        Assert.Equal((0L, 2), (cloud.RowCount, cloud.Dim));
    }

    [Fact]
    public async Task Absent_and_unwritable_folders_are_named()
    {
        var columns = ResultColumns.For("sum", 1, null);
        var error = await Assert.ThrowsAsync<DataException>(() => ResultWriter.CreateAsync(_folder["no/such/out.parquet"], columns,
            new ResultOptions(), Token));
        Assert.Contains("does not exist", error.Message, StringComparison.Ordinal);
        // Not even root may create files there.
        error = await Assert.ThrowsAsync<DataException>(
            () => ResultWriter.CreateAsync("/proc/out.parquet", columns, new ResultOptions(), Token));
        Assert.Equal("/proc/out.parquet", error.Path);
    }

    [Fact]
    public async Task Values_that_do_not_fit_are_refused()
    {
        await using var writer = await ResultWriter.CreateAsync(_folder["out.parquet"], ResultColumns.For("sum", 2, null),
            new ResultOptions(), Token);
        await Assert.ThrowsAsync<ArgumentException>(() => writer.AppendAsync(1, [Bytes(1f)], null, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => writer.AppendAsync(1, [Bytes(1f), Bytes(1.0)], null, Token));
        await Assert.ThrowsAsync<ArgumentException>(
            () => writer.AppendAsync(1, [Bytes(1f), Bytes(1f)], RowMask.Create(0, 1, _ => false), Token));
    }
}
