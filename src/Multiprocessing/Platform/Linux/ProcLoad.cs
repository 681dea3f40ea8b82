using System.Buffers.Text;
using System.Globalization;

namespace Multiprocessing.Platform.Linux;

/// <summary>How many threads of the machine use or wait for a processor, from <c>/proc</c>. Source: proc_loadavg(5).</summary>
internal static class ProcLoad
{
    private static readonly Lazy<int> Online = new(CountProcessors);

    /// <summary>
    /// Returns whether the machine has more processors than threads to run, this one not counted. Both numbers are the machine's, also in a
    /// container. <see langword="true"/> if they cannot be read.
    /// </summary>
    public static bool HasIdleProcessor()
    {
        try
        {
            Span<byte> text = stackalloc byte[128];
            using var file = File.OpenHandle("/proc/loadavg");
            text = text[..RandomAccess.Read(file, text, 0)];

            // "0.20 0.18 0.12 1/80 11206": the fourth field begins with the number of runnable threads.
            for (var field = 0; field < 3; field++)
            {
                text = text[(text.IndexOf((byte)' ') + 1)..];
            }

            return !Utf8Parser.TryParse(text, out int running, out _) || running - 1 < Online.Value;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>
    /// Returns the average number of threads that run or wait in the last minute; <see langword="null"/> if it cannot be read.
    /// </summary>
    public static double? LastMinute()
    {
        try
        {
            return double.TryParse(File.ReadAllText("/proc/loadavg").Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var load)
                ? load
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int CountProcessors()
    {
        var count = 0;
        foreach (var line in File.ReadLines("/proc/stat"))
        {
            count += line.StartsWith("cpu", StringComparison.Ordinal) && line.Length > 3 && char.IsAsciiDigit(line[3]) ? 1 : 0;
        }

        return Math.Max(1, count);
    }
}
