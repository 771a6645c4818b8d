using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>The values of a formula at some pairs, computed where a reduction reads them.</summary>
/// <param name="text">Where they are written.</param>
/// <param name="pairs">For each pair, what computes the formula.</param>
/// <param name="index">The expression of the number of a pair's reduced row.</param>
sealed class PairItems(CudaText text, IReadOnlyList<ValueEmitter> pairs, Func<int, string> index) : IItems
{
    readonly Dictionary<(int Slot, int Copy), string> _scalars = [];

    /// <summary>The component of the formula that lists are kept of; null where all are read by their own number.</summary>
    public At? List { get; set; }

    /// <summary>Writes the kept values of all pairs, and the items of one component.</summary>
    public void Write(CudaNumbers numbers)
    {
        for (var copy = 0; copy < pairs.Count; copy++)
        {
            var emitter = pairs[copy];
            emitter.WriteKept();
            for (var slot = 0; slot < emitter.Program.Outputs.Length; slot++)
            {
                var value = emitter.Program.Outputs[slot];
                if (value.Length > 1) continue;
                var (expression, name) = (emitter.Component(value, new At(0)), text.Name("item"));
                text.Line($"const {numbers.NameOf(value.Type)} {name} = {expression};");
                _scalars.Add((slot, copy), name);
            }
        }
    }

    public string Component(int slot, int copy, At at) => _scalars.TryGetValue((slot, copy), out var name) ? name
        : pairs[copy].Component(pairs[copy].Program.Outputs[slot], List ?? at);

    public string Index(int copy) => index(copy);

    public void AddBreaks(int slot, int copy, int shift, List<int> breaks) =>
        pairs[copy].AddBreaks(pairs[copy].Program.Outputs[slot], shift, breaks);

    public void EndComponent()
    {
        foreach (var emitter in pairs) emitter.EndComponent();
    }
}
