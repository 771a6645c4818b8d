using System.Runtime.CompilerServices;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// A reduction compiled for this machine's processor. States of 64 output rows (a tile) stand by component: word k of row r is element
/// k·64 + r, 8 bytes each (float64, or int64 for row numbers). Safe to share between threads, each with its own <see cref="CpuWorkspace"/>.
/// </summary>
public sealed unsafe class CpuReduction
{
    /// <summary>Output rows of a tile.</summary>
    public const int TileRows = KernelArguments.TileRows;

    /// <summary>Reduced rows that are taken in with the element type's precision before they go into a float64 state.</summary>
    public const int BlockRows = 256;

    /// <summary>The most 8-byte words of an output row's state: 256 MB for a tile.</summary>
    const int MaxWords = 1 << 19;

    readonly ReductionProgram _program;
    readonly HoistedProgram _hoisted;
    readonly IPairLoop _pairs;
    readonly int _scratchRows;
    readonly RowKernel? _parameterStage;
    readonly RowKernel? _iStage;
    readonly RowKernel? _jStage;
    readonly Lazy<RowKernel> _merge;
    readonly Lazy<RowKernel> _finalize;
    readonly int _elementBytes;

    CpuReduction(ReductionProgram program, IPairLoop pairs)
    {
        (_program, _hoisted, _pairs) = (program, program.Hoisted, pairs);
        _elementBytes = program.Type.Size();
        var width = pairs.Schedule.Width;
        _parameterStage = StageKernel(_hoisted.ParameterStage, InputKind.Parameter, _hoisted.ParameterOffsets);
        _iStage = StageKernel(_hoisted.IStage, InputKind.I, _hoisted.IOffsets);
        _jStage = StageKernel(_hoisted.JStage, InputKind.J, [.. Offsets(_hoisted.JDims)]);
        _merge = new(() => RowKernelEmitter.Merge(program, width));
        _finalize = new(() => RowKernelEmitter.Finalize(program, width));
        _scratchRows = Math.Max(pairs.ScratchRows, Math.Max(_iStage?.ScratchRows ?? 0, _jStage?.ScratchRows ?? 0));

        RowKernel? StageKernel(Program? stage, InputKind kind, System.Collections.Immutable.ImmutableArray<int> offsets) =>
            stage is null ? null : RowKernelEmitter.Stage(_hoisted, stage, kind, offsets, width, program.Type);
    }

    /// <summary>How the pairs are walked.</summary>
    public Schedule Schedule => _pairs.Schedule;

    /// <summary>The reduction that was compiled.</summary>
    public ReductionProgram Program => _program;

    /// <summary>Bytes of the states of one tile.</summary>
    public int TileStateBytes => _program.Monoid.Words * TileRows * sizeof(double);

    /// <summary>Bytes of the call's record that <see cref="ComputeParameters"/> fills.</summary>
    public int ParameterBytes => _hoisted.ParameterLength * _elementBytes;

    /// <summary>Bytes of one reduced row's computed values; 0 when variables are read in place alone.</summary>
    public int ComputedJBytes => _hoisted.JLength * _elementBytes;

    /// <summary>What decides the bits of a result besides the plan: the kind of engine, its vectors and its emitter's version.</summary>
    public static string EngineId(int? width = null) => $"cpu-{width ?? Isa.WidestHere}{(Isa.FusesMultiplyAdd ? "" : "-nofma")}-2";

    /// <summary>The engine id of kernels compiled for the widest vectors of this machine.</summary>
    public static string EngineIdHere => EngineId(Isa.WidestHere);

    /// <summary>Compiles a reduction, for the widest vectors of this machine unless told otherwise.</summary>
    /// <exception cref="KeopsException">A row's state or the formula's values need more memory than a thread may have.</exception>
    public static CpuReduction Compile(ReductionProgram program, int? width = null)
    {
        if (program.Monoid.Words > MaxWords)
            throw new KeopsException(
                $"The reduction keeps {program.Monoid.Words} numbers for each output row, of at most {MaxWords}. "
                + "Split it into several reductions, by components.");
        var bits = width ?? Isa.WidestHere;
        IPairLoop? pairs = FusedPairs.Create(program, bits);
        return new CpuReduction(program, pairs ?? SteppedPairs.Create(program, bits));
    }

