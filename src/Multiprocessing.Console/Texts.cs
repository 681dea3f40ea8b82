namespace Multiprocessing;

/// <summary>Texts of figures.</summary>
internal static class Texts
{
    /// <summary>Replaces control characters, which would move the cursor.</summary>
    public static string Clean(string text) =>
        text.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 && text.AsSpan().IndexOfAnyInRange('\u007f', '\u009f') < 0
            ? text
            : string.Concat(text.Select(static character => char.IsControl(character) ? ' ' : character));

    /// <summary>Items per second; slow ones per minute or hour.</summary>
    public static string Rate(double perSecond) => perSecond switch
    {
        >= 9.95 => Invariant($"{perSecond:0}/s"),
        >= 0.995 or 0 => Invariant($"{perSecond:0.0}/s"),
        >= 0.995 / 60 => Invariant($"{perSecond * 60:0.0}/min"),
        _ => Invariant($"{perSecond * 3600:0.0}/h"),
    };

    public static string Clock(TimeSpan time) => Invariant($"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");

    /// <summary>The time of a task: with tenths while they change visibly.</summary>
    public static string Seconds(TimeSpan time) => time.TotalSeconds < 60 ? Invariant($"{time.TotalSeconds:0.0} s") : Clock(time);

    public static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
