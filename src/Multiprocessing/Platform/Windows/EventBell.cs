using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Multiprocessing.Platform.Portable;

namespace Multiprocessing.Platform.Windows;

/// <summary>A named auto-reset event that exists while a process has it open: a waker cannot open the event of a dead sleeper.</summary>
[SupportedOSPlatform("windows")]
internal sealed partial class EventBell : Bell
{
    private const uint ModifyState = 2;

    private readonly OwnedHandle _event;

    private EventBell(OwnedHandle handle) => _event = handle;

    /// <inheritdoc cref="Bell.Open"/>
    public static new Bell? Open(string directory, int place)
    {
        var handle = new OwnedHandle(Win32.CreateEvent(0, 0, 0, NameOf(directory, place)));
        return handle.IsInvalid ? null : new EventBell(handle);
    }

    /// <inheritdoc cref="Bell.Ring"/>
    public static new bool Ring(string directory, int place)
    {
        using var handle = new OwnedHandle(OpenEvent(ModifyState, 0, NameOf(directory, place)));
        return !handle.IsInvalid && Win32.SetEvent(handle.Value) != 0;
    }

    public override void Wait(TimeSpan timeout) =>
        _ = Win32.WaitForSingleObject(
            _event.Value, timeout.TotalMilliseconds >= int.MaxValue ? Win32.Infinite : (uint)Math.Ceiling(timeout.TotalMilliseconds));

    public override void Dispose() => _event.Dispose();

    private static string NameOf(string directory, int place) =>
        string.Create(CultureInfo.InvariantCulture, $"{LocalName.Of(directory)}-bell-{place}");

    [LibraryImport("kernel32", EntryPoint = "OpenEventW", StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint OpenEvent(uint access, int inherit, string name);
}
