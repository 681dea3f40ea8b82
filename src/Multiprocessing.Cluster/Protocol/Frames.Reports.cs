namespace Multiprocessing;

/// <summary>What a running task reports to an object of its caller.</summary>
/// <param name="Id">The task's number at its caller.</param>
/// <param name="Lease">The start of the task that reports.</param>
/// <param name="Number">The number of the report in this start, from 1 on: one that arrives twice is taken once.</param>
/// <param name="Content">The worker (<see cref="ReportSource"/>), the number of the link, and what was reported.</param>
internal readonly record struct TaskReport(long Id, int Lease, int Number, byte[] Content);

internal static partial class Frames
{
    public static byte[] OfReports(IReadOnlyCollection<TaskReport> reports) => Write(writer =>
    {
        writer.Write(reports.Count);
        foreach (var report in reports)
        {
            writer.Write(report.Id);
            writer.Write(report.Lease);
            writer.Write(report.Number);
            Write(writer, report.Content);
        }
    });

    public static TaskReport[] ReadReports(byte[] frame) => Read(frame, static reader =>
        ReadArray(reader, 20, static from => new TaskReport(from.ReadInt64(), from.ReadInt32(), from.ReadInt32(), ReadBytes(from))));
}
