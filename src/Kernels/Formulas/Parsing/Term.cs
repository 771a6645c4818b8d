using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>What a part of a formula string stands for, and where it begins.</summary>
abstract record Term(int Position);

sealed record FormulaTerm(Formula Formula, int Position) : Term(Position);

/// <summary>An integer, or a sub-expression of integers only.</summary>
sealed record IntegerTerm(int Number, int Position) : Term(Position);

/// <summary>A list of integers, as the parameters of tensor operations are.</summary>
sealed record ListTerm(ImmutableArray<int> Numbers, int Position) : Term(Position);
