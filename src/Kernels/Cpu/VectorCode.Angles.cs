using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>The functions from ratios to angles, in float64; float32 vectors are done in halves.</summary>
sealed partial class VectorCode
{
    /// <summary>(arctan z − z) / z³ by z², |z| ≤ tan ½, highest power first: error below 2^−57 of arctan z.</summary>
    static readonly double[] ArcTangent =
    [
        -0.00480049038476819, 0.015924125000523193, -0.028028806965446632, 0.036849668255649455, -0.04267639257506649, 0.04746958041210078,
        -0.05261119413398522, 0.0588215137571403, -0.06666652488188524, 0.07692307005024687, -0.09090909069080794, 0.11111111110692294,
        -0.14285714285710066, 0.19999999999999984, -0.3333333333333333,
    ];

    /// <summary>(arcsin z − z) / z³ by z², |z| ≤ ½, highest power first: error below 2^−57 of arcsin z.</summary>
    static readonly double[] ArcSine =
    [
        0.028757851367421566, -0.014851887071247204, 0.01740087944269402, 0.005457506718640358, 0.01032281435018578, 0.011479177415184906,
        0.013971212973552933, 0.017352392720869973, 0.02237217294214989, 0.030381944138531247, 0.04464285714635543, 0.07499999999998433,
        0.16666666666666669,
    ];

    void Atan() => InFloat64(1, static (t, x) => Angle(t, x[0], 1));

    void Atan2() => InFloat64(2, static (t, x) => Angle(t, x[0], x[1]));

    void Asin() => InFloat64(1, static (t, x) =>
    {
        var size = t.Of(OpCode.Abs, x[0]);
        var parts = new ArcParts(t, size);
        // Above ½: π/2 − 2·arcsin √((1−|x|)/2).
        var far = t.Subtract(
            t.Subtract(Math.PI / 2, parts.Twice), t.Subtract(t.Multiply(2, parts.Rest), 6.123233995736766e-17));
        var angle = t.Select(parts.IsNear, t.Add(size, parts.Rest), far);
        return t.Of(OpCode.Or, angle, t.Of(OpCode.And, x[0], -0.0));
    });

    void Acos() => InFloat64(1, static (t, x) =>
    {
        var size = t.Of(OpCode.Abs, x[0]);
        var parts = new ArcParts(t, size);
        var signed = t.IsSigned(x[0]);
        var rest = t.Select(signed, t.Of(OpCode.Negate, parts.Rest), parts.Rest);
        var near = t.Subtract(Math.PI / 2, t.Add(x[0], t.Subtract(rest, 6.123233995736766e-17)));
        var twiceRest = t.Multiply(2, parts.Rest);
        var far = t.Select(
            signed,
            t.Subtract(Math.PI, t.Add(parts.Twice, t.Subtract(twiceRest, 1.2246467991473532e-16))),
            t.Add(parts.Twice, twiceRest));
        return t.Select(parts.IsNear, near, far);
    });