    /// <summary>Memory for one thread.</summary>
    public CpuWorkspace CreateWorkspace() =>
        new(_hoisted.ILength, _program.Monoid.Words, _program.Monoid.Outputs.Sum(o => o.Length), _scratchRows, _elementBytes);

    /// <summary>Completes the call's record: parameters stand at its start, one after the other.</summary>
    public void ComputeParameters(byte* record)
    {
        if (_parameterStage is null) return;
        var first = _hoisted.ParameterOffsets[^1];
        var length = _hoisted.ParameterLength - first;
        using var rows = new AlignedBuffer((nint)length * TileRows * _elementBytes);
        using var scratch = new AlignedBuffer((nint)_parameterStage.ScratchRows * TileRows * _elementBytes);
        var arguments = new KernelArguments { Parameters = record, State = rows.Pointer, Scratch = scratch.Pointer, Rows = 1 };
        _parameterStage.Run(&arguments);
        // Every lane holds the same number.
        for (var k = 0; k < length; k++)
            Unsafe.CopyBlock(record + (first + k) * _elementBytes, rows.Pointer + (nint)k * TileRows * _elementBytes, (uint)_elementBytes);
    }

    /// <summary>Computes the j values of a run of reduced rows, <see cref="ComputedJBytes"/> each, row after row.</summary>
    /// <param name="sources">The address of the first row of each j-variable.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="parameters">The call's record.</param>
    /// <param name="computed">Where they go.</param>
    public void ComputeJ(byte** sources, int rows, byte* parameters, byte* computed)
    {
        if (_jStage is null) return;
        using var packed = new AlignedBuffer((nint)_hoisted.JDims.Sum() * TileRows * _elementBytes);
        using var results = new AlignedBuffer((nint)_hoisted.JLength * TileRows * _elementBytes);
        using var scratch = new AlignedBuffer((nint)_jStage.ScratchRows * TileRows * _elementBytes);
        for (var first = 0; first < rows; first += TileRows)
        {
            var count = Math.Min(TileRows, rows - first);
            var offset = 0;
            for (var s = 0; s < _hoisted.JDims.Length; s++)
            {
                var dim = _hoisted.JDims[s];
                Tiles.Pack(
                    sources[s] + (nint)first * dim * _elementBytes, count, dim,
                    packed.Pointer + (nint)offset * TileRows * _elementBytes, _elementBytes);
                offset += dim;
            }

            var arguments = new KernelArguments
            {
                I = packed.Pointer, State = results.Pointer, Parameters = parameters, Scratch = scratch.Pointer, Rows = count,
            };
            _jStage.Run(&arguments);
            Tiles.Unpack(results.Pointer, count, _hoisted.JLength, computed + (nint)first * ComputedJBytes, _elementBytes);
        }
    }

    /// <summary>Sets the states of a tile to the empty state.</summary>
    public void Clear(byte* state) => Tiles.Fill(_program.Monoid.Parts, state, ElementType.Float64);

