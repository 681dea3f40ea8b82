namespace Multiprocessing;

/// <summary>
/// Creates the instruments of the tree when the root has created its session. They read what the highest room knows, and the session is a low one:
/// that room registers itself here when the assembly is loaded.
/// </summary>
internal static class TelemetryStart
{
    /// <summary>Gets or sets what creates the instruments.</summary>
    public static Action? CreateTreeInstruments { get; set; }

    /// <summary>In the root, once. Not on the caller's thread: its first queue need not wait until instruments are compiled.</summary>
    public static void Begin()
    {
        if (CreateTreeInstruments is { } create)
        {
            LastResort.Queue(EntryPoint.TelemetryStart, create, static create => create(), static (_, _) => { });
        }
    }
}
