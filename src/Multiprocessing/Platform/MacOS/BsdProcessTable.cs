using System.Runtime.Versioning;

namespace Multiprocessing.Platform.MacOS;

/// <summary><see cref="ProcessTable"/> by libproc.</summary>
[SupportedOSPlatform("macos")]
internal static class BsdProcessTable
{
    public static ProcStat? TryReadStat(int processId)
    {
        if (Libproc.TryRead(processId) is not { } process)
        {
            return null;
        }

        var (resident, user, kernel, threads) = Libproc.ReadTask(processId);
        return new ProcStat(processId, Letter(process.Status), process.Parent, user, kernel, threads, (ulong)process.StartTime, resident);
    }

    /// <inheritdoc cref="ProcessTable.Descendants"/>
    public static IReadOnlyList<ProcStat> Descendants(int ancestor)
    {
        var children = Libproc.All().Select(Libproc.TryRead).OfType<Libproc.Process>().ToLookup(process => process.Parent);
        var found = new List<ProcStat>();
        var pending = new Queue<int>([ancestor]);
        while (pending.TryDequeue(out var id))
        {
            foreach (var child in children[id])
            {
                if (TryReadStat(child.Id) is { } stat)
                {
                    found.Add(stat);
                    pending.Enqueue(child.Id);
                }
            }
        }

        return found;
    }

    private static char Letter(Libproc.Status status) => status switch
    {
        Libproc.Status.Starting or Libproc.Status.Running => 'R',
        Libproc.Status.Sleeping => 'S',
        Libproc.Status.Stopped => 'T',
        Libproc.Status.Zombie => 'Z',
        _ => '?',
    };
}
