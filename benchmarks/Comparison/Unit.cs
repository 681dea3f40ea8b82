using System.Globalization;

namespace Comparison;

internal enum Unit
{
    Nanoseconds,
    Bytes,
    Percent,
    Count,
}

internal static class UnitText
{
    /// <summary>Formats a value with three digits and a suitable unit.</summary>
    public static string Format(this Unit unit, double value) => unit switch
    {
        _ when double.IsNaN(value) => "-",
        Unit.Nanoseconds => Scaled(value, 1000, "ns", "us", "ms", "s"),
        Unit.Bytes => Scaled(value, 1024, "B", "KiB", "MiB", "GiB"),
        Unit.Count => Count((long)value),
        _ => Digits(value) + " %",
    };

    /// <summary>Formats a number of things.</summary>
    public static string Count(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Ratio(double value) => double.IsNaN(value) ? "-" : Digits(value) + " x";

    private static string Scaled(double value, double step, params ReadOnlySpan<string> names)
    {
        var name = 0;
        while (Math.Abs(value) >= step && name < names.Length - 1)
        {
            value /= step;
            name++;
        }

        return $"{Digits(value)} {names[name]}";
    }

    private static string Digits(double value) =>
        value.ToString(
            Math.Abs(value) switch { 0 => "0", < 0.095 => "0.000", < 0.95 => "0.00", < 99.5 => "0.0", _ => "0" }, CultureInfo.InvariantCulture);
}
