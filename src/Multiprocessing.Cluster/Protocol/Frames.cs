using System.Text;

namespace Multiprocessing;

/// <summary>A task as a node gets it.</summary>
/// <param name="Id">The task's number at its caller.</param>
/// <param name="Lease">
/// How many times the task was given to a node, this one included. A reply with another number than the caller's is dropped.
/// </param>
/// <param name="Attempt">How many times the task may have been started, this time included. It does not rise if a node gives the task back.</param>
/// <param name="Name">The task's name.</param>
/// <param name="Timeout">The time limit, or <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>.</param>
/// <param name="Reports">Whether the call has objects that report to the caller while the task runs.</param>
/// <param name="Call">The call (<see cref="ClusterWork.Run"/>), or empty if it has arrived in chunks.</param>
/// <param name="Transfer">The number of the transfer of the call, or 0.</param>
/// <param name="Body">The number of the transfer of the body that the call refers to, or 0 if the call contains it.</param>
internal readonly record struct LeasedTask(
    long Id, int Lease, int Attempt, string Name, TimeSpan Timeout, bool Reports, byte[] Call, long Transfer = 0, long Body = 0);

/// <summary>How a task ended on a node.</summary>
internal enum ReplyOutcome : byte
{
    /// <summary>The body ended; the content is its reply.</summary>
    Ended,

    /// <summary>The node's worker died or was killed for the time limit or a cancellation; the content is the error.</summary>
    Failed,

    /// <summary>A worker died while it ran the task, which may be tried again; the content is the error.</summary>
    Died,

    /// <summary>The task was given back: it was not started on the node. There is no content.</summary>
    NotBegun,
}

/// <summary>A reply as the caller gets it. The content is empty if it has arrived in chunks, by the transfer of that number.</summary>
internal readonly record struct TaskReply(long Id, int Lease, ReplyOutcome Outcome, long Ticks, byte[] Content, long Transfer = 0);

/// <summary>A node as it introduces itself.</summary>
internal sealed record NodeDescription(bool IsAccepted, string Name, string Machine, int ProcessId, int Workers, string Build, string[] Tags);

/// <summary>The messages between members: little-endian, strings in UTF-8, lengths and counts checked against the bytes that are left.</summary>
internal static partial class Frames
{
    public const int Version = 1;

    /// <summary>A call or a reply above this size, in bytes, crosses in chunks. Smaller ones are parts of a message.</summary>
    public const int MaxInline = 256 << 10;

    /// <summary>A message gets no further task when it has this size, in bytes: other messages do not wait behind it for long.</summary>
    public const int UsualSize = 1 << 20;

    /// <summary>Maximum size of a message, in bytes; names of tasks and nodes have room, too.</summary>
    public const int MaxMessage = 16 << 20;

    /// <summary>Maximum size of what a task reports at once, in bytes: with others in a message it has room.</summary>
    public const int MaxReport = 8 << 20;

    /// <summary>Maximum number of characters of a task's name: a message has room for it besides a task.</summary>
    public const int MaxName = 64 << 10;

    public static byte[] OfHello(string build) => Write(writer =>
    {
        writer.Write(Version);
        writer.Write(build);
    });

    public static string ReadHello(byte[] frame) => Read(frame, static reader =>
    {
        var version = reader.ReadInt32();
        return version == Version ? reader.ReadString() : $"protocol {version}";
    });

    public static byte[] OfDescription(NodeDescription node) => Write(writer =>
    {
        writer.Write(Version);
        writer.Write(node.IsAccepted);
        writer.Write(node.Name);
        writer.Write(node.Machine);
        writer.Write(node.ProcessId);
        writer.Write(node.Workers);
        writer.Write(node.Build);
        writer.Write(node.Tags.Length);
        foreach (var tag in node.Tags)
        {
            writer.Write(tag);
        }
    });

