namespace Multiprocessing.Steps;

/// <summary>What a process did, written down after each call returned: a file of 8-byte records without a buffer, so that a kill neither loses nor tears any.</summary>
internal sealed class Book(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    public static List<Entry> Read(string path)
    {
        var entries = new List<Entry>();
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        for (var i = 0; i + 8 <= bytes.Length; i += 8)
        {
            entries.Add(new Entry(BitConverter.ToInt32(bytes, i), BitConverter.ToInt32(bytes, i + 4)));
        }

        return entries;
    }

    public static int Count(string path) => new FileInfo(path) is { Exists: true } file ? (int)(file.Length / 8) : 0;

    public void Write(Message message)
    {
        Span<byte> record = stackalloc byte[8];
        BitConverter.TryWriteBytes(record, message.Producer);
        BitConverter.TryWriteBytes(record[4..], message.IsWhole ? message.Number : -1);
        lock (_file)
        {
            _file.Write(record);
        }
    }

    public void Dispose() => _file.Dispose();
}
