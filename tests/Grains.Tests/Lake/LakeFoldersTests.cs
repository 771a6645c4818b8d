using Distributed.Keops.Data;

namespace Distributed.Keops.Grains.Tests.Lake;

/// <summary>A request names files of the lake and no others, by whatever name.</summary>
public sealed class LakeFoldersTests : IDisposable
{
    readonly TempFolder _folder = new();
    readonly LakeFolders _lake;
    readonly string _root;

    public LakeFoldersTests()
    {
        _root = Directory.CreateDirectory(_folder["lake"]).FullName;
        Directory.CreateDirectory(Path.Combine(_root, "sub"));
        File.WriteAllText(Path.Combine(_root, "sub", "a.parquet"), "a");
        File.WriteAllText(_folder["secret.parquet"], "s");
        _lake = new LakeFolders([_root], anywhere: false);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_lies_in_the_lake_is_found_by_relative_and_full_paths()
    {
        Assert.Equal(Path.Combine(_root, "sub/a.parquet"), _lake.Resolve("sub/a.parquet:x").Path);
        Assert.Equal(Path.Combine(_root, "sub/a.parquet"), _lake.Resolve($"{_root}/sub/../sub/a.parquet:x").Path);
        Assert.Equal(Path.Combine(_root, "sub"), _lake.Resolve("sub/:x").Path);
        Assert.Equal(Path.Combine(_root, "new/out.parquet"), _lake.ResolveOutput("new/out.parquet"));
        Assert.Equal(Path.Combine(_root, "parts") + "/", _lake.ResolveOutput("parts/"));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../secret.parquet")]
    [InlineData("sub/../../secret.parquet")]
    public void What_lies_elsewhere_is_refused(string path)
    {
        Assert.Contains("outside the lake", Refused(() => _lake.Resolve(path + ":x")), StringComparison.Ordinal);
        Assert.Contains("outside the lake", Refused(() => _lake.ResolveOutput(path)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_whose_name_begins_like_the_lake_s_is_another()
    {
        Directory.CreateDirectory(_root + "-2");
        Assert.Contains("outside the lake", Refused(() => _lake.ResolveOutput(_root + "-2/out.parquet")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_out_of_the_lake_is_refused_wherever_it_stands()
    {
        Directory.CreateSymbolicLink(Path.Combine(_root, "etc"), "/etc");
        File.CreateSymbolicLink(Path.Combine(_root, "host.parquet"), "/etc/hostname");
        // By way of a link that stays inside, and with steps back that count from where that one leads.
        Directory.CreateSymbolicLink(Path.Combine(_root, "deep"), "sub");
        File.CreateSymbolicLink(Path.Combine(_root, "sub", "up.parquet"), "../deep/../../secret.parquet");
        foreach (var path in (string[])["etc/hostname", "host.parquet", "sub/up.parquet", "deep/up.parquet", "etc/*", "*.parquet", "sub/"])
            Assert.Contains("leads out of the lake", Refused(() => _lake.Resolve(path + ":x")), StringComparison.Ordinal);
        foreach (var path in (string[])["etc/out.parquet", "etc/", "host.parquet", "sub/up.parquet"])
            Assert.Contains("leads out of the lake", Refused(() => _lake.ResolveOutput(path)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_that_stays_in_the_lake_is_followed()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "b.parquet"), "sub/a.parquet");
        Directory.CreateSymbolicLink(Path.Combine(_root, "again"), Path.Combine(_root, "sub"));
        Assert.Equal(Path.Combine(_root, "b.parquet"), _lake.Resolve("b.parquet:x").Path);
        Assert.Equal(Path.Combine(_root, "again/a.parquet"), _lake.Resolve("again/a.parquet:x").Path);
        Assert.Equal(Path.Combine(_root, "again/out.parquet"), _lake.ResolveOutput("again/out.parquet"));
    }

    [Fact]
    public void A_lake_may_itself_be_reached_by_a_link()
    {
        Directory.CreateSymbolicLink(_folder["mount"], _root);
        var lake = new LakeFolders([_folder["mount"]], anywhere: false);
        Assert.Equal(_folder["mount/sub/a.parquet"], lake.Resolve("sub/a.parquet:x").Path);
    }

    [Fact]
    public void Links_in_a_circle_are_told()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "one"), "two");
        File.CreateSymbolicLink(Path.Combine(_root, "two"), "one");
        Assert.Contains("circle", Refused(() => _lake.ResolveOutput("one/out.parquet")), StringComparison.Ordinal);
    }

    static string Refused(Action act) => Assert.Throws<DataException>(act).Message;
}
