using System.Globalization;
using System.Runtime.InteropServices;
using Multiprocessing.Platform.Portable;

namespace Multiprocessing.Platform.Posix;

/// <summary>
/// A named pipe (mkfifo(3)) that its sleeper has open while it sleeps. A waker opens it for writing, which fails if no process has it open for
/// reading: this also reports the death of a sleeper. The file stays for the next sleeper with this slot and is removed with the session's directory.
/// </summary>
internal sealed unsafe partial class FifoBell : Bell
{
    private const short Readable = 1;

    private readonly int _file;

    private FifoBell(int file) => _file = file;

    /// <inheritdoc cref="Bell.Open"/>
    public static new Bell? Open(string directory, int place)
    {
        var path = PathOf(directory, place);
        var file = Open(path);
        if (file < 0 && MakeFifo(path, OpenFlags.OwnerOnly) == 0)
        {
            _ = ChangeMode(path, OpenFlags.OwnerOnly); // the umask may have removed permissions
            file = Open(path);
        }

        return file < 0 ? null : new FifoBell(file);
    }

    /// <inheritdoc cref="Bell.Ring"/>
    public static new bool Ring(string directory, int place)
    {
        var file = FileOpen.Open(PathOf(directory, place), OpenFlags.WriteOnly | OpenFlags.NonBlocking | OpenFlags.CloseOnExec);
        if (file < 0)
        {
            // ENOENT or ENXIO: no reader. No descriptor left: the sleeper exists, and notices that it was woken when its time has elapsed.
            return Marshal.GetLastPInvokeError() is not (Errno.NoEntry or Errno.NoDevice);
        }

        byte ring = 1;
        _ = Write(file, &ring, 1); // a full pipe wakes too
        _ = FileOpen.Close(file);
        return true;
    }

    public override void Wait(TimeSpan timeout)
    {
        var request = new PollRequest { Descriptor = _file, Wanted = Readable };
        var milliseconds = timeout.TotalMilliseconds >= int.MaxValue ? -1 : (int)Math.Ceiling(timeout.TotalMilliseconds);
        if (PollRequest.Poll(&request, 1, milliseconds) > 0)
        {
            var rings = stackalloc byte[16];
            _ = Read(_file, rings, 16);
        }
    }

    public override void Dispose() => _ = FileOpen.Close(_file);

    // Also for writing: without a writer, poll would report the end of the pipe again and again.
    private static int Open(string path) => FileOpen.Open(path, OpenFlags.ReadWrite | OpenFlags.NonBlocking | OpenFlags.CloseOnExec);

    private static string PathOf(string directory, int place) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"bell-{place}"));

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, int mode);

    [LibraryImport("libc", EntryPoint = "chmod", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeMode(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int file, byte* buffer, nint count);
}
