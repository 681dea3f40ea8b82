namespace Multiprocessing.Fuzz;

/// <summary>
/// A session's file, as an observer of the program reads it: its header, its participants and its segments. An input is the header with the first
/// bytes of the tables; the rest of the file is that of a real session. No exception leaves the readers, they read nothing outside of what they have
/// read from the file, and allocate no more than its size justifies.
/// </summary>
internal sealed class SessionFileTarget : FuzzTarget
{
    /// <summary>The fields of the header that an observer reads.</summary>
    private const int HeaderBytes = 448;

    private const int Participants = 4;
    private const int Segments = 16;

    private static readonly int ParticipantBytes = Participants * ParticipantSlot.Size;
    private static readonly int SegmentBytes = Segments * SegmentEntry.Size;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("multiprocessing-fuzz-");
    private readonly byte[] _whole;

    public SessionFileTarget()
    {
        using var queue = new ProcessQueue<int>(new() { DisplayName = "seed" });
        using var held = new ProcessLock();
        foreach (var file in Directory.GetFiles(Session.Current.Directory).Where(static file => IsSeed(Path.GetFileName(file))))
        {
            File.Copy(file, Path.Combine(_directory.FullName, Path.GetFileName(file)));
        }

        _whole = File.ReadAllBytes(Path.Combine(_directory.FullName, SessionDirectory.SessionFile));
        Seeds = [Of(_whole)];
        if (Read(_whole) is not { Queues.Count: > 0, Locks.Count: > 0 })
        {
            throw new InvalidOperationException("The readers do not understand the seed.");
        }
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>All inputs are written to one file.</summary>
    public override bool IsSerial => true;

    public override void Run(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var bytes = _whole.ToArray();
        var at = 0;
        foreach (var (offset, length) in Parts())
        {
            var count = Math.Min(length, Math.Max(0, input.Length - at));
            input.AsSpan(at, count).CopyTo(bytes.AsSpan(offset));
            at += count;
        }

        // A shorter input also shortens the file.
        _ = Read(input.Length < Seeds[0].Length ? bytes[..(bytes.Length * input.Length / Seeds[0].Length)] : bytes);
        Allocation.ThrowIfAbove(before, input);
    }

    public override void Dispose()
    {
        _directory.Delete(recursive: true);
        base.Dispose();
    }

    /// <summary>What this process publishes comes and goes, while another program of the user looks.</summary>
    private static bool IsSeed(string name) =>
        name != SessionDirectory.LockFile && !name.StartsWith("status-", StringComparison.Ordinal) && !name.StartsWith("figures-", StringComparison.Ordinal);

    private static IEnumerable<(int Offset, int Length)> Parts() =>
        [(0, HeaderBytes), (SessionMemory.ParticipantsOffset, ParticipantBytes), (SessionMemory.SegmentsOffset, SegmentBytes)];

    private static byte[] Of(byte[] whole) => [.. Parts().SelectMany(part => whole.AsSpan(part.Offset, part.Length).ToArray())];

    private ObjectReader? Read(byte[] file)
    {
        File.WriteAllBytes(Path.Combine(_directory.FullName, SessionDirectory.SessionFile), file);
        using var view = SessionView.TryOpen(_directory.FullName, out _);
        if (view is null)
        {
            return null;
        }

        var living = view.LivingSlots();
        var objects = new ObjectReader();
        objects.Read(view, new Sleepers(view, living));
        _ = new ProcessReader().Read(view, living);
        _ = view.IsRunning;
        _ = view.Refresh();
        return objects;
    }
}
