namespace Distributed.Keops.Data;

/// <summary>What a file looked like when its footer was read: offsets taken from it hold only as long as this does.</summary>
internal sealed record FileStamp(string Path, long Length, DateTime LastWriteTime)
{
    public static FileStamp Take(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new DataException("There is no such file.", path);
        return new FileStamp(path, file.Length, file.LastWriteTimeUtc);
    }

    public void RequireUnchanged()
    {
        var now = new FileInfo(Path);
        if (!now.Exists)
            throw new DataException("The file was removed while the cloud was open; open the cloud again.", Path);
        if (now.Length != Length || now.LastWriteTimeUtc != LastWriteTime)
            throw new DataException(
                $"The file changed while the cloud was open ({Length} bytes then, {now.Length} now); open the cloud again and write new "
                + "data under new names.", Path);
    }
}
