using Distributed.Keops.Kernels;

namespace Distributed.Keops.Client;

/// <summary>From real to complex.</summary>
public partial class LazyTensor
{
    /// <summary>The same numbers as complex ones.</summary>
    /// <exception cref="KeopsException">They are complex already.</exception>
    public ComplexLazyTensor Real2Complex() => ComplexLazyTensor.Apply("Real2Complex", NotYet(nameof(Real2Complex)));

    /// <summary>i·x.</summary>
    /// <exception cref="KeopsException">The tensor is complex already.</exception>
    public ComplexLazyTensor Imag2Complex() => ComplexLazyTensor.Apply("Imag2Complex", NotYet(nameof(Imag2Complex)));

    /// <summary>e^(i·x) = cos x + i sin x.</summary>
    /// <exception cref="KeopsException">The tensor is complex already.</exception>
    public ComplexLazyTensor Exp1j() => ComplexLazyTensor.Apply("ComplexExp1j", NotYet(nameof(Exp1j)));

    LazyTensor NotYet(string operation) => IsComplex ? throw new KeopsException($"{operation} of a tensor that is complex already.") : this;
}
