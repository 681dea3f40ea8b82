using System.Globalization;

namespace Multiprocessing.Tool.Output;

/// <summary>Numbers as a person reads them, in few columns.</summary>
internal static class Quantity
{
    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    private static readonly string[] CountUnits = ["", "k", "M", "G", "T", "P", "E"];

    /// <summary>Returns a size with three significant digits, such as <c>1.25 GiB</c>.</summary>
    public static string Bytes(long bytes) => Scaled(bytes, 1024, ByteUnits, " ");

    /// <summary>Returns a size for narrow columns, such as <c>1.2G</c>.</summary>
    public static string ShortBytes(long bytes)
    {
        var (value, unit) = Scale(bytes, 1024, ByteUnits.Length);
        return unit == 0 ? $"{bytes}B" : Digits(value, 2) + ByteUnits[unit][..1];
    }

    /// <summary>Returns a count with at most three significant digits, such as <c>17.3k</c>; counts below 10,000 are exact.</summary>
    public static string Count(long count) =>
        count is > -10_000 and < 10_000 ? count.ToString(CultureInfo.InvariantCulture) : Scaled(count, 1000, CountUnits, "");

    /// <summary>Returns a rate per second, such as <c>17.3k/s</c>.</summary>
    public static string Rate(double perSecond) =>
        perSecond < 9.95 ? $"{perSecond.ToString("0.#", CultureInfo.InvariantCulture)}/s" : $"{Count((long)Math.Round(perSecond))}/s";

    /// <summary>Returns a time with its two largest units, such as <c>3d 4h</c>, <c>2m 05s</c>, <c>1.25s</c> or <c>320ms</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        if (time < TimeSpan.Zero)
        {
            time = TimeSpan.Zero;
        }

        return time.TotalSeconds switch
        {
            < 0.001 => $"{time.TotalMicroseconds:0}us",
            < 1 => $"{time.TotalMilliseconds:0}ms",
            < 60 => time.TotalSeconds.ToString(time.TotalSeconds < 9.995 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + "s",
            < 3600 => $"{time.Minutes}m {time.Seconds:00}s",
            < 86_400 => $"{(int)time.TotalHours}h {time.Minutes:00}m",
            _ => $"{(int)time.TotalDays}d {time.Hours:00}h",
        };
    }

    /// <summary>Returns an age in whole units for narrow columns, such as <c>3d</c>, <c>12m</c> or <c>8s</c>.</summary>
    public static string Age(TimeSpan time) => time.TotalSeconds switch
    {
        < 0 => "0s",
        < 100 => $"{(int)time.TotalSeconds}s",
        < 6000 => $"{(int)time.TotalMinutes}m",
        < 360_000 => $"{(int)time.TotalHours}h",
        _ => $"{(int)time.TotalDays}d",
    };

    public static string Percent(double share) =>
        (share * 100).ToString(share is > 0 and < 0.0995 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string Scaled(long number, int step, string[] units, string space)
    {
        var (value, unit) = Scale(number, step, units.Length);
        return unit == 0 && step == 1024 ? $"{number}{space}{units[0]}" : Digits(value, 3) + (units[unit].Length == 0 ? "" : space + units[unit]);
    }

    private static (double Value, int Unit) Scale(double value, int step, int units)
    {
        var unit = 0;

        // 999.5 would be printed as 1000 of the smaller unit.
        while (Math.Abs(value) >= (step == 1000 ? 999.5 : 1023.5) && unit < units - 1)
        {
            value /= step;
            unit++;
        }

        return (value, unit);
    }

    private static string Digits(double value, int digits)
    {
        var whole = Math.Abs(value) < 9.995 ? 1 : Math.Abs(value) < 99.95 ? 2 : 3;
        return value.ToString("F" + Math.Max(0, digits - whole), CultureInfo.InvariantCulture);
    }
}
