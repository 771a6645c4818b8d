using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>The states of a tile's i-vectors while a kernel runs: in registers between
/// a load and a store, or in memory all the time.</summary>
sealed class StateCells
{
    readonly IlBuffer _il;
    readonly Isa _isa;
    readonly VectorCode _code;
    readonly ImmutableArray<StatePart> _parts;
    readonly int[] _offsets;
    readonly int _rowBytes;
    readonly int _vectors;
    readonly IlLocal[]? _registers;
    Component _list = new(0);
    int _entries;

    public StateCells(IlBuffer il, Isa isa, VectorCode code, ImmutableArray<StatePart> parts, IlLocal address, int vectors, bool inMemory)
    {
        (_il, _isa, _code, _parts, Base, _vectors) = (il, isa, code, parts, address, vectors);
        _rowBytes = KernelArguments.TileRows * isa.Type.Size();
        _offsets = new int[parts.Length + 1];
        for (var p = 0; p < parts.Length; p++) _offsets[p + 1] = _offsets[p] + parts[p].Length;
        if (!inMemory) _registers = [.. Enumerable.Range(0, _offsets[^1] * vectors).Select(_ => il.Local(isa.Vector))];
    }

    /// <summary>The local that holds the address of the current i-vectors' states.</summary>
    public IlLocal Base { get; }

    /// <summary>The same memory as the state of one component, each component having lists of <paramref name="entries"/> numbers.</summary>
    public StateCells List(Component component, int entries)
    {
        var list = new StateCells(_il, _isa, _code, [.. _parts.Select(p => p with { Length = entries })], Base, _vectors, inMemory: true);
        for (var p = 0; p < _offsets.Length; p++) list._offsets[p] = _offsets[p];
        (list._list, list._entries) = (component, entries);
        return list;
    }

    public void Load()
    {
        if (_registers is null) return;
        ForEachRegister((word, t, register) =>
        {
            PushAddress(new Component(word), t);
            _code.Load();
            _il.Store(register);
        });
    }

    public void Store()
    {
        if (_registers is null) return;
        ForEachRegister((word, t, register) =>
        {
            PushAddress(new Component(word), t);
            _il.Load(register);
            _code.Store();
        });
    }

    public void Push(int part, Component component, int t)
    {
        if (_registers is not null)
        {
            _il.Load(_registers[(_offsets[part] + component.Offset) * _vectors + t]);
            return;
        }

        PushAddress(component + _offsets[part], t);
        _code.Load();
    }

    /// <summary>
    /// Replaces the states of the i-vectors from <paramref name="firstVector"/> on that the emitter has cells for. Parts of equal length go
    /// together, component by component from the last one down, all read before any is written: a new component may depend on old ones of
    /// the same or a lower number. Longer parts go first, since they may depend on single old numbers but not the other way round.
    /// </summary>
    public void Assign(CellEmitter emitter, ImmutableArray<Value> values, int firstVector)
    {
        if (_registers is not null)
        {
            var all = from p in Enumerable.Range(0, _parts.Length)
                from k in Enumerable.Range(0, _parts[p].Length)
                select (p, new Component(k));
            for (var v = 0; v < emitter.Vectors; v++)
            {
                var t = v;
                Replace([.. all], emitter, values, t, (p, k, value) =>
                {
                    _il.Load(value);
                    _il.Store(_registers[(_offsets[p] + k.Offset) * _vectors + firstVector + t]);
                });
            }

            return;
        }

        foreach (var group in Enumerable.Range(0, _parts.Length).GroupBy(p => _parts[p].Length).OrderByDescending(g => g.Key))
        {
            emitter.ForEachComponent(group.Key, group.Select(p => values[p]), descending: true, component =>
            {
                // What a component reads of the reduced rows serves all vectors.
                for (var v = 0; v < emitter.Vectors; v++)
                {
                    var t = v;
                    Replace([.. group.Select(p => (p, component))], emitter, values, t, (p, k, value) =>
                    {
                        PushAddress(k + _offsets[p], firstVector + t);
                        _il.Load(value);
                        _code.Store();
                    });
                }
            });
        }
    }

    void Replace((int Part, Component Component)[] targets, CellEmitter emitter, ImmutableArray<Value> values,
        int t, Action<int, Component, IlLocal> store)
    {
        var fresh = new IlLocal[targets.Length];
        for (var n = 0; n < targets.Length; n++)
        {
            emitter.Push(values[targets[n].Part], targets[n].Component, 0, t);
            fresh[n] = _il.Local(_isa.Vector);
            _il.Store(fresh[n]);
        }

        emitter.EndComponent();
        for (var n = 0; n < targets.Length; n++)
        {
            store(targets[n].Part, targets[n].Component, fresh[n]);
            _il.Release(fresh[n]);
        }
    }

    /// <summary>Puts the address of a component of a state in memory on the stack.</summary>
    public void PushAddress(int part, Component component, int t) => PushAddress(component + _offsets[part], t);

    void PushAddress(Component component, int t)
    {
        _il.Load(Base);
        _il.PushAddress(_list, _entries * _rowBytes, 0);
        _il.PushAddress(component, _rowBytes, (long)t * _isa.VectorBytes);
    }

    void ForEachRegister(Action<int, int, IlLocal> body)
    {
        for (var word = 0; word < _offsets[^1]; word++)
            for (var t = 0; t < _vectors; t++) body(word, t, _registers![word * _vectors + t]);
    }
}