    /// <summary>
    /// The angle of the point (x, y): z = min/max of the sizes, or for a z above tan ½ (min − max)/(min + max) and an eighth of a turn
    /// more, then the angle is a multiple of π/4 plus or minus arctan z. The multiple is added in two parts. From ½ on an angle's last
    /// place is twice that of z, so that the two roundings of the second z count half.
    /// </summary>
    static VectorTerm Angle(VectorTerms t, VectorTerm y, VectorTerm x)
    {
        var (a, b) = (t.Of(OpCode.Abs, y), t.Of(OpCode.Abs, x));
        var (least, most) = (t.Of(OpCode.Min, a, b), t.Of(OpCode.Max, a, b));
        // The sum of the sizes must stay finite.
        var scale = t.Select(t.Of(OpCode.LessThan, 1e300, most), 0.0625, 1);
        (least, most) = (t.Multiply(least, scale), t.Multiply(most, scale));
        var equal = t.Of(OpCode.Equal, least, most);
        // Two infinite sizes are equal but not comparable to a multiple.
        var isMiddle = t.Of(
            OpCode.Or,
            t.Of(OpCode.LessThan, t.Multiply(most, 0.5463024898437905), least),
            t.Of(OpCode.And, equal, t.Of(OpCode.LessThan, 0, most)));
        var numerator = t.Select(equal, 0, t.Select(isMiddle, t.Subtract(least, most), least));
        var denominator = t.Select(isMiddle, t.Add(least, most), t.Select(t.Of(OpCode.Equal, most, 0), 1, most));
        var z = t.Of(OpCode.Divide, numerator, denominator);
        var square = t.Multiply(z, z);
        var arc = t.MultiplyAdd(t.Multiply(z, square), t.Polynomial(square, ArcTangent), z);

        var eighths = t.Select(isMiddle, 1, 0);
        var swapped = t.Of(OpCode.LessThan, b, a);
        eighths = t.Select(swapped, t.Subtract(2, eighths), eighths);
        arc = t.Select(swapped, t.Of(OpCode.Negate, arc), arc);
        var left = t.IsSigned(x);
        eighths = t.Select(left, t.Subtract(4, eighths), eighths);
        arc = t.Select(left, t.Of(OpCode.Negate, arc), arc);
        // π/4 with four bits less, so that its multiples are exact, and what is left of it.
        var angle = t.Add(t.Multiply(eighths, 0.7853981633974474), t.Add(t.Multiply(eighths, 9.18794589678809e-16), arc));
        angle = t.Of(OpCode.Or, angle, t.Of(OpCode.And, y, -0.0));
        var ordered = t.Of(OpCode.And, t.Of(OpCode.Equal, y, y), t.Of(OpCode.Equal, x, x));
        return t.Select(ordered, angle, double.NaN);
    }

    /// <summary>A function of float64 vectors on the operands on the stack: at once, or of each half of float32 ones.</summary>
    void InFloat64(int operands, Func<VectorTerms, VectorTerm[], VectorTerm> function)
    {
        var values = new IlLocal[operands];
        for (var n = operands - 1; n >= 0; n--) values[n] = Pop();
        if (_wide is null)
        {
            Apply(this, null);
        }
        else
        {
            Apply(_wide, "WidenLower");
            Apply(_wide, "WidenUpper");
            _il.Call(_isa.Exact("Narrow", _wide._isa.Vector, _wide._isa.Vector));
        }

        foreach (var value in values) _il.Release(value);

        void Apply(VectorCode code, string? widen)
        {
            using var terms = new VectorTerms(_il, code._isa, code);
            var arguments = new VectorTerm[operands];
            for (var n = 0; n < operands; n++)
            {
                _il.Load(values[n]);
                if (widen is not null) _il.Call(_isa.Exact(widen, _isa.Vector));
                arguments[n] = terms.Pop();
            }

            terms.Push(function(terms, arguments));
        }
    }

    /// <summary>
    /// What arcsin and arccos share: w = x² and s = |x| up to ½; beyond it w = (1 − |x|)/2 and s = √w, with what rounding s lost.
    /// </summary>
    readonly struct ArcParts
    {
        public ArcParts(VectorTerms t, VectorTerm size)
        {
            IsNear = t.Of(OpCode.LessOrEqual, size, 0.5);
            var half = t.Multiply(t.Subtract(1, size), 0.5);
            var root = t.Of(OpCode.Sqrt, half);
            var square = t.Select(IsNear, t.Multiply(size, size), half);
            var s = t.Select(IsNear, size, root);
            Twice = t.Add(root, root);
            // The divisor is never 0, and the tiny number changes no other.
            var lost = t.Of(OpCode.Divide, t.Of(OpCode.NegateMultiplyAdd, root, root, half), t.Add(Twice, 1e-300));
            Rest = t.MultiplyAdd(t.Multiply(s, square), t.Polynomial(square, ArcSine), t.Select(IsNear, 0, lost));
        }

        public VectorTerm IsNear { get; }

        /// <summary>2·√w.</summary>
        public VectorTerm Twice { get; }

        /// <summary>arcsin s less s, of the exact s.</summary>
        public VectorTerm Rest { get; }
    }
}
