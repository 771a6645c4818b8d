using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Distributed.Keops.Kernels.Cuda.Compiler;

/// <summary>
/// Compiled kernels in memory and in a folder, by what they were compiled from: source, architecture, compiler, options. Files appear
/// whole under their final names, so that many processes may share the folder; a damaged one is compiled again. Safe for several threads.
/// </summary>
/// <param name="folder">The folder, made when it is needed; null for memory alone.</param>
public sealed class KernelCache(string? folder)
{
    readonly ConcurrentDictionary<string, Lazy<CudaImage>> _images = new();

    /// <summary>The folder for all of a user's processes: <c>$KEOPS_KERNEL_CACHE</c>, else the user's folder for such things.</summary>
    public static string DefaultFolder
    {
        get
        {
            if (Environment.GetEnvironmentVariable("KEOPS_KERNEL_CACHE") is { Length: > 0 } given) return given;
            var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
                : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return Path.Combine(caches, "keops", "kernels");
        }
    }

    /// <summary>Why the folder can't be written to; null while it can. Kernels are compiled anew by each process then.</summary>
    public string? Problem { get; private set; }

    /// <summary>The kernels of a source, compiled or found compiled.</summary>
    /// <exception cref="KeopsException">The compiler refuses the source.</exception>
    public CudaImage GetOrCompile(Nvrtc compiler, string source, string architecture)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            $"{compiler.Version}\n{architecture}\n{string.Join(' ', Nvrtc.Options)}\n{source}")));
        var image = _images.GetOrAdd(key, k => new(() => Read(k, architecture) ?? Compile(k, compiler, source, architecture)));
        try
        {
            return image.Value;
        }
        catch
        {
            _images.TryRemove(new(key, image));
            throw;
        }
    }

    CudaImage Compile(string key, Nvrtc compiler, string source, string architecture)
    {
        var image = compiler.Compile(source, architecture);
        Write(key, image.Bytes);
        return image;
    }

    CudaImage? Read(string key, string architecture)
    {
        if (folder is null) return null;
        try
        {
            var bytes = File.ReadAllBytes(FileOf(key));
            var sum = bytes.AsSpan(0, Math.Min(bytes.Length, SHA256.HashSizeInBytes));
            var image = bytes.AsSpan(sum.Length);
            return SHA256.HashData(image).AsSpan().SequenceEqual(sum) ? new CudaImage(image.ToArray(), architecture, "") : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    void Write(string key, byte[] image)
    {
        if (folder is null) return;
        var unfinished = Path.Combine(folder, $".{Guid.NewGuid():n}");
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(unfinished, [.. SHA256.HashData(image), .. image]);
            File.Move(unfinished, FileOf(key), overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Problem = $"Compiled kernels can't be kept in {folder}: {error.Message}";
            Remove(unfinished);
        }
    }

    string FileOf(string key) => Path.Combine(folder!, key + ".bin");

    static void Remove(string unfinished)
    {
        try
        {
            File.Delete(unfinished);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Nothing can be written there, nor be left there.
        }
    }
}
