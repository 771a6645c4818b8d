using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>A vector in a local, or a number in every lane.</summary>
readonly record struct VectorTerm(IlLocal? Local, double Number)
{
    public static implicit operator VectorTerm(double number) => new(null, number);
}

/// <summary>
/// Writes functions of vectors as terms of terms: each is computed where it is made and kept in a local until all are given back.
/// </summary>
sealed class VectorTerms(IlBuffer il, Isa isa, VectorCode code) : IDisposable
{
    readonly List<IlLocal> _taken = [];

    /// <summary>The vector on the evaluation stack.</summary>
    public VectorTerm Pop()
    {
        var local = il.Local(isa.Vector);
        _taken.Add(local);
        il.Store(local);
        return new VectorTerm(local, 0);
    }

    /// <summary>Puts a term on the evaluation stack.</summary>
    public void Push(VectorTerm term)
    {
        if (term.Local is { } local) il.Load(local);
        else code.Number(term.Number);
    }

    /// <summary>An operation on terms.</summary>
    public VectorTerm Of(OpCode op, params ReadOnlySpan<VectorTerm> operands)
    {
        foreach (var operand in operands) Push(operand);
        code.Operation(op);
        return Pop();
    }

    /// <summary>a + b.</summary>
    public VectorTerm Add(VectorTerm a, VectorTerm b) => Of(OpCode.Add, a, b);

    /// <summary>a − b.</summary>
    public VectorTerm Subtract(VectorTerm a, VectorTerm b) => Of(OpCode.Subtract, a, b);

    /// <summary>a · b.</summary>
    public VectorTerm Multiply(VectorTerm a, VectorTerm b) => Of(OpCode.Multiply, a, b);

    /// <summary>a · b + c.</summary>
    public VectorTerm MultiplyAdd(VectorTerm a, VectorTerm b, VectorTerm c) => Of(OpCode.MultiplyAdd, a, b, c);

    /// <summary>mask ? a : b.</summary>
    public VectorTerm Select(VectorTerm mask, VectorTerm a, VectorTerm b) => Of(OpCode.Select, mask, a, b);

    /// <summary>All ones where the sign bit is set, of −0 and of NaN too.</summary>
    public VectorTerm IsSigned(VectorTerm x) => Of(OpCode.LessThan, Of(OpCode.Or, Of(OpCode.And, x, -0.0), 1), 0);

    /// <summary>The polynomial with these coefficients, highest power first.</summary>
    public VectorTerm Polynomial(VectorTerm x, params ReadOnlySpan<double> coefficients)
    {
        code.Number(coefficients[0]);
        foreach (var c in coefficients[1..])
        {
            Push(x);
            code.Number(c);
            code.Operation(OpCode.MultiplyAdd);
        }

        return Pop();
    }

    /// <summary>a + b in two parts, the second what rounding the first lost; a is not smaller than b in size.</summary>
    public (VectorTerm High, VectorTerm Low) TwoSum(VectorTerm a, VectorTerm b)
    {
        var sum = Add(a, b);
        return (sum, Subtract(b, Subtract(sum, a)));
    }

    /// <summary>a · b in two parts (Dekker 1971, where no instruction gives the second).</summary>
    public (VectorTerm High, VectorTerm Low) TwoProduct(VectorTerm a, VectorTerm b)
    {
        var product = Multiply(a, b);
        if (Isa.FusesMultiplyAdd) return (product, MultiplyAdd(a, b, Of(OpCode.Negate, product)));
        var ((a1, a2), (b1, b2)) = (Split(a), Split(b));
        var low = Subtract(product, Multiply(a1, b1));
        low = Subtract(low, Multiply(a2, b1));
        low = Subtract(low, Multiply(a1, b2));
        return (product, Subtract(Multiply(a2, b2), low));
    }

    /// <summary>The product of two numbers in two parts each.</summary>
    public (VectorTerm High, VectorTerm Low) Multiply((VectorTerm High, VectorTerm Low) a, (VectorTerm High, VectorTerm Low) b)
    {
        var (high, low) = TwoProduct(a.High, b.High);
        return (high, MultiplyAdd(a.High, b.Low, MultiplyAdd(a.Low, b.High, low)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var local in _taken) il.Release(local);
        _taken.Clear();
    }

    /// <summary>The upper half of a float64's digits and the lower.</summary>
    (VectorTerm High, VectorTerm Low) Split(VectorTerm a)
    {
        var scaled = Multiply(a, (1 << 27) + 1);
        var high = Subtract(scaled, Subtract(scaled, a));
        return (high, Subtract(a, high));
    }
}
