using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Grains.Tests.Contracts;

public sealed class RequestFingerprintTests
{
    // Built anew each time, so that no two requests share an object.
    static ReductionRequest Request(double g = 0.5, string spec = "x.parquet:a") => new()
    {
        Reduction = new string("Sum_Reduction(Var(0,1,0)*Var(1,1,1)*Var(2,1,2),0)"),
        Type = new string("float32".AsSpan()),
        Variables =
        [
            new RequestVariable(0, 1, 0, new CloudSource(spec)) { Name = "x" },
            new RequestVariable(1, 1, 1, new UploadSource([new UploadedRows("ab12", 10, 1, "float32")])),
            new RequestVariable(2, 1, 2, new ParameterSource([NumericBlock.Of((ReadOnlySpan<double>)[g])])),
        ],
        Ranges = new RequestRanges([2, 1, 2], NumericBlock.Of((ReadOnlySpan<long>)[0, 5, 1, 0, 5]), null),
        Output = new RequestOutput("out.parquet", ["id"]),
    };

    [Fact]
    public void Equal_requests_are_equal_whoever_wrote_them() =>
        Assert.Equal(RequestFingerprint.Of(Request()), RequestFingerprint.Of(Request()));

    [Fact]
    public void Whatever_is_asked_for_makes_a_difference()
    {
        var request = Request();
        ReductionRequest[] others =
        [
            Request(g: 0.25), Request(spec: "x.parquet:b"),
            request with { Reduction = "Max_Reduction(Var(0,1,0),0)" },
            request with { Type = "float64" },
            request with { Variables = request.Variables.RemoveAt(1) },
            request with { Variables = request.Variables.SetItem(0, request.Variables[0] with { Name = "z" }) },
            request with { BatchShape = [1] },
            request with { DtypeAcc = "float64" },
            request with { SumScheme = "kahan_scheme" },
            request with { SkipNulls = true },
            request with { Ranges = null },
            request with { Ranges = request.Ranges! with { Inline = NumericBlock.Of((ReadOnlySpan<long>)[0, 4, 1, 0, 5]) } },
            request with { Output = null },
            request with { Output = new RequestOutput("other.parquet", ["id"]) },
            request with { Output = new RequestOutput("out.parquet", []) },
            request with { Backend = "CPU" },
            request with { DeviceId = 0 },
        ];
        Assert.Equal(others.Length + 1, others.Append(request).Select(RequestFingerprint.Of).Distinct().Count());
    }

    [Fact]
    public void A_newer_client_may_ask_for_the_same() =>
        Assert.Equal(RequestFingerprint.Of(Request()), RequestFingerprint.Of(Request() with { Contract = 99 }));

    [Theory]
    [InlineData("density-2026.11_a", true)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData("a~1", false)]
    [InlineData("ü", false)]
    [InlineData("a b", false)]
    public void Names_of_jobs_are_few_characters(string id, bool valid)
    {
        Assert.Equal(valid, JobId.IsValid(id));
        if (!valid) Assert.Contains("letters", Assert.Throws<KeopsException>(() => JobId.Require(id)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_jobs_are_not_long()
    {
        Assert.True(JobId.IsValid(new string('a', 100)));
        Assert.False(JobId.IsValid(new string('a', 101)));
        Assert.True(JobId.IsValid(JobId.New()));
    }
}
