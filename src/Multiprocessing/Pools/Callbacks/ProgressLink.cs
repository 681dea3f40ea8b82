namespace Multiprocessing;

/// <summary>The receiver of a task's progress.</summary>
internal sealed class ProgressLink<T>(IProgress<T> progress) : TaskLink
{
    public override object Target => progress;

    public override unsafe Action Read(byte* data, byte* end, TaskSource source)
    {
        var value = ValueSerializer.Deserialize<T>(ref data, end);
        return () => progress.Report(value);
    }
}
