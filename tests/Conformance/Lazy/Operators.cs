using Distributed.Keops.Client;
using Distributed.Keops.Kernels;
using static Distributed.Keops.Conformance.Values;

namespace Distributed.Keops.Conformance;

/// <summary>Python's operators, on numbers and on tensors.</summary>
static class Operators
{
    /// <summary>Applies an operator; one operand that is a tensor makes the other one.</summary>
    public static object? Apply(string symbol, object? a, object? b) => a is LazyTensor || b is LazyTensor || !IsNumber(a) || !IsNumber(b)
        ? Tensors(symbol, a, b)
        : Numbers(symbol, a, b);

    /// <summary>The opposite.</summary>
    public static object? Negate(object? a) => a switch
    {
        long number => -number,
        double number => -number,
        _ => -Tensor(a),
    };

    /// <summary>A tensor to the power of a number or a tensor.</summary>
    public static LazyTensor Power(LazyTensor x, object? exponent) => exponent switch
    {
        long number => x.Pow(checked((int)number)),
        double number => x.Pow(number),
        LazyTensor tensor => x.Pow(tensor),
        _ => throw new KeopsException($"{Name(exponent)} is no exponent: expected an integer, a number or a tensor."),
    };

    static LazyTensor Tensors(string symbol, object? a, object? b) => symbol switch
    {
        "+" => Tensor(a) + Tensor(b),
        "-" => Tensor(a) - Tensor(b),
        "*" => Tensor(a) * Tensor(b),
        "/" => Tensor(a) / Tensor(b),
        "**" => Power(Tensor(a), b),
        "|" => Tensor(a) | Tensor(b),
        "==" => Tensor(a).EqualTo(Tensor(b)),
        "!=" => Tensor(a).NotEqualTo(Tensor(b)),
        "<" => Tensor(a) < Tensor(b),
        "<=" => Tensor(a) <= Tensor(b),
        ">" => Tensor(a) > Tensor(b),
        ">=" => Tensor(a) >= Tensor(b),
        _ => throw new NotSupportedException($"operator '{symbol}' not supported"),
    };

    static object Numbers(string symbol, object? a, object? b) => (symbol, a, b) switch
    {
        ("+", long x, long y) => (object)(x + y),
        ("-", long x, long y) => x - y,
        ("*", long x, long y) => x * y,
        ("**", long x, long y and >= 0) => (long)System.Numerics.BigInteger.Pow(x, (int)y),
        ("+", _, _) => Real(a) + Real(b),
        ("-", _, _) => Real(a) - Real(b),
        ("*", _, _) => Real(a) * Real(b),
        ("/", _, _) => Real(a) / Real(b),
        ("**", _, _) => Math.Pow(Real(a), Real(b)),
        _ => throw new NotSupportedException($"operator '{symbol}' on numbers not supported"),
    };

    static bool IsNumber(object? value) => value is long or double;
}
