namespace Comparison;

/// <summary>The target of a figure. All given parts must be met.</summary>
/// <param name="Most">The maximum for this library.</param>
/// <param name="TimesPython">The minimum ratio of CPython's figure to this library's, in the same run.</param>
/// <param name="MostTimesLimit">The maximum for this library as a multiple of the limit, in the same run.</param>
internal sealed record Aim(double? Most = null, double? TimesPython = null, double? MostTimesLimit = null)
{
    /// <summary>Why the target is missed, as far as measurements have shown it; <see langword="null"/> if it is not explained yet. Markdown.</summary>
    public string? Reason { get; init; }

    /// <summary>Returns whether the target is met; <see langword="null"/> if the contender to compare with is missing.</summary>
    public bool? IsMet(Row row)
    {
        if (Most < row.Ours.Median || TimesPython > row.TimesPython || MostTimesLimit < row.TimesLimit)
        {
            return false;
        }

        return (TimesPython is not null && double.IsNaN(row.TimesPython)) || (MostTimesLimit is not null && double.IsNaN(row.TimesLimit))
            ? null
            : true;
    }

    public string Describe(Unit unit)
    {
        var parts = new List<string>();
        if (Most is { } most)
        {
            parts.Add(most < 1 && unit is Unit.Bytes ? "none" : "<= " + unit.Format(most));
        }

        if (TimesPython is { } python)
        {
            parts.Add($">= {python:0} x CPython");
        }

        if (MostTimesLimit is { } limit)
        {
            parts.Add($"<= {limit:0.0#} x limit");
        }

        return string.Join(", ", parts);
    }
}