    public static NodeDescription ReadDescription(byte[] frame) => Read(frame, static reader =>
    {
        _ = reader.ReadInt32();
        var (accepted, name, machine, process, workers, build) = (
            reader.ReadBoolean(), reader.ReadString(), reader.ReadString(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadString());
        return new NodeDescription(accepted, name, machine, process, workers, build, ReadArray(reader, 1, static from => from.ReadString()));
    });

    public static byte[] OfLease(long sequence, long received, IReadOnlyCollection<LeasedTask> tasks) => Write(writer =>
    {
        writer.Write(sequence);
        writer.Write(received);
        writer.Write(tasks.Count);
        foreach (var task in tasks)
        {
            writer.Write(task.Id);
            writer.Write(task.Lease);
            writer.Write(task.Attempt);
            writer.Write(task.Name);
            writer.Write(task.Timeout.Ticks);
            writer.Write(task.Reports);
            writer.Write(task.Transfer);
            writer.Write(task.Body);
            Write(writer, task.Call);
        }
    });

    public static (long Sequence, long Received, LeasedTask[] Tasks) ReadLease(byte[] frame) => Read(frame, static reader => (
        reader.ReadInt64(),
        reader.ReadInt64(),
        ReadArray(reader, 46, static from =>
        {
            var (id, lease, attempt) = (from.ReadInt64(), from.ReadInt32(), from.ReadInt32());
            var (name, timeout, reports) = (from.ReadString(), TimeSpan.FromTicks(from.ReadInt64()), from.ReadBoolean());
            var (transfer, body) = (from.ReadInt64(), from.ReadInt64());
            return new LeasedTask(id, lease, attempt, name, timeout, reports, ReadBytes(from), transfer, body);
        })));

    public static byte[] OfReplies(long number, IReadOnlyCollection<TaskReply> replies) => Write(writer =>
    {
        writer.Write(number);
        writer.Write(replies.Count);
        foreach (var reply in replies)
        {
            writer.Write(reply.Id);
            writer.Write(reply.Lease);
            writer.Write((byte)reply.Outcome);
            writer.Write(reply.Ticks);
            writer.Write(reply.Transfer);
            Write(writer, reply.Content);
        }
    });

    public static (long Number, TaskReply[] Replies) ReadReplies(byte[] frame) => Read(frame, static reader => (
        reader.ReadInt64(),
        ReadArray(reader, 33, static from =>
        {
            var (id, lease, outcome, ticks) = (from.ReadInt64(), from.ReadInt32(), (ReplyOutcome)from.ReadByte(), from.ReadInt64());
            var transfer = from.ReadInt64();
            return new TaskReply(id, lease, outcome, ticks, ReadBytes(from), transfer);
        })));

    private static byte[] Write(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        write(writer);
        writer.Flush();
        return stream.ToArray();
    }

    private static T Read<T>(byte[] frame, Func<BinaryReader, T> read)
    {
        using var reader = new BinaryReader(new MemoryStream(frame, writable: false), Encoding.UTF8);
        try
        {
            return read(reader);
        }
        catch (Exception error) when (error is IOException or FormatException or ArgumentException)
        {
            throw new InvalidDataException("A message of another member of the cluster is damaged.", error);
        }
    }

    private static void Write(BinaryWriter writer, byte[] bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] ReadBytes(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        return length >= 0 && length <= reader.BaseStream.Length - reader.BaseStream.Position
            ? reader.ReadBytes(length)
            : throw new EndOfStreamException();
    }

    /// <param name="reader">The message.</param>
    /// <param name="smallest">The least size of an element: a number of elements that cannot be there allocates nothing.</param>
    /// <param name="read">Reads an element.</param>
    private static T[] ReadArray<T>(BinaryReader reader, int smallest, Func<BinaryReader, T> read)
    {
        var count = reader.ReadInt32();
        if (count < 0 || count > (reader.BaseStream.Length - reader.BaseStream.Position) / smallest)
        {
            throw new EndOfStreamException();
        }

        var items = new T[count];
        for (var i = 0; i < count; i++)
        {
            items[i] = read(reader);
        }

        return items;
    }
}
