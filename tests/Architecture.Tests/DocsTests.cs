using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;
using Xunit;

namespace Distributed.Keops.Architecture.Tests;

/// <summary>The pages that list things list all of them.</summary>
public sealed class DocsTests
{
    static readonly string Page = Repository.Read("docs", "formulas.md");

    [Fact]
    public void Every_operation_stands_in_the_page_of_the_language()
    {
        var names = Operations.All.Select(o => o.Name).Where(n => n != "Var");
        Assert.DoesNotContain(
            names, n => !Page.Contains($"`{n}`", StringComparison.Ordinal) && !Page.Contains($"`{n}(", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_reduction_stands_in_the_page_of_the_language() =>
        Assert.DoesNotContain(ReductionKind.All.Keys, n => !Page.Contains($"`{n}`", StringComparison.Ordinal));

    [Fact]
    public void The_readme_stays_short() => Assert.InRange(Repository.Read("README.md").Length, 1, 8000);
}
