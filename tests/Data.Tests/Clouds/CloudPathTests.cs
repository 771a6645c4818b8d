namespace Distributed.Keops.Data.Tests;

public sealed class CloudPathTests : IDisposable
{
    readonly TempFolder _folder = new();

    public CloudPathTests()
    {
        foreach (var file in (string[])["b.parquet", "a.parquet", "B.parquet", "c.arrow", "note.txt", "_SUCCESS", ".hidden.parquet",
            "day=1/p1.parquet", "day=2/p0.feather", "_tmp/x.parquet", "a[1].parquet"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[file])!);
            File.WriteAllText(_folder[file], "");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "B.parquet a.parquet a[1].parquet b.parquet c.arrow day=1/p1.parquet day=2/p0.feather")]
    [InlineData("*.parquet", "B.parquet a.parquet a[1].parquet b.parquet")]
    [InlineData("?.parquet", "B.parquet a.parquet b.parquet")]
    [InlineData("[a-b].parquet", "a.parquet b.parquet")]
    [InlineData("[!a].parquet", "B.parquet b.parquet")]
    [InlineData("**/*.parquet", "B.parquet a.parquet a[1].parquet b.parquet day=1/p1.parquet")]
    [InlineData("day=*/p?.*", "day=1/p1.parquet day=2/p0.feather")]
    [InlineData("**/p0.feather", "day=2/p0.feather")]
    [InlineData("a[1].parquet", "a[1].parquet")]
    [InlineData("note.txt", "note.txt")]
    public void Files_come_in_ordinal_order(string pattern, string expected) =>
        Assert.Equal(expected.Split(' '), CloudPath.Find(_folder[pattern]).Select(path => Path.GetRelativePath(_folder.Path, path)
            .Replace('\\', '/')));

    [Theory]
    [InlineData("absent.parquet", "no such file")]
    [InlineData("x*.parquet", "No file matches")]
    [InlineData("no/such/*.parquet", "No file matches")]
    [InlineData("_tmp/none", "no such file")]
    public void What_is_not_there_is_named(string pattern, string message)
    {
        var error = Assert.Throws<DataException>(() => CloudPath.Find(_folder[pattern]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(_folder[pattern], error.Path);
        Assert.False(error.IsTransient);
    }
}
