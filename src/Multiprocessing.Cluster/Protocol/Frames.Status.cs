namespace Multiprocessing;

/// <summary>What members say of themselves to any other member, one of another build included: so the frames have a version of their own.</summary>
internal static partial class Frames
{
    private const byte StatusVersion = 1;

    public static byte[] OfNodeStatus(ClusterNodeSnapshot node) => Write(writer =>
    {
        writer.Write(StatusVersion);
        writer.Write(node.Name);
        writer.Write(node.State == ClusterMemberState.Leaving);
        writer.Write(node.Machine);
        writer.Write(node.ProcessId);
        Write(writer, node.StartTime);
        writer.Write(node.Build);
        writer.Write(node.Tags.Count);
        foreach (var tag in node.Tags)
        {
            writer.Write(tag);
        }

        writer.Write(node.Processors);
        writer.Write(node.Load ?? -1);
        writer.Write(node.MaxWorkers);
        writer.Write(node.BusyWorkers);
        writer.Write(node.WaitingTasks);
        writer.Write(node.EndedTasks);
        writer.Write(node.WorkersDied);
        writer.Write(node.Callers);
        writer.Write(node.Workers.Count);
        foreach (var worker in node.Workers)
        {
            writer.Write(worker.Number);
            writer.Write(worker.ProcessId ?? 0);
            writer.Write((byte)worker.Activity);
            writer.Write(worker.Task ?? "");
            writer.Write(worker.TaskTime?.Ticks ?? -1);
            writer.Write(worker.TasksEnded);
        }
    });

    public static ClusterNodeSnapshot ReadNodeStatus(byte[] frame, string address) => Read(frame, reader =>
    {
        CheckStatusVersion(reader);
        return new ClusterNodeSnapshot
        {
            Address = address,
            Name = reader.ReadString(),
            State = reader.ReadBoolean() ? ClusterMemberState.Leaving : ClusterMemberState.Running,
            Machine = reader.ReadString(),
            ProcessId = reader.ReadInt32(),
            StartTime = ReadTime(reader),
            Build = reader.ReadString(),
            Tags = ReadArray(reader, 1, static from => from.ReadString()),
            Processors = reader.ReadInt32(),
            Load = reader.ReadDouble() is >= 0 and var load ? load : null,
            MaxWorkers = reader.ReadInt32(),
            BusyWorkers = reader.ReadInt32(),
            WaitingTasks = reader.ReadInt32(),
            EndedTasks = reader.ReadInt64(),
            WorkersDied = reader.ReadInt32(),
            Callers = reader.ReadInt32(),
            Workers = ReadArray(reader, 26, static from => new ClusterWorkerSnapshot(
                from.ReadInt32(),
                from.ReadInt32() is > 0 and var id ? id : null,
                (WorkerActivity)from.ReadByte(),
                from.ReadString() is { Length: > 0 } task ? task : null,
                from.ReadInt64() is >= 0 and var ticks ? TimeSpan.FromTicks(ticks) : null,
                from.ReadInt64())),
        };
    });

    public static byte[] OfCallerStatus(ClusterCallerSnapshot caller) => Write(writer =>
    {
        writer.Write(StatusVersion);
        writer.Write(caller.Name);
        writer.Write(caller.Machine);
        writer.Write(caller.ProcessId);
        Write(writer, caller.StartTime);
        writer.Write(caller.Nodes);
        writer.Write(caller.WaitingTasks);
        writer.Write(caller.RunningTasks);
        writer.Write(caller.EndedTasks);
    });

    public static ClusterCallerSnapshot ReadCallerStatus(byte[] frame, string address) => Read(frame, reader =>
    {
        CheckStatusVersion(reader);
        return new ClusterCallerSnapshot
        {
            Address = address,
            State = ClusterMemberState.Running,
            Name = reader.ReadString(),
            Machine = reader.ReadString(),
            ProcessId = reader.ReadInt32(),
            StartTime = ReadTime(reader),
            Nodes = reader.ReadInt32(),
            WaitingTasks = reader.ReadInt32(),
            RunningTasks = reader.ReadInt32(),
            EndedTasks = reader.ReadInt64(),
        };
    });

    private static void CheckStatusVersion(BinaryReader reader)
    {
        if (reader.ReadByte() != StatusVersion)
        {
            throw new EndOfStreamException();
        }
    }

    private static void Write(BinaryWriter writer, DateTimeOffset? time) => writer.Write(time?.UtcTicks ?? 0);

    private static DateTimeOffset ReadTime(BinaryReader reader) => new(reader.ReadInt64(), TimeSpan.Zero);
}
