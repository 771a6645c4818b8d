using System.Reflection;
using System.Text.RegularExpressions;
using Distributed.Keops.Client;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;
using Xunit;

namespace Distributed.Keops.Architecture.Tests;

/// <summary>docs/lazytensor.md names every method of KeOps' class, and members and operations
/// that exist; and every public member stands in it.</summary>
public sealed partial class LazyTensorPageTests
{
    // The methods of KeOps' LazyTensor and ComplexLazyTensor that its reference lists.
    const string Reference =
        "Kmin Kmin_argKmin Kmin_argKmin_reduction __abs__ __add__ __call__ __eq__ __ge__ __getitem__ __gt__ __le__ __lt__ "
        + "__matmul__ __mul__ __ne__ __neg__ __or__ __pow__ __radd__ __rmul__ __ror__ __rsub__ __rtruediv__ __sub__ __truediv__ "
        + "abs acos angle argKmin argmax argmax_reduction argmin argmin_reduction asin atan atan2 auto_factorize binary bspline "
        + "cat clamp concat concatenate conj cos diff divergence elem exp exp1j extract factorize fixvariables get_tools grad "
        + "grad_matrix ifelse imag imag2complex join keops_kron keops_tensordot laplacian log logsumexp logsumexp_reduction "
        + "lt_constructor matvec matvecmult max max_argmax max_argmax_reduction max_reduction min min_argmin min_argmin_reduction "
        + "min_reduction mod norm norm2 normalize one_hot power promote real real2complex reduction relu rmatvec round rsqrt sign "
        + "sin sinc sinxdivx softdtw_sqdist solve sqdist sqnorm2 sqrt square step sum sum_reduction sumsoftmaxweight "
        + "sumsoftmaxweight_reduction t tensorprod ternary trace_operator unary vecmatmult weightedsqdist weightedsqnorm xlogx";

    static readonly string[][] Rows = [.. Repository.Read("docs", "lazytensor.md").Split('\n')
        .Where(line => line.StartsWith('|') && !line.StartsWith("| KeOps", StringComparison.Ordinal)
            && !line.StartsWith("| ---", StringComparison.Ordinal))
        .Select(line => Cell().Split(line.Trim().Trim('|')))];

    static readonly HashSet<string> Members = [.. new[] { typeof(LazyTensor), typeof(ComplexLazyTensor) }
        .SelectMany(t => t.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(m => m is not MethodBase { IsSpecialName: true } && m.Name != "Item")
        .Select(m => m.Name)];

    [Fact]
    public void Every_method_of_the_reference_stands_in_the_page()
    {
        var named = Rows.SelectMany(row => Names(row[0])).ToHashSet();
        Assert.DoesNotContain(Reference.Split(' '), name => !named.Contains(name));
    }

    [Fact]
    public void Every_member_stands_in_the_page()
    {
        var named = Rows.SelectMany(row => Names(row[1])).ToHashSet();
        Assert.DoesNotContain(Members, name => !named.Contains(name));
    }

    [Fact]
    public void Every_member_that_the_page_names_exists()
    {
        var types = new[] { "Complex", "ReductionCall" };
        Assert.DoesNotContain(
            Rows.SelectMany(row => Names(row[1])), name => char.IsUpper(name[0]) && !Members.Contains(name) && !types.Contains(name));
        Assert.NotNull(typeof(ReductionCall).GetMethod(nameof(ReductionCall.Bind)));
    }

    [Fact]
    public void Every_operation_that_the_page_names_exists()
    {
        var operations = Operations.All.Select(o => o.Name).Concat(ReductionKind.All.Keys).ToHashSet();
        Assert.DoesNotContain(Rows.SelectMany(row => Names(row[2])), name => !operations.Contains(name));
    }

    /// <summary>The words in code of a cell, without arguments.</summary>
    static IEnumerable<string> Names(string cell) => Code().Matches(cell).Select(m => m.Groups[1].Value).Where(name => name.Length > 0);

    // A bar that belongs to the cell's text is written \|.
    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Cell();

    [GeneratedRegex(@"`(\w+)[^`]*`")]
    private static partial Regex Code();
}
