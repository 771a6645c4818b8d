using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Contracts;

/// <summary>A variable and where its values are.</summary>
/// <param name="Index">Its position in the formula's arguments.</param>
/// <param name="Dim">The dimension of one row.</param>
/// <param name="Category">0 for i, 1 for j, 2 for a parameter.</param>
/// <param name="Source">Its values.</param>
[GenerateSerializer, Immutable, Alias("keops.RequestVariable")]
public sealed record RequestVariable(
    [property: Id(0)] int Index, [property: Id(1)] int Dim, [property: Id(2)] int Category, [property: Id(3)] VariableSource Source)
{
    /// <summary>What the caller calls it, for messages; null where it has no name.</summary>
    [Id(4)]
    public string? Name { get; init; }

    /// <summary>The variable in messages: its name where it has one, and how formulas write it.</summary>
    public string Label => Name is null ? Written : $"'{Name}' ({Written})";

    string Written => Formula.Var(new Variable(Index, Dim, (Category)Category)).ToString()!;
}

/// <summary>Where a variable's values are.</summary>
[GenerateSerializer, Immutable, Alias("keops.VariableSource")]
public abstract record VariableSource;

/// <summary>Columns of files that every silo can read.</summary>
/// <param name="Spec">Path and columns.</param>
[GenerateSerializer, Immutable, Alias("keops.CloudSource")]
public sealed record CloudSource([property: Id(0)] string Spec) : VariableSource;

/// <summary>Rows that the client uploaded.</summary>
/// <param name="Batches">One array for each batch, or one for all.</param>
[GenerateSerializer, Immutable, Alias("keops.UploadSource")]
public sealed record UploadSource([property: Id(0)] ImmutableArray<UploadedRows> Batches) : VariableSource;

/// <summary>A parameter's values.</summary>
/// <param name="Batches">float64 values for each batch, or for all.</param>
[GenerateSerializer, Immutable, Alias("keops.ParameterSource")]
public sealed record ParameterSource([property: Id(0)] ImmutableArray<NumericBlock> Batches) : VariableSource;

/// <summary>An uploaded array: raw values, row-major.</summary>
/// <param name="Name">The SHA-256 of its bytes.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Dim">The values of a row.</param>
/// <param name="Type">Their dtype.</param>
[GenerateSerializer, Immutable, Alias("keops.UploadedRows")]
public sealed record UploadedRows(
    [property: Id(0)] string Name, [property: Id(1)] long Rows, [property: Id(2)] int Dim, [property: Id(3)] string Type);
