using Distributed.Keops.Client;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using static Distributed.Keops.Conformance.Values;

namespace Distributed.Keops.Conformance;

/// <summary>The functions that trees call by name.</summary>
static class Functions
{
    /// <summary>Calls a function.</summary>
    /// <param name="name">Its name; members of a module or class follow a dot.</param>
    /// <param name="a">The arguments.</param>
    /// <param name="dtype">The dtype of arrays that state none.</param>
    public static object? Call(string name, Arguments a, string dtype)
    {
        object? result = name switch
        {
            "LazyTensor" or "ComplexLazyTensor" => Make(a.Take("x"), a.TakeOr("axis", null)),
            "Vi" => Variable(Category.I, a),
            "Vj" => Variable(Category.J, a),
            "Pm" => Variable(Category.Parameter, a),
            "abs" => Tensor(a.Take("x")).Abs(),
            "LazyTensor.cat" => Concatenate(a.Take("tuple_of_lt"), a.Take("dim")),
            "LazyTensor.concatenate" => Concatenate(a.Take("tuple_of_lt"), a.TakeOr("axis", -1L)),
            "np.array" => (object)Array(a.Take("object"), (string?)a.Keyword("dtype", dtype)),
            _ => throw new NotSupportedException($"function '{name}' not supported"),
        };
        a.End();
        return result;
    }

    static LazyTensor Make(object? value, object? axis)
    {
        if (value is object?[] and [long index, long dim, long category] && axis is null)
            return LazyTensor.Var((int)index, (int)dim, (Category)category);
        if (value is NdArray array) return LazyTensor.Of(array, axis is null ? null : Integer(axis));
        return axis is null or 2L ? Tensor(value) : throw new KeopsException("A number or a list is a parameter: it takes no axis.");
    }

    static LazyTensor Variable(Category category, Arguments a)
    {
        var first = a.Take("x_or_ind");
        return a.TakeOr("dim", null) is { } dim
            ? LazyTensor.Var(Integer(first), Integer(dim), category)
            : Make(first, category == Category.Parameter && first is not NdArray { Shape.Count: > 1 } ? null : (long)category);
    }

    static LazyTensor Concatenate(object? tuple, object? axis) => tuple is object?[] tensors
        ? LazyTensor.Concatenate([.. tensors.Select(Tensor)], Integer(axis))
        : throw new KeopsException($"{Name(tuple)} is no tuple of tensors.");

    static NdArray Array(object? list, string? dtype)
    {
        double[] values = [.. Items(list).Select(Real)];
        return dtype == "float32" ? NdArray.Of([.. values.Select(v => (float)v)], values.Length) : NdArray.Of(values, values.Length);
    }
}
