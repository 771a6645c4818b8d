namespace Distributed.Keops.Data.Tests;

public class CloudSpecTests
{
    [Theory]
    [InlineData("points.parquet", "points.parquet", "")]
    [InlineData("points.parquet:x,y,z", "points.parquet", "x y z")]
    [InlineData("/lake/a:b/points.parquet", "/lake/a:b/points.parquet", "")]
    [InlineData("/lake/a:b/points.parquet:x, y", "/lake/a:b/points.parquet", "x y")]
    [InlineData("lake/**/part-*.parquet:embedding", "lake/**/part-*.parquet", "embedding")]
    [InlineData("lake/12:30.parquet:", "lake/12:30.parquet", "")]
    [InlineData("lake/12:30.parquet:x", "lake/12:30.parquet", "x")]
    [InlineData("lake/", "lake/", "")]
    [InlineData("c:\\lake\\points.parquet", "c:\\lake\\points.parquet", "")]
    [InlineData("p:pair.a", "p", "pair.a")]
    public void Text_reads_and_prints(string text, string path, string columns)
    {
        var spec = CloudSpec.Parse(text);
        Assert.Equal(path, spec.Path);
        Assert.Equal(columns.Split(' ', StringSplitOptions.RemoveEmptyEntries), spec.Columns);
        Assert.Equal(spec, CloudSpec.Parse(spec.ToString()));
        Assert.Equal(spec.GetHashCode(), CloudSpec.Parse(spec.ToString()).GetHashCode());
    }

    [Theory]
    [InlineData("")]
    [InlineData(":x")]
    [InlineData("points.parquet:x,,y")]
    [InlineData("points.parquet:x,y,x")]
    [InlineData("s3://bucket/points.parquet")]
    public void Nonsense_is_refused(string text) => Assert.Throws<DataException>(() => CloudSpec.Parse(text));
}
