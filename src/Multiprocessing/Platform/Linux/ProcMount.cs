using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Linux;

/// <summary>
/// The pid namespace that /proc shows. A new pid namespace without a /proc of its own (<c>unshare --pid --fork</c>, some sandboxes and containers)
/// sees the one of an outer namespace: every process has another number there, and "no such file" proves nothing about a process of this namespace.
/// </summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class ProcMount
{
    private const int ReadOnlyCloseOnExec = 0x80000;
    private static readonly Lazy<int[]> OwnNumbers = new(static () => ReadNumbers("/proc/self/status\0"u8));

    /// <summary>
    /// Whether the directory /proc/[number] describes the process with that number: /proc belongs to the pid namespace of this process.
    /// </summary>
    public static bool IsOwn => OwnNumbers.Value is [var only] && only == Environment.ProcessId;

    /// <summary>
    /// Returns the number of the process in /proc, or 0 if it is unknown: the process has ended, /proc does not show it, or the kernel is older than
    /// 5.3.
    /// </summary>
    public static int NumberOf(int processId)
    {
        if (IsOwn)
        {
            return processId;
        }

        if (OwnNumbers.Value.Length == 0)
        {
            return 0; // not mounted, or of a namespace that does not contain this process
        }

        // The descriptor identifies the process itself, so a reused number cannot be mistaken for it. The kernel writes "Pid:" as the reader's /proc
        // numbers it.
        using var descriptor = PidFd.TryOpen(processId);
        return descriptor is null ? 0 : Math.Max(0, FirstNumber(ReadFile(Path("/proc/self/fdinfo/"u8, descriptor.Number)), "Pid:"u8));
    }

    /// <summary>
    /// Returns the number in the namespace of this process of the process that /proc lists under <paramref name="number"/>, or 0 if it is not in this
    /// namespace.
    /// </summary>
    public static int OwnNumberOf(int number)
    {
        if (IsOwn)
        {
            return number;
        }

        // "NSpid:" lists the numbers from the namespace of /proc inwards; this process's own level is the last one in its own list.
        var numbers = ReadNumbers(Path("/proc/"u8, number, "/status"u8));
        var level = OwnNumbers.Value.Length - 1;
        return level >= 0 && level < numbers.Length ? numbers[level] : 0;
    }

    /// <summary>
    /// Returns the path with a number in it and a zero at its end. As bytes, because the first interpolated string of a process costs a fraction of a
    /// millisecond.
    /// </summary>
    public static byte[] Path(ReadOnlySpan<byte> before, int number, ReadOnlySpan<byte> after = default)
    {
        var path = new byte[before.Length + 11 + after.Length + 1];
        before.CopyTo(path);
        _ = Utf8Formatter.TryFormat(number, path.AsSpan(before.Length), out var digits);
        after.CopyTo(path.AsSpan(before.Length + digits));
        return path;
    }

    private static int[] ReadNumbers(ReadOnlySpan<byte> path)
    {
        var text = ReadFile(path);
        var at = text.AsSpan().IndexOf("\nNSpid:"u8);
        if (at < 0)
        {
            // A kernel before 4.1, or without pid namespaces: there is one number, the same for all.
            return FirstNumber(text, "Pid:"u8) is > 0 and var only ? [only] : [];
        }

        var rest = text.AsSpan(at + "\nNSpid:"u8.Length);
        var end = rest.IndexOf((byte)'\n');
        rest = end < 0 ? rest : rest[..end];
        var numbers = new List<int>();
        while (rest.Length > 1 && Utf8Parser.TryParse(rest[1..], out int number, out var digits))
        {
            numbers.Add(number);
            rest = rest[(1 + digits)..];
        }

        return [.. numbers];
    }

    private static int FirstNumber(byte[] text, ReadOnlySpan<byte> key)
    {
        var rest = text.AsSpan();
        while (!rest.StartsWith(key))
        {
            var end = rest.IndexOf((byte)'\n');
            if (end < 0)
            {
                return 0;
            }

            rest = rest[(end + 1)..];
        }

        rest = rest[key.Length..].TrimStart(" \t"u8);
        return Utf8Parser.TryParse(rest, out int number, out _) ? number : 0;
    }

    private static byte[] ReadFile(ReadOnlySpan<byte> path)
    {
        int file;
        fixed (byte* start = path)
        {
            file = Open(start, ReadOnlyCloseOnExec);
        }

        if (file < 0)
        {
            return [];
        }

        // The list of groups is before the numbers, and may be long.
        var text = new byte[4096];
        var length = 0;
        while (true)
        {
            nint count;
            fixed (byte* start = text)
            {
                count = Read(file, start + length, text.Length - length);
            }

            if (count <= 0)
            {
                break;
            }

            length += (int)count;
            if (length == text.Length)
            {
                Array.Resize(ref text, text.Length * 2);
            }
        }

        _ = Close(file);
        return text[..length];
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
