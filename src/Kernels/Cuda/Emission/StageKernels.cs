using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>The kernels that complete the call's record and make the rows' records: variables, and what is computed of a row alone.</summary>
sealed class StageKernels(CudaText text, ReductionProgram program)
{
    /// <summary>Threads of a block of the kernels of rows.</summary>
    public const int Threads = 128;

    readonly HoistedProgram _hoisted = program.Hoisted;
    readonly CudaNumbers _numbers = CudaNumbers.Of(program.Type);

    public void Write()
    {
        if (_hoisted.ParameterStage is { } parameters)
        {
            using (text.Block("KEOPS_KERNEL(prepare_parameters, 1)"))
            {
                WriteStage(
                    parameters, new PairLeaves(_hoisted, null, null, parameters),
                    at => $"a.parameters[{at + _hoisted.ParameterOffsets[^1]}]");
            }
        }

        text.Line("// By component, so that the threads of a warp read neighbours.");
        WriteRows(
            "prepare_i", [.. _hoisted.IOffsets.Zip(_hoisted.IOffsets.Skip(1), (from, to) => to - from)], _hoisted.IStage,
            at => $"a.i[({at}) * a.stride + row]", source => new PairLeaves(_hoisted, source, null, _hoisted.IStage));
        text.Line("// By row, since all threads of a block read the same row at the same time.");
        WriteRows(
            "prepare_j", _hoisted.JDims, _hoisted.JStage,
            at => $"a.j[row * {CudaSchedule.JStride(program)} + {at}]", source => new PairLeaves(_hoisted, null, source, _hoisted.JStage));
    }

    void WriteRows(string name, ImmutableArray<int> dims, Program? stage, Func<At, string> target, Func<Func<At, string>, PairLeaves> leaves)
    {
        using (text.Block($"KEOPS_KERNEL({name}, {Threads})"))
        {
            text.Line($"const long long row = (long long)blockIdx.x * {Threads} + threadIdx.x;");
            text.Line("if (row >= a.rows) return;");
            var offset = 0;
            for (var s = 0; s < dims.Length; s++)
            {
                var (slot, first) = (s, offset);
                ComponentLoops.Write(
                    text, dims[s], [], descending: false,
                    at => text.Line($"{target(at + first)} = a.source[{slot}][row * {dims[slot]} + {at}];"));
                offset += dims[s];
            }

            // What was copied is read back through the record, at whatever place a variable has there.
            if (stage is not null) WriteStage(stage, leaves(target), at => target(at + offset));
        }
    }

    void WriteStage(Program stage, PairLeaves leaves, Func<At, string> target)
    {
        var emitter = new ValueEmitter(text, stage, _numbers, leaves);
        emitter.WriteKept();
        var offset = 0;
        foreach (var output in stage.Outputs)
        {
            var first = offset;
            emitter.ForEachComponent(
                output.Length, [output], descending: false, at =>
                {
                    var component = emitter.Component(output, at);
                    text.Line($"{target(at + first)} = {component};");
                });
            offset += output.Length;
        }
    }
}
