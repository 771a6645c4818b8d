using Orleans.Concurrency;

namespace Distributed.Keops.Contracts;

/// <summary>
/// Takes arrays of clients into the lake, where every silo reads them. The key is the silo's name. Arrays are named by the SHA-256 of their
/// bytes: one that is there already needs no second upload.
/// </summary>
[Alias("keops.IUpload")]
public interface IUploadGrain : IGrainWithStringKey
{
    /// <summary>Whether the array is in the lake.</summary>
    [AnyGateway, AlwaysInterleave, Alias("Contains")]
    Task<bool> Contains(string name);

    /// <summary>Writes a piece of an array; pieces may come in any order, and again.</summary>
    /// <param name="name">The array.</param>
    /// <param name="session">Chosen by the client, so that two clients do not write the same file.</param>
    /// <param name="offset">Where the piece begins, in bytes.</param>
    /// <param name="block">The piece.</param>
    [AnyGateway, AlwaysInterleave, Alias("Write")]
    Task Write(string name, string session, long offset, NumericBlock block);

    /// <summary>Ends an upload: the array appears under its name if its bytes are those that the name says.</summary>
    /// <exception cref="KeopsFaultException">They are others.</exception>
    [AnyGateway, AlwaysInterleave, ResponseTimeout("00:05:00"), Alias("Commit")]
    Task Commit(string name, string session, long length);
}
