namespace Comparison;

/// <summary>What a figure should be; all parts that are given must hold.</summary>
/// <param name="Most">The most that ours may be.</param>
/// <param name="TimesPython">How many times CPython's ours must be better, in the same run.</param>
/// <param name="MostTimesLimit">The most that ours may be as a multiple of the limit, in the same run.</param>
internal sealed record Aim(double? Most = null, double? TimesPython = null, double? MostTimesLimit = null)
{
    /// <summary>Whether it is met; null where the contender that it compares with is not there.</summary>
    public bool? IsMet(Row row)
    {
        if (Most < row.Ours.Median || TimesPython > row.TimesPython || MostTimesLimit < row.TimesLimit)
        {
            return false;
        }

        return (TimesPython is not null && double.IsNaN(row.TimesPython)) || (MostTimesLimit is not null && double.IsNaN(row.TimesLimit)) ? null : true;
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
            parts.Add($"<= {limit:0.0} x limit");
        }

        return string.Join(", ", parts);
    }
}