    /// <summary>Takes a run of reduced rows into the states of a tile.</summary>
    /// <param name="iSources">For each i-variable, the address of the tile's first row; row-major.</param>
    /// <param name="iRows">The tile's rows, 1 to 64.</param>
    /// <param name="jSources">For each j-variable, and then for the computed j values, the address of the first row; row-major.</param>
    /// <param name="jRows">The number of reduced rows.</param>
    /// <param name="firstIndex">The number of the first reduced row in its cloud.</param>
    /// <param name="parameters">The call's record.</param>
    /// <param name="state">The tile's states; rows from <paramref name="iRows"/> on are padding.</param>
    /// <param name="workspace">The calling thread's memory.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Reduce(
        byte** iSources, int iRows, byte** jSources, int jRows, long firstIndex, byte* parameters, byte* state, CpuWorkspace workspace)
    {
        PackI(iSources, iRows, parameters, workspace);
        var block = workspace.BlockState.Pointer;
        Tiles.Fill(_program.Monoid.Parts, block, _program.Type);
        var strides = stackalloc nint[_hoisted.JDims.Length + 1];
        var sources = stackalloc byte*[_hoisted.JDims.Length + 1];
        for (var s = 0; s < _hoisted.JDims.Length; s++) strides[s] = (nint)_hoisted.JDims[s] * _elementBytes;
        strides[_hoisted.JDims.Length] = ComputedJBytes;
        var arguments = new KernelArguments
        {
            I = workspace.IRecord.Pointer, J = sources, Parameters = parameters, State = block, Scratch = workspace.Scratch.Pointer,
        };
        _pairs.Begin(&arguments);
        // Row numbers in the kernel are as wide as an element: they count from the start of a run that float32's int32 can number.
        var run = _program.Monoid.RoundsWhileAccumulating ? BlockRows : 1 << 30;
        for (var first = 0; first < jRows; first += run)
        {
            var rows = Math.Min(run, jRows - first);
            for (var s = 0; s <= _hoisted.JDims.Length; s++) sources[s] = jSources[s] + first * strides[s];
            arguments.Rows = rows;
            arguments.FirstIndex = 0;
            _pairs.Run(&arguments, strides, iRows);
            Tiles.Widen(_program.Monoid.Parts, block, _program.Type, firstIndex + first, workspace.WideState.Pointer);
            Merge(state, workspace.WideState.Pointer, workspace);
            if (first + rows < jRows) Tiles.Fill(_program.Monoid.Parts, block, _program.Type, keepStaying: true);
        }
    }

    /// <summary>Merges the states of a tile into those on their left.</summary>
    public void Merge(byte* left, byte* right, CpuWorkspace workspace)
    {
        // Taking in a long list entry by entry is dear, and most lists are merged into an empty one first.
        if (Tiles.AreEmptyLists(_program.Monoid, left))
        {
            Buffer.MemoryCopy(right, left, TileStateBytes, TileStateBytes);
            return;
        }

        var kernel = _merge.Value;
        using var extra = kernel.ScratchRows > _scratchRows
            ? new AlignedBuffer((nint)kernel.ScratchRows * TileRows * sizeof(double))
            : null;
        var arguments = new KernelArguments
        {
            I = left, Other = right, State = left, Scratch = (extra ?? workspace.Scratch).Pointer, Rows = TileRows,
        };
        kernel.Run(&arguments);
    }

    /// <summary>The results of the states of a tile: one float64 or int64 for each row and component, by component, 64 rows each.</summary>
    /// <returns>The address of the results, in the workspace.</returns>
    public byte* Finalize(byte* state, CpuWorkspace workspace)
    {
        var kernel = _finalize.Value;
        using var extra = kernel.ScratchRows > _scratchRows
            ? new AlignedBuffer((nint)kernel.ScratchRows * TileRows * sizeof(double))
            : null;
        var arguments = new KernelArguments
        {
            I = state, State = workspace.Results.Pointer, Scratch = (extra ?? workspace.Scratch).Pointer, Rows = TileRows,
        };
        kernel.Run(&arguments);
        return workspace.Results.Pointer;
    }

    void PackI(byte** sources, int rows, byte* parameters, CpuWorkspace workspace)
    {
        var record = workspace.IRecord.Pointer;
        var rowBytes = TileRows * _elementBytes;
        for (var s = 0; s < _hoisted.IOffsets.Length - 1; s++)
        {
            var dim = _hoisted.IOffsets[s + 1] - _hoisted.IOffsets[s];
            Tiles.Pack(sources[s], rows, dim, record + (nint)_hoisted.IOffsets[s] * rowBytes, _elementBytes);
        }

        if (_iStage is null) return;
        var arguments = new KernelArguments
        {
            I = record, State = record + (nint)_hoisted.IOffsets[^1] * rowBytes, Parameters = parameters,
            Scratch = workspace.Scratch.Pointer, Rows = TileRows,
        };
        _iStage.Run(&arguments);
    }

    static IEnumerable<int> Offsets(IEnumerable<int> dims)
    {
        var offset = 0;
        foreach (var dim in dims)
        {
            yield return offset;
            offset += dim;
        }
    }
}
