using System.Collections.Concurrent;
using System.Reflection.Emit;
using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// The code of single operations over rows of lanes, emitted once a process for each vector width and element type, from the same
/// instructions as the loops that do a whole formula at once.
/// </summary>
static class StepKernels
{
    /// <summary>Vectors taken at once: every row has a multiple of them, 64 elements being four of the widest.</summary>
    const int Unroll = 4;

    static readonly ConcurrentDictionary<(int Width, ElementType Type, OpCode Op, int Operands, bool Fold), StepKernel> Cache = new();

    /// <summary>An element-wise operation.</summary>
    public static StepKernel Map(int width, ElementType type, OpCode op, int operands) =>
        Cache.GetOrAdd((width, type, op, operands, false), k => EmitMap(Isa.Get(k.Width, k.Type), k.Op, k.Operands));

    /// <summary>
    /// The components of an operand combined one after the other: added, or the least or greatest of them. Of two operands the
    /// products are added.
    /// </summary>
    public static StepKernel Fold(int width, ElementType type, OpCode op, int operands) =>
        Cache.GetOrAdd((width, type, op, operands, true), k => EmitFold(Isa.Get(k.Width, k.Type), k.Op, k.Operands));

    static StepKernel EmitMap(Isa isa, OpCode op, int operands)
    {
        var il = new IlBuffer();
        var code = new VectorCode(il, isa);
        var frame = new Frame(il, operands);
        frame.EmitComponents(() => frame.EmitLanes(isa, lane =>
        {
            for (var u = 0; u < Unroll; u++)
            {
                frame.Push(frame.Target, lane, u * isa.VectorBytes);
                for (var n = 0; n < operands; n++)
                {
                    frame.Push(frame.Operands[n], lane, u * isa.VectorBytes);
                    code.Load();
                }

                code.Operation(op);
                code.Store();
            }
        }), advance: true);
        return KernelMethod.Create<StepKernel, StepArguments>($"keops_step_{op}", il);
    }

    static StepKernel EmitFold(Isa isa, OpCode op, int operands)
    {
        var il = new IlBuffer();
        var code = new VectorCode(il, isa);
        var frame = new Frame(il, operands);
        var terms = KernelMethod.Argument<StepArguments>(il, nameof(StepArguments.Terms));
        IlLocal[] totals = [.. Enumerable.Range(0, Unroll).Select(_ => il.Local(isa.Vector))];
        IlLocal[] running = [.. frame.Operands.Select(_ => il.Local(typeof(nint)))];
        var left = il.Local(typeof(int));
        frame.EmitComponents(() =>
        {
            frame.EmitLanes(isa, lane =>
            {
                for (var n = 0; n < operands; n++) Frame.Copy(il, frame.Operands[n], running[n]);
                EmitTerm(lane, first: true);
                Frame.Copy(il, terms, left);
                var (top, check) = (il.Target(), il.Target());
                il.Branch(OpCodes.Br, check);
                il.Mark(top);
                EmitTerm(lane, first: false);
                il.Mark(check);
                Frame.Add(il, left, -1);
                il.Load(left);
                il.Emit(OpCodes.Ldc_I4_0);
                il.Branch(OpCodes.Bgt, top);
                for (var u = 0; u < Unroll; u++)
                {
                    frame.Push(frame.Target, lane, u * isa.VectorBytes);
                    il.Load(totals[u]);
                    code.Store();
                }
            });
            // The terms of the next component follow this one's.
            for (var n = 0; n < operands; n++)
            {
                il.Load(frame.Operands[n]);
                il.Load(frame.Strides[n]);
                il.Load(terms);
                il.Emit(OpCodes.Conv_I);
                il.Emit(OpCodes.Mul);
                il.Emit(OpCodes.Add);
                il.Store(frame.Operands[n]);
            }
        }, advance: false);
        return KernelMethod.Create<StepKernel, StepArguments>($"keops_step_{op}_{operands}", il);

        void EmitTerm(IlLocal lane, bool first)
        {
            for (var u = 0; u < Unroll; u++)
            {
                // The total is the second operand, which is what an extremum gives when the newcomer is NaN.
                for (var n = 0; n < operands; n++)
                {
                    frame.Push(running[n], lane, u * isa.VectorBytes);
                    code.Load();
                }

                if (!first) il.Load(totals[u]);
                if (!first) code.Operation(operands == 2 ? OpCode.MultiplyAdd : op);
                else if (operands == 2) code.Operation(OpCode.Multiply);
                il.Store(totals[u]);
            }

            for (var n = 0; n < operands; n++)
            {
                il.Load(running[n]);
                il.Load(frame.Strides[n]);
                il.Emit(OpCodes.Add);
                il.Store(running[n]);
            }
        }
    }

    /// <summary>The loops that every step has: over components, and over the vectors of one.</summary>
    sealed class Frame
    {
        readonly IlBuffer _il;
        readonly IlLocal _rowBytes;
        readonly IlLocal _length;

        public Frame(IlBuffer il, int operands)
        {
            _il = il;
            Target = KernelMethod.Argument<StepArguments>(il, nameof(StepArguments.Target));
            string[] names = ["A", "B", "C"];
            Operands = [.. names.Take(operands).Select(n => KernelMethod.Argument<StepArguments>(il, n))];
            Strides = [.. names.Take(operands).Select(n => KernelMethod.Argument<StepArguments>(il, "Stride" + n))];
            _rowBytes = KernelMethod.Argument<StepArguments>(il, nameof(StepArguments.RowBytes));
            _length = KernelMethod.Argument<StepArguments>(il, nameof(StepArguments.Length));
        }

        public IlLocal Target { get; }

        public IlLocal[] Operands { get; }

        public IlLocal[] Strides { get; }

        public void EmitComponents(Action body, bool advance)
        {
            var top = _il.Target();
            _il.Mark(top);
            body();
            Step(Target, _rowBytes);
            for (var n = 0; advance && n < Operands.Length; n++) Step(Operands[n], Strides[n]);
            Add(_il, _length, -1);
            _il.Load(_length);
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Branch(OpCodes.Bgt, top);
            _il.Emit(OpCodes.Ret);
        }

        public void EmitLanes(Isa isa, Action<IlLocal> body)
        {
            var lane = _il.Local(typeof(nint));
            _il.Offset(0);
            _il.Store(lane);
            var top = _il.Target();
            _il.Mark(top);
            body(lane);
            _il.Load(lane);
            _il.Offset(Unroll * isa.VectorBytes);
            _il.Emit(OpCodes.Add);
            _il.Store(lane);
            _il.Load(lane);
            _il.Load(_rowBytes);
            _il.Branch(OpCodes.Blt, top);
        }

        public void Push(IlLocal address, IlLocal lane, int displacement)
        {
            _il.Load(address);
            _il.Load(lane);
            _il.Emit(OpCodes.Add);
            if (displacement == 0) return;
            _il.Offset(displacement);
            _il.Emit(OpCodes.Add);
        }

        public static void Copy(IlBuffer il, IlLocal from, IlLocal to)
        {
            il.Load(from);
            il.Store(to);
        }

        public static void Add(IlBuffer il, IlLocal local, int number)
        {
            il.Load(local);
            il.Emit(OpCodes.Ldc_I4, number);
            il.Emit(OpCodes.Add);
            il.Store(local);
        }

        void Step(IlLocal local, IlLocal by)
        {
            _il.Load(local);
            _il.Load(by);
            _il.Emit(OpCodes.Add);
            _il.Store(local);
        }
    }
}
