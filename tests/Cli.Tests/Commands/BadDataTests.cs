namespace Distributed.Keops.Cli.Tests.Commands;

/// <summary>Data and machines that fail: exit code 1, a line that says where, and nothing under the output's name.</summary>
public sealed class BadDataTests : IAsyncLifetime
{
    readonly TempFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    string X => _folder["x.parquet"];

    public async ValueTask InitializeAsync()
    {
        await Cloud.WriteAsync(X, "a,b", 2, Cloud.Random(400, 1));
        await Cloud.WriteAsync(_folder["short.parquet"], "a", 1, Cloud.Random(7, 1));
        await Cloud.WriteAsync(_folder["nulls.parquet"], "a", 1, Cloud.Random(200, 1), row => row == 77);
        var whole = await File.ReadAllBytesAsync(X, Token);
        await File.WriteAllBytesAsync(_folder["cut.parquet"], whole[..(whole.Length / 2)], Token);
        await File.WriteAllTextAsync(_folder["ranges.json"], """{"ranges_i":[[0,900]],"slices_i":[1],"redranges_j":[[0,1]]}""", Token);
        await File.WriteAllTextAsync(_folder["half.json"], """{"ranges_i":[[0,1]]}""", Token);
        await File.WriteAllTextAsync(_folder["words.json"], """{"ranges_i":["a"],"slices_i":[1],"redranges_j":[[0,1]]}""", Token);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("--vi x=none.parquet", "no such file")]
    [InlineData("--vi x=x.parquet:z", "column 'z'")]
    [InlineData("--vi x=none/*.parquet", "No file matches")]
    [InlineData("--vi x=cut.parquet", "cut.parquet")]
    [InlineData("--vi x=nulls.parquet", "row 77")]
    [InlineData("--vi x=x.parquet:a --vi z=short.parquet", "short.parquet")]
    [InlineData("--vi x=x.parquet --out none/out.parquet", "does not exist")]
    [InlineData("--vi x=x.parquet --out /proc/out.parquet", "/proc/out.parquet")]
    [InlineData("--vi x=x.parquet --keep z", "column 'z'")]
    [InlineData("--vi x=x.parquet --ranges none.json", "none.json")]
    [InlineData("--vi x=x.parquet --ranges ranges.json", "[0, 900)")]
    [InlineData("--vi x=x.parquet --ranges half.json", "'slices_i' is missing")]
    [InlineData("--vi x=x.parquet --ranges words.json", "'ranges_i' holds a")]
    [InlineData("--vi x=x.parquet --ranges x.parquet", "No ranges can be read")]
    [InlineData("--vi x=x.parquet --device cuda", "--device cuda is not supported yet")]
    [InlineData("--vi x=x.parquet --backend GPU_1D", "A GPU was asked for")]
    [InlineData("--vi x=x.parquet --device-id 3", "device_id is 3")]
    public async Task Bad_data_are_named(string line, string part)
    {
        var before = _folder.Names;
        string[] args = ["reduce", "x-y", "--vj", $"y={X}:a", .. line.Split(' ').Select(Rooted)];
        if (!args.Contains("--out")) args = [.. args, "--out", _folder["out.parquet"]];
        Assert.Contains(part, await Keops.FailsAsync(1, args), StringComparison.Ordinal);
        Assert.Equal(before, _folder.Names);
    }

    [Fact]
    public async Task Explain_needs_the_data_too() =>
        Assert.Contains("no such file", await Keops.FailsAsync(1, "explain", "x", "--vi", "x=none.parquet:a"), StringComparison.Ordinal);

    /// <summary>Relative names stand for files of the test's folder.</summary>
    string Rooted(string word) => word switch
    {
        ['-', ..] or ['/', ..] or "z" or "cuda" or "GPU_1D" or "3" => word,
        _ when word.IndexOf('=', StringComparison.Ordinal) is var at and > 0 => word[..(at + 1)] + _folder[word[(at + 1)..]],
        _ => _folder[word],
    };
}
