using System.Globalization;

namespace Comparison.Cold;

/// <summary>
/// The first operations of a pair of processes, in a program that has just started (<c>benchmarks/Cold</c>), and as many when the code of both
/// processes was fully compiled. The program has the library as the package brings it: compiled ahead of time, with spares at their default.
/// </summary>
/// <param name="name">The name for <c>--only</c> and for the program.</param>
/// <param name="what">What is measured, as shown in the table.</param>
/// <param name="count">The number of operations.</param>
/// <param name="most">The maximum of a cold operation in nanoseconds, or <see langword="null"/>.</param>
internal sealed class ColdCase(string name, string what, int count, double? most = null) : Case
{
    // Of all cases, in times of the hot operation.
    private const double MostTimesHot = 1.3;

    public override string Name => name;

    public string AimText => $"<= {UnitText.Ratio(MostTimesHot)} hot{(most is null ? "" : $", <= {Unit.Nanoseconds.Format(most.Value)}")}";

    public override IReadOnlyList<Figure> Figures =>
    [
        new($"{what}: the first {count.ToString("#,0", CultureInfo.InvariantCulture)}, each", Unit.Nanoseconds),
        new($"{what}: compiled, each", Unit.Nanoseconds),
        new($"{what}: from Main to the last of the first", Unit.Nanoseconds),
    ];

    public bool IsMet(double cold, double hot) => cold <= MostTimesHot * hot && !(cold > most);

    public override double[] Ours() => DotnetRunner.Run("Cold", name, count.ToString(CultureInfo.InvariantCulture));
}
