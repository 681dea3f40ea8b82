using System.Buffers.Binary;

namespace Multiprocessing;

/// <summary>
/// What a worker provides for a task of a caller on another machine: the task's token in place of the caller's, and the way back for the objects that
/// report or log. A report reaches the node by the node's own pool, and from there its caller.
/// </summary>
internal sealed class ClusterReadContext : WorkerReadContext
{
    private ClusterReadContext(PoolWorker worker, IProgress<byte[]>? reports)
        : base(worker.Signals, static () => { }, report => reports?.Report(OfReport(worker, report)))
    {
    }

    /// <summary>Returns the context of the task that runs.</summary>
    /// <param name="reports">The node, or <see langword="null"/> if the call has nothing that reports.</param>
    /// <exception cref="InvalidOperationException">This process is no worker.</exception>
    public static ClusterReadContext Of(IProgress<byte[]>? reports) =>
        new(PoolWorker.Current ?? throw new InvalidOperationException("A call of a cluster runs in a worker only."), reports);

    /// <summary>The worker's number and process, then the number of the link and what was reported.</summary>
    /// <exception cref="NotSupportedException">It does not fit into a message.</exception>
    private static byte[] OfReport(PoolWorker worker, MessageBuffer report)
    {
        if (report.Length > Frames.MaxReport)
        {
            throw new NotSupportedException(
                $"A task reported {report.Length:N0} bytes to its caller on another machine; a report or a log record has at most "
                + $"{Frames.MaxReport:N0} there. Return large values as the task's result, which crosses in parts.");
        }

        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)report.Length + ReportSource.Size));
        ReportSource.Write(bytes, worker.Number, Environment.ProcessId);
        report.CopyTo(0, bytes.AsSpan(ReportSource.Size));
        return bytes;
    }
}

/// <summary>The head of a report: the worker that sends it.</summary>
internal static class ReportSource
{
    public const int Size = 2 * sizeof(int);

    public static void Write(Span<byte> report, int worker, int processId)
    {
        BinaryPrimitives.WriteInt32LittleEndian(report, worker);
        BinaryPrimitives.WriteInt32LittleEndian(report[sizeof(int)..], processId);
    }

    public static (int Worker, int ProcessId) Read(ReadOnlySpan<byte> report) =>
        (BinaryPrimitives.ReadInt32LittleEndian(report), BinaryPrimitives.ReadInt32LittleEndian(report[sizeof(int)..]));
}
