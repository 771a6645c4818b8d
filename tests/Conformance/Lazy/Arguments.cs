using Distributed.Keops.Kernels;

namespace Distributed.Keops.Conformance;

/// <summary>The arguments of a call in a tree: by position, then by keyword. Whoever reads them takes each by its Python name.</summary>
public sealed class Arguments(IReadOnlyList<object?> positional, IReadOnlyDictionary<string, object?> keywords)
{
    readonly HashSet<string> _left = [.. keywords.Keys];
    int _position;

    /// <summary>The next argument: by position where there is one left, else by keyword.</summary>
    /// <exception cref="KeopsException">It was not given.</exception>
    public object? Take(string name) => TryTake(name, out var value)
        ? value
        : throw new KeopsException($"The argument '{name}' is missing.");

    /// <summary>The next argument, or what it is when it is left out.</summary>
    public object? TakeOr(string name, object? otherwise) => TryTake(name, out var value) ? value : otherwise;

    /// <summary>A keyword argument, wherever it stands, or what it is when it is left out.</summary>
    public object? Keyword(string name, object? otherwise)
    {
        _left.Remove(name);
        return keywords.TryGetValue(name, out var value) ? value : otherwise;
    }

    /// <summary>All arguments by position that were not taken yet.</summary>
    public IReadOnlyList<object?> TakeRest()
    {
        var rest = positional.Skip(_position).ToList();
        _position = positional.Count;
        return rest;
    }

    /// <summary>Throws when an argument was given that nobody took.</summary>
    /// <exception cref="KeopsException">There is one.</exception>
    public void End()
    {
        if (_position < positional.Count) throw new KeopsException($"{positional.Count} arguments were given, expected {_position}.");
        if (_left.Count > 0) throw new KeopsException($"Unknown argument '{_left.First()}'.");
    }

    bool TryTake(string name, out object? value)
    {
        _left.Remove(name);
        if (_position < positional.Count)
        {
            value = positional[_position++];
            return true;
        }

        return keywords.TryGetValue(name, out value);
    }
}
