using System.Reflection.Emit;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>Which component of a vector is meant: a fixed one, or the one of the running iteration of a loop plus an offset.</summary>
readonly record struct Component(int Offset, ComponentLoop? Loop = null)
{
    /// <summary>The component in the loop's iteration of the lowest index; the component itself without a loop.</summary>
    public int Lowest => Offset + (Loop?.From ?? 0);

    public static Component operator +(Component component, int offset) => component with { Offset = component.Offset + offset };
}

/// <summary>A loop over components <c>From … To − 1</c>, up or down, that keeps one
/// running byte offset for every stride asked for.</summary>
sealed class ComponentLoop
{
    readonly IlBuffer _il;
    readonly IlBuffer _before;
    readonly bool _descending;
    readonly Dictionary<int, IlLocal> _strides = [];
    readonly IlLocal _count;
    readonly IlTarget _top;

    public ComponentLoop(IlBuffer il, int from, int to, bool descending)
    {
        (_il, From, To, _descending) = (il, from, to, descending);
        _before = il.Section();
        _count = il.FreshLocal(typeof(int));
        _before.Emit(OpCodes.Ldc_I4_0);
        _before.Store(_count);
        _top = il.Target();
        il.Mark(_top);
    }

    public int From { get; }

    public int To { get; }

    /// <summary>The local that holds component · <paramref name="stride"/> bytes.</summary>
    public IlLocal Running(int stride)
    {
        if (_strides.TryGetValue(stride, out var local)) return local;
        local = _il.FreshLocal(typeof(nint));
        _before.Offset((long)(_descending ? To - 1 : From) * stride);
        _before.Store(local);
        _strides.Add(stride, local);
        return local;
    }

    public void End()
    {
        foreach (var (stride, local) in _strides)
        {
            _il.Load(local);
            _il.Offset(_descending ? -stride : stride);
            _il.Emit(OpCodes.Add);
            _il.Store(local);
        }

        _il.Load(_count);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Add);
        _il.Store(_count);
        _il.Load(_count);
        _il.Offset(To - From);
        _il.Emit(OpCodes.Conv_I4);
        _il.Branch(OpCodes.Blt, _top);
        // The locals are not given back: code recorded into the section in front may still name them.
    }
}
