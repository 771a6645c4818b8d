using System.Globalization;
using System.Text;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>CUDA C++ being written: indented lines, braces that close themselves, tables at file scope. Not safe for several threads.</summary>
sealed class CudaText
{
    readonly StringBuilder _lines = new();
    readonly Dictionary<string, string> _tables = [];
    int _depth;
    int _names;

    /// <summary>Writes a line.</summary>
    public void Line(string text = "")
    {
        if (text.Length > 0) _lines.Append(' ', 4 * _depth).Append(text);
        _lines.Append('\n');
    }

    /// <summary>Opens a block under a heading; disposing what is returned closes it.</summary>
    public Scope Block(string heading)
    {
        if (heading.Length > 0) Line(heading);
        Line("{");
        _depth++;
        return new Scope(this, "}");
    }

    /// <summary>Opens a structure under a heading.</summary>
    public Scope Structure(string heading)
    {
        Block(heading);
        return new Scope(this, "};");
    }

    /// <summary>A name that nothing else in the text has.</summary>
    public string Name(string stem) => string.Create(CultureInfo.InvariantCulture, $"{stem}_{_names++}");

    /// <summary>The name of a table of integers at file scope; equal tables are one.</summary>
    public string Table(IReadOnlyList<int> numbers)
    {
        var text = string.Join(',', numbers);
        if (_tables.TryGetValue(text, out var name)) return name;
        name = string.Create(CultureInfo.InvariantCulture, $"table_{_tables.Count}");
        _tables.Add(text, name);
        return name;
    }

    /// <summary>The tables and, after them, everything written.</summary>
    public override string ToString() =>
        string.Concat(_tables.Select(t => $"__device__ const int {t.Value}[] = {{{t.Key}}};\n")) + _lines;

    void Close(string end)
    {
        _depth--;
        Line(end);
    }

    /// <summary>An open block.</summary>
    public readonly struct Scope(CudaText text, string end) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => text.Close(end);
    }
}
