using System.Text.Json;

namespace Comparison;

/// <summary>
/// Compares a run with the recorded one (<c>gate.json</c>, by <c>--record</c>). Absolute figures differ between machines and hours, so what is compared
/// is the ratio of a figure to its neighbour in the same run: to CPython's, or to the limit where CPython has no counterpart. The least of the turns is
/// taken on both sides, because other programs only ever add time.
/// </summary>
internal static class Gate
{
    /// <summary>
    /// A ratio may be worse by this factor. Two runs of one build on an idle virtual machine with two processors differ by up to 1.5, as the host moves
    /// its processors nearer to each other or further apart; a lost fast path costs twice and more.
    /// </summary>
    private const double Band = 1.6;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private static string RecordPath => Path.Combine(Places.Benchmarks, "Comparison", "gate.json");

    public static void Record(IReadOnlyList<Row> rows)
    {
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var row in rows.Where(static row => !double.IsNaN(Ratio(row))))
        {
            figures[row.Figure.What] = Math.Round(Ratio(row), 3);
        }

        File.WriteAllText(RecordPath, JsonSerializer.Serialize(figures, Json) + "\n");
        Console.WriteLine($"Written: benchmarks/Comparison/gate.json, {figures.Count} ratios");
    }

    /// <summary>Prints the figures that have become slower beyond the band, and returns whether there are none.</summary>
    /// <param name="cases">The cases that were run.</param>
    /// <param name="rows">Their figures.</param>
    /// <param name="again">Runs a case again: a figure counts as slower only if it is so twice.</param>
    public static bool Pass(IReadOnlyList<Case> cases, IReadOnlyList<Row> rows, Func<Case, IReadOnlyList<Row>> again)
    {
        if (!File.Exists(RecordPath))
        {
            Console.Error.WriteLine($"{RecordPath} does not exist. Write it with --record, on an idle machine, with the commit to compare with.");
            return false;
        }

        var recorded = JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(RecordPath))!;
        var slower = rows.Where(row => IsSlower(row, recorded)).Select(static row => row.Figure.What).ToHashSet();
        foreach (var item in cases.Where(item => item.Figures.Any(figure => slower.Contains(figure.What))))
        {
            Console.WriteLine($"{item.Name}: slower than recorded, once more");
            foreach (var row in again(item).Where(row => slower.Contains(row.Figure.What)))
            {
                if (!IsSlower(row, recorded))
                {
                    slower.Remove(row.Figure.What);
                    continue;
                }

                Console.WriteLine(
                    $"SLOWER: {row.Figure.What}: {UnitText.Ratio(Ratio(row))} of its neighbour, recorded {UnitText.Ratio(recorded[row.Figure.What])}; the band is {Band}");
            }
        }

        var compared = rows.Count(row => recorded.ContainsKey(row.Figure.What) && !double.IsNaN(Ratio(row)));
        Console.WriteLine($"Gate: {compared} figures compared, {slower.Count} slower by more than {Band} x");
        return slower.Count == 0 && compared > 0;
    }

    private static bool IsSlower(Row row, Dictionary<string, double> recorded) =>
        recorded.TryGetValue(row.Figure.What, out var before) && Ratio(row) < before / Band;

    /// <summary>How often this library's figure fits into its neighbour's; NaN if there is none.</summary>
    private static double Ratio(Row row) =>
        row.Figure.Unit is Unit.Percent || row.Ours.Least <= 0 ? double.NaN
        : !double.IsNaN(row.Python.Least) ? row.Python.Least / row.Ours.Least
        : row.Limit.Least / row.Ours.Least;
}
